"""Searches, by pattern or without an index: so many at once, however many are asked for."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC
from uuid import uuid4

import pytest

from generated import schemas
from impl.concurrency import ConcurrencyLimit
from impl.errors import Busy
from impl.query import attributes, parse
from impl.query.language import Compare, Query
from impl.store import faults, pages
from impl.store.embedded import Mongod
from impl.store.faults import SEARCHES, TURN_SECONDS, WAITING_SEARCHES
from impl.store.mongo import Store

BILL = attributes.of(schemas.CustomerBill)
UNSERVED = [
    "x-a=-5",
    "x-a=2026-01-01",
    "category=x",
    "state=new&category=x",
    "state.ne=new",
    "relatedParty.name=zzz",
    "relatedParty.role.ne=payer",
    "sort=-category,billNo",
    "state=new&sort=category",
    "sort=state,-billDate",
    "sort=billDate,state",
    "id.ne=1",
    "billingAccount.id.ne=A",
    "billingAccount.id=A;category=x",
    "filter=[?(!(@.billingAccount.id=='A'))]",
    "filter=taxItem",
    "filter=[?(@.billingAccount.id=='A' || @.x-a==1)]",
]
SERVED = [
    "",
    "offset=5",
    "id=1",
    "id.gt=1&sort=-id",
    "state=new",
    "state=new,sent",
    "state=new;state=sent",
    "billDate.gt=2026-01-01",
    "sort=-billDate",
    "sort=state,billDate",
    "state=new&billDate.gt=2026-01-01&sort=billDate",
    "billingAccount.id=A",
    "billingAccount.id=A&category=x&sort=category",
    "billingAccount.id=A;relatedParty.id=p",
    "filter=relatedParty[?(@.id=='p' %26%26 @.role=='payer')]",
]


def asked(text: str) -> Query:
    return parse.parse(text, BILL, parse.Limits(), UTC)


SEARCH = Query(Compare(("name",), ("b.*",), "regex"))


@pytest.fixture(scope="module")
def store(mongod: Mongod) -> Iterator[Store]:
    store = Store(mongod.uri, f"test-{uuid4().hex}")
    store.insert("things", {"id": "1", "name": "bill"})
    yield store
    store.close()


def test_a_search_past_those_that_run_is_refused_after_a_while(store: Store) -> None:
    with ExitStack() as running:
        for _ in range(SEARCHES):
            running.enter_context(faults._turns.within(0))  # noqa: SLF001
        for search in (store.find, lambda *asked: list(store.stream(*asked))):
            began = time.monotonic()
            with pytest.raises(Busy):
                search("things", SEARCH)
            assert time.monotonic() - began > TURN_SECONDS - 0.1
        assert store.find("things", Query()).items
    assert store.find("things", SEARCH).items
    assert list(store.stream("things", SEARCH))


@pytest.mark.parametrize("few", [0, 1])
def test_what_no_index_serves_takes_a_turn_where_there_is_much(
    store: Store, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(pages, "FEW", few)
    monkeypatch.setattr(faults, "TURN_SECONDS", 0)
    if not store.find("customerBill", Query()).items:
        store.insert("customerBill", {"id": "1", "state": "new"})
    with ExitStack() as running:
        for _ in range(SEARCHES):
            running.enter_context(faults._turns.within(0))  # noqa: SLF001
        for text in UNSERVED:
            query = asked(text)
            if few:
                store.find("customerBill", query)
                continue
            for find in (store.find, lambda *asked: list(store.stream(*asked))):
                with pytest.raises(Busy):
                    find("customerBill", query)
        for text in SERVED:
            store.find("customerBill", asked(text))
            list(store.stream("customerBill", asked(text)))


def test_only_some_wait_for_their_turn() -> None:
    turns, go = ConcurrencyLimit(SEARCHES, WAITING_SEARCHES, "x"), threading.Event()
    refused = threading.Semaphore(0)

    def search() -> bool:
        try:
            with turns.within(20):
                return go.wait(20)
        except Busy:
            refused.release()
            return False

    with ThreadPoolExecutor(40) as pool:
        done = [pool.submit(search) for _ in range(40)]
        for _ in range(40 - SEARCHES - WAITING_SEARCHES):
            assert refused.acquire(timeout=20)
        go.set()
    assert sum(each.result() for each in done) == SEARCHES + WAITING_SEARCHES
    with turns.within(0):
        pass


def test_a_search_that_fails_gives_its_turn_back(store: Store) -> None:
    for _ in range(2 * (SEARCHES + WAITING_SEARCHES)):
        with pytest.raises(KeyError), faults.bounded(SEARCH, served=False):
            raise KeyError
    assert store.find("things", SEARCH).items


def test_a_stream_that_is_not_read_holds_no_turn(store: Store) -> None:
    streams = [store.stream("things", SEARCH) for _ in range(2 * SEARCHES)]
    assert [next(each)["id"] for each in streams] == ["1"] * len(streams)
    assert store.find("things", SEARCH).items
