"""The generated schemas: everything JSON that the contract allows comes back as it was."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from marshmallow import Schema, ValidationError

from generated.schemas import SCHEMAS, _Instant, _Integer
from openapi import document
from openapi.members import members, resolve
from tests.openapi.contracts import ROOT, generated, project
from tests.sizes import examples

CONTRACT = document.load(ROOT / "generated" / "strict.yaml")
COMPONENTS = CONTRACT["components"]["schemas"]

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=5),
    "integer": st.integers(),
    "number": st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
}
Draw = Callable[[st.SearchStrategy[Any]], Any]
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.one_of(*SCALARS.values()),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
INSTANTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.isoformat()[:-6] + "Z")
UNKNOWN = st.dictionaries(st.sampled_from(["x", "@x", "a.b", "", "keys", "$x"]), JSON, max_size=2)


def value_of(draw: Draw, contract: Any, schema: Any) -> Any:
    """A JSON value of a schema, unknown attributes among what it holds."""
    core = resolve(contract, schema)
    if core.get("nullable") and draw(st.booleans()):
        return None
    if len(core.get("allOf", [])) == 1:
        return value_of(draw, contract, core["allOf"][0])
    found = members(contract, core)
    if found is not None:
        chosen = draw(st.sets(st.sampled_from([*found.properties, "x"]))) | found.required
        own = {name: value_of(draw, contract, found.properties[name]) for name in chosen - {"x"}}
        return draw(UNKNOWN) | own
    if core.get("type") == "array":
        number = draw(st.integers(0, 2))
        return [value_of(draw, contract, core["items"]) for _ in range(number)]
    return draw(scalars(core))


def scalars(core: Any) -> st.SearchStrategy[Any]:
    if "enum" in core:
        return st.sampled_from(core["enum"])
    return (
        INSTANTS if core.get("format") == "date-time" else SCALARS.get(core.get("type", ""), JSON)
    )


def text(value: Any) -> str:
    """JSON that tells 12 from 12.0, and names in no order."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_round_trip_is_identity(name: str, data: st.DataObject) -> None:
    value = value_of(data.draw, CONTRACT, COMPONENTS[name])
    before = text(value)
    loaded = SCHEMAS[name]().load(value)
    assert text(SCHEMAS[name]().dump(loaded)) == before
    assert text(value) == before


def test_every_object_of_the_contract_has_a_schema() -> None:
    objects = {name for name, schema in COMPONENTS.items() if members(CONTRACT, schema)}
    assert SCHEMAS.keys() == objects
    others = [COMPONENTS[name] for name in COMPONENTS.keys() - objects]
    assert all(other.get("type") != "object" for other in others)


@pytest.mark.parametrize("name", SCHEMAS)
def test_required_attributes_are_the_contracts(name: str) -> None:
    found = members(CONTRACT, COMPONENTS[name])
    assert found is not None
    fields = SCHEMAS[name]().fields
    assert {key for key, field in fields.items() if field.required} == found.required
    assert list(fields) == list(found.properties)


