"""`fields=`: what is shown of a document."""

from datetime import UTC

import pytest

from generated import schemas
from impl.query import attributes
from impl.query.language import Document
from impl.query.parse import Limits, parse
from impl.query.project import project

BILL = attributes.of(schemas.CustomerBill)
RATE = attributes.of(schemas.AppliedCustomerBillingRate)
STORED = {
    "id": "1",
    "billNo": "00123",
    "state": "new",
    "relatedParty": [{"id": "42", "role": "payer"}],
    "x-extension": {"a": 1},
}


def shown(text: str) -> Document:
    document = Document(STORED, version=7)
    projected = project(document, parse(text, BILL, Limits(), UTC).fields)
    assert document == STORED
    assert projected.version == 7
    return projected


@pytest.mark.parametrize("text", ["", "fields=", "fields=,", "fields=%20", "limit=5"])
def test_all_is_shown_where_nothing_is_chosen(text: str) -> None:
    assert shown(text) == STORED


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("fields=billNo", {"billNo"}),
        ("fields=billNo,state", {"billNo", "state"}),
        ("fields=billNo%2Cstate", {"billNo", "state"}),
        ("fields=+billNo+,+state+", {"billNo", "state"}),
        ("fields=state,state,", {"state"}),
        ("fields=relatedParty", {"relatedParty"}),
        ("fields=x-extension", {"x-extension"}),
        ("fields=id", set()),
        ("fields=href", set()),
        ("fields=nothing", set()),
        ("fields=billno", set()),
    ],
)
def test_the_chosen_attributes_are_shown_and_always_the_id(text: str, names: set[str]) -> None:
    assert shown(text) == {name: STORED[name] for name in {"id"} | names}


def test_what_a_resource_can_not_do_without_is_always_shown() -> None:
    subscription = attributes.of(schemas.EventSubscription)
    stored = Document({"id": "1", "callback": "http://localhost/", "query": "eventType=x"})
    fields = parse("fields=id", subscription, Limits(), UTC).fields
    assert project(stored, fields) == {"id": "1", "callback": "http://localhost/"}


@pytest.mark.parametrize("text", ["fields=state,billNo", "fields=relatedParty,state,billNo,id"])
def test_attributes_come_in_the_documents_order_whatever_the_order_of_their_choice(
    text: str,
) -> None:
    assert list(shown(text)) == [name for name in STORED if name in {"id", *text[7:].split(",")}]


def test_attributes_that_a_resource_needs_come_in_the_documents_order_too() -> None:
    event = attributes.of(schemas.Event)
    needed = sorted(event.always)
    assert len(needed) > 1
    fields = parse("fields=event.customerBill.state", event, Limits(), UTC).fields
    for names in (needed, needed[::-1]):
        stored = Document(dict.fromkeys(names, "x") | {"event": {"customerBill": {"state": "new"}}})
        assert list(project(stored, fields)) == list(stored)
