"""A patch in v5's names changes what is stored by v4's names, and nothing else."""

from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.errors import Conflict, FieldInvalid
from impl.links import links
from impl.patch.apply import refuse_unpatchable
from impl.query import attributes
from impl.tmf678 import API
from impl.v5 import queries
from impl.v5.documents import up
from impl.v5.patches import V5Patch
from tests.unit.v5 import contracts
from tests.unit.v5.contracts import RESOURCES, Json

MERGE = "application/merge-patch+json"
JSON_PATCH = "application/json-patch+json"
QUERY_PATCH = "application/json-patch-query+json"
V4 = {name: attributes.of(API.schemas[schema]) for name, schema in RESOURCES.items()}
V5 = {name: queries.attributes(each, name) for name, each in V4.items()}
BILL: Json = {
    "id": "1",
    "@type": "CustomerBill",
    "state": "new",
    "runType": "byHand",
    "billingAccount": {"id": "a", "@type": "BillingAccountRef"},
    "relatedParty": [
        {"id": "p", "role": "payer", "@type": "RelatedPartyRef"},
        {"id": "s", "role": "seller", "partyId": 7},
    ],
    "taxItem": [{"taxCategory": "VAT", "taxRate": 19.0}],
}
"""A stored bill with a run type that v5 does not know, and with types that v4 clients set."""

RATE: Json = {"id": "1", "@type": "AppliedCustomerBillingRate", "type": "usage", "name": "Calls"}


def patch(media_type: str, body: Any, resource: str = "customerBill") -> V5Patch:
    view = links("http://localhost/v5", resource)
    return V5Patch(media_type, body, view, resource=resource, attributes=V5[resource])


def patched(media_type: str, body: Any, stored: Json = BILL, resource: str = "customerBill") -> Any:
    return patch(media_type, body, resource).apply(stored, V4[resource], UTC)


PARTY = "/relatedParty/1/partyOrPartyRole/name"


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        (JSON_PATCH, [{"op": "add", "path": PARTY, "value": "Ada"}]),
        (
            QUERY_PATCH,
            {
                "op": "add",
                "path": "relatedParty[?(@.role=='seller')].partyOrPartyRole.name",
                "value": "Ada",
            },
        ),
        (
            QUERY_PATCH,
            {
                "op": "add",
                "path": "/relatedParty/partyOrPartyRole/name?relatedParty.partyOrPartyRole.id=s",
                "value": "Ada",
            },
        ),
    ],
)
def test_a_member_of_a_party_changes_alone(media_type: str, body: Any) -> None:
    payer, seller = BILL["relatedParty"]
    assert patched(media_type, body) == {**BILL, "relatedParty": [payer, seller | {"name": "Ada"}]}


@pytest.mark.parametrize("media_type", ["application/json", MERGE])
def test_a_merge_patch_sets_what_v5_names(media_type: str) -> None:
    body = {"appliedBillingRateType": "recurring", "name": None}
    expected = {"id": "1", "@type": "AppliedCustomerBillingRate", "type": "recurring"}
    rates = "appliedCustomerBillingRate"
    assert patched(media_type, body, RATE, rates) == expected
    made = patch(media_type, body, rates)
    assert made.merged == {"type": "recurring", "name": None}
    assert made.mentions(RATE, expected) == {"type", "name"}


def test_a_merge_patch_of_plain_values_needs_no_document() -> None:
    body = {"state": "sent", "paymentDueDate": "2026-10-01T00:00:00Z"}
    assert patch(MERGE, body).assigned == body
    assert patch(MERGE, {"@type": "CustomerBill", **body}).assigned == body
    rate = patch(MERGE, {"appliedBillingRateType": "usage"}, "appliedCustomerBillingRate")
    assert rate.assigned == {"type": "usage"}


