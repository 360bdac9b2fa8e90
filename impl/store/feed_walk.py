"""The documents of the feed, fetched a few at a time in the order of the feed, or by place."""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

import bson
import structlog
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database
from pymongo.errors import PyMongoError

from impl.resources import FEED
from impl.store.collection_names import COUNTER
from impl.store.documents import Stored
from impl.store.event_batches import MOST_EVENTS
from impl.store.feed_entries import Entry, Found, Positions, Search
from impl.store.mongo_query import Filter
from impl.store.pages import STREAM_BYTES
from impl.store.partitions import PREVIOUS, Partitions, Places
from impl.store.raw_documents import RAW, split
from impl.store.routing import place
from impl.store.waiting import LENIENT

FIRST, MOST = 2, 100
"""How many are fetched first, and later at the most; STREAM_BYTES is the other bound."""

UNREADABLE = "faults/feed"
"""The counter of events that can't be read: each process counts and logs one once."""

ALL = range(10**16)
"""All positions that places have room for."""

Spans: TypeAlias = tuple[range, ...]
"""The positions to read in each partition."""

Turn: TypeAlias = Callable[[], AbstractContextManager[None]]
log = structlog.get_logger("events")


@dataclass(frozen=True)
class Step:
    """A document of the feed, and what of it a search looks at."""

    entry: Entry
    search: Search
    at: Positions
    backwards: bool = False

    def found(self) -> Iterator[Found]:
        """The matches in it, decoded as they are read."""
        return self.entry.found(self.search, self.at, backwards=self.backwards)

    def count(self) -> int:
        """How many matches it has, if the search needs none decoded; 0 if it can't be read."""
        with suppress(LookupError):
            return len(self.entry.wanted(self.search, self.at))
        return 0


