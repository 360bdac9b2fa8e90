"""One change of many documents, large ones among them, in a transaction.

The store changes large documents in place, with the event in them, and reads neither. It reads all
other documents whole, a bounded part at a time. So neither memory nor time grows with what the
documents hold beside the change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pymongo

from impl.query.language import Compare, Condition, Document
from impl.store.documents import EVENT, STAMP, TEXT, VERSION, Stored
from impl.store.encoding import encode
from impl.store.faults import translated
from impl.store.mongo import Store
from impl.store.outbox import Write

PART_BYTES = 4 * 1024 * 1024
"""How much is read at a time, as it is stored, but for a single document that is larger."""

SIZE, IN_PLACE = "_size", "_inPlace"
_LACKS = {name: {"$eq": [{"$type": f"${name}"}, "missing"]} for name in (TEXT, STAMP)}
_OUTLINE: Stored = {
    VERSION: 1,
    SIZE: {"$bsonSize": "$$ROOT"},
    IN_PLACE: {"$and": [*_LACKS.values()]},
}


@dataclass(frozen=True)
class Outline:
    """A document without what it holds: how large it is, and whether it is changed in place."""

    id: str
    version: int
    size: int
    in_place: bool


@dataclass(frozen=True)
class Change:
    """Values for attributes of a document, and attributes that it loses."""

    values: Mapping[str, Any]
    lost: Sequence[str] = field(default=())

    def of(self, document: Document) -> dict[str, Any]:
        """The document after the change."""
        kept = {name: value for name, value in document.items() if name not in self.lost}
        return {**kept, **self.values}


def outlines(store: Store, resource: str, where: Condition) -> list[Outline]:
    """What the condition holds for, in the order of ids."""
    found = store.rows(resource, where, _OUTLINE)
    return [Outline(each["_id"], each[VERSION], each[SIZE], each[IN_PLACE]) for each in found]


def mark(store: Store, resource: str, documents: Sequence[Outline], change: Change) -> None:
    """Change documents that were found in the transaction that this is in."""
    here = {each for each in documents if each.in_place and store.may_mark_unread}
    _in_place(store, resource, [each for each in documents if each in here], change)
    for part in _parts([each for each in documents if each not in here]):
        found = store.every(resource, Compare(("id",), tuple(each.id for each in part)))
        store.change_many(resource, [(each, change.of(each)) for each in found])


def _in_place(store: Store, resource: str, documents: Sequence[Outline], change: Change) -> None:
    if not documents:
        return
    writes = [_write(each, change) for each in documents]
    envelopes = store.outbox.envelopes(resource, writes)
    gone = dict.fromkeys(change.lost, "")
    updates = [
        pymongo.UpdateOne(
            {"_id": each.id, VERSION: each.version},
            {
                "$set": {**encode(change.values), EVENT: envelope},
                "$inc": {VERSION: 1},
                "$currentDate": {STAMP: {"$type": "timestamp"}},
                **({"$unset": gone} if gone else {}),
            },
        )
        for each, envelope in zip(documents, envelopes, strict=True)
    ]
    collection, within = store.collection(resource)
    with translated():
        collection.bulk_write(updates, ordered=False, session=within)


def _write(outline: Outline, change: Change) -> Write:
    """The write, as far as its event has to know it."""
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
