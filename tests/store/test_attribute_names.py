"""The record of names: what is in it, how far it grows, and what it answers without a look."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pymongo
import pytest
from pymongo.monitoring import CommandListener

from impl.auth.identity import Identity, set_identity
from impl.query import attributes
from impl.query.language import Document, Path
from impl.store import upgrade
from impl.store.attribute_names import LONGEST, MOST_NAMES, Names, collect
from impl.store.bulk_insert import insert_many, ready
from impl.store.collection_names import ATTRIBUTES
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.writing import BulkChange

BILLS = "customerBill"


@pytest.fixture
def begun(store: Store) -> Store:
    """A store that relies on its record from the first document on."""
    upgrade.check(store)
    return store


def recorded(store: Store, resource: str = BILLS) -> set[Path]:
    """What is on record in the database, whatever a process knows."""
    database = store.collection(resource)[0].database
    return Names(database).of(resource)


DOCUMENT: dict[str, Any] = {
    "id": "b",
    "state": "new",
    "x-score": 7,
    "x-plan": {"max.rate": 300, "speed": {"up": 1}},
    "x-lines": [{"a": 1}, [{"b": 2}], 3],
    "relatedParty": [{"id": "C-1", "x-since": 2020}],
    "amountDue": {"unit": "EUR", "value": 1, "x-note": None},
}
EVERY: set[Path] = {
    ("x-score",),
    *(("x-plan",), ("x-plan", "max.rate"), ("x-plan", "speed"), ("x-plan", "speed", "up")),
    *(("x-lines",), ("x-lines", "a"), ("x-lines", "b")),
    ("relatedParty", "x-since"),
    ("amountDue", "x-note"),
}


def test_all_names_that_can_be_asked_for_are_recorded(begun: Store) -> None:
    begun.insert(BILLS, DOCUMENT)
    assert recorded(begun) == EVERY
    for path in EVERY:
        assert begun.knows(BILLS, path)
    for path in (("x",), ("x-plan", "max"), ("x-score", "up"), ("relatedParty", "x-score")):
        assert not begun.knows(BILLS, path)
    assert begun.knows(BILLS, ("relatedParty", "0", "id"))
    assert begun.knows(BILLS, ("x-lines", "0", "a"))
    assert begun.knows("event", ("event", BILLS, "x-score"))
    assert not begun.knows("event", ("event", "billCycle", "x-score"))
    assert not begun.knows("event", ("x-score",))
    assert not begun.knows("billCycle", ("x-score",))


def test_every_way_to_write_records(begun: Store) -> None:
    begun.insert(BILLS, {"id": "b"})
    begun.change(BILLS, "b", lambda bill: {**bill, "x-changed": 1})
    before = begun.get(BILLS, "b")
    change, several = (
        BulkChange(BILLS, [before], {"x-many": 1}),
        [Document({"id": "d", "x-all": 1})],
    )
    begun.in_transaction(lambda: begun.writer.write_many({BILLS: several}, [change]))
    new = ready(begun, BILLS, {"id": "c", "x-new": 1})
    begun.in_transaction(lambda: insert_many(begun, BILLS, [new]))
    assert recorded(begun) == {("x-changed",), ("x-many",), ("x-all",), ("x-new",)}


def test_another_process_is_told_of_what_is_new(begun: Store, mongod: Mongod) -> None:
    database = begun.collection(BILLS)[0].database.name
    other = Store(mongod.uri, database)
    assert not other.knows(BILLS, ("x-score",))
    begun.insert(BILLS, DOCUMENT)
    assert other.knows(BILLS, ("x-score",))
    other.close()


def test_it_grows_to_a_bound_and_then_takes_all_for_known(begun: Store) -> None:
    for part in range(MOST_NAMES // 500 + 2):
        begun.insert(BILLS, {"id": str(part), **{f"x{part}-{n}": n for n in range(500)}})
    rows = begun.collection(ATTRIBUTES)[0]
    assert len(recorded(begun)) == MOST_NAMES
    assert rows.count_documents({}) == MOST_NAMES + 2
    assert begun.knows(BILLS, ("nosuch",))
    assert not begun.knows("billCycle", ("nosuch",))
    fresh = Names(rows.database)
    fresh.note(BILLS, {"id": "z", "x-last": 1})
    assert rows.count_documents({}) == MOST_NAMES + 2


def test_a_name_that_is_too_long_is_not_recorded_and_taken_for_known(begun: Store) -> None:
    name = "x" * LONGEST
    begun.insert(BILLS, {"id": "b", name: 1})
    assert recorded(begun) == set()
    assert begun.knows(BILLS, (name,))


class Reads(CommandListener):
    """Which collections were read."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def started(self, event: Any) -> None:
        if event.command_name in ("find", "aggregate", "count"):
            self.read.append(event.command[event.command_name])

    def succeeded(self, event: Any) -> None:
        pass

    def failed(self, event: Any) -> None:
        pass


@pytest.fixture
def older(mongod: Mongod) -> Iterator[tuple[Store, Reads]]:
    """A store over documents from before there was a record, and what it reads."""
    reads = Reads()
    database = f"older-{uuid4().hex}"
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        client[database][BILLS].insert_many(
            {"_id": str(n), "id": str(n), "_rev": 1, "_json1": b"{}", f"x-{n % 3}": {"~5F~2E": n}}
            for n in range(2500)
        )
    store = Store(mongod.uri, database, listeners=[reads])  # type: ignore[list-item]
    yield store, reads
    store.close()


def test_a_limited_bearer_is_told_of_own_documents_without_a_look_at_any_for_a_wrong_name(
    mongod: Mongod,
) -> None:
    reads = Reads()
    store = Store(mongod.uri, f"names-{uuid4().hex}", listeners=[reads])  # type: ignore[list-item]
    upgrade.check(store)
    for account in "AB":
        store.insert(BILLS, {"id": account, "billingAccount": {"id": account}, f"x-{account}": 1})
    set_identity(Identity("s", accounts=frozenset("A")))
    try:
        reads.read.clear()
        assert not store.knows(BILLS, ("nosuch",))
        assert set(reads.read) == {ATTRIBUTES}
        assert store.knows(BILLS, ("x-A",))
        assert not store.knows(BILLS, ("x-B",))
    finally:
        set_identity(None)
        store.close()


def test_until_the_names_of_what_is_there_are_collected_it_looks(
    older: tuple[Store, Reads],
) -> None:
    store, reads = older
    upgrade.check(store)
    assert store.knows(BILLS, ("x-2",))
    assert not store.knows(BILLS, ("nosuch",))
    database = store.collection(BILLS)[0].database
    for _ in range(2):
        for _ in collect(database):
            pass
    assert recorded(store) == {(f"x-{n}", *more) for n in range(3) for more in ((), ("_.",))}
    reads.read.clear()
    assert store.knows(BILLS, ("x-2",))
    assert not store.knows(BILLS, ("nosuch",))
    assert store.recorded(BILLS)
    assert set(reads.read) == {ATTRIBUTES}


def test_what_the_contract_knows_is_not_recorded(begun: Store) -> None:
    from generated.schemas import CustomerBill  # noqa: PLC0415

    known = attributes.of(CustomerBill)
    begun.insert(BILLS, {"id": "b", **{name: None for name in known.members if name != "id"}})
    assert recorded(begun) == set()
