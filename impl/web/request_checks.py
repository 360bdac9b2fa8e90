"""Checks before the contract's own: paths, queries and headers that are never valid.

Connexion and the servers below it would answer these with a 500, a redirect to the client's own
Host, a body of another shape, or not at all.
"""

import re
from typing import Any
from urllib.parse import unquote_to_bytes

from starlette.types import Scope
from werkzeug.http import parse_options_header

from impl.api import Operation
from impl.errors import (
    HeaderInvalid,
    NotFound,
    ParameterInvalid,
    PathInvalid,
    UnsupportedMediaType,
    UriTooLong,
)

MAX_URI_BYTES = 8190
UI = "/ui"
"""The one path that may end with a slash, because people type it so."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_ABSOLUTE = re.compile(rb"https?://([^/]*)(.*)", re.IGNORECASE | re.DOTALL)
_HOST = re.compile(rb"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{0,5})?")


def normalize_target(scope: Scope) -> None:
    """Replace a target in absolute form by its path, and `Host` by its host (RFC 9112 3.2.2).

    Only HTTP/1.0 may leave out `Host` then.
    """
    raw: bytes = scope.get("raw_path") or b""
    absolute = None if raw.startswith(b"/") else _ABSOLUTE.fullmatch(raw)
    if absolute:
        scope["raw_path"] = absolute[2] or b"/"
        lacking = scope["http_version"] == "1.0" and not header_values(scope, b"host")
        headers = [*scope["headers"], *([(b"host", b"")] if lacking else [])]
        scope["headers"] = [(k, absolute[1] if k == b"host" else v) for k, v in headers]


def decoded_path(scope: Scope) -> str:
    """The decoded path.

    Raises UriTooLong, PathInvalid, or NotFound for a path that no resource can have.
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


def check_query(scope: Scope) -> None:
    """Raise ParameterInvalid if the query string is not UTF-8."""
    try:
        unquote_to_bytes(scope["query_string"]).decode("utf-8")
    except UnicodeDecodeError:
        raise ParameterInvalid("", "the query is not UTF-8") from None


def check_host(scope: Scope, *, linked: bool = True) -> None:
    """Raise HeaderInvalid unless there is one valid `Host`: links are made of it.

    HTTP/1.0 may leave it out if the response has no links (`linked`). A blank port is removed (RFC
    3986 section 6.2.3).
    """
    hosts = header_values(scope, b"host")
    if not linked and not hosts and scope["http_version"] == "1.0":
        return
    if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
        raise HeaderInvalid("Host", "one valid host is needed")
    if hosts[0].endswith(b":"):
        plain = hosts[0][:-1]
        scope["headers"] = [(k, plain if k == b"host" else v) for k, v in scope["headers"]]


def media_type(scope: Scope, operation: Operation) -> str:
    """The body's media type, in lower case and without parameters; UnsupportedMediaType."""
    if any(
        value.strip().lower() != b"identity" for value in header_values(scope, b"content-encoding")
    ):
        raise UnsupportedMediaType("Content-Encoding", "compressed bodies are not accepted")
    given = header_values(scope, b"content-type")
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


def header_values(scope: Scope, name: bytes) -> list[bytes]:
    """The values of a header, one for each time that it came."""
    headers: list[tuple[bytes, Any]] = scope["headers"]
    return [value for key, value in headers if key == name]
