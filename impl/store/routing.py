"""Pending events, read one by one: each is routed to its subscriptions, or becomes a dead letter.

A fault in one event keeps no other from being published, except those of the same resource.
"""

import time
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.timestamp import Timestamp

from impl.events import build
from impl.links import EventLinks
from impl.query.language import Document
from impl.store import access
from impl.store.collections import OUTBOX
from impl.store.documents import EXPIRES, OWNERS, Stored, take_hidden, to_mongo
from impl.store.encoding import decode
from impl.store.pending_events import EVENT
from impl.store.rendition import rendition

LARGEST = 16 * 1024 * 1024
"""The most bytes that MongoDB holds in a document (its BSON limit)."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
LINKS = EventLinks("", "events")
ROUTING_SECONDS = 5
"""After this time one step of the relay routes no further event."""


@dataclass(frozen=True)
class Waiting:
    """An event that is not in the feed yet, as MongoDB holds it, and where that is."""

    id: str
    stamp: Timestamp
    event: Stored
    size: int
    collection: str
    row: Any
    """The `_id` of the document or the row of the outbox that holds it."""

    subject: tuple[str, str] = ("", "")
    """The resource and the id that it is about, as far as they can be read."""

    text: bytes | None = None
    """The rendition that the document lacks."""

    owners_of_bill: Sequence[str] = ()
    fault: Exception | None = None
    """Why it can't be read."""


@dataclass(frozen=True)
class Routing:
    """An event's subject, whose events keep their order, and the subscriptions it is for."""

    subject: str
    subscriptions: tuple[str, ...]
    unasked: tuple[str, ...] = ()
    """Subscriptions that it may be for: evaluating their queries takes too long."""


@dataclass(frozen=True)
class Ready:
    """An event that can be published, its subscriptions, and its owners."""

    event: Document
    routing: Routing
    owners: Sequence[str]

    def stored(self, expires: datetime) -> Stored:
        """The event as the feed holds it."""
        return {EXPIRES: expires, OWNERS: self.owners, **to_mongo(self.event, 1)}


@dataclass(frozen=True)
class RelayBatch:
    """What one step of the relay does with pending events."""

    moved: list[Waiting] = field(default_factory=list)
    """Those that leave their place, whether the feed has them already or gets them now."""

    ready: list[Ready] = field(default_factory=list)
    dead_letters: list[Stored] = field(default_factory=list)


class Immovable(Exception):
    """The feed can't hold the event; the message says why, and quotes nothing."""


def place(position: int) -> str:
    """The id of the event at a position in the feed; ids are in the order of positions."""
    return f"{position:016}"


def read(waiting: Waiting, raw: bytes, options: CodecOptions[Stored], *, lacking: bool) -> Waiting:
    """The same with the event read from BSON, or with the fault that prevents that.

    If the document that holds it is `lacking` its rendition, that is made, too.
    """
    subject = ("", "") if waiting.collection == OUTBOX else (waiting.collection, str(waiting.row))
    try:
        row = bson.decode(raw, options)
        if waiting.collection == OUTBOX:
            event, owners, text = row["event"], row.get("owners", ()), None
            subject = build.subject_by_words(event)
            ((resource, document),) = event["event"].items()
            subject = resource, str(document["id"])
        else:
            envelope, text = dict(take_hidden(row)[EVENT]), None
            waiting = replace(waiting, id=envelope["eventId"])
            owners = envelope.pop(OWNERS, ())
            event = {**envelope, "event": {waiting.collection: row}}
            text = rendition(waiting.collection, Document(decode(row))) if lacking else None
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
        return replace(waiting, subject=subject, fault=fault)
    return replace(waiting, event=event, subject=subject, text=text, owners_of_bill=owners)


def routed(
    events: Sequence[Waiting],
    published: Set[str],
    route: Callable[[Document], Routing],
    now: datetime,
) -> RelayBatch:
    """The events that can be moved, routed unless they are `published`, and the dead letters.

    Later events of a dead letter's resource wait. After ROUTING_SECONDS the rest is left for the
    next step, because the transaction has to end in time.
    """
    until = time.monotonic() + ROUTING_SECONDS
    batch = RelayBatch()
    stuck: set[tuple[str, str]] = set()
    for each in events:
        if (batch.moved or batch.dead_letters) and time.monotonic() > until:
            break
        if each.subject in stuck:
            continue
        try:
            ready = None if each.id in published else _ready(each, route)
        except Exception as fault:  # noqa: BLE001 - it must not keep the others
            batch.dead_letters.append(_dead_letter(each, fault, now))
            stuck.update({each.subject} - {("", "")})
            continue
        batch.moved.append(each)
        batch.ready.extend([ready] if ready else [])
    return batch


def _dead_letter(waiting: Waiting, fault: Exception, now: datetime) -> Stored:
    """Where an event is stored, what it is about, and why it can't be published."""
    resource, id_ = waiting.subject
    return {
        "_id": f"{waiting.collection}/{waiting.row}",
        "collection": waiting.collection,
        "row": waiting.row,
        "stamp": waiting.stamp,
        "event": waiting.row if waiting.collection == OUTBOX else waiting.id,
        "resource": resource,
        "id": id_,
        "reason": str(fault)
        if isinstance(fault, Immovable)
        else f"the event can't be read ({type(fault).__name__})",
        "since": now,
    }


def _ready(waiting: Waiting, route: Callable[[Document], Routing]) -> Ready:
    """The event as the feed will hold it; raises whatever prevents that, or reading it."""
    if waiting.fault is not None:
        raise waiting.fault
    event = Document({"id": place(0), **decode(waiting.event)})
    LINKS.one(event)
    ((resource, document),) = event["event"].items()
    owners = sorted({*access.owners(resource, document), *waiting.owners_of_bill})
    ready = Ready(event, route(event), owners)
    if waiting.size > LARGEST // 4:
        size = len(bson.encode(ready.stored(NEVER)))
        if size > LARGEST:
            raise Immovable(f"the event takes {size} bytes, and the feed holds up to {LARGEST}")
    return ready
