"""Errors of v4's rules, as a client of v5 reads them: they name attributes as v5 does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from impl.errors import ApiError, Place, path
from impl.v5.paths import shown_place

_PART = re.compile(r"\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\.?([^\s.\[\]'\"\\]+)")
"""A part of what `impl.errors.path` writes: an index, a quoted name or a plain one."""


@contextmanager
def named_by_v5(resource: str) -> Iterator[None]:
    """Name the attributes of a v4 document of the resource, in errors raised inside, as v5 does."""
    try:
        yield
    except ApiError as error:
        for each in error.every:
            if each.attribute:
                each.attribute = path(shown_place(_place(each.attribute), resource))
                each.args = (f"{each.attribute}: {each.trouble}",)
        raise


def _place(attribute: str) -> Place:
    return tuple(
        int(index) if index else re.sub(r"\\(.)", r"\1", quoted) or plain
        for index, quoted, plain in _PART.findall(attribute)
    )