def dated(schema: Any, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """The paths of the date-times in a schema."""
    found = members(CONTRACT, schema)
    for key, member in (found.properties if found else {}).items():
        core = resolve(CONTRACT, member)
        items = core.get("items", core)
        if resolve(CONTRACT, items).get("format") == "date-time":
            yield key
        if items.get("$ref", key) not in seen:
            yield from (f"{key}.{path}" for path in dated(items, (*seen, items.get("$ref", key))))


def test_date_times_are_aware_at_every_level() -> None:
    assert set(dated(COMPONENTS["CustomerBill"])) == {
        "billDate", "lastUpdate", "nextBillDate", "paymentDueDate",
        "billingPeriod.startDateTime", "billingPeriod.endDateTime",
        "billDocument.validFor.startDateTime", "billDocument.validFor.endDateTime",
        "financialAccount.accountBalance.validFor.startDateTime",
        "financialAccount.accountBalance.validFor.endDateTime",
    }  # fmt: skip
    at = "2026-10-01T02:00:00+02:00"
    balance = {"balanceType": "b", "amount": {}, "validFor": {"endDateTime": at}}
    bill = {
        "lastUpdate": at,
        "billDocument": [{"validFor": {"startDateTime": at}}],
        "financialAccount": {"id": "1", "accountBalance": [balance]},
    }
    loaded: Any = SCHEMAS["CustomerBill"]().load(bill)
    instant = datetime(2026, 10, 1, tzinfo=UTC)
    assert loaded["lastUpdate"] == instant
    assert loaded["lastUpdate"].utcoffset() == timedelta(hours=2)
    assert loaded["billDocument"][0]["validFor"]["startDateTime"] == instant
    assert loaded["financialAccount"]["accountBalance"][0]["validFor"]["endDateTime"] == instant
    assert SCHEMAS["CustomerBill"]().dump(loaded) == bill


REFUSED: dict[str, tuple[str, Any]] = {
    "enum": ("CustomerBill", {"state": "paid"}),
    "no instant": ("CustomerBill", {"billDate": "2026-10-01"}),
    "no offset": ("CustomerBill", {"billDate": "2026-10-01T00:00:00"}),
    "required": ("BillCycleSpecification", {}),
    "required below": ("CustomerBill", {"billingAccount": {"name": "x"}}),
    "null": ("CustomerBill", {"billNo": None}),
    "text for a number": ("Money", {"value": "12"}),
    "true for a number": ("Money", {"value": True}),
    "text for an integer": ("BillCycleSpecification", {"name": "x", "billingDateShift": "1"}),
    "true for an integer": ("BillCycleSpecification", {"name": "x", "billingDateShift": True}),
    "fraction": ("BillCycleSpecification", {"name": "x", "billingDateShift": 1.5}),
    "one for true": ("AppliedCustomerBillingRate", {"id": "1", "isBilled": 1}),
    "number for text": ("CustomerBill", {"billNo": 1}),
    "object for an array": ("CustomerBill", {"taxItem": {}}),
    "array for an object": ("CustomerBill", {"amountDue": []}),
    "text for an object": ("CustomerBill", {"amountDue": "1"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case: str) -> None:
    name, value = REFUSED[case]
    with pytest.raises(ValidationError):
        SCHEMAS[name]().load(value)


def test_numbers_stay_what_they_are() -> None:
    loaded: Any = SCHEMAS["CustomerBill"]().load({"amountDue": {"value": 12}, "x": [1, 1.0]})
    assert text(loaded) == '{"amountDue": {"value": 12}, "x": [1, 1.0]}'
    assert text(_Integer().deserialize(12.0)) == "12"


def test_null_instant_is_written_as_null() -> None:
    assert _Instant(allow_none=True).serialize("at", {"at": None}) is None


def test_only_some_attributes_are_dumped_where_asked() -> None:
    schema: Schema = SCHEMAS["Money"](only=["unit"])
    assert schema.dump({"unit": "EUR", "value": 1}) == {"unit": "EUR"}


@pytest.fixture(scope="module")
def pets(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, dict[str, type[Schema]]]:
    root = project(tmp_path_factory.mktemp("pets"))
    schemas = generated(root).schemas.SCHEMAS
    return document.load(root / "tmf678.yaml"), schemas


@settings(max_examples=examples(200), deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_round_trip_of_a_second_contract(pets: Any, data: st.DataObject) -> None:
    contract, schemas = pets
    name = data.draw(st.sampled_from(sorted(schemas.keys() - {"Keeper"})))
    shape = contract["components"]["schemas"][name]
    value = value_of(data.draw, contract, shape)
    assume(value is not None)  # that a schema as a whole may be null is its user's to know
    assert text(schemas[name]().dump(schemas[name]().load(value))) == text(value)


def test_composed_nested_and_inline_objects_hold_instants(pets: Any) -> None:
    at = "2026-10-01T00:00:00Z"
    pet = {
        "name": "Rex", "legs": 4, "born": at, "seen": [at], "stay": {"since": at},
        "place": {"at": at}, "keeper": {"kind": "Person", "since": at},
        "friends": [{"name": "Max", "legs": 3, "born": at}],
    }  # fmt: skip
    schema = pets[1]["Pet"]()
    loaded = schema.load(pet)
    parts = [loaded["stay"], loaded["place"], loaded["keeper"], loaded["friends"][0]]
    below = [part.get("since") or part.get("at") or part["born"] for part in parts]
    instants = [loaded["born"], *loaded["seen"], *below]
    assert instants == [datetime(2026, 10, 1, tzinfo=UTC)] * 6
    assert schema.dump(loaded) == pet


def test_alternatives_require_what_all_require(pets: Any) -> None:
    keeper = pets[1]["Keeper"]()
    assert keeper.load({"kind": "Zoo", "code": 12})["code"] == 12
    assert keeper.load({"kind": "Person", "code": "a"})["code"] == "a"
    with pytest.raises(ValidationError):
        keeper.load({"name": "x"})
    with pytest.raises(ValidationError):
        keeper.load({"kind": "Zoo", "name": 1})


def test_required_beside_a_reference_counts(pets: Any) -> None:
    with pytest.raises(ValidationError) as caught:
        pets[1]["Pet"]().load({"name": "Rex", "grade": 2, "ratio": 0.7, "stay": {}})
    assert isinstance(caught.value.messages, dict)
    assert set(caught.value.messages) == {"legs", "grade", "ratio", "stay"}


def test_document_of_ours_is_where_generate_writes_it() -> None:
    assert Path(document.__file__).parents[1] == ROOT
