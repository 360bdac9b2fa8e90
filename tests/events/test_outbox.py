"""No event without its write, no write without its event, and each resource's in order."""

import base64
import json
import os
import threading
from datetime import timedelta
from typing import Any
from unittest import mock

import bson
import pytest
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from pymongo.errors import PyMongoError

from impl.errors import Conflict, NotFound, PreconditionFailed
from impl.query.language import Compare, Condition, Document, Every, Query
from impl.store.backlog import backlog
from impl.store.event_batches import unpack
from impl.store.mongo import Store
from impl.store.outbox import Outbox
from impl.store.pending_events import EVENT, STAMP
from impl.store.raw_documents import RAW
from impl.store.relay import MOST_BYTES, Relay
from impl.store.rendition import MOST_BYTES as MOST_RENDITION
from impl.store.routing import LARGEST, Routing, place
from impl.store.writing import Assignment, BulkChange
from tests import forked
from tests.events.conftest import World
from tests.servers import environment

BILL = "customerBill"


def outbox(store: Store) -> list[dict[str, Any]]:
    options = store.collection("outbox")[0].codec_options
    return [
        event
        for waiting in store.relay.waiting(1000)
        for event in (
            [each.event for each in unpack(waiting.batch, options)]
            if waiting.batch
            else [waiting.event or {}]
        )
    ]


def kinds(store: Store) -> list[str]:
    return [event["eventType"].removeprefix("CustomerBill") for event in outbox(store)]


def set_to(**attributes: Any) -> Any:
    return lambda before: {**before, **attributes}


def change_every(store: Store, where: Condition, **values: Any) -> None:
    store.in_transaction(
        lambda: store.writer.write_many({}, [BulkChange(BILL, store.every(BILL, where), values)])
    )


def relay(world: World, limit: int = 500) -> int:
    now = world.now()
    route = lambda _: Routing("x", ())  # noqa: E731
    return world.store.relay.move(route, now, now + timedelta(days=7), limit)


def feed(world: World) -> list[Document]:
    return list(world.store.stream("event", Query()))


def test_every_write_has_its_event(world: World) -> None:
    store = world.store
    store.insert(BILL, {"id": "1"})
    store.change(BILL, "1", set_to(state="new"))
    store.change(BILL, "1", set_to(billNo="7"))
    change_every(store, Every(), x=1)
    store.delete(BILL, "1")
    assert kinds(store) == [
        *("CreateEvent", "StateChangeEvent", "AttributeValueChangeEvent"),
        *("AttributeValueChangeEvent", "DeleteEvent"),
    ]


def test_what_is_not_written_has_none(world: World) -> None:
    store = world.store
    store.insert(BILL, {"id": "1"})
    with pytest.raises(Conflict):
        store.insert(BILL, {"id": "1"})
    with pytest.raises(NotFound):
        store.delete(BILL, "2")
    with pytest.raises(PreconditionFailed):
        store.change(BILL, "1", set_to(x=1), frozenset({7}))
    store.change(BILL, "1", lambda before: before)
    with pytest.raises(ZeroDivisionError):
        store.in_transaction(lambda: (store.delete(BILL, "1"), 1 / 0))
    assert kinds(store) == ["CreateEvent"]


@pytest.mark.parametrize("step", ["insert", "change", "delete"])
def test_a_write_whose_event_can_t_be_kept_is_not_done(world: World, step: str) -> None:
    store = world.store
    store.insert(BILL, {"id": "1", "state": "new"})
    writes = {
        "insert": lambda: store.insert(BILL, {"id": "2", "note": "x" * MOST_RENDITION}),
        "change": lambda: store.change(BILL, "1", set_to(state="sent")),
        "delete": lambda: store.delete(BILL, "1"),
    }
    with mock.patch.object(Outbox, "put", side_effect=PyMongoError), pytest.raises(PyMongoError):
        writes[step]()
    assert store.every(BILL, Every()) == [{"id": "1", "state": "new"}]
    assert kinds(store) == ["CreateEvent"]


