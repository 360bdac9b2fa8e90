"""Batches of events reach the feed whole, in order and once; a spoilt event holds up no other."""

import threading
import zlib
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any
from unittest import mock

import pytest
from bson.binary import Binary

from impl.query.language import Document, Every, Query
from impl.store.event_batches import BODY, raws
from impl.store.mongo import Store
from impl.store.relay import Relay
from impl.store.routing import Routing, place
from impl.store.writing import BulkChange
from tests.events.conftest import World

BILL = "customerBill"
SPOILT = b"spoil \xff\xfe"
"""What is no UTF-8, in place of `spoil me`."""


def relay(world: World, limit: int = 500) -> int:
    now = world.now()
    route = lambda event: Routing(f"{BILL}/{event['event'][BILL]['id']}", ("s",))  # noqa: E731
    return world.store.relay.move(route, now, now + timedelta(days=7), limit)


def feed(world: World) -> list[tuple[str, int]]:
    """The bills that the events in the feed are about, and their `n`."""
    events = world.store.stream("event", Query())
    return [(each["event"][BILL]["id"], each["event"][BILL]["n"]) for each in events]


def create(store: Store, ids: str, **values: Any) -> None:
    """Create bills, their events in one batch."""
    bills = [Document({"id": id_, "n": 0, "note": "spoil me", **values}) for id_ in ids]
    store.in_transaction(lambda: store.writer.write_many({BILL: bills}, []))


def change_all(store: Store, n: int) -> None:
    """Change every bill, the events in one batch."""

    def change() -> None:
        bills = store.every(BILL, Every())
        store.writer.write_many({}, [BulkChange(BILL, bills, {"n": n})])

    store.in_transaction(change)


def change(store: Store, id_: str, n: int) -> None:
    store.change(BILL, id_, lambda before: {**before, "n": n})


def write_rounds(store: Store, ids: str, rounds: int) -> None:
    """Write each bill once a round, in turns one by one and all together."""
    create(store, ids)
    for n in range(1, rounds):
        if n % 2:
            for id_ in ids:
                change(store, id_, n)
        else:
            change_all(store, n)


def rewrite(store: Store, body: Callable[[dict[str, Any]], bytes]) -> None:
    """Replace what the batch in the outbox holds."""
    rows, _ = store.collection("outbox")
    (row,) = rows.find({BODY: {"$exists": True}})
    rows.update_one({"_id": row["_id"]}, {"$set": {BODY: Binary(body(row))}})


def spoil(store: Store, at: int) -> None:
    """Make one event of the batch in the outbox unreadable."""

    def spoilt(row: dict[str, Any]) -> bytes:
        events = list(raws(row))
        events[at] = events[at].replace(b"spoil me", SPOILT)
        return zlib.compress(b"".join(events))

    rewrite(store, spoilt)


def test_batches_and_single_events_reach_the_feed_once_and_in_order(world: World) -> None:
    """Two relays move them while they are written; every third step of one is killed midway."""
    store, ids, rounds = world.store, "abcdefghijklmnopqrst", 50
    release, calls, written = Relay._release, count(), threading.Event()  # noqa: SLF001

    def killed_at_times(self: Relay, moved: Any) -> None:
        if next(calls) % 3:
            release(self, moved)

    def move() -> None:
        while not written.is_set():
            relay(world, limit=50)

    relays = [threading.Thread(target=move) for _ in range(2)]
    with mock.patch.object(Relay, "_release", killed_at_times):
        for each in relays:
            each.start()
        write_rounds(store, ids, rounds)
        written.set()
        for each in relays:
            each.join()
    while not store.relay.is_idle():
        relay(world)
    events = list(store.stream("event", Query()))
    assert [each["id"] for each in events] == [place(n) for n in range(1, 1001)]
    assert len({each["eventId"] for each in events}) == 1000
    for id_ in ids:
        assert [n for bill, n in feed(world) if bill == id_] == list(range(rounds))
    deliveries, _ = store.collection("delivery")
    assert sorted(deliveries.distinct("position")) == [each["id"] for each in events]
    assert deliveries.count_documents({}) == 1000


