"""Where gunicorn's HTTP/1.1 is not that of RFC 9112: broken trailers, and missing reason phrases.

It has no seam for either, so this changes what its module knows. gunicorn is pinned, and
tests/api/test_wire.py asks for both.
"""

from http import HTTPStatus
from typing import Any

from gunicorn.asgi import protocol
from gunicorn.asgi.parser import InvalidHeader, PythonProtocol

_RENAMED = {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}
"""What RFC 9110 calls otherwise than Python 3.11 does."""


def mend() -> None:
    """Have gunicorn's connections read and answer as the RFCs say."""
    protocol.PythonProtocol = _Parser
    protocol._REASON_PHRASES.update({each.value: each.phrase for each in HTTPStatus} | _RENAMED)  # noqa: SLF001


class _Parser(PythonProtocol):  # type: ignore[misc]
    """gunicorn's, which takes as a trailer only what is a field line (RFC 9112 section 7.1.2)."""

    __slots__ = ()

    def _find_line(self, limit: int, error: Exception) -> Any:
        end = super()._find_line(limit, error)
        if end > 0 and self._chunk_state == "trailer":
            name, colon, value = bytes(self._buffer[:end]).partition(b":")
            if not (colon and self._is_valid_token(name)) or self._has_invalid_header_chars(value):
                raise InvalidHeader("a trailer is no field line")
        return end
