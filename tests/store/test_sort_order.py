"""Lists in any order, walked page by page: nothing skipped, nothing twice, and as cheap far in."""

import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import uuid4

import pymongo
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.collection import Collection

from impl.query.language import Compare, Condition, Every, Key, Page, Position, Query, Window
from impl.store.documents import Stored, to_mongo
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.sort_order import position_of, runs
from tests.sizes import examples

BILL = "customerBill"
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
Json = dict[str, Any]
Order = tuple[Key, ...]

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(scope="module")
def shelf(mongod: Mongod) -> Iterator["Shelf"]:
    with Shelf(mongod.uri) as shelf:
        yield shelf


class Shelf:
    """A store whose bills are put there in bulk."""

    def __init__(self, uri: str) -> None:
        name = f"test-{uuid4().hex}"
        self.store = Store(uri, name)
        self.store.ensure_indexes()
        self._client: pymongo.MongoClient[Stored] = pymongo.MongoClient(uri)
        self.bills: Collection[Stored] = self._client[name][BILL]

    def __enter__(self) -> "Shelf":
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()
        self._client.close()

    def put(self, documents: list[Json]) -> None:
        """Hold these documents and no others."""
        self.bills.delete_many({})
        self.bills.insert_many([to_mongo(each, 1) for each in documents])

    def page(self, order: Order, limit: int, position: Position | None, where: Condition) -> Page:
        window = Window(limit=limit, requested=True, position=position)
        return self.store.find(BILL, Query(where, order, window))

    def walk(
        self, order: Order, limit: int, begin: Position | None = None, where: Condition = Every()
    ) -> Iterator[Page]:
        """The pages from a position on, by `next`, or by `previous` where it is backwards."""
        position, backwards = begin, begin is not None and begin.backwards
        while True:
            page = self.page(order, limit, position, where)
            yield page
            position = page.previous if backwards else page.next
            if position is None:
                return


# ---------------------------------------------------------------- what an order is

PATHS = [("billDate",), ("billNo",), ("amountDue", "value"), ("billingPeriod", "startDateTime")]
bills = st.fixed_dictionaries(
    {"state": st.sampled_from(["new", "sent"])},
    optional={
        "billDate": st.integers(0, 2).map(lambda days: NOON + timedelta(days=days)),
        "billNo": st.sampled_from(["", "1", "10", "2", "a", "B", "é", "\U0001f4b6", "\uffff"]),
        "amountDue": st.fixed_dictionaries({}, optional={"value": st.sampled_from([-1, 0.5, 1])}),
        "billingPeriod": st.fixed_dictionaries({"startDateTime": st.just(NOON)}),
    },
)
documents = st.lists(bills, min_size=1, max_size=20).flatmap(
    lambda listed: st.permutations([{**b, "id": f"{n:02}"} for n, b in enumerate(listed)])
)
orders = st.lists(
    st.builds(Key, st.sampled_from(PATHS), st.booleans()), max_size=3, unique_by=lambda k: k.path
).map(tuple)
with_ids = st.tuples(orders, st.booleans()).map(lambda both: (*both[0], Key(("id",), both[1])))
any_order = orders | with_ids


def in_order(documents: list[Json], order: Order) -> list[str]:
    """The ids in the order, said as plainly as can be."""
    falling = bool(order) and order[-1].descending
    found = sorted(documents, key=lambda each: each["id"], reverse=falling)
    for key in reversed(order):
        lacking = [each for each in found if value(each, key) is None]
        having = [each for each in found if value(each, key) is not None]
        having.sort(key=lambda each: value(each, key), reverse=key.descending)
        found = having + lacking
    return [each["id"] for each in found]


def value(document: Json, key: Key) -> Any:
    found: Any = document
    for name in key.path:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def ids(page: Page) -> list[str]:
    return [each["id"] for each in page.items]


