"""How large a document may be: no larger than its event may be in the feed, and cheap to read."""

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
"""Bytes of BSON that hold no more values: an empty object takes 8 in an array, and a null 3."""


def refuse_large(bounds: StoreLimits, resource: str, document: Mapping[str, Any]) -> None:
    """Raise ContentTooLarge, with the size, for a new document that is over its bounds."""
    stored = to_mongo(document, 1)
    size = _size(stored)
    if size > bounds.document_bytes:
        raise _too_large(resource, size, bounds.document_bytes)
    _refuse_crowded(resource, stored, size, None)


def refuse_larger(
    bounds: StoreLimits, resource: str, stored: Stored, before: Document | None = None
) -> None:
    """The same for what is about to be written, which may take the spare bytes, too.

    What is over that already may shrink, and grow by the spare bytes. They are for few
    values.
    """
    size, most = _size(stored), bounds.document_bytes + bounds.spare_bytes
    if size > most:
        there = _size(to_mongo(before, 1)) if before else 0
        if there <= most or size > there + bounds.spare_bytes:
            raise _too_large(resource, size, bounds.document_bytes)
    if not bounds.spare_bytes:
        _refuse_crowded(resource, stored, size, before)


def _size(stored: Stored) -> int:
    """How many bytes of BSON a document takes, but for what is the store's own."""
    return len(bson.encode(_told(stored)))


def _told(stored: Stored) -> Stored:
    return {name: stored[name] for name in stored if name[:1] != "_"}


def _refuse_crowded(resource: str, stored: Stored, size: int, before: Document | None) -> None:
    """Raise ContentTooLarge where a document holds too many values, and more than before."""
    if size <= UNCROWDED:
        return
    counts = _counts(_told(stored))
    if counts[0] <= MAX_HOLDERS and counts[1] <= MAX_VALUES:
        return
    there = _counts({**before}) if before else (0, 0)
    for what, count, had, most in zip(
        ("objects and arrays", "values"), counts, there, (MAX_HOLDERS, MAX_VALUES), strict=True
    ):
        if count > max(had, most):
            raise ContentTooLarge(
                f"the {resource} would hold {count} {what}; up to {most} are kept"
            )


def _counts(value: Any) -> tuple[int, int]:
    """How many objects and arrays a value consists of, and values beside the first of each."""
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
