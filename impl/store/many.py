"""Many new documents at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from impl.store.faults import unique
from impl.store.mongo import Store
from impl.store.outbox import Write
from impl.store.stored import kept


def insert_many(store: Store, resource: str, documents: Sequence[Mapping[str, Any]]) -> None:
    """Keep new documents under their ids, in the transaction that this is in.

    Conflict where an id is taken, which the transaction does not survive.
    """
    collection, session = store.collection(resource)
    pairs = [kept(resource, document, 1) for document in documents]

    def write() -> bool:
        new = [stored for stored, _ in pairs]
        collection.insert_many(new, ordered=False, session=session)
        return True

    with unique(resource):
        store.outbox.with_events(
            resource, [Write(None, made, stored) for stored, made in pairs], write
        )