@settings(steady, max_examples=examples(150))
@given(documents, any_order, st.integers(1, 7))
def test_next_leads_through_the_whole_list_in_its_order(
    shelf: Shelf, documents: list[Json], order: Order, limit: int
) -> None:
    shelf.put(documents)
    pages = list(shelf.walk(order, limit))
    assert [id_ for page in pages for id_ in ids(page)] == in_order(documents, order)
    assert [len(page.items) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert {page.total for page in pages} == {len(documents)}


@settings(steady, max_examples=examples(150))
@given(documents, any_order, st.integers(1, 7))
def test_previous_leads_from_the_last_page_back_to_the_first(
    shelf: Shelf, documents: list[Json], order: Order, limit: int
) -> None:
    shelf.put(documents)
    pages = list(shelf.walk(order, limit, Position(backwards=True)))[::-1]
    assert [id_ for page in pages for id_ in ids(page)] == in_order(documents, order)
    assert pages[-1].next is None
    assert pages[0].previous is None


@settings(steady, max_examples=examples(80))
@given(documents, any_order, st.integers(1, 7))
def test_previous_of_next_is_where_one_came_from(
    shelf: Shelf, documents: list[Json], order: Order, limit: int
) -> None:
    shelf.put(documents)
    pages = list(shelf.walk(order, limit))
    for here, there in pairwise(pages):
        assert there.previous is not None
        assert ids(shelf.page(order, limit, there.previous, Every())) == ids(here)


@settings(steady, max_examples=examples(80))
@given(documents, any_order, st.integers(1, 7))
def test_pages_hold_what_is_asked_for_and_nothing_else(
    shelf: Shelf, documents: list[Json], order: Order, limit: int
) -> None:
    shelf.put(documents)
    where = Compare(("state",), ("sent",))
    wanted = in_order([each for each in documents if each["state"] == "sent"], order)
    pages = list(shelf.walk(order, limit, where=where))
    assert [id_ for page in pages for id_ in ids(page)] == wanted
    assert {page.total for page in pages} == {len(wanted)}


@settings(steady, max_examples=examples(80))
@given(documents, any_order, st.integers(0, 22), st.integers(0, 7))
def test_an_offset_is_a_slice_of_the_list(
    shelf: Shelf, documents: list[Json], order: Order, offset: int, limit: int
) -> None:
    shelf.put(documents)
    page = shelf.store.find(BILL, Query(order=order, window=Window(offset, limit, requested=True)))
    wanted = in_order(documents, order)
    assert ids(page) == wanted[offset : offset + limit]
    assert page.total == len(documents)
    if page.next is not None:
        rest = shelf.walk(order, 7, page.next)
        assert [id_ for page in rest for id_ in ids(page)] == wanted[offset + limit :]


@settings(steady, max_examples=examples(80))
@given(documents, any_order)
def test_a_stream_is_the_whole_list_in_its_order(
    shelf: Shelf, documents: list[Json], order: Order
) -> None:
    shelf.put(documents)
    found = [each["id"] for each in shelf.store.stream(BILL, Query(order=order))]
    assert found == in_order(documents, order)


# ---------------------------------------------------------------- while the list changes


@settings(steady, max_examples=examples(80))
@given(documents, any_order, st.integers(1, 4), st.lists(bills, min_size=1, max_size=12))
def test_what_was_there_is_met_once_however_many_come_in_meanwhile(
    shelf: Shelf, documents: list[Json], order: Order, limit: int, more: list[Json]
) -> None:
    shelf.put(documents)
    coming = [{**each, "id": f"{number:02}x"} for number, each in enumerate(more)]
    found: list[str] = []
    for page in shelf.walk(order, limit):
        found += ids(page)
        if coming:
            shelf.bills.insert_one(to_mongo(coming.pop(), 1))
    wanted = in_order(documents, order)
    assert [id_ for id_ in found if id_ in wanted] == wanted
    assert len(found) == len(set(found))


@pytest.mark.parametrize("order", [(), (Key(("billDate",)),), (Key(("billDate",), True),)], ids=str)
def test_what_was_there_is_met_once_while_a_thread_writes(shelf: Shelf, order: Order) -> None:
    documents = many(1000)
    shelf.put(documents)
    done = threading.Event()

    def write() -> None:
        for each in many(5000, "x"):
            if done.is_set():
                return
            shelf.bills.insert_one(to_mongo(each, 1))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [id_ for page in shelf.walk(order, 7) for id_ in ids(page)]
    finally:
        done.set()
        writer.join()
    assert [id_ for id_ in found if not id_.endswith("x")] == in_order(documents, order)
    assert len(found) == len(set(found))


# ---------------------------------------------------------------- far in


def many(count: int, suffix: str = "") -> list[Json]:
    """Bills over a few hundred days, a tenth of them without a date."""
    dice = random.Random(678)
    found: list[Json] = []
    for number in range(count):
        date = NOON + timedelta(days=dice.randrange(300))
        dated = {"billDate": date} if dice.random() < 0.9 else {}
        found.append({"id": f"{number:06}{suffix}", **dated})
    dice.shuffle(found)
    return found


@pytest.fixture(scope="module")
def long(mongod: Mongod) -> Iterator[Shelf]:
    with Shelf(mongod.uri) as shelf:
        shelf.put(many(20_000))
        yield shelf


def examined(shelf: Shelf, order: Order, position: Position | None, limit: int = 100) -> int:
    """How many index keys MongoDB looks at for a page from the position on."""
    keys, left = 0, limit
    for run in runs(order, position):
        found = shelf.bills.find(run.filter, sort=run.sort, limit=left).explain()
        stats = found["executionStats"]
        keys += stats["totalKeysExamined"]
        left -= stats["nReturned"]
        if not left:
            break
    return keys


@pytest.mark.parametrize("order", [(), (Key(("billDate",)),), (Key(("billDate",), True),)], ids=str)
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("offset", [150, 10_000, 17_500, 19_500])
def test_a_page_far_in_costs_what_the_first_one_costs(
    long: Shelf, order: Order, offset: int, backwards: bool
) -> None:
    (row,) = long.store.find(BILL, Query(order=order, window=Window(offset, 1))).items
    there = position_of(row, order, backwards=backwards)
    assert examined(long, order, there) < 2 * examined(long, order, None)
