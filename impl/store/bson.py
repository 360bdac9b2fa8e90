"""Documents as they lie in MongoDB: TMF names and values, with names that MongoDB reads escaped.

A name that is empty, begins with `$`, or holds `.`, NUL or `~` is stored with these written as
`~` and two hexadecimal digits; so is a first-level name that begins with `_`, for those are ours.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_SPECIAL = re.compile(r"[.~\x00]|\A\$|\A\Z")
_ESCAPED = re.compile(r"~([0-9A-F]{2})|\A~\Z")


def encode(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document under the names that it is stored by, its instants in UTC."""
    return {encode_first_name(name): _encoded(value) for name, value in document.items()}


def decode(stored: Mapping[str, Any]) -> dict[str, Any]:
    """The document that `encode` was given."""
    document: dict[str, Any] = _decoded(stored)
    return document


def encode_first_name(name: str) -> str:
    """The name that an attribute of the document itself is stored by."""
    encoded = encode_name(name)
    return f"~5F{encoded[1:]}" if encoded.startswith("_") else encoded


def encode_name(name: str) -> str:
    """The name that an attribute is stored by, below the first level."""
    return _SPECIAL.sub(_escape, name) if _SPECIAL.search(name) else name


def _escape(match: re.Match[str]) -> str:
    return f"~{ord(match[0]):02X}" if match[0] else "~"


def _unescape(match: re.Match[str]) -> str:
    return chr(int(match[1], 16)) if match[1] else ""


def _encoded(value: Any) -> Any:
    if isinstance(value, dict):
        return {encode_name(name): _encoded(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_encoded(member) for member in value]
    return _instant(value) if isinstance(value, datetime) else value


def _instant(value: datetime) -> datetime:
    """In UTC, to the millisecond that a BSON date holds."""
    moment = value.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _decoded(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            (_ESCAPED.sub(_unescape, name) if "~" in name else name): _decoded(member)
            for name, member in value.items()
        }
    if isinstance(value, list):
        return [_decoded(member) for member in value]
    return value
