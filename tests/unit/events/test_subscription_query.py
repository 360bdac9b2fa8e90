"""A subscription's query: what it selects, what it shows, what is refused."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from impl.errors import FieldInvalid
from impl.events.subscription_query import read
from impl.query.language import Document


def event(**bill: Any) -> Document:
    kind = "CustomerBillStateChangeEvent"
    told = {"id": "B-1", "state": "onHold", "billNo": "7", **bill}
    return Document(
        {"eventId": "E", "eventType": kind, "priority": "1", "event": {"customerBill": told}}
    )


@pytest.mark.parametrize(
    "query",
    [
        *("", " ", "?", "eventType=CustomerBillStateChangeEvent"),
        *("?eventType=CustomerBillStateChangeEvent", " ? eventType = CustomerBillStateChangeEvent"),
        "eventType=CustomerBillCreateEvent,CustomerBillStateChangeEvent",
        "eventType=CustomerBillCreateEvent&eventType=CustomerBillStateChangeEvent",
        "eventType=CustomerBillCreateEvent;eventType=CustomerBillStateChangeEvent",
        "eventType=CustomerBillStateChangeEvent&event.customerBill.state=onHold",
        "eventType=CustomerBillStateChangeEvent&customerBill.state=onHold",
        "event.customerBill.amountDue.value.gt=5",
        "customerBill.amountDue.value>5",
        "event.customerBill.billDate.lt=2026-10-02",
        "customerBill.billDate=2026-10-01",
        "customerBill.relatedParty.id=C-1&customerBill.relatedParty.role=payer",
        "filter=$[?(@.event.customerBill.state=='onHold')]",
        "filter=$[?(@.customerBill.amountDue.value>5&&@.eventType=~/State/)]".replace(
            "&&", "%26%26"
        ),
        "filter=event.customerBill.relatedParty[?(@.role=='payer')]",
        "filter=$.customerBill",
        *("fields=eventType", "depth=1", "priority.ne=2", "customerBill.x-score=3"),
    ],
)
def test_selected(query: str) -> None:
    told = event(
        amountDue={"value": 9, "unit": "EUR"},
        billDate=datetime(2026, 10, 1, 12, tzinfo=UTC),
        relatedParty=[{"id": "C-1", "role": "payer"}, {"id": "C-2", "role": "seller"}],
        **{"x-score": 3},
    )
    assert read(query, UTC).selects(told)


@pytest.mark.parametrize(
    "query",
    [
        "eventType=CustomerBillCreateEvent",
        "eventType=CustomerBillStateChangeEvent&event.customerBill.state=sent",
        "billCycle.id=B-1",
        "customerBill.state.ne=onHold",
        "state=onHold",
        "filter=$.billCycle",
        "nosuch=1",
    ],
)
def test_not_selected(query: str) -> None:
    assert not read(query, UTC).selects(event())


@pytest.mark.parametrize(
    "query",
    [
        *(
            "eventType=",
            "eventType",
            "eventType=Foo",
            "eventType=CustomerBillCreateEvent,Foo",
        ),
        *(
            "customerBill.billNo.regex=(a+)+$",
            "customerBill.billNo.regex=(",
            "filter=",
            "filter=$[",
        ),
        *(
            "filter=$..state",
            "customerBill.billDate=soon",
            "customerBill=7",
            "limit=5",
            "sort=eventId",
        ),
        *("offset=1", "cursor=x", "fields=a&fields=b", "customerBill.amountDue.value.gt=dear"),
    ],
)
def test_refused(query: str) -> None:
    with pytest.raises(FieldInvalid) as raised:
        read(query, UTC)
    assert raised.value.attribute == "query"


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("fields=eventType", {}),
        ("fields=none", {}),
        ("fields=event.customerBill.id", {"event": {"customerBill": {"id": "B-1"}}}),
        ("fields=customerBill.state", {"event": {"customerBill": {"state": "onHold"}}}),
        (
            "fields=customerBill.id,event.customerBill.state,priority",
            {"event": {"customerBill": {"id": "B-1"}}, "priority": "1"},
        ),
    ],
)
def test_fields(query: str, shown: dict[str, Any]) -> None:
    told = Document({**event(), "eventTime": 1, "title": "x"})
    found = read(query, UTC).shown(told)
    assert {
        k: v for k, v in found.items() if k not in ("eventId", "eventTime", "eventType")
    } == shown
    assert found["eventId"] == "E"


@pytest.mark.parametrize(
    "query",
    [
        *("customerBill.billDate=2026-11-01", "event.customerBill.billDate.gte=2026-11-01"),
        *("eventTime=2026-11-01", "eventTime.gte=2026-11-01"),
        *("filter=$[?(@.customerBill.billDate=='2026-11-01')]",),
    ],
)
def test_a_date_is_a_day_of_the_zone(query: str) -> None:
    at = datetime(2026, 10, 31, 23, tzinfo=UTC)
    told = Document({**event(billDate=at), "eventTime": at})
    assert read(query, ZoneInfo("Europe/Zurich")).selects(told)
    assert not read(query, UTC).selects(told)
