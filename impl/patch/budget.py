"""Bounds the work of one patch, because a small body can cause any amount of it. Pure."""

from collections.abc import Collection
from typing import Any

from impl.errors import BodyInvalid, Postponed

MAX_OPERATIONS = 100
MAX_WORK = 1_000_000
"""The most work of one patch, in copied characters; it takes about a tenth of a second."""

LIGHT = MAX_WORK // 10
"""A heavy patch does more work than this, and runs alone."""

VALUE = 16
"""The work of reading or comparing a value, or of copying it without its text."""

PATH = 2 * VALUE
"""The work of parsing one character of a path with a query."""

HOLDERS = (dict, list)
"""The types of JSON values that contain others."""


def refuse_many(operations: Collection[Any]) -> None:
    """Raise BodyInvalid for a patch of more than MAX_OPERATIONS."""
    if len(operations) > MAX_OPERATIONS:
        raise BodyInvalid(f"a patch of over {MAX_OPERATIONS} operations")


class Budget:
    """Counts the work of one patch, all of its operations together."""

    def __init__(self, *, alone: bool = True) -> None:
        self._done = 0
        self._alone = alone

    def spend(self, work: int) -> None:
        """Count more work.

        Raises BodyInvalid if that is too much, and Postponed if the patch is heavy by now and not
        `alone`.
        """
        self._done += work
        if self._done > MAX_WORK:
            raise BodyInvalid("the patch changes, compares and copies too much")
        if self._done > LIGHT and not self._alone:
            raise Postponed

    def start(self, text: bytes) -> None:
        """Raise Postponed if the document with this JSON is large, and the patch not `alone`.

        The server parses, checks and writes all of the document. That work does not count towards
        the bound: the owner of a large document may patch it.
        """
        values = sum(map(text.count, (b",", b"{", b"[")))
        if values * VALUE > LIGHT and not self._alone:
            raise Postponed

    def spend_values(self, values: int) -> None:
        """Count the reading of more values; raises as `spend`."""
        self.spend(values * VALUE)


def members(value: Any) -> Collection[Any]:
    """The values in an object or an array; none in anything else."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def size(value: Any) -> int:
    """The work of copying a JSON value: the characters of its texts and names, and its values."""
    if not isinstance(value, HOLDERS):
        return VALUE + (len(value) if isinstance(value, str) else 0)
    names = sum(map(len, value)) if isinstance(value, dict) else 0
    return VALUE + names + sum(map(size, members(value)))
