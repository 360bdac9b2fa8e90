"""One change of many documents, large ones among them, in a transaction.

MongoDB changes large documents in place, with the event in them, and the store does not read them.
It reads all other documents whole, a bounded part at a time. So neither memory nor time grows with
the attributes that do not change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pymongo

from impl.query.language import Compare, Condition, Document
from impl.store.documents import VERSION, Stored
from impl.store.encoding import encode
from impl.store.faults import translated
from impl.store.mongo import Store
from impl.store.outbox import Write
from impl.store.pending_events import LACKS_PENDING_EVENT
from impl.store.rendition import LACKS_RENDITION
from impl.store.writing import update_unread

PART_BYTES = 4 * 1024 * 1024
"""How much is read at a time, as it is stored, but for a single document that is larger."""

SIZE, IN_PLACE = "_size", "_inPlace"
_OUTLINE: Stored = {
    VERSION: 1,
    SIZE: {"$bsonSize": "$$ROOT"},
    IN_PLACE: {"$and": [LACKS_RENDITION, LACKS_PENDING_EVENT]},
}


@dataclass(frozen=True)
class Outline:
    """A document without its attributes: its size, and whether it can be changed in place."""

    id: str
    version: int
    size: int
    in_place: bool


@dataclass(frozen=True)
class BulkChange:
    """Values for attributes of a document, and attributes to remove."""

    values: Mapping[str, Any]
    removed: Sequence[str] = field(default=())

    def of(self, document: Document) -> dict[str, Any]:
        """The document after the change."""
        others = {name: value for name, value in document.items() if name not in self.removed}
        return {**others, **self.values}


def outlines(store: Store, resource: str, where: Condition) -> list[Outline]:
    """The documents that the condition holds for, in the order of ids."""
    rows = store.rows(resource, where, _OUTLINE)
    return [Outline(each["_id"], each[VERSION], each[SIZE], each[IN_PLACE]) for each in rows]


def mark(store: Store, resource: str, documents: Sequence[Outline], change: BulkChange) -> None:
    """Change documents whose outlines were read in the transaction that this is in."""
    in_place = {each for each in documents if each.in_place and store.writer.may_write_unread}
    _in_place(store, resource, [each for each in documents if each in in_place], change)
    for part in _parts([each for each in documents if each not in in_place]):
        whole = store.every(resource, Compare(("id",), tuple(each.id for each in part)))
        store.change_many(resource, [(each, change.of(each)) for each in whole])


def _in_place(
    store: Store, resource: str, documents: Sequence[Outline], change: BulkChange
) -> None:
    if not documents:
        return
    writes = [_write(each, change) for each in documents]
    envelopes = store.outbox.envelopes(resource, writes)
    updates = [
        pymongo.UpdateOne(
            {"_id": each.id, VERSION: each.version},
            update_unread(encode(change.values), envelope, change.removed),
        )
        for each, envelope in zip(documents, envelopes, strict=True)
    ]
    collection, within = store.collection(resource)
    with translated():
        collection.bulk_write(updates, ordered=False, session=within)


def _write(outline: Outline, change: BulkChange) -> Write:
    """The write, as far as its event shows it."""
    before = Document({"id": outline.id}, outline.version)
    return Write(before, Document(change.of(before), outline.version + 1))


def _parts(documents: Sequence[Outline]) -> Iterator[list[Outline]]:
    part: list[Outline] = []
    size = 0
    for each in documents:
        size += each.size
        if part and size > PART_BYTES:
            yield part
            part, size = [], each.size
        part.append(each)
    if part:
        yield part
