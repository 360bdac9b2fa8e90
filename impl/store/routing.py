"""Waiting events on their way: each is routed to its subscriptions, or becomes a dead letter.

An event that can't be moved keeps no other from being published, except those of the same resource.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, TypeAlias

import bson
import orjson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp

from impl.links import EventLinks
from impl.query.language import Document
from impl.store.collection_names import OUTBOX
from impl.store.documents import Stored
from impl.store.encoding import decode
from impl.store.event_batches import pack, raws, unpack
from impl.store.waiting import LENIENT, Waiting

LARGEST = 16 * 1024 * 1024
"""The most bytes that MongoDB holds in a document (its BSON limit)."""

LARGEST_IN_A_ROW = LARGEST - 4096
"""The largest event that a row of the outbox or an entry holds, with its other fields."""

MOST_UNCHECKED = 4 * 1024 * 1024
"""An event of up to this many bytes fits into the feed, whatever its owners."""

LINKS = EventLinks("", "events")
ROUTING_SECONDS = 5
"""After this time one step of the relay routes no further event."""


@dataclass(frozen=True)
class Routing:
    """An event's subject, whose events keep their order, and the subscriptions it is for."""

    subject: str
    subscriptions: tuple[str, ...]
    unasked: tuple[str, ...] = ()
    """Subscriptions that it may be for: evaluating their queries takes too long."""


Route: TypeAlias = Callable[[Document], Routing]


@dataclass(frozen=True)
class Ready:
    """An event or a batch that can be published; the routing of each event, if it was routed."""

    waiting: Waiting
    routings: Sequence[Routing] = ()


@dataclass(frozen=True)
class Entry:
    """A batch that the feed will hold; the routing of each event, if it was routed."""

    batch: Stored
    routings: Sequence[Routing]

    def __len__(self) -> int:
        """How many events it holds."""
        return len(self.batch["eventId"])


@dataclass
class RelayStep:
    """What one step of the relay does."""

    moved: list[Waiting] = field(default_factory=list)
    """Events and batches that need not wait any more."""

    ready: list[Ready] = field(default_factory=list)
    """Those of them that are published by this step."""

    dead_letters: list[Stored] = field(default_factory=list)
    split: Waiting | None = None
    """A batch that ends the step, because its events have to be moved one by one."""


class Immovable(Exception):
    """The event can't be moved; the message says why, and quotes nothing."""


class _Split(Exception):
    """The events of the batch have to be moved one by one."""


def place(position: int) -> str:
    """The id of the event at a position in the feed; ids are in the order of positions."""
    return f"{position:016}"


def entries(ready: Sequence[Ready]) -> Iterator[Entry]:
    """The entries of the feed for these: single events in a row are packed together."""
    for is_batch, group in groupby(ready, key=lambda each: each.waiting.batch is not None):
        if is_batch:
            yield from (Entry(each.waiting.batch or {}, each.routings) for each in group)
        else:
            yield from _packed(list(group))


def _packed(ready: Sequence[Ready]) -> Iterator[Entry]:
    """Entries of single events, each with the routings of its events."""
    routings = [routing for each in ready for routing in each.routings]
    begin = 0
    for batch in pack(each.waiting.batched() for each in ready):
        end = begin + len(batch["eventId"])
        yield Entry(batch, routings[begin:end])
        begin = end


