"""A question in v5's names finds what v5 shows, and the same as the question in v4's names."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from generated.v5.schemas import SCHEMAS as V5_SCHEMAS
from impl.errors import NotTranslated, ParameterInvalid
from impl.events.event_paths import whole
from impl.query import attributes
from impl.query.attributes import Attribute
from impl.query.evaluate import holds
from impl.query.language import (
    Compare,
    Condition,
    Document,
    Element,
    Every,
    Exists,
    Not,
    Path,
    Query,
    Some,
)
from impl.query.parse import Limits, parse
from impl.query.project import project
from impl.resources import RESOURCES as ROWS
from impl.tmf678 import API
from impl.v5 import queries
from impl.v5.documents import up
from tests.sizes import examples
from tests.unit.v5 import contracts
from tests.unit.v5.contracts import RESOURCES

V4 = {row.name: attributes.of(API.schemas[row.schema]) for row in ROWS if row.name in API.published}
V5 = {name: queries.attributes(each, name) for name, each in V4.items()}
resources = pytest.mark.parametrize("resource", RESOURCES)


def required(owner: Attribute, above: Path = ()) -> Iterator[Path]:
    """The paths of required attributes, down to the fourth level."""
    for name, each in owner.members.items():
        if each.required:
            yield (*above, name)
        if len(above) < 4:
            yield from required(each, (*above, name))


@resources
def test_what_the_contract_requires_comes_with_whatever_fields_are_chosen(resource: str) -> None:
    (row,) = (each for each in ROWS if each.name == resource)
    wanted = {*required(attributes.of(V5_SCHEMAS[row.schema]))}
    assert wanted
    assert wanted <= {*required(V5[resource])}


def paths(owner: Attribute) -> list[Path]:
    """The paths of all attributes, and those of some that do not exist."""
    below = [(name, *path) for name, each in owner.members.items() for path in paths(each)]
    return [(), *below, ("x-shelf",), ("0",)] if owner.kind == "object" else [()]


VALUES = ("", "a", "b", "Individual", "onCycle", "usage", "CustomerBillRef", "BillRef", "TaxItem",
          "RelatedPartyRefOrPartyRoleRef", "BillingAccount", "OwnType", "2026-10-01T00:00:00Z",
          None, True, 1, 0.5)  # fmt: skip
TEXTS = (("a",), ("onCycle",), ("BillRef",))
operators = st.sampled_from(["eq", "eq", "gt", "lte", "regex"])


def leaves(value: Any) -> Iterator[tuple[Path, Any]]:
    """The paths in a document, through its arrays, and what is there."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            for name, member in each.items():
                yield (name,), member
                yield from (((name, *path), leaf) for path, leaf in leaves(member))


def conditions(owner: Attribute, document: Any) -> st.SearchStrategy[Condition]:
    """Random conditions on an object with these attributes, mostly on those of the document."""
    there = [(path, leaf) for path, leaf in leaves(document) if not isinstance(leaf, (dict, list))]
    path = st.sampled_from([each for each in paths(owner) if each])
    if there:
        path |= st.sampled_from([path for path, _ in there])
    value = st.sampled_from([*VALUES, *(leaf for _, leaf in there)])
    compared = st.tuples(value) | st.tuples(value, value)
    choices: list[st.SearchStrategy[Any]] = [
        st.builds(Exists, path),
        st.builds(Compare, path, compared),
    ]
    choices.append(st.builds(Compare, path, st.sampled_from(TEXTS), operators))
    if there:
        choices.append(st.sampled_from(there).map(lambda leaf: Compare(leaf[0], (leaf[1],))))
    choices += [_elements(owner, *each) for each in _arrays(owner, document)]
    leaf: st.SearchStrategy[Any] = st.one_of(choices)
    two = st.tuples(leaf, leaf)
    return leaf | st.builds(Not, leaf) | st.builds(Every, two) | st.builds(Some, two)


def _arrays(owner: Attribute, document: Any) -> list[tuple[Path, list[Any]]]:
    """The arrays of objects that the contract has, and what the document has in them."""
    there: dict[Path, list[Any]] = {}
    for path, leaf in leaves(document):
        there.setdefault(path, []).extend(leaf if isinstance(leaf, list) else ())
    found = {path: owner.find(path) for path in paths(owner) if path}
    return [(path, there.get(path, [])) for path, each in found.items() if each and each.array]


def _elements(owner: Attribute, array: Path, there: list[Any]) -> st.SearchStrategy[Condition]:
    element = owner.find(array)
    assert element is not None
    return st.builds(Element, st.just(array), conditions(element, there) | st.just(Exists(())))


