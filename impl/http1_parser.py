"""Corrections of gunicorn's HTTP/1.1, to follow RFC 9112 and the API's errors.

gunicorn accepts broken trailers, lacks reason phrases, refuses requests in plain text, and accepts
WebSockets, which nothing serves here. It has no setting for any of these, so this replaces parts of
its modules. gunicorn is pinned, and tests/api/test_http1.py and test_malformed.py test all of it.
"""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any, TypeAlias

from gunicorn.asgi import protocol
from gunicorn.asgi.parser import InvalidHeader, PythonProtocol

from impl.web.errors import Answer
from impl.web.security_headers import secured

Refusal: TypeAlias = Callable[[int, str], Answer]
"""The answer to a request that gunicorn refuses, by its status and its message."""

_RENAMED = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""Reason phrases of RFC 9110 that Python 3.11 does not have yet."""


def patch(refusal: Refusal) -> None:
    """Have gunicorn's connections read and answer as the RFCs say.

    `refusal` makes the answer to a request that gunicorn refuses.
    """
    protocol.PythonProtocol = _Parser
    protocol.ASGIProtocol._send_error_response = _send_refusal(refusal)  # noqa: SLF001
    protocol.ASGIProtocol._is_websocket_upgrade = lambda *_: False  # noqa: SLF001
    protocol._REASON_PHRASES.update({each.value: each.phrase for each in HTTPStatus} | _RENAMED)  # noqa: SLF001


def _send_refusal(refusal: Refusal) -> Callable[..., None]:
    """A replacement of gunicorn's method; gunicorn closes the connection after it."""

    def send(
        connection: Any, status: int, message: str, extra: Iterable[tuple[str, Any]] = ()
    ) -> None:
        answer = refusal(status, message)
        phrase = protocol._REASON_PHRASES[answer.status]  # noqa: SLF001
        headers = [(k.decode(), v.decode()) for k, v in secured(answer.headers)]
        lines = [f"{name}: {value}" for name, value in [*headers, *extra, ("connection", "close")]]
        head = "\r\n".join([f"HTTP/1.1 {answer.status} {phrase}", *lines, "", ""])
        connection._safe_write(head.encode("latin-1") + answer.body)  # noqa: SLF001

    return send


_KEEP_ALIVE: Any = PythonProtocol.should_keep_alive


class _Parser(PythonProtocol):  # type: ignore[misc]
    """gunicorn's parser, which accepts only field lines as trailers (RFC 9112 section 7.1.2).

    It closes HTTP/1.0 connections: gunicorn would not end an answer of unknown length there.
    """

    __slots__ = ()

    @property
    def should_keep_alive(self) -> bool:
        """Whether the connection stays open after the answer (RFC 9112 section 9.3)."""
        return bool(self.http_version != (1, 0) and _KEEP_ALIVE.__get__(self))

    @should_keep_alive.setter
    def should_keep_alive(self, value: bool) -> None:
        _KEEP_ALIVE.__set__(self, value)

    def _find_line(self, limit: int, error: Exception) -> Any:
        end = super()._find_line(limit, error)
        if end > 0 and self._chunk_state == "trailer":
            name, colon, value = bytes(self._buffer[:end]).partition(b":")
            if not (colon and self._is_valid_token(name)) or self._has_invalid_header_chars(value):
                raise InvalidHeader("a trailer is no field line")
        return end
