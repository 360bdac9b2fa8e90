"""An assignment: done in one step, once, with its event, whatever becomes of the answer."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from impl.errors import NotFound, PreconditionFailed
from impl.events.build import build
from impl.links import Links
from impl.query.language import Document, Query, Rendered
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.pending_events import EVENT, STAMP
from impl.store.rendition import FIELD
from impl.store.routing import Routing
from impl.store.writing import Assignment
from tests.store.lossy import Lossy

BILL = "customerBill"
SENT = Assignment({"state": "sent"}, {"x": 2})


class Looked(Exception):
    """The assignment was not enough: the document is looked at."""


def looked(_: Document) -> dict[str, Any]:
    raise Looked


def sent(before: Document) -> Document:
    """The change that comes to the assignment; none where it is made already."""
    return before if before["state"] == "sent" else Document({**before, **SENT.after})


def relay(store: Store) -> int:
    now = datetime.now(UTC)
    return store.relay.move(lambda _: Routing("x", ()), now, now + timedelta(days=7), 500)


def told(store: Store) -> list[str]:
    """The states of which the events of changes tell, in their order."""
    while relay(store):
        pass
    feed = [event for event in store.stream("event", Query()) if "Create" not in event["eventType"]]
    return [event["event"][BILL]["state"] for event in feed]


@pytest.fixture
def store(mongod: Mongod, empty_database: str) -> Iterator[Store]:
    """A store that tells of its writes, with a bill whose creation is told of."""
    with closing(Store(mongod.uri, empty_database, record=build)) as made:
        made.insert(BILL, {"id": "1", "state": "new"})
        assert relay(made) == 1
        yield made


def test_it_takes_one_step_and_the_relay_makes_the_text(store: Store) -> None:
    made = store.change(BILL, "1", looked, frozenset({1}), SENT)
    assert isinstance(made, Rendered)
    assert made.version == 2
    assert told(store) == ["sent"]
    kept = store.collection(BILL)[0].find_one({"_id": "1"}) or {}
    assert (kept.get(STAMP), kept.get(EVENT)) == (None, None)
    assert kept[FIELD] == made.text
    assert store.get(BILL, "1") == {"id": "1", "state": "sent", "x": 2}


def test_a_document_with_a_value_that_is_apart_is_looked_at(store: Store) -> None:
    apart = Assignment({"state": "sent"}, {}, {"state": "new"})
    with pytest.raises(Looked):
        store.change(BILL, "1", looked, None, apart)
    other = Assignment({"state": "sent"}, {}, {"state": "onHold"})
    assert store.change(BILL, "1", looked, None, other).version == 2


def test_where_it_is_not_enough_the_document_is_looked_at(store: Store) -> None:
    with pytest.raises(Looked):
        store.change(BILL, "1", looked, None, Assignment({"state": "new"}, {}))
    with pytest.raises(PreconditionFailed):
        store.change(BILL, "1", looked, frozenset({7}), SENT)
    with pytest.raises(NotFound):
        store.change(BILL, "2", looked, None, SENT)
    with pytest.raises(Looked):
        store.in_transaction(lambda: store.change(BILL, "1", looked, None, SENT))
    store.change(BILL, "1", lambda before: {**before, "x": 1})
    with pytest.raises(Looked):  # an event still waits there
        store.change(BILL, "1", looked, None, SENT)
    assert store.get(BILL, "1") == {"id": "1", "state": "new", "x": 1}


RATE = "appliedCustomerBillingRate"
BILLED: dict[str, Any] = {"isBilled": True, "bill": {"id": "B", "@referredType": "CustomerBill"}}


@pytest.mark.parametrize("assigned", [{"isBilled": False}, {"name": "x"}, {"bill": None}])
def test_a_rate_is_assigned_what_is_joined_to_its_text_and_what_is_not(
    store: Store, assigned: dict[str, Any]
) -> None:
    store.insert(RATE, {"id": "1", "name": "n", **BILLED})
    relay(store)
    before = store.get(RATE, "1")
    made = store.change(RATE, "1", looked, None, Assignment(assigned, {"y": 1}))
    links = Links("http://h/v4", RATE)
    assert isinstance(made, Rendered)
    expected = links.plain(Document({**before, **assigned, "y": 1}, 2))
    assert links.plain(made) == expected
    for _ in range(2):  # before and after the relay makes the text
        shown = store.show(RATE, "1")
        assert (links.plain(shown), shown.version) == (expected, 2)
        relay(store)
    assert isinstance(store.show(RATE, "1"), Rendered)


@pytest.mark.parametrize("waits", [True, False])
def test_events_tell_what_was_joined_meanwhile(store: Store, waits: bool) -> None:
    """Billing changes a rate whose last event is in the feed, or which still holds it."""
    store.insert(RATE, {"id": "1", "isBilled": False})
    relay(store)
    if waits:
        store.change(RATE, "1", looked, None, Assignment({"name": "x"}, {}))
    update = {"$set": BILLED, "$inc": {"_rev": 1}}
    store.collection(RATE)[0].update_many({"isBilled": False}, update)
    if not waits:
        store.change(RATE, "1", lambda before: {**before, "name": "x"})
    while relay(store):
        pass
    *_, event = store.stream("event", Query())
    assert event["event"][RATE] == {"id": "1", "name": "x", **BILLED}
    shown = store.show(RATE, "1")
    assert isinstance(shown, Rendered)
    assert Links("", RATE).plain(shown) == Links("", RATE).plain(store.get(RATE, "1"))


# ---------------------------------------------------------------- answers that are lost


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("versions", [None, frozenset({1})])
@pytest.mark.parametrize("relayed", [True, False])
@pytest.mark.parametrize("next_state", ["", "settled"])
def test_it_is_done_once_where_its_answer_is_lost(
    store: Store,
    mongod: Mongod,
    arrives: bool,
    versions: frozenset[int] | None,
    relayed: bool,
    next_state: str,
) -> None:
    """Whatever the relay, and another client, have done by the time that it is looked into."""

    def meanwhile() -> None:
        if relayed:
            relay(store)
        if next_state:
            store.change(BILL, "1", lambda before: {**before, "state": next_state})

    def change() -> Document:
        with closing(Store(way.uri, store.collection(BILL)[0].database.name, record=build)) as over:
            return over.change(BILL, "1", sent, versions, SENT)

    with closing(Lossy(mongod.port, b"findAndModify", arrives=arrives, meanwhile=meanwhile)) as way:
        if versions and next_state and not arrives:
            with pytest.raises(PreconditionFailed):
                change()
            expected = [next_state]
        else:
            made = change()
            expected = ["sent", next_state] if arrives else [next_state, "sent"]
            expected = [each for each in expected if each]
            assert (made["state"], made.version) == (expected[-1], 1 + len(expected))
    assert way.lost
    assert told(store) == expected
    assert store.get(BILL, "1")["state"] == expected[-1]
