"""v5 shows each v4 document as its own contract allows, and nothing is lost on the way back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from impl import demo
from impl.contract.json_schema import COMPONENTS
from impl.errors import ApiError, FieldInvalid
from impl.links import links, to_json
from impl.tmf678 import API
from impl.v5 import mapping
from impl.v5.documents import changed, down, up
from impl.v5.mapping import SHAPES, TYPE, Shape
from tests.sizes import examples
from tests.unit.v5 import contracts
from tests.unit.v5.contracts import RESOURCES, V4_FILES, V5_FILES, Json, by_files

_ABSENT = object()
resources = pytest.mark.parametrize("resource", RESOURCES)
DEMO = [
    (resource, orjson.loads(to_json(links("http://localhost/v5", resource).added(document))))
    for resource, document in demo.documents(datetime(2026, 10, 1, tzinfo=UTC))
    if resource in RESOURCES
]


@by_files("file", V5_FILES)
def test_v5_allows_every_demo_document_as_it_shows_it(file: Path) -> None:
    assert len(DEMO) == 154
    faults = [contracts.fault(RESOURCES[r], up(d, r), file) for r, d in DEMO]
    assert [each for each in faults if each] == []


def test_v5_allows_few_demo_documents_as_v4_shows_them() -> None:
    assert sum(not contracts.fault(RESOURCES[resource], each) for resource, each in DEMO) == 8


def test_demo_documents_come_back_with_the_default_types_of_what_they_refer_to() -> None:
    added = [
        place
        for resource, document in DEMO
        for place in _added(document, down(up(document, resource), resource))
    ]
    assert {place[-1] for place in added} == {"@referredType"}
    assert len(added) == 55


def _added(before: Any, after: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of members that the second value has besides; asserts that all else is equal."""
    if isinstance(before, list):
        assert len(before) == len(after)
        pairs = [(index, *pair) for index, pair in enumerate(zip(before, after, strict=True))]
        return [p for index, b, a in pairs for p in _added(b, a, (*place, index))]
    if not isinstance(before, dict):
        assert before == after
        return []
    assert before.keys() <= after.keys()
    new = [(*place, name) for name in after.keys() - before.keys()]
    return [*new, *(p for n in before for p in _added(before[n], after[n], (*place, n)))]


@by_files("file", V5_FILES)
@resources
@settings(max_examples=examples(100))
@given(data=st.data())
def test_v5_allows_every_v4_document_as_it_shows_it(
    resource: str, file: Path, data: st.DataObject
) -> None:
    document = data.draw(contracts.v4_documents(RESOURCES[resource]))
    assert contracts.fault(RESOURCES[resource], up(document, resource), file) == ""


@resources
@settings(max_examples=examples(100))
@given(data=st.data())
def test_a_round_trip_loses_only_what_the_mapping_names(resource: str, data: st.DataObject) -> None:
    stored = data.draw(contracts.v4_documents(RESOURCES[resource]))
    back = down(up(stored, resource), resource)
    names = {each for shape in _shapes(SHAPES[resource]) for each in _hidden(shape)}
    assert {place[-1] for place in _lost(stored, back)} <= names


def _shapes(shape: Shape) -> Iterator[Shape]:
    yield shape
    inner = [*shape.members.values(), *([shape.nested[1]] if shape.nested else [])]
    for each in inner:
        yield from _shapes(each)


def _hidden(shape: Shape) -> set[str]:
    """Stored members that v5 may not show: values without a place in it, and types."""
    types = {TYPE} if shape.type else set()
    return {*shape.limited, *shape.either, *types} | ({mapping.WRAPPER} if shape.nested else set())


