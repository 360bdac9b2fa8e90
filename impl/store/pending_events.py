"""Events that wait to be moved to the feed: read one by one, and made ready, or found to be stuck.

What is wrong with an event is that event's alone, and keeps no other from being moved.
"""

import time
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.timestamp import Timestamp

from impl.events import build
from impl.links import EventLinks
from impl.query.language import Document
from impl.store import access
from impl.store.dead_letters import OUTBOX
from impl.store.documents import EVENT, EXPIRES, OWNERS, Stored, take_hidden, text_of, to_mongo
from impl.store.encoding import decode

LARGEST = 16 * 1024 * 1024
"""The most bytes that MongoDB holds in a document (its BSON limit)."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
LINKS = EventLinks("", "events")
ROUTING_SECONDS = 5
"""After how long no further event is routed in one step of the relay."""


@dataclass(frozen=True)
class Waiting:
    """An event that is not in the feed yet, as MongoDB holds it, and where that is."""

    id: str
    stamp: Timestamp
    event: Stored
    size: int
    collection: str
    row: Any
    """The `_id` of what holds it there."""

    subject: tuple[str, str] = ("", "")
    """The resource that it tells of and that one's id, as far as they can be read."""

    text: bytes | None = None
    """What the document that holds it lacks."""

    beside: Sequence[str] = ()
    """Who owns it by the bill that it tells of."""

    fault: Exception | None = None
    """Why it can't be read."""


@dataclass(frozen=True)
class Routing:
    """An event's subject, whose events keep their order, and the subscriptions it is for."""

    subject: str
    subscriptions: tuple[str, ...]
    unasked: tuple[str, ...] = ()
    """Those that it may be for: their queries take too long to ask."""


@dataclass(frozen=True)
class Ready:
    """An event that can be moved, whom it goes to, and whose it is."""

    event: Document
    routing: Routing
    owners: Sequence[str]

    def stored(self, expires: datetime) -> Stored:
        """The event as the feed holds it."""
        return {EXPIRES: expires, OWNERS: self.owners, **to_mongo(self.event, 1)}


class Immovable(Exception):
    """The feed can't hold the event; the message says why, and quotes nothing."""


def place(position: int) -> str:
    """The id of the event at a position in the feed, in whose order ids are."""
    return f"{position:016}"


def read(found: Waiting, raw: bytes, options: CodecOptions[Stored], *, lacking: bool) -> Waiting:
    """What was found, with its event; or with the fault that keeps that from being read.

    Where the document that holds it is `lacking` its text, that is made.
    """
    subject = ("", "") if found.collection == OUTBOX else (found.collection, str(found.row))
    try:
        row = bson.decode(raw, options)
        if found.collection == OUTBOX:
            event, beside, text = row["event"], row.get("owners", ()), None
            subject = build.subject_by_words(event)
            ((resource, told),) = event["event"].items()
            subject = resource, str(told["id"])
        else:
            envelope, text = dict(take_hidden(row)[EVENT]), None
            found = replace(found, id=envelope["eventId"])
            beside = envelope.pop(OWNERS, ())
            event = {**envelope, "event": {found.collection: row}}
            text = text_of(found.collection, Document(decode(row))) if lacking else None
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
        return replace(found, subject=subject, fault=fault)
    return replace(found, event=event, subject=subject, text=text, beside=beside)


def parted(
    waiting: Sequence[Waiting],
    there: Set[str],
    route: Callable[[Document], Routing],
    now: datetime,
) -> tuple[list[Waiting], list[Ready], list[Stored]]:
    """What can go, of that what is not `there` yet, and notes of what has to be set aside.

    What tells of the same resource as that does neither. After ROUTING_SECONDS the rest is left for
    the next step: the transaction has to end in time.
    """
    until = time.monotonic() + ROUTING_SECONDS
    going: list[Waiting] = []
    ready: list[Ready] = []
    notes: list[Stored] = []
    stuck: set[tuple[str, str]] = set()
    for each in waiting:
        if (going or notes) and time.monotonic() > until:
            break
        if each.subject in stuck:
            continue
        try:
            found = None if each.id in there else _ready(each, route)
        except Exception as fault:  # noqa: BLE001 - it must not keep the others
            notes.append(_note(each, fault, now))
            stuck.update({each.subject} - {("", "")})
            continue
        going.append(each)
        ready += [found] if found else []
    return going, ready, notes


def _note(waiting: Waiting, fault: Exception, now: datetime) -> Stored:
    """What is written down of an event: where it is kept, what it tells of, and why it waits."""
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
    """The event as the feed will hold it; raises what keeps it from being there, or being read."""
    if waiting.fault is not None:
        raise waiting.fault
    event = Document({"id": place(0), **decode(waiting.event)})
    LINKS.one(event)
    ((resource, told),) = event["event"].items()
    owners = sorted({*access.owners(resource, told), *waiting.beside})
    ready = Ready(event, route(event), owners)
    if waiting.size > LARGEST // 4:
        size = len(bson.encode(ready.stored(NEVER)))
        if size > LARGEST:
            raise Immovable(f"the event takes {size} bytes, and the feed holds up to {LARGEST}")
    return ready
