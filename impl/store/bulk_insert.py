"""Many new documents at once: each is prepared, which is most of the work; then all are stored."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import bson
from bson.raw_bson import RawBSONDocument
from pymongo.collection import Collection

from impl.query.language import Document
from impl.store.document_size import refuse_large_stored
from impl.store.documents import Stored, from_mongo
from impl.store.faults import unique
from impl.store.mongo import Store
from impl.store.outbox import Write
from impl.store.writing import to_stored


class New(NamedTuple):
    """A new document: its id, the BSON that MongoDB will hold, and its rows in the outbox.

    It leaves out the document itself: a batch of thousands would outgrow the processor's caches.
    """

    id: str
    stored: RawBSONDocument
    rows: Sequence[Stored]


def ready(store: Store, resource: str, document: Mapping[str, Any]) -> New:
    """The document as `insert_many` stores it under its id, with its event; ContentTooLarge.

    Records the names of its attributes, and raises Unavailable if the database is away then.
    """
    stored = to_stored(resource, document, 1, store.partitions)
    rows: Sequence[Stored] = ()
    if store.outbox.records:
        rows = store.outbox.rows(resource, [Write(None, from_mongo(dict(stored)), stored)])
    raw = bson.encode(stored)
    refuse_large_stored(store.bounds, resource, stored, len(raw))
    store.names.note(resource, document)
    return New(document["id"], RawBSONDocument(raw), rows)


def decode(store: Store, resource: str, new: New) -> Document:
    """A prepared document as it will be read."""
    collection, _ = store.collection(resource)
    return from_mongo(bson.decode(new.stored.raw, collection.codec_options))


def insert_many(store: Store, resource: str, documents: Sequence[New]) -> None:
    """Store prepared documents, with their events, in the transaction that this is in.

    Conflict if an id is taken, which ends the transaction.
    """
    collection: Collection[Any]
    collection, session = store.collection(resource)

    def write() -> bool:
        collection.insert_many([each.stored for each in documents], ordered=False, session=session)
        return True

    with unique(resource):
        store.outbox.with_rows([row for each in documents for row in each.rows], write)
