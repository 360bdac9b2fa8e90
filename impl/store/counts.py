"""How many documents match, with a cache.

Counting reads an index key for each match, so its cost grows with the data, unlike that of a page.
A count of many is cached for a hundred times as long as it took: so counting takes at the most a
hundredth of the time.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

import bson
import pymongo
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from impl.store.documents import Stored
from impl.store.mongo_query import Filter

MANY = 1_000
"""Counts up to this are not cached."""

WORTH = 100
MOST_SECONDS = 30.0
MOST_CACHED = 1_000

R = TypeVar("R")
Key = tuple[str, bytes]


@dataclass
class _Cached:
    total: int | None
    until: float


class Counts:
    """Counts of documents by filter, each within a time limit."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.seconds = seconds
        self._clock = clock
        self._cached: OrderedDict[Hashable, _Cached] = OrderedDict()
        self._needed: dict[Any, bool] = {}
        self._lock = Lock()

    def of(self, collection: Collection[Stored], selected: Filter) -> int | None:
        """How many documents match, or did lately; None if counting them takes too long."""

        def counted() -> int:
            if not selected:
                return collection.estimated_document_count()
            return collection.count_documents(selected)

        return self.recent(_key(collection, selected), counted)

    def recent(self, key: Hashable, count: Callable[[], int | None]) -> int | None:
        """What `count` returns, or did lately for the key; None if MongoDB takes too long for it.

        A count without MongoDB has to end in `seconds` by itself, and then returns None.
        """
        began = self._clock()
        cached = self._current(key, began)
        if cached is not None:
            return cached.total
        total = self._counted(count)
        self._cache(key, total, began)
        return total

    def beside(
        self,
        collection: Collection[Stored],
        selected: Filter,
        read: Callable[[], tuple[R, int] | None],
    ) -> tuple[R, int] | None:
        """What `read` reads together with the count, within the same limit, and caches the count.

        None without a call if the count is cached, or if `read` returns None or takes too long.
        """
        key, began = _key(collection, selected), self._clock()
        if self._current(key, began) is not None:
            return None
        try:
            with pymongo.timeout(self.seconds):
                result = read()
        except PyMongoError as error:
            if error.timeout:
                return None
            raise
        if result is not None:
            self._cache(key, result[1], began)
        return result

    def expects(self, name: str, selected: Filter, limit: int) -> bool:
        """Whether the last page of such a filter and limit needed a count."""
        return self._needed.get((name, _shape(selected), limit), False)

    def expect(self, name: str, selected: Filter, limit: int, *, needed: bool) -> None:
        """Record whether a page of such a filter and limit needed a count."""
        shape = (name, _shape(selected), limit)
        if self._needed.get(shape, False) != needed:
            self._needed[shape] = needed
            if len(self._needed) > MOST_CACHED:
                self._needed.clear()

    def _current(self, key: Hashable, now: float) -> _Cached | None:
        with self._lock:
            cached = self._cached.get(key)
            if cached is not None and now < cached.until:
                return cached
            if cached is not None:
                cached.until = now + self.seconds  # others need not count meanwhile
            return None

    def _cache(self, key: Hashable, total: int | None, began: float) -> None:
        now = self._clock()
        with self._lock:
            self._cached.pop(key, None)
            if total is None or total > MANY:
                until = now + min(WORTH * (now - began), MOST_SECONDS)
                self._cached[key] = _Cached(total, until)
            if len(self._cached) > MOST_CACHED:
                self._cached.popitem(last=False)

    def _counted(self, count: Callable[[], int | None]) -> int | None:
        try:
            with pymongo.timeout(self.seconds):
                return count()
        except PyMongoError as error:
            if error.timeout:
                return None
            raise


def _key(collection: Collection[Any], selected: Filter) -> Key:
    return collection.full_name, bson.encode(selected)


def _shape(value: Any) -> Any:
    """A filter without its values."""
    if isinstance(value, dict):
        return tuple([(name, _shape(each)) for name, each in value.items()])
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return tuple(map(_shape, value))
    return None
