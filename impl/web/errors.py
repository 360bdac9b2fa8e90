"""Error responses: one table from exceptions to status and code, and the one Error body.

Codes are those of TM Forum's own servers, as strings (TMF630 Part 1, errors), or the status if they
have none. docs/errors.md has a section for each code, served at `CATALOGUE`.
"""

import secrets
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import orjson
import structlog
from starlette.exceptions import HTTPException

from impl import errors

RETRY_AFTER_SECONDS = 2
MAX_MESSAGE = 500
CATALOGUE = "/errors"
"""The path of the page about all codes; each has an anchor."""

REALM = b'Bearer realm="tmf678"'
"""The challenge of a 401 (RFC 6750 section 3)."""

Row: TypeAlias = tuple[int, str, str]
Headers: TypeAlias = list[tuple[bytes, bytes]]

INCIDENT: Row = (500, "1", "Internal error")
TABLE: dict[type[Exception], Row] = {
    errors.Malformed: (400, "400", "Malformed request"),
    errors.PathInvalid: (400, "20", "Invalid path"),
    errors.BodyMissing: (400, "21", "Missing body"),
    errors.BodyInvalid: (400, "22", "Invalid body"),
    errors.FieldMissing: (400, "23", "Missing body field"),
    errors.FieldInvalid: (400, "24", "Invalid body field"),
    errors.HeaderInvalid: (400, "26", "Invalid header value"),
    errors.ParameterInvalid: (400, "28", "Invalid query parameter value"),
    errors.TooCostly: (400, "28", "Too costly a query"),
    errors.CredentialsMissing: (401, "40", "Missing credentials"),
    errors.CredentialsInvalid: (401, "41", "Invalid credentials"),
    errors.CredentialsExpired: (401, "42", "Expired credentials"),
    errors.InsufficientScope: (403, "50", "Access denied"),
    errors.Forbidden: (403, "51", "Forbidden requester"),
    errors.NotFound: (404, "60", "Resource not found"),
    errors.MethodNotAllowed: (405, "61", "Method not allowed"),
    errors.NotAcceptable: (406, "406", "Not acceptable"),
    errors.Conflict: (409, "409", "Conflict"),
    errors.PreconditionFailed: (412, "412", "Precondition failed"),
    errors.ContentTooLarge: (413, "413", "Content too large"),
    errors.UriTooLong: (414, "414", "URI too long"),
    errors.UnsupportedMediaType: (415, "415", "Unsupported media type"),
    errors.KeyReused: (422, "2", "Idempotency key reused"),
    errors.TooManyRequests: (429, "429", "Too many requests"),
    errors.HeadersTooLarge: (431, "431", "Header fields too large"),
    errors.NotYetImplemented: (501, "501", "Not implemented"),
    errors.NotTranslated: (501, "501", "Not implemented"),
    errors.SearchUnfinished: (503, "503", "Service unavailable"),
    errors.Busy: (503, "503", "Service unavailable"),
    errors.TooManyStreams: (503, "503", "Service unavailable"),
    errors.Unavailable: (503, "503", "Service unavailable"),
}
OF_GUNICORN: dict[int, type[errors.ApiError]] = {
    414: errors.UriTooLong,
    431: errors.HeadersTooLarge,
    501: errors.NotTranslated,
}
"""The errors for gunicorn's own statuses; any other is Malformed."""

_OF_FRAMEWORKS: dict[int, Row] = {row[0]: row for row in TABLE.values()} | {
    400: TABLE[errors.BodyInvalid],
    401: TABLE[errors.CredentialsMissing],
    403: TABLE[errors.InsufficientScope],
}


@dataclass(frozen=True)
class Answer:
    """A whole response."""

    status: int
    headers: Headers = field(default_factory=list)
    body: bytes = b""


def answer(error: Exception, base: str) -> Answer:
    """The response to an error; `base` is the URL of the server.

    An unforeseen error becomes an incident id, and the log has the details. Unavailable is logged
    with the kind and code of its cause, which clients don't get.
    """
    row = _row(error)
    if row is None:
        return _incident(error, base)
    if isinstance(error, errors.Unavailable):
        _warn(error)
    return _answer(row, error, _headers(error), base)


