"""How many documents match, counted no more often than it is worth.

Counting reads an index key for each match, so it grows with the data as no page does. A count of
many is kept for a hundred times as long as it took: whatever there is, counting takes a hundredth
of the time.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

import bson
import pymongo
from pymongo.collection import Collection
from pymongo.errors import PyMongoError

from impl.store.documents import Stored
from impl.store.mongo_query import Filter

MANY = 1_000
"""Up to so many are counted anew each time."""

WORTH = 100
MOST_SECONDS = 30.0
MOST_KEPT = 1_000


@dataclass
class _Kept:
    total: int | None
    until: float


class Counts:
    """Counts of what filters select, each within a time limit."""

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._kept: OrderedDict[tuple[str, bytes], _Kept] = OrderedDict()
        self._lock = Lock()

    def of(self, collection: Collection[Stored], selected: Filter) -> int | None:
        """How many documents match, now or a while ago; None where counting them takes too long."""
        key = (collection.full_name, bson.encode(selected))
        began = self._clock()
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and began < kept.until:
                return kept.total
            if kept is not None:
                kept.until = began + self._seconds  # others need not count meanwhile
        total = self._counted(collection, selected)
        self._keep(key, total, began)
        return total

    def _keep(self, key: tuple[str, bytes], total: int | None, began: float) -> None:
        now = self._clock()
        with self._lock:
            self._kept.pop(key, None)
            if total is None or total > MANY:
                until = now + min(WORTH * (now - began), MOST_SECONDS)
                self._kept[key] = _Kept(total, until)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def _counted(self, collection: Collection[Stored], selected: Filter) -> int | None:
        try:
            with pymongo.timeout(self._seconds):
                if not selected:
                    return collection.estimated_document_count()
                return collection.count_documents(selected)
        except PyMongoError as error:
            if error.timeout:
                return None
            raise
