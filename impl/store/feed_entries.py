"""A document of the feed as single events: an entry of many, or one event of an earlier release.

The place of an entry is that of its last event; the others have the places before it, without gaps.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from impl.query.evaluate import holds
from impl.query.language import Condition, Document, Every, Path
from impl.query.paths import paths
from impl.store import feed_filter
from impl.store.documents import OWNERS, Stored, from_mongo
from impl.store.encoding import decode, encode_first_name, encode_name
from impl.store.event_batches import BODY, body
from impl.store.feed_filter import EVENT_TYPE, Literals
from impl.store.mongo_query import Filter, to_filter
from impl.store.raw_documents import RAW, split
from impl.store.routing import place

Report: TypeAlias = Callable[[str, Exception], None]
"""Called with the place of an event, or of an entry, that can't be read, and the reason."""

Positions: TypeAlias = range | frozenset[int]
"""Positions in the feed: all of a range, or some."""


@dataclass(frozen=True)
class Search:
    """The events that a condition holds for, and that one of the owners owns; None for any."""

    where: Condition = field(default_factory=Every)
    owners: frozenset[str] | None = None
    attributes: tuple[Path, ...] | None = None
    """Where what is wanted of the events begins; None for all of them."""

    @cached_property
    def entries(self) -> Filter:
        """The filter for documents of the feed that may have such an event."""
        filters = [feed_filter.entries(self.where)]
        if not feed_filter.is_clear(self.where):
            filters.append({"$or": [{BODY: {"$exists": True}}, to_filter(self.where)]})
        if self.owners is not None:
            filters.append({OWNERS: {"$in": sorted(self.owners)}})
        filters = [each for each in filters if each]
        return {"$and": filters} if filters else {}

    @cached_property
    def is_clear(self) -> bool:
        """Whether the attributes in the clear decide it."""
        return self.owners is None and feed_filter.is_clear(self.where)

    @cached_property
    def of_type(self) -> Sequence[Condition]:
        """The parts of the condition that the type decides."""
        return [each for each in self.clear if {*paths(each)} <= {EVENT_TYPE}]

    @cached_property
    def clear(self) -> Sequence[Condition]:
        """The parts of the condition that the attributes in the clear decide."""
        return [*filter(feed_filter.is_clear, feed_filter.parts(self.where))]

    @cached_property
    def literals(self) -> Literals:
        """Bytes that such an event has."""
        required = feed_filter.literals(self.where)
        return required if self.owners is None else [feed_filter.texts(self.owners), *required]

    @cached_property
    def compared(self) -> tuple[Path, ...]:
        """The paths in the condition."""
        return tuple(paths(self.where))


class Found(NamedTuple):
    """An event, with its place as its `id`, and its bytes as it is stored."""

    event: Document
    size: int


@dataclass(frozen=True)
class Entry:
    """A document of the feed; objects in it are undecoded until their members are read."""

    stored: RawBSONDocument
    options: CodecOptions[Stored]
    report: Report

    @property
    def place(self) -> str:
        """The place of its last event."""
        return str(self.stored["_id"])

    @property
    def positions(self) -> range:
        """The positions of its events."""
        last = int(self.place)
        return range(last - len(self._of_each("eventId")) + 1, last + 1)

    def wanted(self, search: Search, at: Positions) -> list[int]:
        """The positions of events that the attributes in the clear don't rule out, in order."""
        ids, types, own = self._of_each("eventId"), self._of_each("eventType"), self.positions
        wanted: Collection[int] = _both(own, at)
        if search.of_type:
            right = {
                each: all(holds(part, {"eventType": each}) for part in search.of_type)
                for each in {*types}
            }
            wanted = [each for each in wanted if right[types[each - own.start]]]
        if len(search.clear) == len(search.of_type):
            return [*wanted]
        return [
            each
            for each in wanted
            if _is_clear_of(search, ids[each - own.start], types[each - own.start], each)
        ]

    def found(self, search: Search, at: Positions, *, backwards: bool = False) -> Iterator[Found]:
        """The events that the search finds at such positions; they are decoded as they are read.

        Those that can't be read are reported, and left out.
        """
        try:
            wanted = self.wanted(search, at)
            events = self._raws(search) if wanted else []
            for position in reversed(wanted) if backwards else wanted:
                raw = events[position - self.positions.start] if events else b""
                if raw and feed_filter.may_match(raw, search.literals):
                    found = self._read(place(position), raw, search)
                    if found:
                        yield found
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
            self.report(self.place, fault)

    def _raws(self, search: Search) -> Sequence[bytes]:
        """The events in BSON; none if none of them can match."""
        if BODY not in self.stored:
            return [bytes(self.stored.raw)]
        events = body(self.stored)
        return [*split(events)] if feed_filter.may_match(events, search.literals) else []

    def _of_each(self, name: str) -> Sequence[str]:
        """An attribute in the clear, of each event."""
        value = self.stored.get(name, "")
        return value if isinstance(value, list) else [value]

    def _read(self, where: str, raw: bytes, search: Search) -> Found | None:
        """The event, if the search finds it, and it can be read."""
        try:
            if not self._is_found(where, raw, search):
                return None
            if search.attributes is not None:
                return Found(self._partly(where, raw, search.attributes), len(raw))
            stored = bson.decode(raw, self.options)
            if BODY not in self.stored:
                return Found(from_mongo(stored), len(raw))
            stored.pop(OWNERS)
            return Found(Document({"id": where, **decode(stored)}, 1), len(raw))
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
            self.report(where, fault)
            return None

    def _is_found(self, where: str, raw: bytes, search: Search) -> bool:
        if search.owners is not None:
            owners = RawBSONDocument(raw, RAW).get(OWNERS, ())
            if search.owners.isdisjoint(owners):
                return False
        return search.is_clear or holds(search.where, self._partly(where, raw, search.compared))

    def _partly(self, where: str, raw: bytes, begins: Sequence[Path]) -> Document:
        """The event with only the attributes that the paths begin with.

        That takes a quarter of the time of all of them.
        """
        stored = RawBSONDocument(raw, RAW)
        event = Document({"id": where}, 1)
        for path in begins:
            first = encode_first_name(path[0])
            if len(path) > 2 and first == "event":
                resource, name = stored["event"].get(path[1], {}), encode_name(path[2])
                if name in resource:
                    inner = event.setdefault("event", {}).setdefault(path[1], {})
                    inner[path[2]] = self._plain(resource[name])
            elif first in stored and path != feed_filter.PLACE:
                event[path[0]] = self._plain(stored[first])
        return event

    def _plain(self, value: Any) -> Any:
        """A value of an undecoded document, decoded."""
        if isinstance(value, RawBSONDocument):
            inner: Stored = bson.decode(value.raw, self.options)
            return decode(inner)
        if isinstance(value, datetime):
            return value.replace(tzinfo=UTC)
        return [*map(self._plain, value)] if isinstance(value, list) else value


def _is_clear_of(search: Search, event_id: str, event_type: str, position: int) -> bool:
    event = {"id": place(position), "eventId": event_id, "eventType": event_type}
    return all(holds(each, event) for each in search.clear)


def _both(own: range, at: Positions) -> Collection[int]:
    """The positions in both, in order."""
    if isinstance(at, range):
        return range(max(own.start, at.start), min(own.stop, at.stop))
    return sorted(each for each in at if each in own)