def test_the_default_type_in_a_merge_patch_leaves_a_subtype_alone() -> None:
    stored = {**BILL, "@type": "OwnBill"}
    patched_bill = patched(MERGE, {"@type": "CustomerBill", "state": "sent"}, stored)
    assert patched_bill == {**stored, "state": "sent"}
    assert patched(MERGE, {"@type": "OtherBill"}, stored)["@type"] == "OtherBill"


def test_an_array_that_a_merge_patch_replaces_is_stored_in_v4s_shape() -> None:
    party = {"@type": "PartyRef", "id": "n", "name": "New"}
    wrapper = {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "owner", "partyOrPartyRole": party}
    shown = up(BILL, "customerBill")["relatedParty"]
    after = patched(MERGE, {"relatedParty": [wrapper, shown[0]]})
    assert after["relatedParty"] == [
        {"id": "n", "name": "New", "role": "owner"},
        BILL["relatedParty"][0],
    ]


def test_an_element_is_removed_and_the_others_stay_as_they_are_stored() -> None:
    after = patched(JSON_PATCH, [{"op": "remove", "path": "/relatedParty/0"}])
    assert after == {**BILL, "relatedParty": [BILL["relatedParty"][1]]}


def test_a_patch_that_changes_nothing_leaves_the_same_document() -> None:
    test = {"op": "test", "path": "/billingAccount/@type", "value": "BillingAccountRef"}
    assert patched(JSON_PATCH, [test]) is BILL
    assert patched(MERGE, {"taxItem": up(BILL, "customerBill")["taxItem"]}) is BILL


def test_v4s_names_are_no_names_of_v5() -> None:
    with pytest.raises(Conflict):
        patched(JSON_PATCH, [{"op": "replace", "path": "/relatedParty/0/id", "value": "x"}])
    rates = "appliedCustomerBillingRate"
    with pytest.raises(Conflict):
        patched(JSON_PATCH, [{"op": "replace", "path": "/type", "value": "x"}], RATE, rates)


def test_v5s_contract_is_checked_before_the_document_is_translated() -> None:
    def check(document: Json) -> None:
        if document["relatedParty"] == "Ada":
            raise FieldInvalid("relatedParty", "is no array")

    body = {"relatedParty": "Ada"}
    view = links("http://localhost/v5", "customerBill")
    made = V5Patch(
        MERGE, body, view, resource="customerBill", attributes=V5["customerBill"], check=check
    )
    with pytest.raises(FieldInvalid, match="relatedParty"):
        made.apply(BILL, V4["customerBill"], UTC)


def test_unpatchable_attributes_are_refused_by_their_v4_names() -> None:
    changed = patched(MERGE, {"billingAccount": {"name": "Other"}})
    with pytest.raises(FieldInvalid, match="billingAccount"):
        refuse_unpatchable(BILL, changed, frozenset({"state"}))


def test_a_cycles_specification_is_patched_under_both_of_its_names() -> None:
    cycle = {"id": "1", "@type": "BillCycle", "billCycleSpecification": {"id": "s"}}
    expected = {"id": "1", "@type": "BillCycle", "billCycleSpecification": {"id": "s", "name": "n"}}
    for name in ("billCycleSpecification", "BillCycleSpecification"):
        assert patched(MERGE, {name: {"name": "n"}}, cycle, "billCycle") == expected


def test_a_body_that_is_no_object_is_left_to_the_collection() -> None:
    assert patched(JSON_PATCH, [{"op": "replace", "path": "", "value": 1}]) == 1


@given(data=st.data())
def test_a_patch_to_an_extension_changes_nothing_else(data: st.DataObject) -> None:
    resource = data.draw(st.sampled_from(sorted(RESOURCES)))
    stored = data.draw(contracts.v4_documents(RESOURCES[resource])) | {"@type": RESOURCES[resource]}
    operation = {"op": "add", "path": "/x-new", "value": 1}
    for media_type, body in ((MERGE, {"x-new": 1}), (JSON_PATCH, [operation])):
        assert patched(media_type, body, stored, resource) == {**stored, "x-new": 1}
