"""A document of the feed as single events: an entry of many, or one event of an earlier release.

The place of an entry is that of its last event; the others have the places before it, without gaps.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

import bson
from bson.codec_options import CodecOptions

from impl.query.evaluate import holds
from impl.query.language import Condition, Document, Every
from impl.store import feed_filter
from impl.store.documents import OWNERS, Stored, from_mongo
from impl.store.encoding import decode
from impl.store.event_batches import BODY, raws
from impl.store.feed_filter import Literals
from impl.store.mongo_query import Filter
from impl.store.routing import place

Report: TypeAlias = Callable[[str, Exception], None]
"""Called with the place of an event, or of an entry, that can't be read, and the reason."""


@dataclass(frozen=True)
class Search:
    """The events that a condition holds for, and that one of the owners owns; None for any."""

    where: Condition = field(default_factory=Every)
    owners: frozenset[str] | None = None

    @cached_property
    def entries(self) -> Filter:
        """The filter for documents of the feed that may have such an event."""
        found = feed_filter.entries(self.where)
        if self.owners is None:
            return found
        owned: Filter = {OWNERS: {"$in": sorted(self.owners)}}
        return {"$and": [owned, found]} if found else owned

    @cached_property
    def clear(self) -> Sequence[Condition]:
        """The parts of the condition that need not be decoded."""
        return [*filter(feed_filter.is_clear, feed_filter.parts(self.where))]

    @cached_property
    def literals(self) -> Literals:
        """Bytes that such an event has."""
        required = feed_filter.literals(self.where)
        return required if self.owners is None else [feed_filter.texts(self.owners), *required]

    def selects(self, event: Document, owners: Sequence[str]) -> bool:
        """Whether the event is one of those."""
        owned = self.owners is None or not self.owners.isdisjoint(owners)
        return owned and holds(self.where, event)


class Found(NamedTuple):
    """An event, with its place as its `id`, and its bytes as it is stored."""

    event: Document
    size: int


@dataclass(frozen=True)
class Entry:
    """A document of the feed, as MongoDB stores it and decoded."""

    raw: bytes
    stored: Stored
    options: CodecOptions[Stored]
    report: Report

    @property
    def place(self) -> str:
        """The place of its last event."""
        return str(self.stored["_id"])

    @property
    def first(self) -> str:
        """The place of its first event."""
        return place(int(self.place) - len(self._of_each("eventId")) + 1)

    def places(self, search: Search, at: Callable[[str], bool]) -> Iterator[str]:
        """The place of each event, blank if its attributes in the clear rule it out."""
        clear = zip(self._of_each("eventId"), self._of_each("eventType"), strict=True)
        for position, (event_id, event_type) in enumerate(clear, int(self.first)):
            event = {"id": place(position), "eventId": event_id, "eventType": event_type}
            is_wanted = at(event["id"]) and all(holds(each, event) for each in search.clear)
            yield event["id"] if is_wanted else ""

    def found(
        self, search: Search, at: Callable[[str], bool], *, backwards: bool = False
    ) -> Iterator[Found]:
        """The events that the search finds at such places; they are decoded as they are read.

        Those that can't be read are reported, and left out.
        """
        try:
            events = self._candidates(search, at)
            for where, raw in reversed([*events]) if backwards else events:
                found = self._read(where, raw, search)
                if found:
                    yield found
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
            self.report(self.place, fault)

    def _candidates(self, search: Search, at: Callable[[str], bool]) -> Iterator[tuple[str, bytes]]:
        """The events that may match, in BSON, each with its place."""
        places = [*self.places(search, at)]
        if not any(places):
            return
        events = raws(self.stored) if BODY in self.stored else (self.raw,)
        for where, raw in zip(places, events, strict=True):
            if where and feed_filter.may_match(raw, search.literals):
                yield where, raw

    def _of_each(self, name: str) -> Sequence[str]:
        """An attribute in the clear, of each event."""
        value = self.stored.get(name, "")
        return value if isinstance(value, list) else [value]

    def _read(self, where: str, raw: bytes, search: Search) -> Found | None:
        """The event, if the search finds it, and it can be read."""
        try:
            stored = bson.decode(raw, self.options)
            owners = stored.pop(OWNERS, ())
            if BODY in self.stored:
                event = Document({"id": where, **decode(stored)}, 1)
            else:
                event = from_mongo(stored)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
            self.report(where, fault)
            return None
        return Found(event, len(raw)) if search.selects(event, owners) else None
