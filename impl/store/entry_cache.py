"""Entries of the feed, read once for all couriers of a worker."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property, partial
from threading import Lock
from typing import Any

import bson
import structlog
from bson.codec_options import CodecOptions

from impl.query.language import Document
from impl.resources import FEED
from impl.store.documents import OWNERS, Stored, from_mongo
from impl.store.encoding import decode
from impl.store.event_batches import BODY, raws
from impl.store.faults import translated
from impl.store.mongo import Store
from impl.store.routing import place

log = structlog.get_logger("events")
MOST_BYTES = 16 * 1024 * 1024
"""How much the cache holds, as MongoDB stores it: 500 entries of 250 small events."""


@dataclass(frozen=True)
class Entry:
    """A document of the feed: a batch of events, or one event of an earlier release."""

    stored: Mapping[str, Any]
    options: CodecOptions[Stored]

    @cached_property
    def subjects(self) -> dict[int, str]:
        """The subject of each event of a batch, by position."""
        subjects = self.stored.get("subject", ())
        return dict(enumerate(subjects, int(self.stored["_id"]) - len(subjects) + 1))

    def events(self, places: Set[str]) -> dict[str, Document]:
        """The events at these places; those that can't be read are left out, and logged."""
        if BODY not in self.stored:
            return self._readable({self.stored["_id"]: lambda: from_mongo(dict(self.stored))})
        readers = {at: partial(self._event, at, raw) for at, raw in self._raws() if at in places}
        return self._readable(readers)

    def _raws(self) -> Iterator[tuple[str, bytes]]:
        try:
            yield from zip(map(place, self.subjects), raws(self.stored), strict=True)
        except Exception as fault:
            log.error("entry", entry=self.stored["_id"], exc_info=fault)

    def _readable(self, readers: Mapping[str, Callable[[], Document]]) -> dict[str, Document]:
        events: dict[str, Document] = {}
        for at, read in readers.items():
            try:
                events[at] = read()
            except Exception as fault:
                log.error("event", place=at, exc_info=fault)
        return events

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        return len(self.stored.get(BODY, "")) + 100 * len(self.subjects)

    def _event(self, at: str, raw: bytes) -> Document:
        event = bson.decode(raw, self.options)
        del event[OWNERS]
        return Document({"id": at, **decode(event)}, 1)


class EntryCache:
    """The entries that were added last; those of one event of an earlier release are not cached."""

    def __init__(self, store: Store) -> None:
        self._feed, _ = store.collection(FEED)
        self._entries: OrderedDict[str, Entry] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, ids: Iterable[str]) -> dict[str, Entry]:
        """The entries with these `_id`s; those that have expired are left out."""
        ids = {*ids}
        with self._lock:
            entries = {id_: self._entries[id_] for id_ in ids & self._entries.keys()}
        if missing := ids - entries.keys():
            with translated():
                rows = list(self._feed.find({"_id": {"$in": [*missing]}}))
            for row in rows:
                entries[row["_id"]] = entry = Entry(row, self._feed.codec_options)
                self._add(entry)
        return entries

    def _add(self, entry: Entry) -> None:
        if BODY not in entry.stored:
            return
        with self._lock:
            if self._entries.setdefault(entry.stored["_id"], entry) is entry:
                self._size += entry.size
            while self._size > MOST_BYTES:
                self._size -= self._entries.popitem(last=False)[1].size