def test_concurrent_changes_are_all_done_and_told_in_their_order(world: World) -> None:
    store = world.store
    store.insert(BILL, {"id": "1", "n": 0})

    def count() -> None:
        for _ in range(10):
            store.change(BILL, "1", lambda before: {**before, "n": before["n"] + 1})

    threads = [threading.Thread(target=count) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event["event"][BILL]["n"] for event in outbox(store)] == list(range(61))


def test_order_is_kept_where_a_resource_is_made_anew_by_a_server_with_a_slow_clock(
    world: World,
) -> None:
    store = world.store
    ids = iter([f"{9 - n}" for n in range(9)])  # each event's id is lower than the one before
    with mock.patch("impl.events.build.IDS.next", side_effect=ids):
        store.insert(BILL, {"id": "1"})
        store.change(BILL, "1", set_to(state="new"))
        store.delete(BILL, "1")
        store.insert(BILL, {"id": "1"})
        store.delete(BILL, "1")
        store.insert(BILL, {"id": "1"})
    assert relay(world, limit=4) == 4
    assert relay(world) == 2
    assert [event["eventType"].removeprefix("CustomerBill") for event in feed(world)] == [
        *("CreateEvent", "StateChangeEvent", "DeleteEvent"),
        *("CreateEvent", "DeleteEvent", "CreateEvent"),
    ]
    assert [event["id"] for event in feed(world)] == [place(n) for n in range(1, 7)]


def rows(world: World) -> int:
    """How many events are in the outbox, and not in their documents."""
    collection, _ = world.store.collection("outbox")
    return collection.count_documents({})


def test_the_event_of_a_create_and_of_a_change_is_kept_in_the_document(world: World) -> None:
    store = world.store
    for id_ in "12":
        store.insert(BILL, {"id": id_, "size": 1, "note": {"$x": ["a.b"]}})
    assert rows(world) == 0
    assert relay(world) == 2
    assert store.relay.is_idle()
    change_every(store, Every(), x=1)
    assert rows(world) == 1, "one batch"
    assert relay(world) == 2
    store.change(BILL, "1", set_to(size=2))
    assert (rows(world), relay(world)) == (0, 1)
    told = [event["event"][BILL] for event in feed(world)]
    assert told[:2] == [{"id": id_, "size": 1, "note": {"$x": ["a.b"]}} for id_ in "12"]
    assert [each["size"] for each in told] == [1, 1, 1, 1, 2]
    assert store.get(BILL, "1") == told[-1]


def test_writes_of_each_way_are_stamped_in_their_order(world: World) -> None:
    store = world.store
    for number in range(20):
        store.insert(BILL, {"id": f"{number}", "state": "new"})
    relay(world)
    for number in range(20):
        if number % 2:
            store.change(BILL, f"{number}", set_to(), None, Assignment({"state": "sent"}, {}))
        else:
            store.change(BILL, f"{number}", set_to(state="sent"))
    stamps = [waiting.stamp for waiting in store.relay.waiting(100)]
    assert len(set(stamps)) == 20
    assert [event["event"][BILL]["id"] for event in outbox(store)] == [f"{n}" for n in range(20)]


@pytest.mark.parametrize("write", ["change", "write_many", "delete"])
def test_an_event_in_a_document_is_told_once_whatever_comes_next(world: World, write: str) -> None:
    """Be it before the relay comes, while it moves the event, or before it has cleared up."""
    store = world.store
    ids = ["before", "while", "after"]
    for id_ in ids:
        store.insert(BILL, {"id": id_})

    def next_write(id_: str) -> None:
        if write == "change":
            store.change(BILL, id_, set_to(billNo="7"))
        elif write == "delete":
            store.delete(BILL, id_)
        else:
            this = Compare(("id",), (id_,))
            change_every(store, this, x=1)

    done: set[str] = set()

    def route(_: Document) -> Routing:
        if "while" not in done:
            done.add("while")
            worker = threading.Thread(target=next_write, args=("while",))
            worker.start()
            worker.join()
        return Routing("x", ())

    next_write("before")
    until = world.now() + timedelta(days=7)
    with mock.patch.object(Relay, "_release"):  # the relay dies
        store.relay.move(route, world.now(), until, 500)
    next_write("after")
    while relay(world):
        pass
    assert store.relay.is_idle()
    second = "Delete" if write == "delete" else "AttributeValueChange"
    for id_ in ids:
        told = [each["eventType"] for each in feed(world) if each["event"][BILL]["id"] == id_]
        assert told == ["CustomerBillCreateEvent", f"CustomerBill{second}Event"], id_
    collection, _ = store.collection(BILL)
    assert not list(collection.find({"$or": [{STAMP: {"$exists": 1}}, {EVENT: {"$exists": 1}}]}))


