"""How much a patch does, and where that ends: a small body may ask for any amount of it. Pure."""

from collections.abc import Collection
from typing import Any

from impl.errors import BodyInvalid, Postponed

MAX_WORK = 1_000_000
"""How much one patch may do: a character that it copies is one, a value `VALUE`.

A patch of that much takes about a tenth of a second.
"""
LIGHT = MAX_WORK // 10
"""A patch that does more than this runs alone."""

VALUE = 16
"""What it takes to look at a value, to compare it, or to copy it without its text."""

PATH = 2 * VALUE
"""What it takes to read a character of a path with a query."""


HOLDERS = (dict, list)
"""The types of the JSON values that hold others."""


class Budget:
    """Counts what one patch does, all of its operations together."""

    def __init__(self, *, alone: bool = True) -> None:
        self._done = 0
        self._alone = alone

    def does(self, work: int) -> None:
        """So much more.

        Raises BodyInvalid where that is too much, and Postponed where it is too much for a patch
        that is not `alone` in doing more than a light one.
        """
        self._done += work
        if self._done > MAX_WORK:
            raise BodyInvalid("the patch changes, compares and copies too much")
        if self._done > LIGHT and not self._alone:
            raise Postponed

    def begins(self, text: bytes) -> None:
        """It is of a document of this JSON, which is read, checked and written as a whole.

        That counts for no bound, for whoever has a large document may patch it. Raises Postponed.
        """
        values = sum(map(text.count, (b",", b"{", b"[")))
        if values * VALUE > LIGHT and not self._alone:
            raise Postponed

    def looks(self, values: int) -> None:
        """So many more values are looked at; raises as `does`."""
        self.does(values * VALUE)


def members(value: Any) -> Collection[Any]:
    """The values in an object or an array; none in anything else."""
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def size(value: Any) -> int:
    """What copying a JSON value takes: the characters of its texts and names, and its values."""
    if not isinstance(value, HOLDERS):
        return VALUE + (len(value) if isinstance(value, str) else 0)
    names = sum(map(len, value)) if isinstance(value, dict) else 0
    return VALUE + names + sum(map(size, members(value)))