@dataclass
class Router:
    """Decides what one step does with each waiting event or batch.

    Without `route` there are no subscriptions, and a batch is not even decompressed.
    """

    route: Route | None
    options: CodecOptions[Stored]
    now: datetime
    most: int
    """A larger batch is split."""

    stuck: set[str]
    """Subjects of dead letters; events of these wait."""

    behind: Mapping[str, tuple[Timestamp, str]] = field(default_factory=dict)
    """Subjects whose events wait if they are later than this stamp and id."""

    def routed(self, waiting: Sequence[Waiting], published: Set[str]) -> RelayStep:
        """The events and batches that can be moved, and the dead letters.

        Single events that are `published` already are moved, but not ready. After ROUTING_SECONDS
        the rest is left for the next step, because the transaction has to end in time.
        """
        until = time.monotonic() + ROUTING_SECONDS
        step = RelayStep()
        for each in waiting:
            if (step.moved or step.dead_letters) and time.monotonic() > until:
                break
            if self.behind:
                self.stuck.update(filter(partial(self._is_behind, each), each.subjects))
            if each.batch is None and not self.stuck.isdisjoint(each.subjects):
                continue
            try:
                is_new = each.batch is not None or each.id not in published
                ready = Ready(each, self._routings(each, until)) if is_new else None
            except _Split:
                step.split = each
                break
            except Exception as fault:  # noqa: BLE001 - it must not keep the others
                step.dead_letters.append(dead_letter(each, fault, self.now))
                self.stuck.update(each.subjects)
                continue
            step.moved.append(each)
            step.ready.extend([ready] if ready else [])
        return step

    def _is_behind(self, waiting: Waiting, subject: str) -> bool:
        first = self.behind.get(subject)
        return first is not None and first < (waiting.stamp, waiting.id)

    def _routings(self, waiting: Waiting, until: float) -> Sequence[Routing]:
        """The routing of each event; raises whatever prevents publishing it, or _Split."""
        if waiting.fault is not None:
            raise waiting.fault
        if waiting.batch is None:
            return self._routing_of_one(waiting)
        if len(waiting) > self.most or not self.stuck.isdisjoint(waiting.subjects):
            raise _Split
        if self.route is None:
            return ()
        try:
            return list(self._routings_of_batch(waiting.batch, self.route, until))
        except Exception as fault:
            raise _Split from fault

    def _routing_of_one(self, waiting: Waiting) -> Sequence[Routing]:
        event = waiting.event
        if not (isinstance(event["eventId"], str) and isinstance(event["eventType"], str)):
            raise TypeError
        orjson.dumps(LINKS.added(event))  # proves that the event can be shown
        if waiting.size > MOST_UNCHECKED:
            _refuse_too_large(waiting)
        return (self.route(_as_routed(event)),) if self.route else ()

    def _routings_of_batch(self, batch: Stored, route: Route, until: float) -> Iterator[Routing]:
        for each in unpack(batch, self.options):
            if time.monotonic() > until:
                raise _Split
            yield route(_as_routed(each.event))


def _refuse_too_large(waiting: Waiting) -> None:
    """Raise Immovable if the feed can't hold the event because of its owners.

    The event itself fits: random text, the least compressible JSON, shrinks by an eighth.
    """
    (batch,) = pack([waiting.batched()])
    if (size := len(bson.encode(batch))) > LARGEST_IN_A_ROW:
        raise Immovable(f"the event takes {size} bytes, and the feed holds up to {LARGEST}")


def _as_routed(event: Stored) -> Document:
    """The event as queries see it, at the beginning of the feed."""
    return Document({"id": place(0), **decode(event)})


def split(waiting: Waiting) -> list[Stored]:
    """The rows of the outbox that hold the events of a batch one by one, in their order.

    The events are not read, so that one that can't be read becomes a dead letter by itself. Raises
    Immovable if the batch can't be split.
    """
    batch = waiting.batch or {}
    try:
        events = list(raws(batch))
        for each in events:
            bson.decode(each, LENIENT)
    except Exception as fault:
        raise Immovable(
            f"the batch of {len(waiting)} events can't be read ({type(fault).__name__})"
        ) from fault
    if len(events) != len(waiting):
        raise Immovable(f"the batch of {len(waiting)} events holds {len(events)}")
    if (largest := max(map(len, events))) > LARGEST_IN_A_ROW:
        raise Immovable(f"the event takes {largest} bytes, and the outbox holds up to {LARGEST}")
    return [
        {"_id": id_, "stamp": waiting.stamp, "subject": subject, "event": RawBSONDocument(raw)}
        for id_, subject, raw in zip(batch["eventId"], waiting.subjects, events, strict=True)
    ]


def dead_letter(waiting: Waiting, fault: Exception, now: datetime) -> Stored:
    """Where an event or a batch is stored, what it is about, and why it can't be published."""
    is_batch = len(waiting.subjects) > 1
    subject = waiting.subjects[0] if waiting.subjects and not is_batch else "/"
    resource, _, id_ = subject.partition("/")
    reads: dict[str, Any] = {"subjects": list(waiting.subjects)} if is_batch else {}
    return {
        "_id": f"{waiting.collection}/{waiting.row}",
        "collection": waiting.collection,
        "row": waiting.row,
        "stamp": waiting.stamp,
        "event": waiting.row if waiting.collection == OUTBOX else waiting.id,
        "resource": resource,
        "id": id_,
        **reads,
        "reason": str(fault)
        if isinstance(fault, Immovable)
        else f"the event can't be read ({type(fault).__name__})",
        "since": now,
    }
