"""Many new documents at once: each is prepared, which is most of the work; then all are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import encode
from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection

from impl.store.document_size import refuse_large_stored
from impl.store.documents import Stored
from impl.store.faults import translated, unique
from impl.store.mongo import Store
from impl.store.outbox import Write
from impl.store.writing import prepare


@dataclass(frozen=True)
class New:
    """A new document, the BSON that MongoDB will hold, and its rows in the outbox."""

    document: Mapping[str, Any]
    stored: RawBSONDocument
    rows: Sequence[Stored]


def ready(store: Store, resource: str, document: Mapping[str, Any]) -> New:
    """The document as `insert_many` stores it under its id, with its event; ContentTooLarge."""
    stored, after = prepare(resource, document, 1, store.partitions)
    rows = store.outbox.rows(resource, [Write(None, after, stored)])
    raw = encode(stored)
    refuse_large_stored(store.bounds, resource, stored, len(raw))
    return New(document, RawBSONDocument(raw), rows)


def insert_many(store: Store, resource: str, documents: Sequence[New]) -> None:
    """Store prepared documents, with their events, in the transaction that this is in.

    Conflict if an id is taken, which ends the transaction.
    """
    collection: Collection[Any]
    collection, session = store.collection(resource)
    with translated():
        for each in documents:
            store.names.note(resource, each.document)

    def write() -> bool:
        collection.insert_many([each.stored for each in documents], ordered=False, session=session)
        return True

    with unique(resource):
        store.outbox.with_rows([row for each in documents for row in each.rows], write)
