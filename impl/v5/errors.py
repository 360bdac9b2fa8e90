"""The names of attributes in errors: v4's rules use v4's, and v5's clients read v5's."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from impl.errors import ApiError, Place, path
from impl.v5.paths import shown_place

_PART = re.compile(r"\[([0-9]{1,9})\]|\['((?:[^'\\]|\\.)*+)'\]|\.?([^\s.\[\]'\"\\]++)")
"""A part of what `impl.errors.path` writes: an index, a quoted name or a plain one.

The quantifiers are possessive, so that a long name which is no path takes linear time.
"""

_PATH = re.compile(f"(?:{_PART.pattern})+")


@contextmanager
def named_by_v5(resource: str) -> Iterator[None]:
    """Name the attributes of a v4 document of the resource, in errors raised inside, as v5 does."""
    try:
        yield
    except ApiError as error:
        for each in error.every:
            each.rename(lambda attribute: _named(attribute, lambda at: shown_place(at, resource)))
        raise


@contextmanager
def named_already() -> Iterator[None]:
    """Keep the attributes in errors raised inside, which are about a document of v5."""
    try:
        yield
    except ApiError as error:
        for each in error.every:
            each.is_named = True
        raise


def _named(attribute: str, rename: Callable[[Place], Place]) -> str:
    """An attribute with another name; what is no path, such as a parameter's name, stays."""
    if not _PATH.fullmatch(attribute):
        return attribute
    place = tuple(
        int(index) if index else re.sub(r"\\(.)", r"\1", quoted) or plain
        for index, quoted, plain in _PART.findall(attribute)
    )
    return path(rename(place))
