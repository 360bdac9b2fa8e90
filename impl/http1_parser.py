"""Where gunicorn's HTTP/1.1 is not that of RFC 9112, or not ours.

It lets broken trailers pass, lacks reason phrases, says in plain text what it refuses itself, and
takes up WebSockets, which nobody serves here. It has no seam for any of them, so this changes what
its module knows. gunicorn is pinned, and tests/api/test_http1.py and test_malformed.py ask for all.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeAlias

from gunicorn.asgi import protocol
from gunicorn.asgi.parser import InvalidHeader, PythonProtocol

from impl.web.errors import Answer
from impl.web.security_headers import secured

Told: TypeAlias = Callable[[int, str], Answer]
_RENAMED = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""What RFC 9110 calls otherwise than Python 3.11 does."""


def mend(told: Told) -> None:
    """Have gunicorn's connections read and answer as the RFCs say.

    What it refuses itself is `told`, by its status and its words.
    """
    protocol.PythonProtocol = _Parser
    protocol.ASGIProtocol._send_error_response = _refusal(told)  # noqa: SLF001
    protocol.ASGIProtocol._is_websocket_upgrade = lambda *_: False  # noqa: SLF001
    protocol._REASON_PHRASES.update({each.value: each.phrase for each in HTTPStatus} | _RENAMED)  # noqa: SLF001


def _refusal(told: Told) -> Callable[..., None]:
    """What takes the place of gunicorn's method, which ends the connection after it."""

    def send(
        connection: Any, status: int, message: str, extra: Iterable[tuple[str, Any]] = ()
    ) -> None:
        answer = told(status, message)
        phrase = protocol._REASON_PHRASES[answer.status]  # noqa: SLF001
        headers = [(k.decode(), v.decode()) for k, v in secured(answer.headers)]
        lines = [f"{name}: {value}" for name, value in [*headers, *extra, ("connection", "close")]]
        head = "\r\n".join([f"HTTP/1.1 {answer.status} {phrase}", *lines, "", ""])
        connection._safe_write(head.encode("latin-1") + answer.body)  # noqa: SLF001

    return send


_KEPT: Any = PythonProtocol.should_keep_alive


class _Parser(PythonProtocol):  # type: ignore[misc]
    """gunicorn's, which takes as a trailer only what is a field line (RFC 9112 section 7.1.2).

    It keeps no connection of HTTP/1.0 open: gunicorn would not end an answer of unknown length.
    """

    __slots__ = ()

    @property
    def should_keep_alive(self) -> bool:
        """Whether the connection stays open after the answer (RFC 9112 section 9.3)."""
        return bool(self.http_version != (1, 0) and _KEPT.__get__(self))

    @should_keep_alive.setter
    def should_keep_alive(self, kept: bool) -> None:
        _KEPT.__set__(self, kept)

    def _find_line(self, limit: int, error: Exception) -> Any:
        end = super()._find_line(limit, error)
        if end > 0 and self._chunk_state == "trailer":
            name, colon, value = bytes(self._buffer[:end]).partition(b":")
            if not (colon and self._is_valid_token(name)) or self._has_invalid_header_chars(value):
                raise InvalidHeader("a trailer is no field line")
        return end
