"""The documents of the feed, fetched a few at a time in the order of the feed, or by place."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from typing import Any, TypeAlias

import bson
import structlog
from pymongo.database import Database
from pymongo.errors import PyMongoError

from impl.query.language import Condition, Position
from impl.resources import FEED
from impl.store.collections import COUNTER
from impl.store.documents import Stored
from impl.store.event_batches import MOST_EVENTS
from impl.store.feed_entries import Entry, Found, Search
from impl.store.mongo_query import Filter
from impl.store.pages import STREAM_BYTES
from impl.store.raw_documents import RAW, split
from impl.store.routing import place

FIRST, MOST = 4, 100
"""How many are fetched first, and later at the most; STREAM_BYTES is the other bound."""

UNREADABLE = "faults/feed"
"""The counter of events that can't be read: each process counts and logs one once."""

START = Position()
Turn: TypeAlias = Callable[[], AbstractContextManager[None]]
Step: TypeAlias = tuple[Entry, Iterator[Found]]
"""A document of the feed, and the matches in it."""

log = structlog.get_logger("events")


class FeedWalk:
    """Walks the feed of a database."""

    def __init__(self, database: Database[Stored]) -> None:
        self._feed = database[FEED]
        self._counters = database[COUNTER]
        self._unreadable: set[str] = set()

    def steps(
        self,
        search: Search,
        start: Position = START,
        *,
        turn: Turn = nullcontext,
        end: str | None = None,
    ) -> Iterator[Step]:
        """The matches beyond a place, one document of the feed after the other, as they are read.

        The order is that of the feed, or its opposite if the place is `backwards`. The `end` is the
        place of an entry. Each fetch takes a `turn`.
        """
        there, backwards = start.id, start.backwards
        where, sign = search.entries, -1 if backwards else 1
        if end is not None:
            where = _both({"_id": {"$lte": end}}, where)
        if there is not None:
            where = _both(self._beyond(there, backwards=backwards), where)
        is_beyond = _is_beyond(there, sign)
        for entry in self._entries(where, sign, turn):
            yield entry, entry.found(search, is_beyond, backwards=backwards)

    def at(self, places: Collection[str]) -> Iterator[Found]:
        """The events at these places; each document of the feed is read once."""
        ranges = [{"_id": {"$gte": begin, "$lt": end}} for begin, end in _ranges(sorted(places))]
        if not ranges:
            return
        ids = [each["_id"] for each in self._feed.find({"$or": ranges}, {"_id": 1}).sort("_id", 1)]
        ends = {bisect_left(ids, each) for each in places}
        holding = [ids[index] for index in sorted(ends) if index < len(ids)]
        for entry in self._entries({"_id": {"$in": holding}}, 1, nullcontext):
            yield from entry.found(Search(), places.__contains__)

    def span(self, after: str = "") -> int:
        """How many events there are after a place.

        There are no gaps between the first place and the last one, unless EVENT_RETENTION_DAYS was
        lowered lately.
        """
        ends = [
            each
            for sign in (1, -1)
            for each in self._entries({"_id": {"$gt": after}}, sign, nullcontext, most=1)
        ]
        if not ends:
            return 0
        first = max(ends[0].first, place(int(after) + 1) if after else "")
        return int(ends[-1].place) - int(first) + 1

    def before(self, after: str, where: Condition) -> int:
        """How many events match up to a place in the entry that holds the next one.

        The attributes in the clear must decide the condition.
        """
        entries = self._entries({"_id": {"$gt": after}}, 1, nullcontext, most=1)
        search = Search(where)
        return sum(sum(map(bool, each.places(search, after.__ge__))) for each in entries)

    def _beyond(self, there: str, *, backwards: bool) -> Filter:
        """The filter for documents that may have events beyond the place."""
        if not backwards:
            return {"_id": {"$gt": there}}
        holding = self._feed.find_one({"_id": {"$gte": there}}, {"_id": 1}, sort=[("_id", 1)])
        return {"_id": {"$lte": holding["_id"]}} if holding else {"_id": {"$lt": there}}

    def _entries(
        self, where: Filter, sign: int, turn: Turn, most: int | None = None
    ) -> Iterator[Entry]:
        """The documents that match, each part of them by a query of its own.

        So no cursor stays open while a client reads, and a new primary goes on with the next part.
        """
        size = FIRST if most is None else most
        following: Filter = where
        while True:
            with turn():
                batch, is_last = self._fetched(following, sign, size)
            ids: list[Any] = []
            for raw in split(batch):
                stored = self._decoded(raw)
                ids.append(stored["_id"])
                if len(stored) > 1:
                    yield Entry(raw, stored, self._feed.codec_options, self._report)
            if is_last or most is not None:
                return
            following = _both({"_id": {"$gt" if sign > 0 else "$lt": ids[-1]}}, where)
            size = max(1, min(STREAM_BYTES * len(ids) // len(batch), MOST))

    def _fetched(self, where: Filter, sign: int, size: int) -> tuple[bytes, bool]:
        """The first documents that match, as many as one answer holds; whether these are all."""
        found: Any = self._feed.find_raw_batches(where).sort("_id", sign).limit(size)
        # One more than is wanted: so MongoDB knows that the batch is the last one.
        cursor = found.batch_size(size + 1)
        batch: bytes = next(cursor, b"")
        cut_off = cursor.alive
        cursor.close()
        return batch, not cut_off and sum(1 for _ in split(batch)) < size

    def _decoded(self, raw: bytes) -> Stored:
        """A document of the feed; only its `_id` if it can't be read."""
        try:
            return bson.decode(raw, self._feed.codec_options)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
            (unread,) = bson.decode_all(raw, RAW)
            self._report(str(unread["_id"]), fault)
            return {"_id": unread["_id"]}

    def _report(self, where: str, fault: Exception) -> None:
        """Log and count an event that can't be read, or a whole entry, by its place."""
        if where in self._unreadable:
            return
        self._unreadable.add(where)
        log.error("event unreadable", place=where, reason=type(fault).__name__)
        with suppress(PyMongoError):
            self._counters.update_one({"_id": UNREADABLE}, {"$inc": {"count": 1}}, upsert=True)


def _is_beyond(there: str | None, sign: int) -> Callable[[str], bool]:
    """Whether a place is beyond another, forwards or backwards; None for the edge."""
    if there is None:
        return bool
    return there.__lt__ if sign > 0 else there.__gt__


def _ranges(places: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Ranges of places that have the ends of the entries that hold these places."""
    begin = end = ""
    for each in places:
        if each >= end and begin:
            yield begin, end
        begin = each if each >= end else begin
        end = place(int(each) + MOST_EVENTS)
    if begin:
        yield begin, end


def _both(first: Filter, second: Filter) -> Filter:
    return {"$and": [first, second]} if second else first