class FeedWalk:
    """Walks the feed of a database."""

    def __init__(self, database: Database[Stored], partitions: Partitions = Partitions()) -> None:
        self._feed = database[FEED]
        self._counters = database[COUNTER]
        self._partitions = partitions
        self._unreadable: set[str] = set()

    def ends(self) -> Places:
        """The place of the last event."""
        names = self._partitions.counters
        counters = self._counters.with_options(read_concern=self._partitions.read_concern)
        last = {each["_id"]: each["position"] for each in counters.find({"_id": {"$in": names}})}
        return tuple(last.get(each, 0) for each in names)

    def has_all_behind(self, places: Places) -> bool:
        """Whether no event behind the place has expired, if there are several partitions."""
        for partition, (there, end) in enumerate(zip(places, self.ends(), strict=True)):
            own = self._partitions.mark(partition)
            first = self._feed.find_one(own, {PREVIOUS: 1}, sort=[("_id", 1)])
            if there < (first[PREVIOUS] if first else end):
                return False
        return True

    def steps(
        self,
        search: Search,
        at: Spans | None = None,
        *,
        backwards: bool = False,
        turn: Turn = nullcontext,
    ) -> Iterator[Step]:
        """The documents that may have matches at some positions, in the order of the feed, or back.

        Without `at`, at all positions. Each fetch takes a `turn`.
        """
        spans = at or (ALL,) * self._partitions.count
        if not any(spans):
            return
        where = _both(self.within(spans), search.entries)
        for entry in self._entries(where, -1 if backwards else 1, turn):
            yield Step(entry, search, spans[self._partitions.at(int(entry.place))], backwards)

    def within(self, at: Spans) -> Filter:
        """The filter for the documents that hold these positions, of which there must be some."""
        parts = [self._in(part, span) for part, span in enumerate(at) if span]
        return parts[0] if len(parts) == 1 else {"$or": parts}

    def _in(self, partition: int, at: range) -> Filter:
        own, bounds = self._partitions.mark(partition), {}
        if at.start:
            bounds["$gte"] = place(at.start)
        if at.stop < ALL.stop:
            last = place(at.stop - 1)
            where = {**own, "_id": {"$gte": last}}
            holding = self._feed.find_one(where, {"_id": 1}, sort=[("_id", 1)])
            bounds["$lte"] = holding["_id"] if holding else last
        return {**own, "_id": bounds} if bounds else own

    def at(self, places: Collection[str]) -> Iterator[Found]:
        """The events at these places; each document of the feed is read once."""
        ranges = [{"_id": {"$gte": begin, "$lt": end}} for begin, end in _ranges(sorted(places))]
        if not ranges:
            return
        ids = [each["_id"] for each in self._feed.find({"$or": ranges}, {"_id": 1}).sort("_id", 1)]
        ends = {bisect_left(ids, each) for each in places}
        holding = [ids[index] for index in sorted(ends) if index < len(ids)]
        positions = frozenset(map(int, places))
        for entry in self._entries({"_id": {"$in": holding}}, 1, nullcontext):
            yield from entry.found(Search(), positions)

    def span(self, begin: int = 0) -> int:
        """How many events there are from a position on.

        There are no gaps between the first event and the last one, unless EVENT_RETENTION_DAYS was
        lowered lately. With several partitions there are gaps, and this is only a bound.
        """
        where = {"_id": {"$gte": place(begin)}}
        first, last = (
            next(self._entries(where, each, nullcontext, 1, {"eventId": 1}), None)
            for each in (1, -1)
        )
        if not first or not last:
            return 0
        return last.positions.stop - max(first.positions.start, begin)

    def before(self, at: Spans, search: Search) -> int:
        """How many matches the documents with the first positions have before these.

        None needs decoding.
        """
        total = 0
        for partition, span in enumerate(at):
            if span and span.start:
                where = self._partitions.mark(partition) | {"_id": {"$gte": place(span.start)}}
                for each in self._entries(where, 1, nullcontext, 1):
                    total += len(each.wanted(search, range(span.start)))
        return total

    def _entries(
        self,
        where: Filter,
        sign: int,
        turn: Turn,
        most: int | None = None,
        projection: Stored | None = None,
    ) -> Iterator[Entry]:
        """The documents that match, each part of them by a query of its own.

        So no cursor stays open while a client reads, and a new primary goes on with the next part.
        """
        size = most or FIRST
        following: Filter = where
        while True:
            with turn():
                batch, is_last = self._fetched(following, sign, size, projection)
            ids: list[Any] = []
            for raw in split(batch):
                stored = RawBSONDocument(raw, RAW)
                id_, is_readable = self._id(stored)
                ids.append(id_)
                if is_readable:
                    yield Entry(stored, self._feed.codec_options, self._report)
            if is_last or most is not None:
                return
            following = _both({"_id": {"$gt" if sign > 0 else "$lt": ids[-1]}}, where)
            size = max(1, min(STREAM_BYTES * len(ids) // len(batch), 2 * size, MOST))

    def _fetched(
        self, where: Filter, sign: int, size: int, projection: Stored | None
    ) -> tuple[bytes, bool]:
        """The first documents that match, as many as one answer holds; whether these are all."""
        found: Any = self._feed.find_raw_batches(where, projection).sort("_id", sign)
        # One more than is wanted: so MongoDB knows that the batch is the last one.
        cursor = found.limit(size).batch_size(size + 1)
        batch: bytes = next(cursor, b"")
        cut_off = cursor.alive
        cursor.close()
        return batch, not cut_off and sum(1 for _ in split(batch)) < size

    def _id(self, stored: RawBSONDocument) -> tuple[Any, bool]:
        """The `_id` of a document of the feed, and whether it can be read."""
        try:
            int(stored["_id"])
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
            id_ = bson.decode(stored.raw, LENIENT)["_id"]
            self._report(str(id_), fault)
            return id_, False
        return stored["_id"], True

    def _report(self, where: str, fault: Exception) -> None:
        """Log and count an event that can't be read, or a whole entry, by its place."""
        if where in self._unreadable:
            return
        self._unreadable.add(where)
        log.error("event unreadable", place=where, reason=type(fault).__name__)
        with suppress(PyMongoError):
            self._counters.update_one({"_id": UNREADABLE}, {"$inc": {"count": 1}}, upsert=True)


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
    return {"$and": [first, second]} if first and second else first or second
