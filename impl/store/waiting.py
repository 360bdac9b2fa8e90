"""Events that wait for the feed, read as documents and rows of the outbox hold them.

Each is read by itself, so that a fault in one keeps no other from being published.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import bson
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.timestamp import Timestamp

from impl.events import build
from impl.query.language import Document
from impl.store import access
from impl.store.collection_names import OUTBOX
from impl.store.documents import OWNERS, Stored, take_hidden
from impl.store.encoding import decode
from impl.store.event_batches import BODY, BatchedEvent
from impl.store.pending_events import AT_THE_WRITE, EVENT, STAMP
from impl.store.rendition import FIELD, LACKS_RENDITION, rendition

LENIENT: CodecOptions[Stored] = CodecOptions(
    unicode_decode_error_handler="replace", datetime_conversion=DatetimeConversion.DATETIME_AUTO
)
"""Decodes whatever MongoDB stores, to learn what a spoilt event is about."""

MARKED: Stored = {"$set": {FIELD: LACKS_RENDITION}}
"""A stage that leaves out a document's rendition, and says whether it lacks one."""

BATCH_FIELDS = ("eventId", "eventType", "subject", OWNERS, BODY)


@dataclass(slots=True)
class Waiting:
    """An event, or a batch of events, that is not in the feed yet, and where that is stored."""

    collection: str
    row: Any
    """The `_id` of the document or the row of the outbox that holds it."""

    stamp: Timestamp
    id: str
    """The `eventId`, of a batch the first one. Events of one stamp are in the order of ids."""

    size: int
    subjects: Sequence[str] = ()
    """The `resource/id` that each event is about, as far as they can be read."""

    event: Stored = field(default_factory=dict)
    """The event as a batch holds it; empty in a batch."""

    owners: Sequence[str] = ()
    batch: Stored | None = None
    """The batch, without the fields of its row."""

    text: bytes | None = None
    """The rendition that the document lacks."""

    fault: Exception | None = None
    """Why it can't be read."""

    def __len__(self) -> int:
        """How many events these are."""
        return len(self.batch["eventId"]) if self.batch else 1

    def batched(self) -> BatchedEvent:
        """The event, to be put into a batch."""
        return BatchedEvent(self.event, self.subjects[0], self.owners)


def read(collection: str, raw: bytes, options: CodecOptions[Stored]) -> Waiting:
    """The event or the batch in a document or a row, or the fault that prevents reading it."""
    try:
        stored, fault = bson.decode(raw, options), None
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it
        stored, fault = bson.decode(raw, LENIENT), error
    stamp = stored.get("stamp" if collection == OUTBOX else STAMP)
    at = stamp if isinstance(stamp, Timestamp) else AT_THE_WRITE
    row = stored["_id"]
    waiting = Waiting(collection, row, at, str(row), len(raw), fault=fault)
    try:
        if collection != OUTBOX:
            _read_document(waiting, stored)
        elif BODY in stored:
            _read_batch(waiting, stored)
        else:
            _read_row(waiting, stored)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it
        waiting.fault = waiting.fault or error
    return waiting


def _read_document(waiting: Waiting, stored: Stored) -> None:
    hidden = take_hidden(stored)
    waiting.subjects = (f"{waiting.collection}/{waiting.row}",)
    envelope = dict(hidden[EVENT])
    waiting.id = envelope["eventId"]
    owners = envelope.pop(OWNERS, ())
    waiting.event = {**envelope, "event": {waiting.collection: stored}}
    waiting.owners = sorted({*access.owners(waiting.collection, stored), *owners})
    if hidden[FIELD] and not waiting.fault:
        waiting.text = rendition(waiting.collection, Document(decode(stored)))


def _read_row(waiting: Waiting, stored: Stored) -> None:
    event: Stored = stored["event"]
    subject = stored.get("subject") or "/".join(build.subject_by_words(event))
    waiting.subjects = (subject,) if subject != "/" else ()
    owners = {*stored.get("owners", ()), *event.pop(OWNERS, ())}
    ((resource, document),) = event["event"].items()
    waiting.subjects = (stored.get("subject") or f"{resource}/{document['id']}",)
    waiting.event = event
    waiting.owners = sorted({*access.owners(resource, document), *owners})


def _read_batch(waiting: Waiting, stored: Stored) -> None:
    batch = {name: stored[name] for name in BATCH_FIELDS}
    waiting.subjects = [str(each) for each in batch["subject"]]
    if not len(batch["eventId"]) == len(batch["eventType"]) == len(batch["subject"]) > 0:
        raise ValueError("not as many ids as types and subjects")
    waiting.batch = batch
