"""Batches of events reach the feed as single events do: in order, each once, or set aside."""

import threading
import zlib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any
from unittest import mock

import bson
import pytest
from bson.binary import Binary

from impl.errors import NotFound
from impl.query.language import Document, Every
from impl.store import transactions
from impl.store.backlog import backlog
from impl.store.delivery_rows import Row
from impl.store.event_batches import BODY, raws
from impl.store.outbox import Write
from impl.store.relay import Relay
from impl.store.routing import Immovable, Routing, place
from impl.store.waiting import Waiting
from impl.store.writing import BulkChange
from tests.events.conftest import World

BILL = "customerBill"


def to_nobody(event: Document) -> Routing:
    ((resource, document),) = event["event"].items()
    return Routing(f"{resource}/{document['id']}", ())


def relay(world: World, limit: int = 500, route: Any = None) -> int:
    now = world.now()
    return world.store.relay.move(route, now, now + timedelta(days=7), limit)


def relay_all(world: World, limit: int = 500, route: Any = None) -> int:
    return sum(iter(lambda: relay(world, limit, route), 0))


def events(world: World) -> Iterator[Mapping[str, Any]]:
    """The events of the feed, in its order, each with its place."""
    last = 0
    for entry in world.store.collection("event")[0].find().sort("_id"):
        found = [bson.decode(raw) for raw in raws(entry)]
        assert [each["eventId"] for each in found] == entry["eventId"]
        for each in found:
            last += 1
            yield each | {"id": place(last)}
        assert entry["_id"] == place(last)


def told(world: World) -> list[str]:
    """What the events of the feed tell, in its order."""
    return [f"{each['event'][BILL]['id']}={each['event'][BILL]['n']}" for each in events(world)]


def batch(world: World, *numbers: tuple[str, int]) -> None:
    """Store the events of one transaction that changes bills."""

    def write() -> bool:
        world.store.collection("guard")[0].insert_one({}, session=transactions.session())
        return True

    writes = [
        (BILL, Write(Document({"id": id_}), Document({"id": id_, "n": n}))) for id_, n in numbers
    ]
    world.store.outbox.with_rows(world.store.outbox.batches(writes), write)


def single(world: World, id_: str, number: int) -> None:
    """Store the event of one write, in its document."""
    world.store.insert(BILL, {"id": id_, "n": number})


def mixed(world: World) -> list[str]:
    """1,000 events of 10 bills in batches and singles; what they tell."""
    number = 0
    expected = []
    for part in range(20):
        some = [(f"b{(part + n) % 10}", number + n) for n in range(49)]
        batch(world, *some)
        single(world, f"s{part}", number + 49)
        expected += [f"{id_}={n}" for id_, n in [*some, (f"s{part}", number + 49)]]
        number += 50
    return expected


def spoil(world: World, old: bytes, new: bytes) -> None:
    """Change the events in the first batch of the outbox that holds these bytes."""
    rows = world.store.collection("outbox")[0]
    for row in rows.find({BODY: {"$exists": True}}).sort("stamp"):
        body = zlib.decompress(row[BODY])
        if old in body:
            changed = Binary(zlib.compress(body.replace(old, new)))
            rows.update_one({"_id": row["_id"]}, {"$set": {BODY: changed}})
            return


@pytest.mark.parametrize("route", [None, to_nobody])
def test_batches_and_single_events_keep_their_order(world: World, route: Any) -> None:
    expected = mixed(world)
    assert backlog(world.store).events == 1000
    assert [len(each) for each in world.store.relay.waiting(60)] == [49, 1]
    assert relay_all(world, 130, route) == 1000
    assert told(world) == expected
    assert world.store.relay.is_idle()
    assert len({each["eventId"] for each in events(world)}) == 1000


def test_without_subscriptions_a_batch_is_moved_as_it_is(world: World) -> None:
    batch(world, ("a", 1), ("b", 2))
    (row,) = world.store.collection("outbox")[0].find()
    with mock.patch("zlib.decompress", side_effect=AssertionError):
        assert relay(world) == 2
    (entry,) = world.store.collection("event")[0].find()
    for hidden in ("_id", "stamp", "_expires"):
        row.pop(hidden, None), entry.pop(hidden, None)
    assert row == entry


def test_each_event_of_a_batch_is_delivered(world: World) -> None:
    batch(world, ("a", 1), ("b", 2), ("a", 3))

    def route(event: Document) -> Routing:
        chosen = ("s",) if event["event"][BILL]["id"] == "a" else ()
        return Routing(f"{BILL}/{event['event'][BILL]['id']}", chosen)

    assert relay(world, route=route) == 3
    assert world.health("s").pending == 2


