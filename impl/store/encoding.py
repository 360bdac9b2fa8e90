"""Documents as MongoDB stores them: TMF names and values, with names escaped that it would misread.

A name that is empty, begins with `$`, or holds `.`, NUL or `~` is stored with these written as
`~` and two hexadecimal digits. So is a first-level name that begins with `_`, because those are the
store's own.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from operator import is_
from typing import Any

ESCAPE = b"~"
"""The byte that the BSON of a document has if one of its names is escaped."""

_SPECIAL = re.compile(r"[.~\x00]|\A\$|\A\Z")
_SCALARS = frozenset({str, int, float, bool, type(None)})
_ESCAPED = re.compile(r"~([0-9A-F]{2})|\A~\Z")


def encode(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document under the names that it is stored by, its instants in UTC.

    It shares unchanged values with the document.
    """
    return {
        (name if name in _plain else encode_first_name(name)): (
            value if type(value) in _SCALARS else _encoded(value)
        )
        for name, value in document.items()
    }


def decode(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The document that `encode` was given; it shares unchanged values with the stored one."""
    document: dict[str, Any] = _decoded(stored)
    return document


def encode_first_name(name: str) -> str:
    """The name that an attribute of the document itself is stored by."""
    encoded = encode_name(name)
    return f"~5F{encoded[1:]}" if encoded.startswith("_") else encoded


def encode_name(name: str) -> str:
    """The name that an attribute is stored by, below the first level."""
    if name in _plain:
        return name
    if _SPECIAL.search(name):
        return _SPECIAL.sub(_escape, name)
    if name[0] != "_" and len(name) <= LONGEST_CACHED and len(_plain) < MOST_CACHED:
        _plain.add(name)
    return name


LONGEST_CACHED, MOST_CACHED = 64, 4096
_plain: set[str] = set()
"""A cache of names that are stored as they are at any level."""


def _escape(match: re.Match[str]) -> str:
    return f"~{ord(match[0]):02X}" if match[0] else "~"


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else ""


def _encoded(value: Any) -> Any:
    if isinstance(value, dict):
        if _plain.issuperset(value):
            return _members(value, _encoded)
        return {encode_name(name): _encoded(member) for name, member in value.items()}
    if isinstance(value, list):
        return _elements(value, _encoded)
    return _instant(value) if isinstance(value, datetime) else value


def _members(value: dict[str, Any], change: Callable[[Any], Any]) -> dict[str, Any]:
    """An object with its members changed; the same object if none changes."""
    changed = value
    if not _SCALARS.issuperset(map(type, value.values())):
        for name, member in value.items():
            if type(member) not in _SCALARS:
                other = change(member)
                if other is not member:
                    changed = changed if changed is not value else value.copy()
                    changed[name] = other
    return changed


def _elements(value: list[Any], change: Callable[[Any], Any]) -> list[Any]:
    """An array with its elements changed; the same array if none changes."""
    if _SCALARS.issuperset(map(type, value)):
        return value
    changed = [change(element) for element in value]
    return value if all(map(is_, changed, value)) else changed


def _instant(value: datetime) -> datetime:
    """In UTC, to the millisecond that a BSON date holds."""
    moment = value if value.tzinfo is UTC else value.astimezone(UTC)
    odd = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - odd) if odd else moment


def _decoded(value: Any) -> Any:
    if isinstance(value, dict):
        if _plain.issuperset(value):
            return _members(value, _decoded)
        return {_decode_name(name): _decoded(member) for name, member in value.items()}
    if isinstance(value, list):
        return _elements(value, _decoded)
    return value


def _decode_name(name: str) -> str:
    return _ESCAPED.sub(_unescape, name) if "~" in name else encode_name(name)
