"""Many new documents at once: each made ready first, which is most of the work, then all kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bson import encode
from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection

from impl.store.document_size import refuse_large
from impl.store.documents import Stored, prepare
from impl.store.faults import translated, unique
from impl.store.mongo import Store
from impl.store.outbox import Write


@dataclass(frozen=True)
class New:
    """A new document, the BSON that MongoDB is to hold, and what goes into the outbox with it."""

    document: Mapping[str, Any]
    stored: RawBSONDocument
    rows: Sequence[Stored]


def ready(store: Store, resource: str, document: Mapping[str, Any]) -> New:
    """The document as `insert_many` keeps it under its id, with its event; ContentTooLarge."""
    refuse_large(store.bounds, resource, document)
    stored, made = prepare(resource, document, 1)
    rows = store.outbox.rows(resource, [Write(None, made, stored)])
    return New(document, RawBSONDocument(encode(stored)), rows)


def insert_many(store: Store, resource: str, documents: Sequence[New]) -> None:
    """Keep documents that are ready, with their events, in the transaction that this is in.

    Conflict where an id is taken, which the transaction does not survive.
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
