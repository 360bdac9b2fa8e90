"""A document between its TMF shape and the one it is stored in: with `_id` and a version."""

from collections.abc import Mapping
from typing import Any

from impl.query.language import Document
from impl.store.bson import decode, encode

Stored = dict[str, Any]
VERSION = "_rev"
EXPIRES = "_expires"
"""When the document may be removed, for those that are."""


def inward(document: Mapping[str, Any], version: int) -> Stored:
    """The document as it is stored."""
    return {"_id": document["id"], VERSION: version, **encode(document)}


def outward(stored: Stored) -> Document:
    """The document that was stored."""
    version = stored.pop(VERSION)
    stored.pop(EXPIRES, None)
    del stored["_id"]
    return Document(decode(stored), version)
