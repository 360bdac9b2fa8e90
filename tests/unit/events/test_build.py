"""The event of a write: its kind, its envelope, what it carries."""

import time
from datetime import UTC, datetime
from typing import Any

import pytest
from ulid import ULID

from impl.events.build import IDS, build, correlation, event_types, subject
from impl.query.language import Document
from impl.resources import PUBLISHED

LATER = datetime(2026, 10, 1, tzinfo=UTC)


def document(**attributes: Any) -> Document:
    return Document({"id": "1", "lastUpdate": datetime(2026, 9, 1, tzinfo=UTC), **attributes})


@pytest.mark.parametrize(
    ("resource", "before", "after", "kind"),
    [
        ("customerBill", None, document(), "CustomerBillCreateEvent"),
        ("customerBill", document(), None, "CustomerBillDeleteEvent"),
        (
            "customerBill",
            document(state="new"),
            document(state="sent", lastUpdate=LATER),
            "CustomerBillStateChangeEvent",
        ),
        ("customerBill", document(), document(state="sent"), "CustomerBillStateChangeEvent"),
        (
            "customerBill",
            document(),
            document(state="onHold", stateBeforeHold="new", holdReason="disputed"),
            "CustomerBillStateChangeEvent",
        ),
        (
            "customerBill",
            document(),
            document(holdReason="disputed"),
            "CustomerBillAttributeValueChangeEvent",
        ),
        (
            "customerBill",
            document(state="new"),
            document(state="sent", billNo="1"),
            "CustomerBillAttributeValueChangeEvent",
        ),
        (
            "customerBill",
            document(state="new"),
            document(state="new", lastUpdate=LATER),
            "CustomerBillAttributeValueChangeEvent",
        ),
        (
            "billCycle",
            document(state="new"),
            document(state="old"),
            "BillCycleAttributeValueChangeEvent",
        ),
        (
            "customerBillOnDemand",
            document(state="inProgress"),
            document(state="done"),
            "CustomerBillOnDemandStateChangeEvent",
        ),
        (
            "customerBillOnDemand",
            document(state="inProgress"),
            document(state="done", customerBill={"id": "b"}),
            "CustomerBillOnDemandStateChangeEvent",
        ),
        (
            "appliedCustomerBillingRate",
            document(name="a"),
            document(),
            "AppliedCustomerBillingRateAttributeValueChangeEvent",
        ),
    ],
)
def test_kind(resource: str, before: Any, after: Any, kind: str) -> None:
    event = build(resource, before, after)
    assert event is not None
    assert event["eventType"] == kind
    assert kind in event_types(PUBLISHED)
    assert event["event"] == {resource: dict(before if after is None else after)}


def test_envelope() -> None:
    token = correlation.set("request-1")
    event = build("customerBill", None, document())
    correlation.reset(token)
    assert event is not None
    assert list(event) == [
        *("eventId", "eventTime", "eventType", "timeOcurred", "correlationId"),
        *("domain", "title", "description", "priority", "event"),
    ]
    assert event["correlationId"] == "request-1"
    assert event["eventTime"] == event["timeOcurred"]
    assert event["eventTime"].tzinfo is UTC
    assert subject(event) == "customerBill/1"


def test_subscriptions_and_other_collections_make_none() -> None:
    assert build("hub", None, document()) is None
    assert build("billCycleAccount", document(), None) is None


def test_ids_are_ulids_of_the_time() -> None:
    id_ = IDS.next()
    ulid = ULID.from_str(id_)
    assert str(ulid) == id_
    assert abs(ulid.timestamp - time.time()) < 60


def test_ids_rise_within_a_process() -> None:
    ids = [event["eventId"] for _ in range(1000) if (event := build("billCycle", None, document()))]
    assert ids == sorted(set(ids))


def test_only_what_has_a_state_changes_it() -> None:
    types = event_types(PUBLISHED)
    assert len(types) == 3 * len(PUBLISHED) + 3
    assert "BillCycleStateChangeEvent" not in types
