"""The contract as a judge: which attribute is in trouble, and what may come back."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from impl.contract.contract import Contract, is_instant
from impl.contract.documents import POINTER
from impl.contract.json_schema import COMPONENTS
from impl.document_limits import LONGEST_NUMBER
from impl.errors import MAX_FAULTS, ApiError, BodyInvalid, FieldInvalid, FieldMissing, NamedError
from impl.handlers.bill_cycle import RUN
from impl.tmf678 import API

BILL = COMPONENTS + "CustomerBill"
NEW_BILL = COMPONENTS + "CustomerBill_Create"
NEW_RATE = COMPONENTS + "AppliedCustomerBillingRate_Create"
BILL_PATCH = COMPONENTS + "CustomerBill_Update"
CYCLE_PATCH = COMPONENTS + "BillCycleSpecification_Update"
LISTENER = COMPONENTS + "EventSubscriptionInput"


@pytest.fixture(scope="module")
def contract() -> Contract:
    return API.contract


# ---------------------------------------------------------------- requests


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        (NEW_BILL, {}),
        (NEW_BILL, {"id": "urn:bill:1", "billNo": "", "amountDue": {"unit": "EUR", "value": 0}}),
        (NEW_BILL, {"relatedParty": [{"id": "42", "@referredType": "Individual"}]}),
        (NEW_BILL, {"x": [None, True, 2**63 - 1, -(2**63), 1.5, {"": {"$ref": {}}}]}),
        (NEW_RATE, {"billingAccount": {"id": "1"}}),
        (NEW_RATE, {"isBilled": True, "bill": {"id": "1"}}),
        (BILL_PATCH, {"state": "sent", "billNo": None}),
        (NEW_BILL, {"billNo": "é" * LONGEST_NUMBER}),
        (BILL_PATCH, {"billNo": "9" * (LONGEST_NUMBER + 1)}),  # may be what is stored
        (BILL, {"billNo": "9" * (LONGEST_NUMBER + 1)}),
        (LISTENER, {"callback": "http://localhost:9999/listener"}),
    ],
)
def test_check_lets_through(contract: Contract, pointer: str, value: Any) -> None:
    contract.check(pointer, value)


@pytest.mark.parametrize(
    ("pointer", "value", "error", "name"),
    [
        (NEW_BILL, {"billNo": 7}, FieldInvalid, "billNo"),
        (NEW_BILL, {"billNo": "9" * (LONGEST_NUMBER + 1)}, FieldInvalid, "billNo"),
        (NEW_BILL, {"billNo": None}, FieldInvalid, "billNo"),
        (NEW_BILL, {"amountDue": {"value": "12"}}, FieldInvalid, "amountDue.value"),
        (NEW_BILL, {"amountDue": {"value": 10**13}}, FieldInvalid, "amountDue.value"),
        (NEW_BILL, {"billDate": "yesterday"}, FieldInvalid, "billDate"),
        (NEW_BILL, {"billDate": 0}, FieldInvalid, "billDate"),
        (NEW_BILL, {"state": "lost"}, FieldInvalid, "state"),
        (NEW_BILL, {"taxItem": {}}, FieldInvalid, "taxItem"),
        (NEW_BILL, {"relatedParty": [{"id": "1"}, {}]}, FieldMissing, "relatedParty[1].id"),
        (NEW_BILL, {"relatedParty": [{"id": 1}]}, FieldInvalid, "relatedParty[0].id"),
        (NEW_BILL, {"id": "a/b"}, FieldInvalid, "id"),
        (NEW_BILL, {"x": 2**64}, FieldInvalid, "x"),
        (NEW_RATE, {"isBilled": "true"}, FieldInvalid, "isBilled"),
        (NEW_RATE, {"billingAccount": {}}, FieldMissing, "billingAccount.id"),
        (BILL_PATCH, {"state": None}, FieldInvalid, "state"),
        (CYCLE_PATCH, {"rateFilter": "type=" + "x" * 2000}, FieldInvalid, "rateFilter"),
        (LISTENER, {}, FieldMissing, "callback"),
    ],
)
def test_check_names_the_attribute_in_trouble(
    contract: Contract, pointer: str, value: Any, error: type[NamedError], name: str
) -> None:
    with pytest.raises(error) as raised:
        contract.check(pointer, value)
    assert raised.value.attribute == name
    assert str(raised.value).startswith(f"{name}: ")


@pytest.mark.parametrize("value", [[], [{}], "x", 1, None, True])
def test_check_refuses_a_body_that_is_no_object(contract: Contract, value: Any) -> None:
    with pytest.raises(BodyInvalid):
        contract.check(NEW_BILL, value)


def test_check_says_what_may_stand_there(contract: Contract) -> None:
    with pytest.raises(FieldInvalid, match="one of new, onHold, validated, sent, partiallyPaid"):
        contract.check(NEW_BILL, {"state": "lost"})


@pytest.mark.parametrize(
    "value",
    [
        {"billNo": {"a": "x" * 100_000}},
        {"billNo": ["x\ny"] * 1000},
        {"billDate": "x\n" * 1000},
        {"x" * 1000: 2**64},
    ],
)
def test_check_says_it_in_a_line_or_two(contract: Contract, value: Any) -> None:
    with pytest.raises(ApiError) as raised:
        contract.check(NEW_BILL, value)
    assert len(str(raised.value).splitlines()) == 1
    assert len(str(raised.value)) < 1300


# ---------------------------------------------------------------- patches


def test_a_patch_may_repeat_what_it_may_not_change(contract: Contract) -> None:
    schema = contract.document["components"]["schemas"]["CustomerBill_Update"]
    assert schema["additionalProperties"] is False
    contract.check(BILL_PATCH, {"id": "1", "href": "/1", "billDate": 7, "x": 1, "state": "sent"})


def test_patchable_is_what_the_patchs_schema_lists(contract: Contract) -> None:
    bill = contract.patchable("CustomerBill_Update")
    assert bill is not None
    assert {"state", "amountDue", "appliedPayment", "@type"} <= bill
    assert bill.isdisjoint({"id", "href", "billDate", "lastUpdate", "taxItem"})


def test_patchable_is_none_if_the_patchs_schema_says_nothing_of_others() -> None:
    schemas = {"Pet_Update": {"type": "object", "properties": {"name": {"type": "string"}}}}
    assert (
        Contract({"paths": {}, "components": {"schemas": schemas}}).patchable("Pet_Update") is None
    )


def test_patchable_is_none_where_all_may_be_patched(contract: Contract) -> None:
    for name in ("AppliedCustomerBillingRate", "BillCycle", "BillCycleSpecification"):
        assert contract.patchable(f"{name}_Update") is None


def test_what_a_run_tells_of_itself_is_no_part_of_a_patch(contract: Contract) -> None:
    listed = contract.document["components"]["schemas"]["BillCycle_Update"]["properties"]
    assert listed.keys().isdisjoint(RUN)


# ---------------------------------------------------------------- responses


@pytest.mark.parametrize(
    "value", [{}, {"id": "1", "billDate": "2026-10-01T10:00:00.123Z", "x": {"y": [None]}}]
)
def test_answers_finds_nothing_wrong(contract: Contract, value: Any) -> None:
    assert contract.response_fault(BILL, value) is None


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"billDate": "secret"}, "billDate"),
        ({"amountDue": {"value": "secret"}}, "amountDue.value"),
        ({"relatedParty": [{"name": "secret"}]}, "relatedParty[0]"),
        ({"state": "secret"}, "state"),
    ],
)
def test_answers_says_where_and_never_what(contract: Contract, value: Any, path: str) -> None:
    wrong = contract.response_fault(BILL, value)
    assert wrong is not None
    assert wrong.startswith(f"{path} breaks ")
    assert "secret" not in wrong


# ---------------------------------------------------------------- routing


def test_routing_points_to_a_schema_of_the_contract_for_every_body(contract: Contract) -> None:
    pointers = list(_pointers(contract.routing()))
    assert len(pointers) > 50
    assert len(set(pointers)) == len(pointers)
    for pointer in pointers:
        contract.response_fault(pointer, {})


def test_routing_holds_no_schemas_of_its_own(contract: Contract) -> None:
    assert "schemas" not in contract.routing()["components"]
    assert "schemas" in contract.document["components"]


def _pointers(node: Any) -> Iterator[str]:
    if isinstance(node, dict) and POINTER in node:
        yield node[POINTER]
    elif isinstance(node, (dict, list)):
        for each in node.values() if isinstance(node, dict) else node:
            yield from _pointers(each)


@pytest.mark.parametrize(
    ("nullable", "values"), [(True, [None, "x"]), (False, ["x"]), (None, ["x"])]
)
def test_nullable_lets_null_through(nullable: bool | None, values: list[Any]) -> None:
    word = {} if nullable is None else {"nullable": nullable}
    schema = {"type": "object", "properties": {"a": {"type": "string", **word}}}
    tiny = Contract({"paths": {}, "components": {"schemas": {"Thing": schema}}})
    for value in ("x", None, 1):
        wrong = tiny.response_fault(COMPONENTS + "Thing", {"a": value})
        assert (wrong is None) == (value in values)


@pytest.mark.parametrize(
    ("pointer", "value", "attributes"),
    [
        (
            NEW_BILL,
            {
                "state": "lost",
                "amountDue": {"value": "1"},
                "relatedParty": [*[{"id": "1"}] * 30, {}, {"id": 1, "name": 2}],
                "taxItem": {},
            },
            {
                *("state", "amountDue.value", "taxItem"),
                *("relatedParty[30].id", "relatedParty[31].id", "relatedParty[31].name"),
            },
        ),
        (NEW_RATE, {"name": 1, "billingAccount": {}}, {"name", "billingAccount.id"}),
        (LISTENER, {"query": 1}, {"query", "callback"}),
        (BILL_PATCH, {"state": None, "amountDue": 1}, {"state", "amountDue"}),
    ],
)
def test_all_faults_of_a_body_are_told(
    contract: Contract, pointer: str, value: Any, attributes: set[str]
) -> None:
    with pytest.raises(ApiError) as raised:
        contract.check(pointer, value)
    told = raised.value.every
    assert {each.attribute for each in told} == attributes
    assert len(set(map(str, told))) == len(told)


BAD_OPERATIONS = [{"op": "bad"}] * 50_000
PATCHED = "#/paths/~1customerBill~1{id}/patch/requestBody/content/application~1"


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        (PATCHED + "json-patch+json/schema", BAD_OPERATIONS),
        (PATCHED + "json-patch-query+json/schema", BAD_OPERATIONS),
        (PATCHED + "merge-patch+json/schema", {"relatedParty": [{}] * 50_000}),
    ],
)
def test_the_first_of_many_faults_are_told_without_looking_for_the_others(
    contract: Contract, pointer: str, value: Any
) -> None:
    began = time.process_time()
    with pytest.raises(ApiError) as raised:
        contract.check(pointer, value)
    assert len(raised.value.every) == MAX_FAULTS
    assert time.process_time() - began < 20, "it held up every other request of its process"


# ---------------------------------------------------------------- instants


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-01T10:00:00Z",
        "2026-10-01T10:00:00.1Z",
        "2026-10-01T10:00:00.123456789Z",
        "2026-10-01T10:00:00+02:00",
        "2026-10-01T10:00:00-12:00",
        "2026-10-01T10:00:00+23:59",
        "2026-10-01T10:00:00-00:00",
        "2028-02-29T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
    ],
)
def test_an_instant_of_rfc_3339_can_be_kept(text: str) -> None:
    assert is_instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-10-01",
        "10:00:00Z",
        "2026-10-01T10:00:00",
        "2026-10-01 10:00:00Z",
        "2026-10-01_10:00:00Z",
        " 2026-10-01T10:00:00Z",
        "2026-10-01T10:00:00Z\n",
        "2026-10-01T10:00:00ZZ",
        "2026-13-01T10:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-10-32T10:00:00Z",
        "2026-10-01T24:00:01Z",
        "2026-10-01T10:60:00Z",
        "2026-10-01T10:00:61Z",
        "2026-10-01T10:00:00+24:00",
        "2026-10-01T10:00:00+99:99",
        "\u0662\u0660\u0662\u0666-10-01T10:00:00Z",
        "26-10-01T10:00:00Z",
    ],
)
def test_what_is_no_instant_of_rfc_3339_is_refused(text: str) -> None:
    assert not is_instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "2016-12-31T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "10000-01-01T00:00:00Z",
    ],
)
def test_an_instant_that_can_not_be_kept_is_refused(text: str) -> None:
    """Leap seconds, and all before the year 1 or after 9999 in UTC."""
    assert not is_instant(text)


@pytest.mark.parametrize("text", ["2026-10-01T10:00:00z", "2026-10-01t10:00:00Z"])
def test_rfc_3339_in_lower_case_is_refused_as_the_rfc_allows(text: str) -> None:
    assert not is_instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "20261001T100000Z",
        "2026-W40-4T10:00:00Z",
        "2026-10-01T10Z",
        "2026-10-01T10:00Z",
        "2026-10-01T10:00:00,5Z",
        "2026-10-01T10:00:00.Z",
        "2026-10-01T10:00:00+02",
        "2026-10-01T10:00:00+0200",
        "2026-10-01T10:00:00+02:00:30",
        "2026-10-01T10:00:00+14:60",
        "2026-10-01T10:00:00 +02:00",
    ],
)
def test_iso_8601_that_is_not_rfc_3339_is_refused(text: str) -> None:
    assert not is_instant(text)


def test_clients_read_how_long_a_new_number_may_be(contract: Contract) -> None:
    schemas = contract.document["components"]["schemas"]
    new = schemas["CustomerBill_Create"]["allOf"][1]
    for schema in (new, schemas["CustomerBill_Update"]):
        assert schema["properties"]["billNo"]["maxLength"] == LONGEST_NUMBER
    assert "maxLength" not in schemas["CustomerBill"]["properties"]["billNo"]
