"""The contract of version 5: its examples, its mends, and what both versions have."""

from typing import Any

import pytest

from impl.contract.contract import Contract
from impl.contract.json_schema import COMPONENTS
from impl.errors import ApiError
from openapi.members import resolve
from tests.openapi.contracts import ROOT

Json = dict[str, Any]
CONTRACT = Contract.load(ROOT / "generated" / "v5")
V4 = Contract.load(ROOT / "generated").document
DOCUMENT = CONTRACT.document
PARTY = {"@type": "PartyRef", "id": "1"}
RELATED = {"@type": "RelatedPartyRefOrPartyRoleRef", "role": "payer"}


def bodies(node: Any, at: str = "#/paths") -> list[tuple[str, Json]]:
    """Each JSON body with the pointer of its media type."""
    if not isinstance(node, dict):
        return []
    if at.endswith(("~1json", "+json")):
        return [(at, node)]
    steps = ((str(name).replace("/", "~1"), each) for name, each in node.items())
    return [body for step, each in steps for body in bodies(each, f"{at}/{step}")]


def values(media: Json) -> list[Any]:
    named = [resolve(DOCUMENT, each)["value"] for each in media.get("examples", {}).values()]
    return named + ([media["example"]] if "example" in media else [])


BODIES = [(at, media) for at, media in bodies(DOCUMENT["paths"]) if "/callbacks/" not in at]


@pytest.mark.parametrize(("pointer", "media"), BODIES, ids=[pointer for pointer, _ in BODIES])
def test_each_body_has_examples_that_its_schema_allows(pointer: str, media: Json) -> None:
    assert values(media)
    for value in values(media):
        assert CONTRACT.response_fault(f"{pointer}/schema", value) is None


def allowed(schema: str, value: Json) -> bool:
    try:
        CONTRACT.check(COMPONENTS + schema, value)
    except ApiError:
        return False
    return True


def bill(**attributes: Any) -> Json:
    return {"@type": "CustomerBill", **attributes}


@pytest.mark.parametrize(
    ("schema", "value"),
    {
        "a bill with a party": (
            "CustomerBill",
            bill(relatedParty=[RELATED | {"partyOrPartyRole": PARTY}]),
        ),
        "a bill with an attachment": (
            "CustomerBill",
            bill(billDocument=[{"@type": "Attachment", "id": "1"}]),
        ),
        "a party of a subtype": ("PartyRefOrPartyRoleRef", PARTY | {"@type": "GuardianRef"}),
        "a rate without id": (
            "AppliedCustomerBillingRate_FVO",
            {"@type": "AppliedCustomerBillingRate"},
        ),
        "a patch without @type": ("CustomerBill_MVO", {"state": "onHold"}),
        "a patch with @type": ("CustomerBill_MVO", bill(state="onHold")),
        "a subscription without @type": ("Hub_FVO", {"callback": "https://crm.example/"}),
    }.values(),
)
def test_what_the_document_of_the_standard_refuses_by_mistake_is_allowed(
    schema: str, value: Json
) -> None:
    assert allowed(schema, value)


@pytest.mark.parametrize(
    ("schema", "value"),
    {
        "no @type": ("CustomerBill_FVO", {"billNo": "1"}),
        "no party": ("CustomerBill_FVO", bill(relatedParty=[RELATED])),
        "a party without id": (
            "CustomerBill_FVO",
            bill(relatedParty=[RELATED | {"partyOrPartyRole": {"@type": "PartyRef"}}]),
        ),
        "no account": ("CustomerBillOnDemand_FVO", {"@type": "CustomerBillOnDemand"}),
        "a run type of ours": ("CustomerBill_FVO", bill(runType="daily")),
        "no value": ("Characteristic", {"@type": "Characteristic", "name": "a"}),
        "a number that is too long": ("CustomerBill_FVO", bill(billNo="1" * 65)),
    }.values(),
)
def test_what_the_store_has_no_place_for_is_refused(schema: str, value: Json) -> None:
    assert not allowed(schema, value)


def operations(document: Json) -> set[tuple[str, str]]:
    return {(path, method) for path, item in document["paths"].items() for method in item}


def test_both_versions_have_the_same_operations_with_the_same_statuses() -> None:
    assert operations(DOCUMENT) == operations(V4)
    for path, method in operations(V4):
        ours, theirs = V4["paths"][path][method], DOCUMENT["paths"][path][method]
        assert set(ours["responses"]) <= set(theirs["responses"]), (path, method)
        assert ours.get("security") == theirs.get("security"), (path, method)


def test_both_versions_have_the_same_parameters() -> None:
    for path, method in operations(V4):
        names = [
            {(each["name"], each["in"]) for each in parameters(document, path, method)}
            for document in (V4, DOCUMENT)
        ]
        assert names[0] == names[1], (path, method)


def parameters(document: Json, path: str, method: str) -> list[Json]:
    found = document["paths"][path][method].get("parameters", [])
    return [resolve(document, each) for each in found]


def test_each_operation_and_schema_is_described() -> None:
    for item in DOCUMENT["paths"].values():
        for operation in item.values():
            assert operation["summary"], operation["operationId"]
            assert operation["description"].endswith("."), operation["operationId"]
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for part in (schema, *schema.get("allOf", [])):
            for attribute, each in part.get("properties", {}).items():
                assert {"description", "$ref", "allOf", "enum"} & each.keys(), (name, attribute)