def test_who_tells_of_no_write_loses_none_that_waits(world: World) -> None:
    world.store.insert(BILL, {"id": "1"})
    silent = Store(world.uri, world.database)
    silent.change(BILL, "1", set_to(billNo="7"))
    silent.close()
    assert kinds(world.store) == ["CreateEvent"]
    assert outbox(world.store)[0]["event"] == {BILL: {"id": "1"}}


def test_a_change_that_meets_the_relay_is_made_of_what_is_stored(world: World) -> None:
    store = world.store
    store.insert(BILL, {"id": "1"})
    seen = []

    def change(before: Document) -> Any:
        seen.append(before)
        if len(seen) == 1:
            assert relay(world) == 1
        return {**before, "billNo": "7"}

    assert store.change(BILL, "1", change).version == 2
    assert len(seen) == 2
    assert relay(world) == 1
    assert len({each["eventId"] for each in feed(world)}) == 2


def test_what_one_step_moves_is_bounded_in_bytes(world: World) -> None:
    for number in range(3):
        world.store.insert(BILL, {"id": str(number), "note": "x" * (MOST_BYTES // 3 + 1)})
        world.store.insert("billCycle", {"id": str(number)})
    assert [len(world.store.relay.waiting(limit)) for limit in (1, 100)] == [1, 4]
    assert [relay(world), relay(world), relay(world)] == [4, 2, 0]
    assert len(feed(world)) == 6


def test_two_relays_move_each_event_once(world: World) -> None:
    for number in range(200):
        world.store.insert(BILL, {"id": str(number)})
    moved: list[int] = []

    def move() -> None:
        while count := relay(world, limit=7):
            moved.append(count)

    threads = [threading.Thread(target=move) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events = feed(world)
    assert sum(moved) == 200
    assert [event["id"] for event in events] == [place(n) for n in range(1, 201)]
    assert len({event["eventId"] for event in events}) == 200


def test_a_relay_that_fails_moves_nothing(world: World) -> None:
    world.store.insert(BILL, {"id": "1"})
    failing = mock.patch.object(Relay, "_last_position", side_effect=PyMongoError)
    with failing, pytest.raises(PyMongoError):
        relay(world)
    assert feed(world) == []
    assert not world.store.dead_letters.all()
    assert relay(world) == 1
    assert feed(world)[0]["id"] == place(1)


# ---------------------------------------------------------------- what can't be moved


def full(store: Store, id_: str) -> None:
    """Put the event of a bill into the outbox that is as large as MongoDB holds.

    Its owners, which are not compressed, take more than the feed holds.
    """
    parties = [{"id": f"{number:050}"} for number in range(LARGEST // 80)]
    outbox_row(store, {"id": id_, "note": "", "relatedParty": parties})


def outbox_row(store: Store, bill: dict[str, Any]) -> None:
    """Put an event as large as MongoDB holds into the outbox, of a bill and a long note."""
    id_ = f"full-{bill['id']}"
    event = {"eventId": id_, "eventType": "x", "event": {BILL: bill}}
    row: dict[str, Any] = {"_id": id_, "stamp": Timestamp(1, 1), "event": event}
    bill["note"] = "x" * (LARGEST - len(bson.encode(row)))
    store.collection("outbox")[0].insert_one(row)


def test_an_event_as_large_as_mongodb_holds_is_published(world: World) -> None:
    outbox_row(world.store, {"id": "1", "note": ""})
    world.store.insert(BILL, {"id": "2"})
    assert sum(relay(world) for _ in range(2)) == 2
    assert [len(str(event["event"][BILL])) > LARGEST // 2 for event in feed(world)] == [True, False]


def garbled(store: Store, id_: str) -> None:
    """Spoil the outbox with what is no UTF-8."""
    collection, _ = store.collection("outbox")
    told = {BILL: {"id": id_, "note": "spoil me"}}
    row = {"_id": "garbled", "stamp": Timestamp(1, 1), "event": {"eventId": "g", "event": told}}
    raw = bson.encode(row).replace(b"spoil me", b"spoil \xff\xfe")
    collection.with_options(RAW).insert_one(RawBSONDocument(raw))


def foreign(store: Store, id_: str) -> None:
    """Spoil a document that holds its event."""
    store.insert(BILL, {"id": id_})
    store.collection(BILL)[0].update_one({"_id": id_}, {"$set": {"x": bson.ObjectId()}})


def untold(store: Store, id_: str) -> None:
    store.insert(BILL, {"id": id_})
    store.collection(BILL)[0].update_one({"_id": id_}, {"$set": {EVENT: {"eventTime": "x"}}})


STUCK = {"large": full, "garbled": garbled, "of a foreign type": foreign, "no event": untold}


@pytest.mark.parametrize("kind", STUCK)
def test_an_event_that_can_t_be_moved_is_set_aside_and_all_others_flow(
    world: World, kind: str
) -> None:
    store = world.store
    STUCK[kind](store, "stuck")
    for number in range(20):
        store.insert(BILL, {"id": str(number)})
    assert sum(relay(world) for _ in range(2)) == 20
    assert [event["event"][BILL]["id"] for event in feed(world)] == [str(n) for n in range(20)]
    (note,) = store.dead_letters.all()
    assert "xxx" not in note["reason"]
    assert backlog(store).dead_letters == 1
    assert (relay(world), store.relay.is_idle(), store.relay.backlog(10)) == (0, True, (0, None))
    store.insert(BILL, {"id": "later"})
    assert relay(world) == 1


def test_an_event_as_large_as_mongodb_holds_is_moved(world: World) -> None:
    stamp = Timestamp(1, 1)
    bill = {"id": "1", "note": ""}
    event = {"eventId": "full", "eventType": "x", "event": {BILL: bill}}
    row = {"_id": "full", "stamp": stamp, "event": event}
    size = LARGEST - len(bson.encode(row))
    bill["note"] = base64.b64encode(os.urandom(size)).decode()[:size]
    world.store.collection("outbox")[0].insert_one(row)
    assert relay(world) == 1
    assert feed(world)[0]["event"] == {BILL: bill}


def test_later_events_of_its_own_resource_wait_with_it_until_it_is_given_up(world: World) -> None:
    store, letters = world.store, world.store.dead_letters
    garbled(store, "1")
    store.insert(BILL, {"id": "1", "state": "new"})
    store.insert(BILL, {"id": "2"})
    assert sum(relay(world) for _ in range(2)) == 1
    store.change(BILL, "1", set_to(state="sent"))
    store.delete(BILL, "1")
    store.insert(BILL, {"id": "3"})
    assert relay(world) == 1
    (note,) = letters.all()
    assert (note["_id"], note["resource"], note["id"]) == ("outbox/garbled", BILL, "1")
    assert note["reason"] == "the event can't be read (InvalidBSON)"
    assert letters.shown(note) == {
        "setAside": "outbox/garbled",
        "event": "garbled",
        "resource": BILL,
        "id": "1",
        "reason": note["reason"],
        "since": note["since"],
        "behind": 3,
    }
    letters.retry(note["_id"])
    assert (relay(world), len(letters.all())) == (0, 1)
    store.in_transaction(lambda: letters.give_up(note["_id"]))
    assert relay(world) == 3
    assert [event["event"][BILL]["id"] for event in feed(world)] == ["2", "3", "1", "1", "1"]
    with pytest.raises(NotFound):
        letters.give_up(note["_id"])


def test_what_tells_of_the_same_resource_in_the_same_step_waits_too(world: World) -> None:
    garbage: dict[str, Any] = {"eventId": "g", "event": {BILL: {"id": "1", "x": bson.ObjectId()}}}
    outbox_, _ = world.store.collection("outbox")
    outbox_.insert_one({"_id": "g", "stamp": Timestamp(1, 1), "event": garbage})
    world.store.insert(BILL, {"id": "1"})
    world.store.insert(BILL, {"id": "2"})
    assert relay(world) == 1
    assert [event["event"][BILL]["id"] for event in feed(world)] == ["2"]


@pytest.mark.parametrize("written", [False, True])
def test_of_a_document_that_holds_it_only_that_event_is_given_up(
    world: World, written: bool
) -> None:
    store, letters = world.store, world.store.dead_letters
    foreign(store, "1")
    assert relay(world) == 0
    (note,) = letters.all()
    if written:
        store.collection(BILL)[0].update_one({"_id": "1"}, {"$unset": {"x": 1}})
        store.delete(BILL, "1")
        store.insert(BILL, {"id": "1"})
        assert relay(world) == 0
    store.in_transaction(lambda: letters.give_up(note["_id"]))
    relay(world)
    told = [event["eventType"].removeprefix("CustomerBill") for event in feed(world)]
    assert told == (["DeleteEvent", "CreateEvent"] if written else [])


def test_the_command_lists_tries_again_and_gives_up(world: World) -> None:
    def said(*options: str) -> list[str]:
        of = environment({"MONGODB_URI": world.uri, "MONGODB_DB": world.database})
        done = forked.run(["set-aside", *options], of)
        return [str(done.returncode), *done.stdout.decode().splitlines()]

    foreign(world.store, "1")
    relay(world)
    status, line = said()
    told = json.loads(line)
    assert (status, told["setAside"], told["reason"]) == (
        "0",
        f"{BILL}/1",
        "the event can't be read (TypeError)",
    )
    assert told["since"].endswith("Z")
    assert said("--again", f"{BILL}/1") == ["0", f"{BILL}/1 is tried again"]
    assert said() == ["0"]
    relay(world)
    assert said("--drop", f"{BILL}/1") == ["0", f"{BILL}/1 is given up"]
    assert world.store.relay.is_idle()
    assert said("--drop", f"{BILL}/1") == ["2"]


def test_events_wait_behind_one_that_is_spoilt_and_says_in_words_what_it_tells_of(
    world: World,
) -> None:
    store = world.store
    for id_ in ("is deleted.", "other"):
        store.insert(BILL, {"id": id_})
        store.change(BILL, id_, set_to(billNo="2"))
    rows, _ = store.collection("outbox")
    spoilt = {"event.description": "CustomerBill is deleted. is created."}
    assert rows.update_one(spoilt, {"$set": {"event.event": 7}}).modified_count == 1
    assert relay(world) == 2
    assert {event["event"][BILL]["id"] for event in feed(world)} == {"other"}
    (note,) = store.dead_letters.all()
    assert (note["resource"], note["id"]) == (BILL, "is deleted.")


def test_what_is_mended_is_moved_when_it_is_tried_again(world: World) -> None:
    store, letters = world.store, world.store.dead_letters
    foreign(store, "1")
    assert relay(world) == 0
    store.collection(BILL)[0].update_one({"_id": "1"}, {"$unset": {"x": 1}})
    assert relay(world) == 0
    letters.retry(f"{BILL}/1")
    assert relay(world) == 1
    assert feed(world)[0]["event"] == {BILL: {"id": "1"}}


def test_names_that_mongodb_reads_come_through(world: World) -> None:
    odd = {"id": "1", "$x": {"a.b": 1, "": 2}, "_id": "mine", "~": [{"$y": 1}]}
    world.store.insert(BILL, odd)
    relay(world)
    assert feed(world)[0]["event"][BILL] == odd
