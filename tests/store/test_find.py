"""What the store finds: the right documents, in a steady order, by the declared indexes."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pymongo
import pytest

from impl.query import attributes
from impl.query.language import Compare, Condition, Every, Query, Window
from impl.resource_row import Resource
from impl.resources import RESOURCES
from impl.served import api_of
from impl.store import indexes
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.mongo_query import to_filter
from tests.waiting import until

BILL = "customerBill"
DECLARED = [
    (row.collection, path) for row in RESOURCES for path in row.indexes if isinstance(path, str)
]
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def ids(store: Store, query: Query) -> list[str]:
    return [document["id"] for document in store.find(BILL, query)]


@pytest.fixture
def hundred(store: Store) -> Store:
    """A hundred bills whose ids sort from 000 to 099, put in without any order."""
    numbers = list(range(100))
    random.Random(678).shuffle(numbers)
    for number in numbers:
        store.insert(BILL, {"id": f"{number:03}", "even": number % 2 == 0, "n": number})
    return store


def test_find_is_in_the_order_of_ids_every_time(hundred: Store) -> None:
    wanted = [f"{number:03}" for number in range(100)]
    assert all(ids(hundred, Query()) == wanted for _ in range(5))
    hundred.change(BILL, "050", lambda before: {**before, "much": "x" * 10_000})
    assert ids(hundred, Query()) == wanted


@pytest.mark.parametrize("where", [Every(), Compare(("even",), (True,))])
def test_windows_cover_everything_once(hundred: Store, where: Condition) -> None:
    everything = ids(hundred, Query(where, window=Window(limit=1000)))
    pages = [
        hundred.find(BILL, Query(where, window=Window(offset, 7))) for offset in range(0, 105, 7)
    ]
    assert [document["id"] for page in pages for document in page] == everything
    assert {page.total for page in pages} == {len(everything)}


@pytest.mark.parametrize(
    ("offset", "limit", "wanted"),
    [
        (0, 1, ["000"]),
        (99, 5, ["099"]),
        (100, 5, []),
        (2**63 - 1, 5, []),
        (0, 0, []),
        (98, 1000, ["098", "099"]),
    ],
)
def test_find_at_the_edges_of_its_window(
    hundred: Store, offset: int, limit: int, wanted: list[str]
) -> None:
    page = hundred.find(BILL, Query(window=Window(offset, limit)))
    assert [document["id"] for document in page] == wanted
    assert page.total == 100


def test_find_gives_versions(store: Store) -> None:
    store.insert(BILL, {"id": "1"})
    store.change(BILL, "1", lambda before: {**before, "a": 1})
    assert [document.version for document in store.find(BILL, Query())] == [2]


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        (Every(), ["a", "b", "c"]),
        (Compare(("id",), ("b",)), ["b"]),
        (Compare(("amountDue", "value"), (12.5,)), ["a"]),
        (Compare(("amountDue", "value"), (12,)), ["b"]),
        (Compare(("amountDue", "value"), (12.0,)), ["b"]),
        (Compare(("relatedParty", "id"), ("42",)), ["a", "c"]),
        (Compare(("relatedParty", "id"), ("42", "43")), ["a", "b", "c"]),
        (Compare(("billDate",), (NOON,)), ["a"]),
        (Compare(("_rev",), (1,)), []),
        (Compare(("_id",), ("a",)), []),
        (Compare(("x.y",), ("dot",)), ["c"]),
        (Compare(("x", "y"), ("dot",)), []),
        (Compare(("$where",), ("1",)), []),
        (Compare(("billNo",), ("00123",)), ["a"]),
        (Compare(("billNo",), (123,)), ["b"]),
        (Every((Compare(("relatedParty", "id"), ("42",)), Compare(("id",), ("c",)))), ["c"]),
        (Every((Compare(("id",), ("a",)), Compare(("id",), ("b",)))), []),
    ],
)
def test_find_selects(store: Store, where: Condition, wanted: list[str]) -> None:
    for document in (
        {"id": "a", "billNo": "00123", "amountDue": {"value": 12.5}, "billDate": NOON},
        {"id": "b", "billNo": 123, "amountDue": {"value": 12}, "relatedParty": [{"id": "43"}]},
        {"id": "c", "x.y": "dot", "billDate": NOON + timedelta(hours=12)},
    ):
        parties = {"relatedParty": [{"id": "1"}, {"id": "42"}]}
        store.insert(BILL, parties | document)
    page = store.find(BILL, Query(where))
    assert [document["id"] for document in page] == wanted
    assert page.total == len(wanted)


# ---------------------------------------------------------------- indexes


@pytest.fixture(scope="module")
def raw(mongod: Mongod) -> Iterator[pymongo.database.Database[dict[str, Any]]]:
    """The database as MongoDB sees it, with a store's declared indexes built."""
    name = f"test-{uuid4().hex}"
    store = Store(mongod.uri, name)
    store.ensure_indexes()
    store.ensure_indexes()
    store.close()
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    yield client[name]
    client.close()


