"""A feed of three partitions: each resource's events in order, each once, also if it moves."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from impl.auth.identity import Identity, set_identity
from impl.errors import ParameterInvalid, SearchUnfinished
from impl.query.language import Compare, Document, Every, Position, Query, Window
from impl.resources import FEED
from impl.store import feed_reader
from impl.store.embedded import Mongod
from impl.store.partitions import LAST_OF, PARTITION, Partitions, Places
from impl.store.pending_events import EVENT
from impl.store.routing import Routing
from impl.store.writing import Assignment, BulkChange
from tests.events.conftest import World
from tests.events.receiver import Receiver
from tests.waiting import until

BILL = "customerBill"
THREE = Partitions(3)
HERE, THERE, ELSEWHERE = (
    next(a for a in map(str, range(99)) if THREE.of(BILL, {"billingAccount": {"id": a}}) == each)
    for each in range(3)
)
"""An account of each partition."""


@pytest.fixture(scope="module")
def database(mongod: Mongod) -> str:
    """A database with the indexes of three partitions."""
    made = World(mongod.uri, f"partitions-{uuid4().hex}", partitions=3)
    made.store.ensure_indexes()
    made.close()
    return made.database


@pytest.fixture
def world(mongod: Mongod, database: str) -> Iterator[World]:
    made = World(mongod.uri, database, partitions=3)
    collections = made.store.collection(FEED)[0].database
    for name in collections.list_collection_names():
        collections[name].delete_many({})
    yield made
    made.close()


def write(world: World, id_: str, n: int, account: str) -> None:
    """Create a bill, or change it."""
    document = {"id": id_, "n": n, "billingAccount": {"id": account}}
    if world.store.has(BILL, id_):
        world.store.change(BILL, id_, lambda before: Document(document, before.version))
    else:
        world.store.insert(BILL, document)


def relay(world: World, partition: int, route: Any = None, limit: int = 500) -> int:
    now = world.now()
    return world.store.relay.move(route, now, now + timedelta(days=7), limit, partition)


def relay_all(world: World, route: Any = None) -> None:
    while not world.store.relay.is_idle():
        for partition in range(3):
            relay(world, partition, route)


def told(events: Sequence[Document]) -> list[str]:
    return [f"{each['event'][BILL]['id']}={each['event'][BILL]['n']}" for each in events]


def page(world: World, position: Position | None = None, after: str = "", limit: int = 100) -> Any:
    where = Compare(("id",), (after,), "gt") if after else Every()
    return world.store.find(FEED, Query(where, window=Window(limit=limit, position=position)))


def feed(world: World) -> list[str]:
    return told(page(world, limit=1000).items)


def stored(world: World, collection: str) -> list[dict[str, Any]]:
    return [*world.store.collection(collection)[0].find().sort("_id")]


def test_events_are_moved_by_the_relay_of_their_account(world: World) -> None:
    for partition, account in enumerate((HERE, THERE, ELSEWHERE)):
        write(world, f"b{partition}", partition, account)
        assert not world.store.relay.is_idle(partition)
        assert relay(world, partition) == 1
        assert world.store.relay.is_idle()
    assert feed(world) == ["b0=0", "b1=1", "b2=2"]
    assert [each[PARTITION] for each in stored(world, FEED)] == [0, 1, 2]
    assert EVENT not in stored(world, BILL)[0]


def test_a_moved_resource_keeps_its_order(world: World) -> None:
    """The move is the last event in the old partition, and all later ones wait for it."""
    for n, account in enumerate((HERE, HERE, THERE, THERE, HERE, HERE)):
        write(world, "b", n, account)
    write(world, "other", 0, THERE)
    assert relay(world, 1) == 1
    assert relay(world, 1) == 0
    assert relay(world, 0) == 3
    assert relay(world, 0) == 0
    assert relay(world, 1) == 2
    assert relay(world, 0) == 1
    assert world.store.relay.is_idle()
    assert feed(world) == ["other=0", *(f"b={n}" for n in range(6))]


def test_what_is_created_under_the_id_of_a_deleted_resource_follows_it(world: World) -> None:
    write(world, "b", 0, HERE)
    world.store.delete(BILL, "b")
    write(world, "b", 1, THERE)
    assert relay(world, 1) == 0
    relay_all(world)
    types = [each["eventType"] for each in page(world).items]
    assert types == [f"CustomerBill{kind}Event" for kind in ("Create", "Delete", "Create")]


def test_a_batch_behind_a_move_is_split(world: World) -> None:
    ids = [f"b{n}" for n in range(5)]
    for id_ in ids:
        write(world, id_, 0, THERE)
    relay_all(world)
    write(world, "b2", 1, HERE)
    write(world, "b2", 2, THERE)

    def change() -> None:
        bills = world.store.every(BILL, Compare(("id",), tuple(ids)))
        world.store.writer.write_many({}, [BulkChange(BILL, bills, {"n": 3})])

    world.store.in_transaction(change)
    assert {each.get(LAST_OF) for each in stored(world, "outbox")} == {None, f"{BILL}/b2"}
    assert [relay(world, 1) for _ in range(3)] == [1, 4, 0]
    relay_all(world)
    assert feed(world)[5:] == ["b2=1", "b0=3", "b1=3", "b3=3", "b4=3", "b2=2", "b2=3"]


def test_a_transaction_makes_a_batch_for_each_partition(world: World) -> None:
    def create() -> None:
        bills = [
            Document({"id": f"b{n}", "n": n, "billingAccount": {"id": str(n)}}) for n in range(90)
        ]
        world.store.writer.write_many({BILL: bills}, [])

    world.store.in_transaction(create)
    assert sorted(each[PARTITION] for each in stored(world, "outbox")) == [0, 1, 2]
    relay_all(world)
    assert sorted(feed(world)) == sorted(f"b{n}={n}" for n in range(90))


def test_a_moved_resource_waits_for_a_dead_letter_of_its_old_partition(world: World) -> None:
    write(world, "b", 0, HERE)
    world.store.collection(BILL)[0].update_one({"_id": "b"}, {"$set": {f"{EVENT}.eventId": 1}})
    write(world, "b", 1, THERE)
    write(world, "b", 2, THERE)
    for partition in (1, 0, 1, 0, 1):
        assert relay(world, partition) == 0
    assert world.store.relay.is_idle()
    (letter,) = world.store.dead_letters.all()
    world.store.in_transaction(lambda: world.store.dead_letters.give_up(letter["_id"]))
    relay_all(world)
    assert feed(world) == ["b=1", "b=2"]


def test_an_assignment_stays_in_its_partition(world: World) -> None:
    write(world, "b", 0, ELSEWHERE)
    relay_all(world)
    world.store.change(BILL, "b", lambda each: each, None, Assignment({"n": 1}, {"m": 1}))
    assert stored(world, "outbox") == []
    assert not world.store.relay.is_idle(2)
    relay_all(world)
    assert feed(world) == ["b=0", "b=1"]


def test_deliveries_of_a_moved_resource_are_in_order(world: World) -> None:
    with Receiver() as receiver:
        world.subscribe(receiver.url)
        for n in range(40):
            write(world, f"b{n % 4}", n, chance(n))
        for _ in range(2):
            world.work()
        until(lambda: len(receiver.accepted) >= 40)
        assert receiver.by_subject() == by_subject(page(world).items)
    for n in range(4):
        assert [each for each in feed(world) if each.startswith(f"b{n}=")] == [
            f"b{n}={number}" for number in range(n, 40, 4)
        ]


def chance(seed: int) -> str:
    return random.Random(seed).choice([HERE, THERE, ELSEWHERE])


def by_subject(events: Sequence[Document]) -> dict[str, list[str]]:
    found = defaultdict(list)
    for each in events:
        found[f"{BILL}/{each['event'][BILL]['id']}"].append(each["eventId"])
    return found


@pytest.mark.parametrize("seed", range(3))
def test_pages_lose_nothing_while_relays_go_on(world: World, seed: int) -> None:
    """A reader follows the links while bills move, are deleted, and relays work in any order."""
    dice, numbers, seen = random.Random(seed), count(), list[Document]()
    after = ""
    for _ in range(60):
        for _ in range(dice.randrange(4)):
            write(world, f"b{dice.randrange(5)}", next(numbers), dice.choice([HERE, THERE, "x"]))
        if dice.random() < 0.2 and world.store.has(BILL, "b0"):
            world.store.delete(BILL, "b0")
        relay(world, dice.randrange(3), limit=dice.randrange(1, 4))
        found = page(world, after=after, limit=dice.randrange(1, 4))
        seen += found.items
        after = found.after
    relay_all(world)
    while len((found := page(world, after=after, limit=3)).items):
        seen += found.items
        after = found.after
    ids = [each["eventId"] for each in seen]
    every = page(world, limit=1000)
    assert len(ids) == len({*ids}) == len(every.items) == every.total
    assert {*ids} == {each["eventId"] for each in every.items}
    assert by_subject(seen) == by_subject(every.items)
    for own in by_subject(seen).values():
        assert own == sorted(own), "not in the order of writes"


def test_pages_forwards_and_backwards(world: World) -> None:
    for n in range(30):
        write(world, f"b{n}", n, chance(n))
    relay_all(world)
    whole = feed(world)
    first = page(world, limit=7)
    second = page(world, first.next, limit=7)
    assert told([*first.items, *second.items]) == whole[:14]
    assert first.previous is None
    assert (second.total, second.after) == (30, second.next.id)
    assert told(page(world, second.previous, limit=7).items) == whole[:7]
    back = page(world, page(world, second.next, limit=7).previous, limit=7)
    assert told(back.items) == whole[7:14]
    assert told(page(world, back.next, limit=7).items) == whole[14:21]
    assert told(page(world, Position(backwards=True), limit=7).items) == whole[-7:]
    behind = page(world, after=first.after, limit=100)
    assert (told(behind.items), behind.total) == (whole[7:], 23)
    assert page(world, after=behind.after).items == []


def test_a_live_stream_names_places_to_go_on_from(world: World) -> None:
    reader, start = world.store.feed, world.store.feed.end()
    for n in range(30):
        write(world, f"b{n}", n, chance(n))
    relay_all(world)
    events = [each for part in reader.between(Query(), start, reader.end()) for each in part]
    assert told(events) == feed(world)
    for n, each in enumerate(events):
        there: Places = reader.place_of(each["id"])
        behind = [event for part in reader.between(Query(), there, reader.end()) for event in part]
        assert told(behind) == told(events[n + 1 :])


def test_a_place_behind_the_end_is_refused(world: World) -> None:
    reader = world.store.feed
    write(world, "b", 0, HERE)
    relay_all(world)
    assert reader.place_of(reader.text(reader.end())) == reader.end()
    with pytest.raises(ParameterInvalid, match="behind the last event"):
        reader.place_of(reader.text(tuple(place + 1 for place in reader.end())))


def test_a_place_before_what_has_expired_is_refused(world: World) -> None:
    reader = world.store.feed
    start = reader.text(reader.end())
    write(world, "b", 0, HERE)
    relay_all(world)
    between = reader.text(reader.end())
    write(world, "c", 0, THERE)
    relay_all(world)
    feed_, _ = world.store.collection(FEED)
    assert reader.place_of(start) == (0, 0, 0)
    feed_.delete_one({PARTITION: 0})
    with pytest.raises(ParameterInvalid, match="before the first event"):
        reader.place_of(start)
    reader.place_of(between)
    for text in ("01M86H6QME32R9Z1CXE5SYB040", "1.2", "5"):
        with pytest.raises(ParameterInvalid, match="several partitions"):
            reader.place_of(text)


def test_a_restricted_caller_sees_its_own_events(world: World) -> None:
    for n in range(30):
        write(world, f"b{n}", n, chance(n))
    relay_all(world)
    start, expected = (0, 0, 0), [f"b{n}=" for n in range(30) if chance(n) == THERE]
    set_identity(Identity("me", accounts=frozenset({THERE})))
    try:
        found = page(world, limit=1000)
        events = world.store.feed.between(Query(), start, world.store.feed.end())
        assert told([each for part in events for each in part]) == told(found.items)
    finally:
        set_identity(None)
    assert sorted(told(found.items)) == sorted(f"{each}{each[1:-1]}" for each in expected)
    assert found.total == len(expected)


def test_a_total_of_nothing(world: World) -> None:
    """Without an event, and behind the last one."""
    assert (page(world).total, page(world, limit=0).total) == (0, 0)
    write(world, "b", 0, HERE)
    relay_all(world)
    after = page(world).after
    assert page(world, after=after, limit=0).total == page(world, after=after).total == 0
    assert page(world, limit=0).total == 1


def test_a_search_out_of_time_names_a_place(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(9):
        write(world, f"b{n}", n, chance(n))
        relay_all(world)
    monkeypatch.setattr(feed_reader, "SHARE", 0.0)
    wanted = Query(Compare(("event", BILL, "n"), (8,)), window=Window(limit=10))
    query, rounds = wanted, 0
    while True:
        try:
            found = world.store.find(FEED, query)
            break
        except SearchUnfinished as unfinished:
            text = str(unfinished).split("after=")[1]
            assert world.store.feed.place_of(text)
            query = replace(wanted, where=Every((wanted.where, Compare(("id",), (text,), "gt"))))
            rounds += 1
    assert (told(found.items), rounds) == (["b8=8"], 8)


def test_workers_share_the_partitions(world: World) -> None:
    """Each holds one lease, so that the others find partitions to move."""
    workers = [world.dispatcher() for _ in range(3)]
    for n in range(60):
        write(world, f"b{n}", n, chance(n))
    for each in workers:
        each._relay()  # noqa: SLF001
        assert len(stored(world, "lease")) <= 3
    until(lambda: not sum(each._relay() for each in workers))  # noqa: SLF001
    assert world.store.relay.is_idle()
    assert len(feed(world)) == 60
    for each in workers:
        each.close()


def test_a_worker_alone_moves_all(world: World) -> None:
    subscription = world.subscribe("http://127.0.0.1:9/")
    for n in range(60):
        write(world, f"b{n}", n, chance(n))
    alone = world.dispatcher()
    until(lambda: not alone._relay())  # noqa: SLF001
    alone.close()
    assert len(feed(world)) == 60
    assert world.health(subscription).pending == 60
    assert stored(world, "lease") == []


def test_routes_are_for_each_event(world: World) -> None:
    chosen = world.subscribe("http://127.0.0.1:9/")

    def route(event: Document) -> Routing:
        id_ = event["event"][BILL]["id"]
        return Routing(f"{BILL}/{id_}", (chosen,) if event["event"][BILL]["n"] % 2 else ())

    for n in range(20):
        write(world, f"b{n}", n, chance(n))
    relay_all(world, route)
    due = world.deliveries.next(chosen, 100).due
    events = world.deliveries.events(due)
    assert [events[each.position]["event"][BILL]["n"] % 2 for each in due] == [1] * 10
    assert [each.position for each in due] == sorted(each.position for each in due)
