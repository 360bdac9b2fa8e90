"""The one table from what went wrong to what a client is told, and the one Error body.

Codes are the catalogue that TM Forum's own servers use, as strings (TMF630 Part 1, errors).
"""

import secrets
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from connexion.exceptions import ProblemException
from starlette.exceptions import HTTPException

from impl import errors

RETRY_AFTER_SECONDS = 2

TABLE: dict[type[Exception], tuple[int, str, str]] = {
    errors.PathInvalid: (400, "20", "Invalid path"),
    errors.BodyMissing: (400, "21", "Missing body"),
    errors.BodyInvalid: (400, "22", "Invalid body"),
    errors.FieldMissing: (400, "23", "Missing body field"),
    errors.FieldInvalid: (400, "24", "Invalid body field"),
    errors.HeaderInvalid: (400, "26", "Invalid header value"),
    errors.ParameterInvalid: (400, "28", "Invalid query parameter value"),
    errors.NotFound: (404, "60", "Resource not found"),
    errors.MethodNotAllowed: (405, "61", "Method not allowed"),
    errors.NotAcceptable: (406, "406", "Not acceptable"),
    errors.Conflict: (409, "409", "Conflict"),
    errors.PreconditionFailed: (412, "412", "Precondition failed"),
    errors.ContentTooLarge: (413, "413", "Content too large"),
    errors.UriTooLong: (414, "414", "URI too long"),
    errors.UnsupportedMediaType: (415, "415", "Unsupported media type"),
    errors.NotYetImplemented: (501, "501", "Not implemented"),
    errors.Unavailable: (503, "503", "Service unavailable"),
}
_FRAMEWORK = {404: ("60", "Resource not found"), 405: ("61", "Method not allowed")}


@dataclass(frozen=True)
class Answer:
    """A response before the server sends it."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes


def answer(error: Exception) -> Answer:
    """What a client is told; for what no one foresaw, an incident id and a log entry."""
    if isinstance(error, errors.ApiError):
        status, code, reason = TABLE[type(error)]
        return _answer(status, code, reason, str(error), _headers(error))
    if isinstance(error, ProblemException):
        return _answer(error.status, str(error.status), "Request refused", str(error.detail))
    if isinstance(error, HTTPException):
        code, reason = _FRAMEWORK.get(error.status_code, (str(error.status_code), error.detail))
        return _answer(error.status_code, code, reason, error.detail)
    incident = secrets.token_hex(8)
    structlog.get_logger("error").error("incident", incident=incident, exc_info=error)
    return _answer(500, "1", "Internal error", f"The log tells more under incident {incident}.")


def _headers(error: errors.ApiError) -> list[tuple[bytes, bytes]]:
    match error:
        case errors.MethodNotAllowed():
            return [(b"allow", error.allowed.encode())]
        case errors.Unavailable():
            return [(b"retry-after", str(RETRY_AFTER_SECONDS).encode())]
        case errors.ContentTooLarge():
            return [(b"connection", b"close")]
    return []


def _answer(
    status: int,
    code: str,
    reason: str,
    message: str,
    headers: list[tuple[bytes, bytes]] | None = None,
) -> Answer:
    error: dict[str, Any] = {
        "@type": "Error",
        "code": code,
        "reason": reason,
        "message": message.encode("utf-8", "replace").decode("utf-8"),
        "status": str(status),
    }
    body = orjson.dumps(error)
    return Answer(
        status,
        [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            *(headers or ()),
        ],
        body,
    )