@resources
@settings(max_examples=examples(100))
@given(data=st.data())
def test_a_condition_finds_what_v5_shows(resource: str, data: st.DataObject) -> None:
    stored = data.draw(contracts.v4_documents(RESOURCES[resource])) | {"@type": "OwnType"}
    shown = up(stored, resource)
    if resource == "billCycle" and "BillCycleSpecification" in shown:  # requests may use both names
        shown["billCycleSpecification"] = shown["BillCycleSpecification"]
    condition = data.draw(conditions(V5[resource], shown))
    try:
        translated = queries.translated(Query(condition), resource).query.where
    except NotTranslated:
        reject()
    assert holds(translated, stored) == holds(condition, shown)


SAME = [
    ("customerBill", "relatedParty.partyOrPartyRole.id=p&relatedParty.role=payer",
     "relatedParty.id=p&relatedParty.role=payer"),
    ("customerBill", "filter=relatedParty[?(@.role=='a' || @.partyOrPartyRole.id=='p')]",
     "filter=relatedParty[?(@.role=='a' || @.id=='p')]"),
    ("customerBill", "relatedParty.partyOrPartyRole.partyId=p", "relatedParty.partyId=p"),
    ("customerBill", "runType=onCycle,offCycle&sort=-billDate",
     "runType=onCycle,offCycle&sort=-billDate"),
    ("appliedCustomerBillingRate", "appliedBillingRateType.regex=^u&sort=appliedBillingRateType",
     "type.regex=^u&sort=type"),
    ("appliedCustomerBillingRate", "date.gt=2026-10-01&href=http://x/v5/y/7",
     "date.gt=2026-10-01&href=http://x/v5/y/7"),
    ("billCycle", "BillCycleSpecification.id=s", "billCycleSpecification.id=s"),
    ("billCycle", "billCycleSpecification.id=s", "billCycleSpecification.id=s"),
]  # fmt: skip


@pytest.mark.parametrize(("resource", "by_v5", "by_v4"), SAME)
def test_a_question_is_the_same_in_both_languages(resource: str, by_v5: str, by_v4: str) -> None:
    query, expected = v5(by_v5, resource).query, parse(by_v4, V4[resource], Limits(), UTC)
    assert (query.where, query.order) == (expected.where, expected.order)


def v5(text: str, resource: str) -> queries.Translated:
    return queries.translated(parse(text, V5[resource], Limits(), UTC), resource)


@pytest.mark.parametrize(
    ("resource", "text", "named"),
    [
        ("customerBill", "sort=runType", "sort"),
        ("customerBill", "sort=billingAccount.@type", "sort"),
        ("customerBill", "billDocument.@type=Attachment", "billDocument.@type"),
        (
            "customerBill",
            "relatedParty.role=x&relatedParty.partyOrPartyRole.@type=PartyRef",
            "relatedParty.partyOrPartyRole.@type",
        ),
        ("customerBill", "billingAccount.@baseType=x", "billingAccount.@baseType"),
        ("billCycleSpecification", "rateFilter=type%3Da", "rateFilter"),
        ("billCycleSpecification", "sort=rateFilter", "sort"),
        (
            "appliedCustomerBillingRate",
            "characteristic.@type=StringCharacteristic",
            "characteristic.@type",
        ),
    ],
)
def test_what_only_v5s_shape_can_decide_is_refused_by_name(
    resource: str, text: str, named: str
) -> None:
    with pytest.raises(NotTranslated) as raised:
        v5(text, resource)
    assert raised.value.attribute == named


def test_a_run_type_that_v5_does_not_know_is_no_value() -> None:
    with pytest.raises(ParameterInvalid):
        v5("runType=byHand", "customerBill")


def test_v4s_names_are_unknown_to_v5() -> None:
    assert v5("type=usage", "appliedCustomerBillingRate").query.unknown == (
        ("appliedBillingRateType",),
    )
    assert v5("relatedParty.id=p", "customerBill").query.unknown == (
        ("relatedParty", "relatedPartyRefOrPartyRoleRef", "id"),
    )


