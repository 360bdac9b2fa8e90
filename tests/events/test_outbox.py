"""No event without its write, no write without its event, and each resource's in order."""

import threading
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from pymongo.errors import PyMongoError

from impl.errors import Conflict, NotFound, PreconditionFailed
from impl.query.language import Document, Every, Query
from impl.store.mongo import Store
from impl.store.outbox import Outbox, Routing, place
from tests.events.conftest import World

BILL = "customerBill"


def outbox(store: Store) -> list[dict[str, Any]]:
    collection, _ = store.collection("outbox")
    return [row["event"] for row in collection.find().sort([("stamp", 1), ("_id", 1)])]


def kinds(store: Store) -> list[str]:
    return [event["eventType"].removeprefix("CustomerBill") for event in outbox(store)]


def set_to(**attributes: Any) -> Any:
    return lambda before: {**before, **attributes}


def relay(world: World, limit: int = 500) -> int:
    now = world.now()
    route = lambda _: Routing("x", ())  # noqa: E731
    return world.store.outbox.relay(route, now, now + timedelta(days=7), limit)


def feed(world: World) -> list[Document]:
    return list(world.store.stream("event", Query()))


def test_every_write_has_its_event(world: World) -> None:
    store = world.store
    store.insert(BILL, {"id": "1"})
    store.change(BILL, "1", set_to(state="new"))
    store.change(BILL, "1", set_to(billNo="7"))
    both = store.every(BILL, Every())
    store.in_transaction(lambda: store.change_many(BILL, [(b, {**b, "x": 1}) for b in both]))
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
        "insert": lambda: store.insert(BILL, {"id": "2"}),
        "change": lambda: store.change(BILL, "1", set_to(state="sent")),
        "delete": lambda: store.delete(BILL, "1"),
    }
    with mock.patch.object(Outbox, "_put", side_effect=PyMongoError), pytest.raises(PyMongoError):
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
    with mock.patch("impl.events.build.ULID", side_effect=ids):
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

    def fail(_: Document) -> Routing:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        world.store.outbox.relay(fail, world.now(), world.now(), 10)
    assert feed(world) == []
    assert relay(world) == 1
    assert feed(world)[0]["id"] == place(1)


def test_names_that_mongodb_reads_come_through(world: World) -> None:
    odd = {"id": "1", "$x": {"a.b": 1, "": 2}, "_id": "mine", "~": [{"$y": 1}]}
    world.store.insert(BILL, odd)
    relay(world)
    assert feed(world)[0]["event"][BILL] == odd
