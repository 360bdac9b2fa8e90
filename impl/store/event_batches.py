"""Batches of events: the events of one transaction in one document of the outbox or the feed.

The events are compressed: 25 rates of a bill take 14 times less, and one insert. Beside them, in
the clear and indexed, stand their ids, types, subjects and owners, by which MongoDB finds the
batches that may hold an event. A batch is bounded, so that reading one event of it stays cheap.
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

import bson
from bson.binary import Binary
from bson.codec_options import CodecOptions

from impl.store.documents import OWNERS, Stored
from impl.store.raw_documents import split

BODY = "_batch"
"""The compressed events. A document of the outbox or the feed without it is one event."""

MOST_EVENTS = 250
MOST_BYTES = 256 * 1024
"""How much a batch holds before it is compressed, but for a single event that is larger."""

LEVEL = 3
"""Of zlib: 2 us for an event of 800 bytes, as level 1, and 7 % smaller; level 6 takes 5 us."""


class BatchedEvent(NamedTuple):
    """An event as it is stored, without a place in the feed; its subject and its owners."""

    event: Stored
    subject: str
    owners: Sequence[str] = ()


def pack(events: Iterable[BatchedEvent]) -> Iterator[Stored]:
    """The batches that hold the events, in their order; each still needs an `_id`."""
    part: list[tuple[BatchedEvent, bytes]] = []
    size = 0
    for each in events:
        raw = bson.encode(each.event | {OWNERS: [*each.owners]})
        if part and (size + len(raw) > MOST_BYTES or len(part) == MOST_EVENTS):
            yield _batch(part)
            part, size = [], 0
        part.append((each, raw))
        size += len(raw)
    if part:
        yield _batch(part)


def unpack(
    batch: Mapping[str, Any], options: CodecOptions[Stored], begin: int = 0
) -> Iterator[BatchedEvent]:
    """The events of a batch, from the one at index `begin` on."""
    subjects = islice(batch["subject"], begin, None)
    for subject, raw in zip(subjects, islice(raws(batch), begin, None), strict=True):
        event = bson.decode(raw, options)
        yield BatchedEvent(event, subject, event.pop(OWNERS))


def raws(batch: Mapping[str, Any]) -> Iterator[bytes]:
    """The BSON of each event of a batch, not decoded."""
    return split(body(batch))


def body(batch: Mapping[str, Any]) -> bytes:
    """The BSON of the events of a batch, one after the other."""
    return zlib.decompress(batch[BODY])


def _batch(part: Sequence[tuple[BatchedEvent, bytes]]) -> Stored:
    events = [each for each, _ in part]
    return {
        "eventId": [each.event["eventId"] for each in events],
        "eventType": [each.event["eventType"] for each in events],
        "subject": [each.subject for each in events],
        OWNERS: sorted({owner for each in events for owner in each.owners}),
        BODY: Binary(zlib.compress(b"".join(raw for _, raw in part), LEVEL)),
    }