def test_two_relays_and_one_that_dies_move_each_event_once(world: World) -> None:
    expected = mixed(world)
    with mock.patch.object(Relay, "_release"):  # it dies after its transaction
        relay(world, 130)
    failing = mock.patch.object(Relay, "_last_position", side_effect=Immovable)
    with failing, pytest.raises(Immovable):  # it dies within it
        relay(world, 130)
    threads = [threading.Thread(target=relay_all, args=(world, 70)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told(world) == expected
    assert world.store.relay.is_idle()


def test_in_a_batch_only_the_spoilt_event_and_those_behind_it_wait(world: World) -> None:
    store, letters = world.store, world.store.dead_letters
    batch(world, *[(f"b{n}", n) for n in range(20)])
    batch(world, ("b7", 20), ("b8", 21))
    batch(world, ("b9", 22))
    spoil(world, b"b7\0", b"\xff7\0")
    assert relay_all(world, route=to_nobody) == 21
    assert told(world) == [f"b{n}={n}" for n in range(20) if n != 7] + ["b8=21", "b9=22"]
    (letter,) = letters.all()
    assert (letter["resource"], letter["id"]) == (BILL, "b7")
    assert letters.shown(letter)["behind"] == 1
    assert (store.relay.is_idle(), store.relay.backlog(10)) == (True, (0, None))
    batch(world, ("b7", 23), ("b1", 24))
    assert letters.shown(letter)["behind"] == 2
    letters.retry(letter["_id"])
    assert (relay_all(world), len(letters.all())) == (1, 1)
    store.in_transaction(lambda: letters.give_up(letter["_id"]))
    assert relay_all(world) == 2
    assert told(world)[-3:] == ["b1=24", "b7=20", "b7=23"]


def test_events_that_are_split_keep_their_ids_and_their_order(world: World) -> None:
    batch(world, *[("a", n) for n in range(250)])
    ids = world.store.collection("outbox")[0].find_one()["eventId"]  # type: ignore[index]
    batch(world, *[("a", 250 + n) for n in range(300)])
    seen: list[Waiting] = world.store.relay.waiting(1000)
    assert [len(each) for each in seen] == [250, 250, 50]
    assert relay_all(world, 100) == 550  # a batch larger than a step is split
    assert told(world) == [f"a={n}" for n in range(550)]
    assert [each["eventId"] for each in events(world)][:250] == ids


def test_an_event_that_can_t_be_routed_does_not_stop_its_batch(world: World) -> None:
    def route(event: Document) -> Routing:
        if event["event"][BILL]["n"] == 1:
            raise Immovable("takes too long")
        return to_nobody(event)

    batch(world, ("a", 0), ("b", 1), ("c", 2))
    assert relay_all(world, route=route) == 2
    assert told(world) == ["a=0", "c=2"]
    (letter,) = world.store.dead_letters.all()
    assert (letter["id"], letter["reason"]) == ("b", "takes too long")


def test_a_batch_that_can_t_be_decompressed_is_one_dead_letter(world: World) -> None:
    store, letters = world.store, world.store.dead_letters
    batch(world, ("a", 0), ("b", 1))
    store.collection("outbox")[0].update_one({}, {"$set": {BODY: Binary(b"spoilt")}})
    batch(world, ("b", 2), ("c", 3))
    single(world, "a", 4)
    assert relay_all(world, route=to_nobody) == 1
    assert told(world) == ["c=3"]
    (letter,) = letters.all()
    shown = letters.shown(letter)
    assert shown["reason"] == "the batch of 2 events can't be read (error)"
    assert shown["behind"] == 1
    store.in_transaction(lambda: letters.give_up(letter["_id"]))
    assert relay_all(world) == 2
    assert told(world) == ["c=3", "b=2", "a=4"]
    with pytest.raises(NotFound):
        letters.retry(letter["_id"])


def test_each_event_of_a_batch_behind_a_dead_letter_counts(world: World) -> None:
    letters = world.store.dead_letters
    batch(world, ("a", 0), ("b", 1), ("c", 2))
    world.store.collection("outbox")[0].update_one({}, {"$set": {BODY: Binary(b"spoilt")}})
    assert relay(world, route=to_nobody) == 0
    (letter,) = letters.all()
    assert letters.shown(letter)["behind"] == 0
    batch(world, ("a", 3), ("d", 4), ("c", 5), ("a", 6))
    assert letters.shown(letter)["behind"] == 3, "before it is split"
    assert relay(world, route=to_nobody) == 1
    assert letters.shown(letter)["behind"] == 3


def rewrite(world: World, ids: str, rounds: int) -> None:
    """Write each bill once a round, in turns one by one and all together."""
    store = world.store

    def change_all(n: int) -> None:
        store.writer.write_many({}, [BulkChange(BILL, store.every(BILL, Every()), {"n": n})])

    for id_ in ids:
        single(world, id_, 0)
    for n in range(1, rounds):
        if n % 2:
            store.in_transaction(partial(change_all, n))
            continue
        for id_ in ids:
            store.change(BILL, id_, partial(numbered, n))


def numbered(n: int, before: Document) -> dict[str, object]:
    return {**before, "n": n}


def test_two_relays_that_are_killed_at_times_deliver_each_event_once_in_order(
    world: World,
) -> None:
    """They move 1,000 events while these are written; every third step is not released."""
    ids, release, calls, written = "abcdefghij", Relay._release, count(), threading.Event()  # noqa: SLF001

    def killed_at_times(self: Relay, moved: Any) -> None:
        if next(calls) % 3:
            release(self, moved)

    def to_one(event: Document) -> Routing:
        return Routing(to_nobody(event).subject, ("s",))

    def move() -> None:
        while not written.is_set():
            relay(world, 50, to_one)

    relays = [threading.Thread(target=move) for _ in range(2)]
    with mock.patch.object(Relay, "_release", killed_at_times):
        for each in relays:
            each.start()
        rewrite(world, ids, 100)
        written.set()
        for each in relays:
            each.join()
    while not world.store.relay.is_idle():
        relay(world, 500, to_one)
    for id_ in ids:
        assert [each for each in told(world) if each[0] == id_] == [
            f"{id_}={n}" for n in range(100)
        ]
    assert len({each["eventId"] for each in events(world)}) == 1000
    rows = world.store.collection("delivery")[0].find().sort("position")
    assert [at for row in rows for at in Row.read(row).positions] == [*range(1, 1001)]
