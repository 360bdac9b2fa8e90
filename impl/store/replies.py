"""Reads that MongoDB answers in one round trip, by commands whose reply holds all documents.

A command takes the driver a third less time than a cursor, and half as many round trips as the raw
batches of an aggregation. The driver does not retry it, so callers fall back to a cursor.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import bson
from pymongo.collection import Collection
from pymongo.errors import ConnectionFailure, OperationFailure

from impl.store.documents import Stored
from impl.store.raw_documents import PART_BYTES, RAW, documents

RETRYABLE = frozenset({6, 7, 89, 134, 262, 9001})
"""Codes after which the driver retries a read, besides those of a ConnectionFailure."""


@contextmanager
def unless_lost() -> Iterator[None]:
    """Suppress the errors of an answer that is lost: the command should be tried again."""
    try:
        yield
    except ConnectionFailure:
        pass
    except OperationFailure as error:
        if error.code not in RETRYABLE:
            raise


def find_one(
    collection: Collection[Stored], id_: str, projection: Mapping[str, Any]
) -> list[Stored] | None:
    """The document of an id, or none, in a list; None if MongoDB's answer was lost."""
    command = {
        "find": collection.name,
        "filter": {"_id": id_},
        "projection": projection,
        "limit": 1,
        "singleBatch": True,
    }
    reply: Any = None
    with unless_lost():
        reply = _reply(collection, command, collection.codec_options)
    return None if reply is None else list(reply["cursor"]["firstBatch"])


def all_of(
    collection: Collection[Stored], command: Mapping[str, Any], most_bytes: int | None
) -> list[Stored] | None:
    """The documents of a `find` or `aggregate`; None if they exceed one reply, or so many bytes."""
    raw = _reply(collection, command, RAW)["cursor"].raw
    small = len(raw) <= PART_BYTES
    cursor = bson.decode(raw, collection.codec_options if small else RAW)
    if cursor["id"]:
        collection.database.command({"killCursors": collection.name, "cursors": [cursor["id"]]})
        return None
    if most_bytes is not None and len(raw) > most_bytes:
        return None
    batch: list[Any] = cursor["firstBatch"]
    if small:
        return batch
    return list(documents(b"".join([each.raw for each in batch]), collection.codec_options))


def _reply(collection: Collection[Stored], command: Mapping[str, Any], options: Any) -> Any:
    """The reply to a command, read from the member and with the read concern of the collection."""
    concern = collection.read_concern.document
    return collection.database.command(
        {**command, **({"readConcern": concern} if concern else {})},
        read_preference=collection.read_preference,
        codec_options=options,
    )