def test_a_batch_is_one_entry_of_the_feed_and_single_events_are_packed(world: World) -> None:
    store = world.store
    create(store, "abc")
    for id_ in "abc":
        change(store, id_, 1)
    assert relay(world) == 6
    entries, _ = store.collection("event")
    assert [(each["_id"], each["subject"]) for each in entries.find().sort("_id")] == [
        (place(at), [f"{BILL}/{id_}" for id_ in "abc"]) for at in (3, 6)
    ]
    assert feed(world) == [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("b", 1), ("c", 1)]


@pytest.mark.parametrize("end", ["retried", "given up"])
def test_a_spoilt_event_is_a_dead_letter_and_the_others_of_its_batch_are_published(
    world: World, end: str
) -> None:
    store, letters = world.store, world.store.dead_letters
    create(store, "abcde")
    spoil(store, 2)
    assert relay(world) == 4
    assert feed(world) == [("a", 0), ("b", 0), ("d", 0), ("e", 0)]
    (letter,) = letters.all()
    assert (letter["resource"], letter["id"]) == (BILL, "c")
    assert letter["reason"] == "the event can't be read (InvalidBSON)"
    assert letters.shown(letter)["behind"] == 0
    change_all(store, 1)
    change(store, "c", 2)
    change(store, "d", 2)
    change(store, "c", 3)
    assert letters.shown(letter)["behind"] == 3
    assert relay(world) == 5
    assert (relay(world), store.relay.is_idle(), store.relay.backlog(10)) == (0, True, (0, None))
    assert feed(world)[4:] == [("a", 1), ("b", 1), ("d", 1), ("e", 1), ("d", 2)]
    assert letters.shown(letter)["behind"] == 3
    if end == "retried":
        rows, _ = store.collection("outbox")
        event = {"eventId": letter["event"], "eventType": "x", "event": {BILL: {"id": "c", "n": 0}}}
        assert rows.update_one({"_id": letter["event"]}, {"$set": {"event": event}}).modified_count
        letters.retry(letter["_id"])
    else:
        store.in_transaction(lambda: letters.give_up(letter["_id"]))
    first = [("c", 0)] if end == "retried" else []
    assert relay(world) == len(first) + 3
    assert feed(world)[9:] == [*first, ("c", 1), ("c", 2), ("c", 3)]
    assert not letters.all()
    assert not store.relay.backlog(10)[0]


def test_a_batch_that_can_t_be_decompressed_is_one_dead_letter(world: World) -> None:
    store, letters = world.store, world.store.dead_letters
    create(store, "abc")
    rewrite(store, lambda _: b"not compressed")
    store.insert(BILL, {"id": "d", "n": 0})
    assert relay(world) == 1
    (letter,) = letters.all()
    shown = letters.shown(letter)
    assert shown["reason"] == "the batch of 3 events can't be read (error)"
    assert (shown["resource"], shown["id"], shown["behind"]) == ("", "", 0)
    change_all(store, 1)
    assert letters.shown(letter)["behind"] == 3
    assert relay(world) == 1
    assert feed(world) == [("d", 0), ("d", 1)]
    assert letters.shown(letter)["behind"] == 3
    letters.retry(letter["_id"])
    assert (relay(world), len(letters.all())) == (0, 1)
    store.in_transaction(lambda: letters.give_up(letter["_id"]))
    assert relay(world) == 3
    assert feed(world)[2:] == [("a", 1), ("b", 1), ("c", 1)]


def test_a_batch_that_makes_too_many_deliveries_is_split(world: World) -> None:
    create(world.store, "abcdefghijkl")
    change_all(world.store, 1)
    assert [relay(world, limit=5) for _ in range(6)] == [5, 5, 2, 5, 5, 2]
    assert feed(world) == [(id_, n) for n in (0, 1) for id_ in "abcdefghijkl"]
