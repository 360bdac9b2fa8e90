"""Reservations: documents that a task will change later, in more than one transaction.

A hidden field names the holder. Readers see a reserved document as it was: its version does not
change, and there is no event. Clients can't change it until the holder has changed or released it,
because writes and assignments select documents by their reservation, too (writing.py).
"""

from collections.abc import Collection

from impl.store.documents import RESERVED, Stored
from impl.store.faults import translated
from impl.store.mongo import Store


def reserve(store: Store, resource: str, ids: Collection[str], holder: str) -> None:
    """Reserve documents for a holder, in the transaction that found them unreserved."""
    _update(store, resource, ids, {"$set": {RESERVED: holder}})


def release(store: Store, resource: str, ids: Collection[str]) -> None:
    """Release documents, in the transaction that found them reserved."""
    _update(store, resource, ids, {"$unset": {RESERVED: ""}})


def _update(store: Store, resource: str, ids: Collection[str], update: Stored) -> None:
    documents, within = store.collection(resource)
    with translated():
        documents.update_many({"_id": {"$in": [*ids]}}, update, session=within)