@pytest.mark.parametrize(
    ("resource", "fields", "document"),
    [
        (
            "appliedCustomerBillingRate",
            "appliedBillingRateType",
            {"id": "1", "type": "usage", "name": "n"},
        ),
        (
            "customerBill",
            "relatedParty.partyOrPartyRole.name,billingAccount.name",
            {
                "id": "1",
                "relatedParty": [{"id": "p", "name": "Ada", "role": "r", "partyId": "x"}],
                "billingAccount": {"id": "a", "name": "b", "ratingType": "c"},
            },
        ),
        (
            "billCycle",
            "billCycleSpecification.id,BillCycleSpecification.name",
            {"id": "1", "billCycleSpecification": {"id": "s", "name": "n", "description": "d"}},
        ),
    ],
)
def test_fields_show_the_same_of_a_part_as_of_the_whole(
    resource: str, fields: str, document: dict[str, Any]
) -> None:
    stored = Document(document | {"@type": RESOURCES[resource]})
    translated = v5(f"fields={fields}", resource)
    part = project(stored, translated.query.fields)
    shown = project(Document(up(part, resource)), translated.fields)
    assert shown == project(Document(up(stored, resource)), translated.fields)
    assert contracts.fault(RESOURCES[resource], shown) == ""


def test_fields_leave_out_what_is_not_selected() -> None:
    rate = Document({"id": "1", "type": "usage", "name": "n", "@type": "Own"})
    translated = v5("fields=appliedBillingRateType", "appliedCustomerBillingRate")
    assert translated.query.fields is not None
    assert "name" not in translated.query.fields
    shown = project(Document(up(rate, "appliedCustomerBillingRate")), translated.fields)
    assert shown == {"id": "1", "appliedBillingRateType": "usage", "@type": "Own"}


def test_events_are_searched_by_v5s_names() -> None:
    event = {
        "eventType": "CustomerBillCreateEvent",
        "timeOcurred": "t",
        "event": {"customerBill": {"id": "1", "relatedParty": [{"id": "p"}]}},
    }
    names = queries.attributes(API.event, "events")
    for text in (
        "@type=CustomerBillCreateEvent",
        "event.customerBill.relatedParty.partyOrPartyRole.id=p",
        "customerBill.relatedParty.partyOrPartyRole.id=p",
        "event.customerBill.relatedParty.@type=RelatedPartyRefOrPartyRoleRef",
    ):
        query = whole(queries.translated(parse(text, names, Limits(), UTC), "events").query)
        assert holds(query.where, event), text


BILL = {
    "id": "1",
    "@type": "CustomerBill",
    "runType": "byHand",
    "billingAccount": {"id": "a"},
    "billCycle": {"id": "c", "@type": "OwnRef", "@referredType": "OwnCycle"},
    "relatedParty": [{"id": "p", "role": "payer"}],
}
RATE = {"id": "1", "@type": "Own", "bill": {"id": "b", "@type": "BillRef", "name": 7}}


@pytest.mark.parametrize(
    ("resource", "text", "found"),
    [
        ("customerBill", "filter=$[?(@.runType)]", False),
        ("customerBill", "runType.regex=^by", False),
        ("customerBill", "runType.ne=onCycle", True),
        ("customerBill", "filter=$[?(@.billingAccount.@type)]", True),
        ("customerBill", "filter=$[?(@.paymentMethod.@type)]", False),
        ("customerBill", "billCycle.@type=OwnRef", True),
        ("customerBill", "billCycle.@type=BillCycleRef", False),
        ("customerBill", "billCycle.@referredType=BillCycle", False),
        ("customerBill", "billingAccount.@referredType.gt=Billing", True),
        ("customerBill", "filter=$[?(@.relatedParty.partyOrPartyRole)]", True),
        ("customerBill", "filter=$[?(@.relatedParty.partyOrPartyRole == null)]", False),
        ("customerBill", "filter=relatedParty[?(@.partyOrPartyRole.role=='payer')]", False),
        ("customerBill", "relatedParty.0.partyOrPartyRole.id=p", True),
        ("customerBill", "filter=$[?(@.billingAccount.@type.x)]", False),
        ("appliedCustomerBillingRate", "bill.@type=CustomerBillRef", True),
        ("appliedCustomerBillingRate", "bill.@type=BillRef", False),
        ("appliedCustomerBillingRate", "filter=$[?(@.bill.name)]", False),
        ("appliedCustomerBillingRate", "filter=$[?(@.bill.name == null)]", True),
    ],
)
def test_a_search_finds_what_v5_shows_of_odd_documents(
    resource: str, text: str, found: bool
) -> None:
    stored = BILL if resource == "customerBill" else RATE
    query = parse(text, V5[resource], Limits(), UTC)
    assert holds(queries.translated(query, resource).query.where, stored) == found
    assert holds(query.where, up(stored, resource)) == found
