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
        self._lock = Lock()

    def of(self, collection: Collection[Stored], selected: Filter) -> int | None:
        """How many documents match, or did lately; None if counting them takes too long."""

        def counted() -> int:
            if not selected:
                return collection.estimated_document_count()
            return collection.count_documents(selected)

        return self.recent((collection.full_name, bson.encode(selected)), counted)

    def recent(self, key: Hashable, count: Callable[[], int | None]) -> int | None:
        """What `count` returns, or did lately for the key; None if MongoDB takes too long for it.

        A count without MongoDB has to end in `seconds` by itself, and then returns None.
        """
        began = self._clock()
        with self._lock:
            cached = self._cached.get(key)
            if cached is not None and began < cached.until:
                return cached.total
            if cached is not None:
                cached.until = began + self.seconds  # others need not count meanwhile
        total = self._counted(count)
        self._cache(key, total, began)
        return total

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
