"""JSON read fast where it is plainly right; what is to be looked at closer is left to others. Pure.

`impl/web/body.py` says what can be kept; here is only the way for what is beyond doubt.
"""

from typing import Any

import orjson

from impl.document_limits import MAX_DEPTH, MAX_MEMBERS, MAX_TEXT

UNSURE: Any = object()
"""In place of a value: it may be wrong, and a reader that says how has to judge it."""

_LEAST, _MOST = -(2**63), 2**63 - 1
"""An integer beyond them is read as a float that is, or is the least of them."""


def decode(text: bytes) -> Any:
    """The JSON value, or UNSURE."""
    if len(text) > MAX_TEXT or text.count(b",") >= MAX_MEMBERS:
        return UNSURE
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return UNSURE
    return value if _comes_back(value, text) or _has_each(value, text) else UNSURE


def _comes_back(value: Any, text: bytes) -> bool:
    """Whether the value is written as it was read, to the byte: then nothing is lost of it."""
    if text.count(b"{") + text.count(b"[") > MAX_DEPTH:
        return False
    try:
        return orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER) == text.rstrip(b"\r\n")
    except orjson.JSONEncodeError:
        return False


def _has_each(value: Any, text: bytes) -> bool:
    """Whether each name and text that was read is in the value, and its numbers are within bounds.

    Without a backslash each is two quotes. Where a name comes twice in one object, some are lost.
    """
    return b"\\" not in text and 2 * _texts(value) == text.count(b'"')


def _texts(value: Any) -> int:
    """How many texts and names there are; -1 beyond a bound."""
    level: list[Any] = [[value]]
    count = 0
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for each in level:
            parts = each
            if type(each) is dict:
                count += len(each)
                parts = each.values()
            for part in parts:
                kind = type(part)
                if kind is str:
                    count += 1
                elif kind is dict or kind is list:
                    below.append(part)
                elif (kind is int or kind is float) and not _LEAST < part <= _MOST:
                    return -1
        if not below:
            return count
        level = below
    return -1