@pytest.mark.parametrize(("resource", "path"), DECLARED)
def test_declared_index_is_there(
    raw: pymongo.database.Database[dict[str, Any]], resource: str, path: str
) -> None:
    keys = [index["key"] for index in raw[resource].index_information().values()]
    assert [(path, 1), ("_id", 1)] in keys


def test_an_empty_collection_is_indexed_before_it_is_used_and_others_are_not_waited_for(
    mongod: Mongod,
) -> None:
    name, (held, *empty) = f"test-{uuid4().hex}", indexes.COLLECTIONS
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    database = client[name]
    database[held].insert_one({})
    store = Store(mongod.uri, name)
    with client.start_session() as session, session.start_transaction():
        database[held].insert_one({}, session=session)  # for which its index build waits
        began = time.monotonic()
        store.keep_indexed()
        assert time.monotonic() - began < 10
        assert {each: _indexes(database, each) for each in empty} == {
            each: 1 + len(indexes.models(each)) for each in empty
        }
    until(lambda: _indexes(database, held) > 1)
    assert _indexes(database, held) == 1 + len(indexes.models(held))
    store.close()
    client.close()


def _indexes(database: pymongo.database.Database[dict[str, Any]], collection: str) -> int:
    return len(database[collection].index_information())


@pytest.mark.parametrize(("resource", "path"), DECLARED)
def test_declared_index_finds_and_sorts(
    raw: pymongo.database.Database[dict[str, Any]], resource: str, path: str
) -> None:
    selected = to_filter(Every((Compare(tuple(path.split(".")), (_value(path),)),)))
    plan = raw[resource].find(selected).sort("_id", 1).explain()["queryPlanner"]["winningPlan"]
    stages = list(_stages(plan))
    assert [stage["keyPattern"] for stage in stages if stage["stage"] == "IXSCAN"] == [
        {path: 1, "_id": 1}
    ]
    assert not {stage["stage"] for stage in stages} & {"COLLSCAN", "SORT"}


def _value(path: str) -> Any:
    return {"isBilled": True, "billDate": NOON, "billingDate": NOON}.get(path, "x")


def _stages(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "stage" in plan:
        yield plan
    for key in ("inputStage", "queryPlan"):
        if key in plan:
            yield from _stages(plan[key])


def test_every_declared_index_is_on_an_attribute_of_the_contract() -> None:
    paths = [(row, path) for row in RESOURCES for each in row.indexes for path in _paths(each)]
    assert not [(row.name, path) for row, path in paths if not _known(row, path)]


def _paths(index: str | tuple[str, ...]) -> tuple[str, ...]:
    return (index,) if isinstance(index, str) else index


def _known(row: Resource, path: str) -> bool:
    known = attributes.of(api_of(row.name).schemas[row.schema])
    return known.find(tuple(path.split("."))) is not None