def _lost(before: Any, after: Any, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of members that the second value lacks, or has otherwise."""
    if isinstance(before, dict) and isinstance(after, dict):
        pairs = [(name, each, after.get(name, _ABSENT)) for name, each in before.items()]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = [(n, *pair) for n, pair in enumerate(zip(before, after, strict=True))]
    else:
        return [] if before == after else [place]
    return [each for name, b, a in pairs for each in _lost(b, a, (*place, name))]


def _created(resource: str, data: st.DataObject) -> tuple[Json, Json]:
    """A random document of v5 that v4 can hold, and as it is stored."""
    document = data.draw(contracts.v5_documents(RESOURCES[resource]))
    document["id"] = "1"
    try:
        stored = down(document, resource)
        API.contract.check(COMPONENTS + RESOURCES[resource], stored)
    except ApiError:
        reject()
    return document, stored


@by_files("file", V4_FILES)
@pytest.mark.parametrize("resource", [each for each in RESOURCES if each != "billCycle"])
@settings(max_examples=examples(100))
@given(data=st.data())
def test_v4_allows_every_document_that_v5_creates(
    resource: str, file: Path, data: st.DataObject
) -> None:
    _, stored = _created(resource, data)
    assert contracts.fault(RESOURCES[resource], stored, file) == ""


@resources
@settings(max_examples=examples(100))
@given(data=st.data())
def test_what_v5_leaves_alone_stays_as_it_is_stored(resource: str, data: st.DataObject) -> None:
    stored = data.draw(contracts.v4_documents(RESOURCES[resource]))
    shown = up(stored, resource)
    assert changed(stored, shown, shown, resource) == stored
    assert changed(stored, shown, {**shown, "x-new": 1}, resource) == {**stored, "x-new": 1}
    assert up(down(shown, resource), resource) == shown


@resources
@settings(max_examples=examples(100))
@given(data=st.data())
def test_a_v5_document_that_v4_can_hold_comes_back(resource: str, data: st.DataObject) -> None:
    document, stored = _created(resource, data)
    added = _added(document, up(stored, resource))
    assert {place[-1] for place in added} <= {"@referredType", "@baseType"}


PARTY = {"@type": "PartyRef", "id": "p"}
WRAPPER = {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "payer"}


@pytest.mark.parametrize(
    ("v4", "type_"),
    [
        ({"id": "p"}, "PartyRef"),
        ({"id": "p", "@referredType": "Organization"}, "PartyRef"),
        ({"id": "p", "@referredType": "Customer"}, "PartyRoleRef"),
        ({"id": "p", "partyId": "x"}, "PartyRoleRef"),
        ({"id": "p", "partyId": "x", "@type": "PartyRef"}, "PartyRef"),
        ({"id": "p", "partyId": 7, "@type": "PartyRoleRef"}, "PartyRef"),
        ({"id": "p", "@type": "RelatedPartyRef"}, "PartyRef"),
        ({"id": "p", "@type": "Own"}, "Own"),
    ],
)
def test_a_party_is_a_reference_to_a_party_or_to_a_role(v4: Json, type_: str) -> None:
    shown = up({"id": "1", "relatedParty": [v4]}, "customerBill")["relatedParty"][0]
    assert shown["partyOrPartyRole"]["@type"] == type_


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ("a", "StringCharacteristic"),
        (True, "BooleanCharacteristic"),
        (5, "IntegerCharacteristic"),
        (5.0, "NumberCharacteristic"),
        ({"a": 1}, "ObjectCharacteristic"),
        (["a", "b"], "StringArrayCharacteristic"),
        ([1, 2], "IntegerArrayCharacteristic"),
        ([1, 2.5], "NumberArrayCharacteristic"),
        ([{}], "ObjectArrayCharacteristic"),
        (None, "Characteristic"),
        ([], "Characteristic"),
        ([1, "a"], "Characteristic"),
        ([True], "Characteristic"),
    ],
)
def test_a_characteristic_has_the_type_of_its_value(value: Any, type_: str) -> None:
    rate = {"id": "1", "characteristic": [{"name": "n", "value": value}]}
    shown = up(rate, "appliedCustomerBillingRate")
    assert shown["characteristic"][0]["@type"] == type_
    assert down(shown, "appliedCustomerBillingRate")["characteristic"] == rate["characteristic"]
    wrong = {**rate, "characteristic": [{"name": "n", "value": value, "@type": "Own"}]}
    assert up(wrong, "appliedCustomerBillingRate")["characteristic"][0]["@baseType"] == type_


@pytest.mark.parametrize(
    ("v4", "type_"),
    [
        ({}, "Attachment"),
        ({"id": "d", "@referredType": "Attachment"}, "AttachmentRef"),
        ({"@referredType": "Attachment"}, "Attachment"),
        ({"id": "d", "@referredType": "Attachment", "mimeType": "text/plain"}, "Attachment"),
        ({"@type": "AttachmentRef"}, "Attachment"),
        ({"id": "d", "@type": "AttachmentRef"}, "AttachmentRef"),
    ],
)
def test_a_document_of_a_bill_is_an_attachment_or_a_reference(v4: Json, type_: str) -> None:
    shown = up({"id": "1", "billDocument": [v4]}, "customerBill")
    assert shown["billDocument"][0]["@type"] == type_


def test_what_stands_beside_a_party_is_stored_apart_from_what_is_in_it() -> None:
    party: Json = {**WRAPPER, "note": "a", "@schemaLocation": "s"}
    party["partyOrPartyRole"] = {**PARTY, "note": "b"}
    stored = down({"id": "1", "relatedParty": [party]}, "customerBill")
    assert stored["relatedParty"] == [
        {
            "id": "p",
            "note": "b",
            "role": "payer",
            "relatedPartyRefOrPartyRoleRef": {"note": "a", "@schemaLocation": "s"},
        }
    ]
    assert up(stored, "customerBill")["relatedParty"] == [party]


@pytest.mark.parametrize("name", ["role", "relatedPartyRefOrPartyRoleRef"])
def test_an_attribute_without_a_place_in_v4_is_refused_by_name(name: str) -> None:
    party = {**WRAPPER, "partyOrPartyRole": {**PARTY, name: "x"}}
    with pytest.raises(FieldInvalid) as raised:
        down({"id": "1", "relatedParty": [party]}, "customerBill")
    assert raised.value.attribute == f"relatedParty[0].partyOrPartyRole.{name}"


def test_one_specification_under_two_names_is_refused_if_they_differ() -> None:
    one, other = {"@type": "BillCycleSpecificationRef", "id": "a"}, {"id": "b"}
    both = {"BillCycleSpecification": one, "billCycleSpecification": one}
    assert down(both, "billCycle") == {"billCycleSpecification": {"id": "a"}}
    with pytest.raises(FieldInvalid, match="billCycleSpecification"):
        down(both | {"billCycleSpecification": other}, "billCycle")


def test_a_name_of_the_other_version_hides_no_value() -> None:
    rate = {"id": "1", "type": "usage", "appliedBillingRateType": [1], "@type": "Own"}
    shown = up(rate, "appliedCustomerBillingRate")
    assert (shown["appliedBillingRateType"], shown["type"]) == ("usage", [1])
    assert down(shown, "appliedCustomerBillingRate") == rate | {
        "@baseType": "AppliedCustomerBillingRate"
    }


def test_an_event_has_the_type_and_the_shape_of_v5() -> None:
    bill = {"id": "1", "relatedParty": [{"id": "p"}]}
    event = {"eventType": "CustomerBillCreateEvent", "timeOcurred": "t", "eventId": "e"}
    shown = up({**event, "event": {"customerBill": bill}}, "events")
    assert shown == {
        "@type": "CustomerBillCreateEvent",
        "@baseType": "Event",
        "eventType": "CustomerBillCreateEvent",
        "timeOccurred": "t",
        "eventId": "e",
        "event": {"customerBill": up(bill, "customerBill")},
    }


def test_a_subscription_has_v5s_type() -> None:
    subscription = {"id": "1", "callback": "https://example.com", "query": ""}
    shown = up(subscription, "hub")
    assert shown == {**subscription, "@type": "Hub"}
    assert down(shown, "hub") == subscription


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ([{"id": "a"}], [{"id": "a", "@type": "CharacteristicRelationship"}]),
        ([{"id": 7, "x": 1}], [{"x": 1, "@type": "CharacteristicRelationship"}]),
        ([], []),
        ({"id": "a"}, None),
        ([{"@type": 7}], None),
        ("a", None),
    ],
)
def test_an_extension_that_v5_declares_otherwise_is_not_shown(stored: Any, shown: Any) -> None:
    value = {"name": "n", "value": 1, "characteristicRelationship": stored}
    rate = {"id": "1", "@type": "Own", "characteristic": [value]}
    v5 = up(rate, "appliedCustomerBillingRate")
    assert v5["characteristic"][0].get("characteristicRelationship") == shown
    after = {**v5, "name": "new"}
    assert changed(rate, v5, after, "appliedCustomerBillingRate") == {**rate, "name": "new"}


def test_elements_that_look_equal_stay_what_they_are() -> None:
    taxes: list[Json] = [{"id": 1, "taxCategory": "VAT"}, {"id": 2, "taxCategory": "VAT"}]
    rate: Json = {"id": "1", "@type": "AppliedCustomerBillingRate", "appliedTax": taxes}
    resource = "appliedCustomerBillingRate"
    shown = up(rate, resource)
    assert shown["appliedTax"][0] == shown["appliedTax"][1], "v5 has no numeric id"
    new = {"@type": "AppliedBillingTaxRate", "taxCategory": "X"}
    after = {**shown, "appliedTax": [*shown["appliedTax"], new]}
    assert changed(rate, shown, after, resource)["appliedTax"][:2] == taxes
    after = {**shown, "appliedTax": [new, *shown["appliedTax"]]}
    ids = [each.get("id") for each in changed(rate, shown, after, resource)["appliedTax"]]
    assert sorted(ids[1:]) == [1, 2]
    after = {**shown, "appliedTax": shown["appliedTax"][1:]}
    assert len(changed(rate, shown, after, resource)["appliedTax"]) == 1


def test_a_new_element_gets_nothing_of_another_that_has_moved() -> None:
    own: list[Json] = [{"id": n, "name": name, "value": "x"} for n, name in enumerate("ab", 1)]
    rate: Json = {"id": "1", "@type": "AppliedCustomerBillingRate", "characteristic": own}
    resource = "appliedCustomerBillingRate"
    shown = up(rate, resource)
    first, second = shown["characteristic"]
    new = {"@type": "StringCharacteristic", "name": "c", "value": "new"}

    def ids(characteristics: list[Json]) -> list[Any]:
        after = {**shown, "characteristic": characteristics}
        return [each.get("id") for each in changed(rate, shown, after, resource)["characteristic"]]

    assert ids([second, new]) == [2, None]
    assert ids([{**first, "value": "y"}, second, new]) == [1, 2, None]
    assert ids([{**first, "value": "y"}, second]) == [1, 2]
