"""The partitions of the feed (EVENT_PARTITIONS), which are fixed when the database is new. Pure.

The account of a resource decides the partition of its events, or its id if it has no account. Each
partition has a relay, with a lease and a counter of its own. The last event of a resource in a
partition is marked in the outbox: its events in another partition wait for that one.

With one partition, positions have no gaps. With more, each entry of the feed has a block of
positions of its own, and the number of the block says which partition it belongs to. A relay takes
blocks above all that it sees. So the events of one resource are in the order of positions, also
those that are in several partitions.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from zlib import crc32

from pymongo import IndexModel
from pymongo.read_concern import ReadConcern

from impl.resource_row import ACCOUNT
from impl.resources import BY_NAME, FEED, PUBLISHED
from impl.store.collection_names import OUTBOX
from impl.store.pending_events import STAMP

PARTITION = "_partition"
"""The partition of the events of a document, or of a row of the outbox or the feed, if there are
several."""

LAST_OF = "lastOf"
"""The subject whose last event in this partition a row of the outbox holds."""

PREVIOUS = "_previous"
"""The last position in the partition before an entry of the feed."""

BLOCK = 1000
"""The positions of a block: the most events that an entry can hold if there are partitions."""

CONSISTENT = ReadConcern("snapshot")
"""Reads all at one instant. Else a read could miss an event and find a later one of its resource,
which is in another partition."""

Places: TypeAlias = tuple[int, ...]
"""A place in the feed: for each partition, the last position up to it."""


@dataclass(frozen=True)
class Partitions:
    """How many partitions the feed has."""

    count: int = 1

    @property
    def several(self) -> bool:
        """Whether there is more than one."""
        return self.count > 1

    @property
    def read_concern(self) -> ReadConcern | None:
        """How to read what is ordered by position; None for the database's default."""
        return CONSISTENT if self.several else None

    @property
    def leases(self) -> list[str]:
        """The names of the relays' leases."""
        return [_named("relay", each) for each in range(self.count)]

    @property
    def counters(self) -> list[str]:
        """The `_id`s of the counters of positions."""
        return [_named(FEED, each) for each in range(self.count)]

    def of(self, resource: str, document: Mapping[str, Any]) -> int:
        """The partition of the events of a document."""
        value: Any = document
        for name in BY_NAME[resource].owners.get(ACCOUNT, ("id",)):
            value = value.get(name) if isinstance(value, Mapping) else None
        key = value if isinstance(value, str) else document["id"]
        return crc32(key.encode()) % self.count

    def mark(self, partition: int) -> dict[str, Any]:
        """The field that says to which partition something belongs; none if there is one."""
        return {PARTITION: partition} if self.several else {}

    def mark_of(self, resource: str, document: Mapping[str, Any]) -> dict[str, Any]:
        """The mark of a document that has events."""
        if self.several and resource in PUBLISHED:
            return self.mark(self.of(resource, document))
        return {}

    def mark_of_event(
        self, resource: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        """The mark of the event of a write, with LAST_OF if later events are in another partition.

        They may be after a deletion, because another document may get the same id.
        """
        document = before if before is not None else after
        if not self.several or document is None:
            return {}
        own = self.of(resource, document)
        is_last = after is None or self.of(resource, after) != own
        return self.mark(own) | ({LAST_OF: f"{resource}/{document['id']}"} if is_last else {})

    def waiting(self, partition: int | None) -> dict[str, Any]:
        """The condition for the waiting events of a partition; None for those of all.

        Those without a mark are in the first one, however they came there.
        """
        if not self.several or partition is None:
            return {}
        return {PARTITION: {"$in": [0, None]} if partition == 0 else partition}

    def hint(self, stamp: str) -> str | None:
        """The index for the waiting events of a partition in the order of stamps.

        MongoDB might choose the one of all partitions, and read what waits in the others.
        """
        return f"{PARTITION}_1_{stamp}_1__id_1" if self.several else None

    def models(self, collection: str) -> list[IndexModel]:
        """The further indexes of a collection if there are several partitions."""
        if not self.several:
            return []
        if collection == OUTBOX:
            last = IndexModel([(LAST_OF, 1)], partialFilterExpression={LAST_OF: {"$exists": True}})
            return [IndexModel([(PARTITION, 1), ("stamp", 1), ("_id", 1)]), last]
        if collection == FEED:
            return [IndexModel([(PARTITION, 1), ("_id", 1)])]
        if collection in PUBLISHED:
            keys = [(PARTITION, 1), (STAMP, 1), ("_id", 1)]
            return [IndexModel(keys, partialFilterExpression={STAMP: {"$exists": True}})]
        return []

    def spans(self, partition: int, lengths: Sequence[int], highest: int) -> Iterator[range]:
        """The positions of a partition's next entries, which have so many events each.

        They are above `highest`, the highest position of all partitions.
        """
        begin, block = highest + 1, highest // BLOCK + 1
        if self.several:
            begin = (block + (partition - block) % self.count) * BLOCK
        for length in lengths:
            yield range(begin, begin + length)
            begin += self.count * BLOCK if self.several else length

    def at(self, position: int) -> int:
        """The partition of a position."""
        return position // BLOCK % self.count

    def text(self, places: Places) -> str:
        """A place as a text, for cursors and clients."""
        return ".".join(map(str, places)) if self.several else f"{places[0]:016}"

    def read(self, text: str) -> Places | None:
        """The place of a text; None if it is of none."""
        parts = text.split(".")
        if len(parts) != self.count or not all(
            each.isascii() and each.isdecimal() and len(each) <= 16 for each in parts
        ):
            return None
        return tuple(map(int, parts))


def later(one: Places, other: Places) -> Places:
    """The place up to which all is that is up to one of these."""
    return tuple(map(max, one, other))


def passed(position: int, spans: Sequence[range]) -> Places:
    """The place behind an event at a position, to whoever reads these positions in order."""
    return tuple(max(each.start - 1, min(position, each.stop - 1)) for each in spans)


def _named(name: str, partition: int) -> str:
    return f"{name}/{partition}" if partition else name
