"""How large a document may be: no larger than its event may be in the feed, and cheap to read."""

from collections.abc import Mapping
from typing import Any

import bson

from impl.errors import ContentTooLarge
from impl.query.language import Document
from impl.store.pages import Bounds
from impl.store.stored import Stored, inward


def refuse_large(bounds: Bounds, resource: str, document: Mapping[str, Any]) -> None:
    """Raise ContentTooLarge, with the size, for a new document that is over its bound."""
    size = _size(inward(document, 1))
    if size > bounds.document_bytes:
        raise _too_large(resource, size, bounds.document_bytes)


def refuse_larger(
    bounds: Bounds, resource: str, stored: Stored, before: Document | None = None
) -> None:
    """The same for what is about to be written, which may take the spare bytes, too.

    What is over that already may shrink, and grow by the spare bytes.
    """
    size, most = _size(stored), bounds.document_bytes + bounds.spare_bytes
    if size <= most:
        return
    there = _size(inward(before, 1)) if before else 0
    if there <= most or size > there + bounds.spare_bytes:
        raise _too_large(resource, size, bounds.document_bytes)


def _size(stored: Stored) -> int:
    """How many bytes of BSON a document takes, but for what is the store's own."""
    return len(bson.encode({name: stored[name] for name in stored if name[:1] != "_"}))


def _too_large(resource: str, size: int, most: int) -> ContentTooLarge:
    return ContentTooLarge(
        f"the {resource} would take {size} bytes as it is stored; at most {most} are allowed"
    )
