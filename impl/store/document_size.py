"""The bounds of a document: its event must fit into the feed, and reading it must be cheap."""

from collections.abc import Mapping
from typing import Any

import bson

from impl.document_limits import MAX_HOLDERS, MAX_VALUES
from impl.errors import ContentTooLarge
from impl.query.language import Document
from impl.store.documents import Stored, to_mongo
from impl.store.pages import StoreLimits

HOLDERS = frozenset({dict, list})
UNCROWDED = min(8 * MAX_HOLDERS, 3 * MAX_VALUES)
"""Bytes of BSON that can't hold too many: in an array an empty object takes 8, and a null 3."""


def refuse_large(bounds: StoreLimits, resource: str, document: Mapping[str, Any]) -> None:
    """Raise ContentTooLarge, with the size, if a new document is over its bounds."""
    _refuse_large(bounds, resource, to_mongo(document, 1))


def refuse_large_stored(
    bounds: StoreLimits, resource: str, stored: Stored, stored_bytes: int
) -> None:
    """The same for a document as it will be stored, which takes so many bytes of BSON in all."""
    if stored_bytes > min(bounds.document_bytes, UNCROWDED):
        _refuse_large(bounds, resource, stored)


def _refuse_large(bounds: StoreLimits, resource: str, stored: Stored) -> None:
    size = _size(stored)
    if size > bounds.document_bytes:
        raise _too_large(resource, size, bounds.document_bytes)
    _refuse_crowded(resource, stored, size, None)


def refuse_larger(
    bounds: StoreLimits, resource: str, stored: Stored, before: Document | None = None
) -> None:
    """The same for a document about to be written, which may take the spare bytes, too.

    A document that is over its bounds already may shrink, or grow by the spare bytes, which hold
    few values.
    """
    size, most = _size(stored), bounds.document_bytes + bounds.spare_bytes
    if size > most:
        size_before = _size(to_mongo(before, 1)) if before else 0
        if size_before <= most or size > size_before + bounds.spare_bytes:
            raise _too_large(resource, size, bounds.document_bytes)
    if not bounds.spare_bytes:
        _refuse_crowded(resource, stored, size, before)


def _size(stored: Stored) -> int:
    """The bytes of BSON of a document, without the store's own fields."""
    return len(bson.encode(_visible(stored)))


def _visible(stored: Stored) -> Stored:
    return {name: stored[name] for name in stored if name[:1] != "_"}


def _refuse_crowded(resource: str, stored: Stored, size: int, before: Document | None) -> None:
    """Raise ContentTooLarge if a document holds too many values, and more than before."""
    if size <= UNCROWDED:
        return
    counts = _counts(_visible(stored))
    if counts[0] <= MAX_HOLDERS and counts[1] <= MAX_VALUES:
        return
    counts_before = _counts({**before}) if before else (0, 0)
    for what, count, had, most in zip(
        ("objects and arrays", "values"),
        counts,
        counts_before,
        (MAX_HOLDERS, MAX_VALUES),
        strict=True,
    ):
        if count > max(had, most):
            raise ContentTooLarge(
                f"the {resource} would hold {count} {what}; up to {most} are kept"
            )


def _counts(value: Any) -> tuple[int, int]:
    """The number of objects and arrays in a value, and of their members after the first of each."""
    holders = values = 0
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        holders += 1
        values += max(len(holder) - 1, 0)
        below = holder.values() if isinstance(holder, dict) else holder
        if not HOLDERS.isdisjoint(map(type, below)):
            waiting += [each for each in below if type(each) in HOLDERS]
    return holders, values


def _too_large(resource: str, size: int, most: int) -> ContentTooLarge:
    return ContentTooLarge(
        f"the {resource} would take {size} bytes as it is stored; at most {most} are allowed"
    )
