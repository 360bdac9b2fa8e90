"""A fast JSON decoder for bodies that are valid beyond doubt. Pure.

`impl/web/body.py` has the rules for bodies, and decodes those that this module is unsure of.
"""

from typing import Any

import orjson

from impl.document_limits import MAX_DEPTH, MAX_MEMBERS, MAX_TEXT

UNSURE: Any = object()
"""Returned for a body that may be invalid; a slower decoder has to find out, and say why."""

_LEAST, _MOST = -(2**63), 2**63 - 1
"""orjson decodes an integer beyond these as a float, which is beyond them, too, or the least."""


def decode(text: bytes) -> Any:
    """The JSON value, or UNSURE."""
    if len(text) > MAX_TEXT or text.count(b",") >= MAX_MEMBERS:
        return UNSURE
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return UNSURE
    return value if _encodes_back(value, text) or _has_all_texts(value, text) else UNSURE


def _encodes_back(value: Any, text: bytes) -> bool:
    """Whether the value encodes to the same bytes, so that decoding lost nothing."""
    if text.count(b"{") + text.count(b"[") > MAX_DEPTH:
        return False
    try:
        return orjson.dumps(value, option=orjson.OPT_STRICT_INTEGER) == text.rstrip(b"\r\n")
    except orjson.JSONEncodeError:
        return False


def _has_all_texts(value: Any, text: bytes) -> bool:
    """Whether the value has every name and text of the JSON, and only numbers within bounds.

    Without backslashes each of them is two quotes. A name that an object has twice is lost, and so
    the counts differ.
    """
    return b"\\" not in text and 2 * _texts(value) == text.count(b'"')


def _texts(value: Any) -> int:
    """The number of texts and names; -1 if the value is too deep, or a number too large."""
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
