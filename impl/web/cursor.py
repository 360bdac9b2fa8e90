"""`cursor=`: a position in a list as an opaque text, checked when a client sends it back.

A cursor is valid only for the list that it was made for. So it has a digest of the list's name,
filters and sort, and one of itself. The digests guard against mistakes. They need not guard against
forgers, who would gain nothing: a cursor only says where to begin, and all filters still apply.
"""

import base64
import hashlib
from collections.abc import Container
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote_plus

import orjson

from impl.errors import ParameterInvalid
from impl.query.filters import IGNORED, Filter
from impl.query.language import Position, Value

MAX_LENGTH = 4096
DIGEST_BYTES = 6
PAGING = ("cursor", "limit", "offset", "fields", IGNORED)
"""Parameters that leave the list the same, and only choose a part of it or its attributes."""


def to_text(position: Position, listed: str) -> str:
    """The cursor for a position in a list with a name such as `customerBill?state=sent`."""
    values = [_plain(value) for value in position.values]
    content = orjson.dumps([position.backwards, position.id, values])
    list_digest = _list_digest(listed)
    raw = list_digest + _digest(list_digest + content) + content
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def from_text(text: str, listed: str, keys: int) -> Position:
    """The position that a cursor names in a list with this many sort keys; ParameterInvalid."""
    try:
        raw = _decoded(text)
        position = _position(raw[2 * DIGEST_BYTES :], keys)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise ParameterInvalid("cursor", "was not made by this server") from None
    if raw[:DIGEST_BYTES] != _list_digest(listed):
        raise ParameterInvalid("cursor", "was made for another filter or sort")
    if to_text(position, listed) != text:
        raise ParameterInvalid("cursor", "was not made by this server")
    return position


def without(query_string: str, names: Container[str]) -> str:
    """The query string without the parameters of these names."""
    return "&".join(part for part in query_string.split("&") if part and not _is(part, names))


def as_url(query_string: str) -> str:
    """The query string with every character encoded that a URL can't hold (RFC 3986)."""
    return quote(query_string, safe="!$&'()*+,/:;=?@%")


def _is(part: str, names: Container[str]) -> bool:
    """Whether the part is one of these parameters only; behind a `;` there is another filter."""
    each = Filter.read(part)
    return each.name in names and not each.symbol and ";" not in part


@lru_cache(64)
def _list_digest(listed: str) -> bytes:
    name, _, query_string = listed.partition("?")
    # Decoded, because clients may encode a link again, in their own way.
    parts = sorted(map(unquote_plus, without(query_string, PAGING).split("&")))
    return _digest(f"{name}?{'&'.join(parts)}".encode())


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=DIGEST_BYTES).digest()


def _decoded(text: str) -> bytes:
    if len(text) > MAX_LENGTH:
        raise ValueError(text)
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _position(content: bytes, keys: int) -> Position:
    backwards, id_, values = orjson.loads(content)
    valid = isinstance(backwards, bool) and isinstance(id_, str | None) and isinstance(values, list)
    if not valid or len(values) != (keys if id_ is not None else 0):
        raise ValueError(content)
    return Position(tuple(map(_value, values)), id_, backwards)


def _plain(value: Value) -> Any:
    return {"instant": value.isoformat()} if isinstance(value, datetime) else value


def _value(plain: Any) -> Value:
    if isinstance(plain, dict):
        return datetime.fromisoformat(plain["instant"]).astimezone(UTC)
    if plain is None or isinstance(plain, (str, float)):
        return plain
    if isinstance(plain, int) and -(2**63) <= plain < 2**63:
        return plain
    raise ValueError(plain)
