"""What the store promises: nothing lost, nothing overwritten unseen, and no endless waiting."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from uuid import uuid4

import pymongo
import pytest
from pymongo.errors import InvalidOperation

from impl.errors import Conflict, NotFound, PreconditionFailed, Unavailable
from impl.query.language import Compare, Document, Every, Query
from impl.store.embedded import Mongod
from impl.store.indexes import FORMER, drop_former
from impl.store.mongo import Store
from tests.servers import free_port

BILL = "customerBill"


def ids(store: Store, query: Query) -> list[str]:
    return [document["id"] for document in store.find(BILL, query)]


def put(name: str, value: Any) -> Callable[[Document], dict[str, Any]]:
    return lambda document: {**document, name: value}


# ---------------------------------------------------------------- one document


def test_insert_gives_back_what_it_keeps_as_version_1(store: Store) -> None:
    made = store.insert(BILL, {"id": "1", "billNo": "00123"})
    assert (made, made.version) == ({"id": "1", "billNo": "00123"}, 1)
    assert store.get(BILL, "1") == made
    assert store.get(BILL, "1").version == 1


def test_whole_documents_have_the_names_that_clients_wrote(store: Store) -> None:
    odd = {"id": "1", "$x": [{"a.b": 1, "": 2}], "_id": "mine", "~": "~"}
    plain = {"id": "2", "note": "~24x", "list": [{"name": "~"}]}
    for document in (odd, plain):
        store.insert(BILL, document)
    assert store.whole(BILL, Every(), 10_000) == [odd, plain]


def test_insert_conflicts_with_a_taken_id_and_leaves_its_document_alone(store: Store) -> None:
    store.insert(BILL, {"id": "1", "billNo": "first"})
    with pytest.raises(Conflict, match="'1'"):
        store.insert(BILL, {"id": "1", "billNo": "second"})
    assert store.get(BILL, "1")["billNo"] == "first"
    store.insert("billCycle", {"id": "1"})


def test_indexes_that_are_declared_no_more_are_dropped_once(store: Store) -> None:
    feed, _ = store.collection("event")
    declared = feed.index_information().keys()
    for name in FORMER:
        feed.create_index([(name.removesuffix("_1__id_1"), 1), ("_id", 1)])
    assert feed.index_information().keys() == {*declared, *FORMER}
    assert [sum(drop_former(feed.database)) for _ in range(2)] == [len(FORMER), 0]
    assert feed.index_information().keys() == declared


def test_get_finds_nothing_under_an_unknown_id(store: Store) -> None:
    store.insert(BILL, {"id": "1"})
    for resource, id_ in [(BILL, "2"), (BILL, ""), ("billCycle", "1")]:
        with pytest.raises(NotFound):
            store.get(resource, id_)


def test_change_makes_a_new_version(store: Store) -> None:
    store.insert(BILL, {"id": "1", "a": 1})
    changed = store.change(BILL, "1", put("b", 2))
    assert (changed, changed.version) == ({"id": "1", "a": 1, "b": 2}, 2)
    assert store.get(BILL, "1") == changed
    assert store.get(BILL, "1").version == 2


def test_change_that_gives_back_what_it_was_given_makes_no_version(store: Store) -> None:
    store.insert(BILL, {"id": "1", "a": 1})
    assert store.change(BILL, "1", lambda before: before).version == 1
    assert store.get(BILL, "1").version == 1


def test_change_that_raises_changes_nothing(store: Store) -> None:
    store.insert(BILL, {"id": "1", "a": 1})

    def refuse(document: Document) -> dict[str, Any]:
        document["a"] = 2
        raise Conflict("no")

    with pytest.raises(Conflict, match="no"):
        store.change(BILL, "1", refuse)
    assert store.get(BILL, "1") == {"id": "1", "a": 1}


def test_change_expects_one_of_the_versions_it_is_given(store: Store) -> None:
    store.insert(BILL, {"id": "1"})
    assert store.change(BILL, "1", put("a", 1), frozenset({1, 7})).version == 2
    for versions in (frozenset({1}), frozenset({3}), frozenset[int]()):
        with pytest.raises(PreconditionFailed, match="'1'"):
            store.change(BILL, "1", put("a", 2), versions)
    assert store.get(BILL, "1") == {"id": "1", "a": 1}


def test_change_and_delete_of_what_is_not_there_find_nothing(store: Store) -> None:
    with pytest.raises(NotFound):
        store.change(BILL, "1", put("a", 1))
    with pytest.raises(NotFound):
        store.delete(BILL, "1")
    with pytest.raises(NotFound):
        store.delete(BILL, "1", frozenset({1}))


def test_delete_removes_once(store: Store) -> None:
    store.insert(BILL, {"id": "1"})
    store.insert(BILL, {"id": "2"})
    store.delete(BILL, "1")
    assert ids(store, Query()) == ["2"]
    with pytest.raises(NotFound):
        store.delete(BILL, "1")


def test_delete_expects_one_of_the_versions_it_is_given(store: Store) -> None:
    store.insert(BILL, {"id": "1"})
    with pytest.raises(PreconditionFailed):
        store.delete(BILL, "1", frozenset({2}))
    store.delete(BILL, "1", frozenset({1, 2}))
    assert ids(store, Query()) == []


def test_is_empty_until_there_is_a_document(store: Store) -> None:
    assert store.is_empty(BILL)
    store.insert(BILL, {"id": "1"})
    assert not store.is_empty(BILL)
    assert store.is_empty("billCycle")


# ---------------------------------------------------------------- many at once


def test_concurrent_changes_lose_nothing(store: Store) -> None:
    store.insert(BILL, {"id": "1"})

    def work(thread: int) -> None:
        for number in range(25):
            store.change(BILL, "1", put(f"{thread}-{number}", number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    kept = store.get(BILL, "1")
    assert kept == {"id": "1"} | {f"{t}-{n}": n for t in range(8) for n in range(25)}
    assert kept.version == 201


def test_concurrent_counts_add_up(store: Store) -> None:
    store.insert(BILL, {"id": "1", "count": 0})

    def work(_: int) -> None:
        store.change(BILL, "1", lambda document: {**document, "count": document["count"] + 1})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(80)))
    assert store.get(BILL, "1")["count"] == 80


def test_of_many_changes_to_one_version_only_one_is_made(store: Store) -> None:
    store.insert(BILL, {"id": "1"})

    def work(thread: int) -> bool:
        try:
            store.change(BILL, "1", put("winner", thread), frozenset({1}))
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(work, range(8)))
    assert won.count(True) == 1
    assert store.get(BILL, "1") == {"id": "1", "winner": won.index(True)}


def test_of_many_inserts_of_one_id_only_one_is_made(store: Store) -> None:
    def work(thread: int) -> bool:
        try:
            store.insert(BILL, {"id": "1", "winner": thread})
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(work, range(8)))
    assert won.count(True) == 1
    assert store.get(BILL, "1")["winner"] == won.index(True)


# ---------------------------------------------------------------- away


@pytest.fixture
def away() -> Iterator[Store]:
    """A store whose database is not there."""
    store = Store(f"mongodb://127.0.0.1:{free_port()}/", "x")
    yield store
    store.close()


READS: dict[str, Callable[[Store], object]] = {
    "is_empty": lambda store: store.is_empty(BILL),
    "find": lambda store: store.find(BILL, Query()),
    "find some": lambda store: store.find(BILL, Query(Compare(("a",), (1,)))),
    "get": lambda store: store.get(BILL, "1"),
}
WRITES: dict[str, Callable[[Store], object]] = {
    "ensure_indexes": lambda store: store.ensure_indexes(),
    "insert": lambda store: store.insert(BILL, {"id": "1"}),
    "change": lambda store: store.change(BILL, "1", put("a", 1)),
    "delete": lambda store: store.delete(BILL, "1"),
}


@pytest.mark.parametrize("name", READS | WRITES)
def test_away_is_unavailable_whatever_is_asked(away: Store, name: str) -> None:
    with pymongo.timeout(0.3), pytest.raises(Unavailable):
        (READS | WRITES)[name](away)


def test_away_is_said_within_5_seconds_of_a_read(away: Store) -> None:
    answered = threading.Event()

    def ask() -> None:
        with suppress(InvalidOperation):  # the store was closed meanwhile
            try:
                away.get(BILL, "1")
            except Unavailable:
                answered.set()

    threading.Thread(target=ask, daemon=True).start()
    assert answered.wait(5.5)


def test_ping_is_quick_to_say_that_the_database_is_away(away: Store) -> None:
    began = time.monotonic()
    with pytest.raises(Unavailable):
        away.ping()
    assert time.monotonic() - began < 3


def test_collections_are_compressed_by_zstd_and_those_that_are_there_left_alone(
    mongod: Mongod,
) -> None:
    name = f"test-{uuid4().hex}"
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    client[name].create_collection(BILL)
    store = Store(mongod.uri, name)
    store.ensure_indexes()
    store.close()
    made = {
        resource: client[name].command("collStats", resource)["wiredTiger"]["creationString"]
        for resource in (BILL, "appliedCustomerBillingRate")
    }
    client.close()
    assert ["block_compressor=zstd" in each for each in made.values()] == [False, True]
