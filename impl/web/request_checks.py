"""What is refused before the contract is asked: paths, queries, headers that can't be right.

Connexion and the servers below it answer these with a 500, a redirect to the client's own Host, a
body of another shape, or not at all.
"""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import Scope
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_options_header

from impl.api import Operation
from impl.errors import (
    HeaderInvalid,
    NotAcceptable,
    NotFound,
    ParameterInvalid,
    PathInvalid,
    UnsupportedMediaType,
    UriTooLong,
)

JSON = "application/json"
MAX_URI_BYTES = 8190
UI = "/ui"
"""The one path that a slash may follow: people type it so."""

LAST_RESORT = 0.0001
"""Less than any `q` that a client can give."""

MAX_LANGUAGES = 1000
"""Characters of an `Accept-Language` header."""

_RANGE = re.compile(r"[\w!#$%&'*+.^`|~-]+/[\w!#$%&'*+.^`|~-]+", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ABSOLUTE = re.compile(rb"https?://([^/]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{0,5})?")


def target(scope: Scope) -> None:
    """Take a target in absolute form as its path, and its host as `Host` (RFC 9112 3.2.2).

    HTTP/1.0 may leave `Host` out beside it. HTTP/1.1 may not.
    """
    raw: bytes = scope.get("raw_path") or b""
    found = None if raw.startswith(b"/") else _ABSOLUTE.fullmatch(raw)
    if found:
        scope["raw_path"] = found[2] or b"/"
        lacking = scope["http_version"] == "1.0" and not values(scope, b"host")
        headers = [*scope["headers"], *([(b"host", b"")] if lacking else [])]
        scope["headers"] = [(k, found[1] if k == b"host" else v) for k, v in headers]


def path(scope: Scope) -> str:
    """The decoded path.

    Raises UriTooLong, PathInvalid, or NotFound where it can't name anything.
    """
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    if len(raw) + len(scope["query_string"]) > MAX_URI_BYTES:
        raise UriTooLong(f"path and query are over {MAX_URI_BYTES} bytes")
    try:
        decoded = unquote_to_bytes(raw.partition(b"?")[0]).decode("utf-8")
    except UnicodeDecodeError:
        raise PathInvalid("the path is not UTF-8") from None
    if decoded == f"{UI}/":
        return UI
    plain = decoded.startswith("/") and "//" not in decoded and not _CONTROL.search(decoded)
    if not plain or (len(decoded) > 1 and decoded.endswith("/")):
        raise NotFound(f"there is nothing at {decoded!r}")
    return decoded


def query(scope: Scope) -> None:
    """Raise ParameterInvalid where the query string is not UTF-8."""
    try:
        unquote_to_bytes(scope["query_string"]).decode("utf-8")
    except UnicodeDecodeError:
        raise ParameterInvalid("", "the query is not UTF-8") from None


def host(scope: Scope, *, linked: bool = True) -> None:
    """Raise HeaderInvalid without exactly one sane `Host`: links are made of it.

    Where there are none in the answer, HTTP/1.0 may leave it out. A blank port is left out of it
    (RFC 3986 section 6.2.3).
    """
    hosts = values(scope, b"host")
    if not linked and not hosts and scope["http_version"] == "1.0":
        return
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        raise HeaderInvalid("Host", "one valid host is needed")
    if hosts[0].endswith(b":"):
        plain = hosts[0][:-1]
        scope["headers"] = [(k, plain if k == b"host" else v) for k, v in scope["headers"]]


def accept(scope: Scope, operation: Operation) -> None:
    """Raise NotAcceptable where the client takes none of what the operation writes.

    A client that sends no `Accept`, or one that can't be read, gets JSON. Every operation writes
    its errors in JSON. So a client that takes JSON alone gets the result in another media type
    where there is none in JSON, as if it had sent no `Accept` (RFC 9110 section 12.5.1).
    """
    text = b",".join(values(scope, b"accept")).decode("latin-1")
    offered = {
        media for status, body in operation.responses.items() if status < 300 for media in body
    }
    qualities = _qualities(text)
    if qualities and offered and not any(_quality(each, qualities) for each in offered):
        raise NotAcceptable(
            f"this operation writes {', '.join(sorted(offered))}", attribute="Accept"
        )


def preferred(text: str, offered: list[str]) -> str:
    """Which of the media types an `Accept` header likes best; the first where it likes more."""
    qualities = _qualities(text)
    return max(offered, key=lambda media: _quality(media, qualities)) if qualities else offered[0]


def languages(text: str) -> list[tuple[str, float]]:
    """The language ranges of an `Accept-Language` header, each with its `q`.

    A header that is longer than any that is meant says nothing.
    """
    if len(text) > MAX_LANGUAGES:
        return []
    return list(parse_accept_header(text, Accept))


def _qualities(text: str) -> dict[str, float]:
    """The media ranges of an `Accept` header without their parameters, each with its `q`.

    A parameter such as `charset` narrows nothing here: JSON is UTF-8 in any case.
    """
    accepted = parse_accept_header(text, Accept)
    ranges = [(value.partition(";")[0].strip().lower(), quality) for value, quality in accepted]
    return {media: quality for media, quality in reversed(ranges) if _RANGE.fullmatch(media)}


def _quality(media: str, qualities: dict[str, float]) -> float:
    """How much a media type is wanted.

    A client that takes JSON gets another media type in the last resort, unless it names and
    refuses that one.
    """
    stated = _stated(media, qualities)
    if stated or media in qualities:
        return stated or 0
    return LAST_RESORT if _stated(JSON, qualities) else 0


def _stated(media: str, qualities: dict[str, float]) -> float | None:
    """The `q` of a media type, by the most specific range (RFC 9110 section 12.5.1), if any."""
    ranges = (media, f"{media.partition('/')[0]}/*", "*/*")
    return next((qualities[each] for each in ranges if each in qualities), None)


def media_type(scope: Scope, operation: Operation) -> str:
    """The body's media type, in lower case and without parameters; UnsupportedMediaType."""
    if any(value.strip().lower() != b"identity" for value in values(scope, b"content-encoding")):
        raise UnsupportedMediaType("Content-Encoding", "compressed bodies are not accepted")
    given = values(scope, b"content-type")
    if len(given) > 1:
        raise HeaderInvalid("Content-Type", "comes more than once")
    media, options = parse_options_header(given[0].decode("latin-1") if given else "")
    if media.lower() not in operation.request:
        readable = ", ".join(operation.request)
        patches = readable if operation.method == "PATCH" else ""
        trouble = f"{media or 'none'} is not one of {readable}"
        raise UnsupportedMediaType("Content-Type", trouble, patches)
    if options.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
        trouble = f"charset {options['charset']} is not utf-8"
        raise UnsupportedMediaType("Content-Type", trouble)
    return media.lower()


def values(scope: Scope, name: bytes) -> list[bytes]:
    """The values of a header, one for each time that it came."""
    headers: list[tuple[bytes, Any]] = scope["headers"]
    return [value for key, value in headers if key == name]