def of_status(status: int, message: str, base: str) -> Answer:
    """The response if gunicorn can't parse a request, and would answer with this status."""
    kind = OF_GUNICORN.get(status, errors.Malformed)
    return answer(kind(f"the request can't be read: {message}"), base)


def as_json(status: int, value: Any, headers: Headers) -> Answer:
    """A response with a JSON body."""
    body = orjson.dumps(value)
    length = str(len(body)).encode()
    framing = [(b"content-type", b"application/json"), (b"content-length", length)]
    return Answer(status, framing + headers, body)


def _row(error: Exception) -> Row | None:
    """The error's row in the table; None for an unforeseen error of the server."""
    if isinstance(error, HTTPException):  # Connexion's, Flask's and Starlette's own
        status, (_, code, reason) = error.status_code, TABLE[errors.Malformed]
        return _OF_FRAMEWORKS.get(status, (status, code, reason)) if status < 500 else None
    return next((TABLE[kind] for kind in type(error).__mro__ if kind in TABLE), None)


def _message(error: Exception) -> str:
    """The message of an error; only the first line of a framework's, because the rest is dumps."""
    if isinstance(error, HTTPException):
        text = str(error.detail or "The request is refused.").partition("\n")[0]
    else:
        text = str(error)
    return _shortened(text)


def _shortened(text: str) -> str:
    """A text of any length and any characters, cut and encodable."""
    cut = text if len(text) <= MAX_MESSAGE else f"{text[:MAX_MESSAGE]}..."
    return cut.encode("utf-8", "replace").decode("utf-8")


def _incident(error: Exception, base: str) -> Answer:
    incident = secrets.token_hex(8)
    structlog.get_logger("error").error("incident", incident=incident, exc_info=error)
    public = errors.ApiError(
        f"The server failed. Its log has the details under incident {incident}."
    )
    return _answer(INCIDENT, public, [], base)


def _warn(error: errors.Unavailable) -> None:
    cause = error.__cause__
    details = {"cause": type(cause).__name__, "code": getattr(cause, "code", None)} if cause else {}
    structlog.get_logger("error").warning("unavailable", reason=str(error), **details)


def _headers(error: Exception) -> Headers:
    match error:
        case errors.MethodNotAllowed():
            return [(b"allow", error.allowed.encode())]
        case errors.CredentialsMissing():
            return [(b"www-authenticate", REALM)]
        case errors.CredentialsInvalid() | errors.CredentialsExpired():
            return [(b"www-authenticate", REALM + b', error="invalid_token"')]
        case errors.InsufficientScope():
            needed = f', error="insufficient_scope", scope="{error.scope}"'.encode()
            return [(b"www-authenticate", REALM + needed)]
        case errors.UnsupportedMediaType() if error.patches:
            return [(b"accept-patch", error.patches.encode())]
        case errors.TooManyRequests():
            return [(b"retry-after", str(error.seconds).encode())]
        case errors.Unavailable() | errors.TooManyStreams() | errors.Busy():
            return [(b"retry-after", str(RETRY_AFTER_SECONDS).encode())]
    return []


def _answer(row: Row, error: Exception, headers: Headers, base: str) -> Answer:
    status, code, _ = row
    body = {
        "@type": "Error",
        **_fault(row, error),
        "status": str(status),
        "referenceError": f"{base}{CATALOGUE}#{code}",
    }
    if isinstance(error, errors.ApiError) and error.others:
        body["errors"] = [_fault(_row(each) or row, each) for each in error.every]
    return as_json(status, body, headers)


def _fault(row: Row, error: Exception) -> dict[str, Any]:
    """One error, or one of the faults of a body, as members of the Error body."""
    _, code, reason = row
    attribute = getattr(error, "attribute", "")
    place = {"attribute": _shortened(attribute)} if attribute else {}
    return {"code": code, "reason": reason, "message": _message(error), **place}
