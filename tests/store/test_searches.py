"""Searches by pattern: so many at once, however many are asked for."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from uuid import uuid4

import pytest

from impl.errors import Busy
from impl.query.language import Compare, Query
from impl.store import faults
from impl.store.embedded import Mongod
from impl.store.faults import SEARCHES, TURN_SECONDS, WAITING_SEARCHES
from impl.store.mongo import Store
from impl.turns import Turns

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


def test_only_some_wait_for_their_turn() -> None:
    turns, go = Turns(SEARCHES, WAITING_SEARCHES, "x"), threading.Event()
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
        with pytest.raises(KeyError), faults.bounded(SEARCH.where):
            raise KeyError
    assert store.find("things", SEARCH).items


def test_a_stream_that_is_not_read_holds_no_turn(store: Store) -> None:
    streams = [store.stream("things", SEARCH) for _ in range(2 * SEARCHES)]
    assert [next(each)["id"] for each in streams] == ["1"] * len(streams)
    assert store.find("things", SEARCH).items
