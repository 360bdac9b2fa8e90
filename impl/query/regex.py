"""Regular expressions that clients may search with: those that match in linear time.

MongoDB's engine backtracks, so a bad pattern could keep it busy without end. So a pattern must be
one that RE2 reads (no back references, no look around). It must have no choice (`|`, `?`, `*`)
inside an open repetition, and few outside. The store's time limit for a search bounds the rest.
"""

import math
import re
from functools import lru_cache
from importlib import import_module
from typing import Any

import re2

from impl.errors import ParameterInvalid

kinds: Any = import_module("re._constants")  # untyped, in whatever way mypy looks at it
parser: Any = import_module("re._parser")

MAX_LENGTH = 128
MAX_REPEATS = 4
MAX_BOUND = 16
"""A repetition of more than this many times is an open one."""
MAX_WAYS = 16
"""How many ways may lead through the parts that are not open, as a power of two."""
_REPEATS = {kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT}


def checked(name: str, pattern: str) -> str:
    """The pattern; ParameterInvalid, which names the parameter, if clients may not use it."""
    if len(pattern) > MAX_LENGTH:
        raise ParameterInvalid(name, f"a pattern of over {MAX_LENGTH} characters")
    if "\0" in pattern:
        raise ParameterInvalid(name, "a pattern can't hold the character NUL")
    try:
        _compiled(pattern)
        repeats, ways = _measured(parser.parse(pattern))
    except (re2.error, re.error, OverflowError) as error:
        trouble = error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0]
        raise ParameterInvalid(name, f"{pattern!r} can't be searched with: {trouble}") from None
    if repeats > MAX_REPEATS:
        raise ParameterInvalid(name, f"{pattern!r} holds more than {MAX_REPEATS} open repetitions")
    if ways > MAX_WAYS:
        raise ParameterInvalid(name, f"{pattern!r} can match in too many ways")
    return pattern


def search(pattern: str, text: str) -> bool:
    """Whether the pattern matches anywhere in the text."""
    return _compiled(pattern).search(text) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(pattern, options)


def _measured(tree: Any) -> tuple[int, float]:
    """How many open repetitions a parsed pattern has, and how many ways lead through the rest.

    Ways are counted in powers of two. Raises re.error if an open repetition holds a choice: then a
    text can match in more ways than a backtracking engine can try.
    """
    repeats, ways = 0, 0.0
    for kind, argument in tree:
        parts = [_measured(part) for part in inner(argument)]
        inside = sum(part[1] for part in parts)
        repeats += sum(part[0] for part in parts)
        if kind is kinds.BRANCH:
            ways += inside + math.log2(len(parts))
        elif kind not in _REPEATS:
            ways += inside
        elif argument[1] > MAX_BOUND:
            if inside or any(part[0] for part in parts):
                raise re.error("a choice inside a repetition")
            repeats += 1
        else:
            ways += argument[1] * inside + math.log2(1 + argument[1] - argument[0])
            repeats += (argument[1] - 1) * sum(part[0] for part in parts)
    return repeats, ways


def inner(argument: Any) -> list[Any]:
    """The parsed patterns inside an argument of a parsed pattern."""
    if isinstance(argument, parser.SubPattern):
        return [argument]
    if isinstance(argument, (list, tuple)):
        return [part for each in argument for part in inner(each)]
    return []
