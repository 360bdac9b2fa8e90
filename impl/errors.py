"""The errors of requests. `impl/web/errors.py` gives each one its status and code."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""Names and indexes that lead to a value in a JSON value."""

MAX_FAULTS = 20
"""How many errors of one body a client gets."""

_PLAIN = re.compile(r"[^\s.\[\]'\"\\]+")


def path(parts: Iterable[str | int]) -> str:
    """A place in a JSON value as JSONPath (RFC 9535) without `$`: `relatedParty[0].id`.

    Names with other than plain characters stand in brackets and quotes: `x['a.b']`.
    """
    return "".join(map(_segment, parts)).removeprefix(".")


def _segment(part: str | int) -> str:
    if isinstance(part, int):
        return f"[{part}]"
    if _PLAIN.fullmatch(part):
        return f".{part}"
    escaped = part.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{escaped}']"


class Postponed(Exception):
    """The operation takes long. Nothing is written: do it again when no other long one runs."""


class CommandError(Exception):
    """A command can't be done; its message is what the command line prints."""


class ApiError(Exception):
    """Base of all errors that clients see. The message says what is wrong."""

    attribute = ""
    """The one header, query parameter or attribute that is wrong; blank if it is not one.

    An attribute of a body is written as `path` does.
    """

    others: tuple["ApiError", ...] = ()
    """Further errors of the same body (`refuse`)."""

    is_named = False
    """Whether the attribute has the name that the client knows: then it is not renamed."""

    def __init__(self, trouble: str, *, attribute: str = "") -> None:
        super().__init__(f"{attribute}: {trouble}" if attribute else trouble)
        self.trouble = trouble
        if attribute:
            self.attribute = attribute

    def rename(self, name: Callable[[str], str]) -> None:
        """Name the attribute otherwise, in the message, too, unless it `is_named`."""
        if self.attribute and not self.is_named:
            self.attribute = name(self.attribute)
            self.args = (f"{self.attribute}: {self.trouble}",)

    @property
    def every(self) -> tuple["ApiError", ...]:
        """This error and the others of the body."""
        return (self, *self.others)


class NamedError(ApiError):
    """Base of errors of one attribute, parameter or header of the request."""

    def __init__(self, attribute: str, trouble: str) -> None:
        super().__init__(trouble, attribute=attribute)


class BodyMissing(ApiError):
    """The operation needs a body, and the request has none."""


class BodyInvalid(ApiError):
    """The body is not JSON, or not of the type that the operation reads."""


class FieldMissing(NamedError):
    """A required attribute is missing."""


class FieldInvalid(NamedError):
    """The value of an attribute is not allowed, or the attribute can't be changed."""


class HeaderInvalid(NamedError):
    """The value of a header is not allowed."""


class Malformed(ApiError):
    """The bytes are not a request of HTTP/1.1 (RFC 9112)."""


class HeadersTooLarge(ApiError):
    """The headers exceed their limit."""


class PathInvalid(ApiError):
    """The path is not UTF-8."""


class ParameterInvalid(NamedError):
    """The value of a query parameter is not allowed."""


class CredentialsMissing(ApiError):
    """The request has no credentials, and needs some."""

    attribute = "Authorization"


class CredentialsInvalid(ApiError):
    """The server does not accept the credentials."""

    attribute = "Authorization"


class CredentialsExpired(ApiError):
    """The credentials are no longer valid."""

    attribute = "Authorization"


class InsufficientScope(ApiError):
    """The token lacks a scope that the operation needs (RFC 6750 section 3.1)."""

    attribute = "Authorization"

    def __init__(self, scope: str, why: str) -> None:
        super().__init__(f"the token lacks the scope {scope}: {why}")
        self.scope = scope


class Forbidden(ApiError):
    """The caller may not do this with this resource."""


class NotFound(ApiError):
    """The resource, or the path, does not exist."""


class MethodNotAllowed(ApiError):
    """The path exists, but not with this method."""

    def __init__(self, method: str, allowed: str) -> None:
        super().__init__(f"{method} is not allowed here; {allowed} are")
        self.allowed = allowed


class NotAcceptable(ApiError):
    """The client accepts none of the media types that the operation writes."""

    attribute = "Accept"


class Conflict(ApiError):
    """The stored state does not allow the request."""


class PreconditionFailed(ApiError):
    """The resource has another version than the client's `If-Match`."""

    attribute = "If-Match"


class ContentTooLarge(ApiError):
    """The body, or the resource, exceeds its limit."""


class UriTooLong(ApiError):
    """The path and query exceed their limit."""


class UnsupportedMediaType(ApiError):
    """The operation does not read the body's media type, charset or encoding."""

    def __init__(self, header: str, trouble: str, patches: str = "") -> None:
        super().__init__(trouble, attribute=header)
        self.patches = patches
        """The media types that a patch may have (RFC 5789 section 2.2); blank otherwise."""


class NotYetImplemented(ApiError):
    """The contract has the operation, but no handler implements it."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"{operation} is in the contract and not yet implemented")


class NotTranslated(ApiError):
    """The server does not support this part of the query language or of HTTP."""


class TooCostly(ApiError):
    """The query needs more of the database than one request may use."""


class KeyReused(ApiError):
    """Another request has used the same idempotency key."""

    attribute = "Idempotency-Key"


class TooManyRequests(ApiError):
    """The client has exceeded its rate, and must wait for some seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests from this client; try again in {seconds} s")
        self.seconds = seconds


class SearchUnfinished(ApiError):
    """The search takes longer than a request may; the message says where to go on."""


class Busy(ApiError):
    """This process can't do more of this at the same time, or serve more requests."""


class TooManyStreams(ApiError):
    """This process has as many streams open as it may; one can end at any time."""


class Unavailable(ApiError):
    """The database is away or too slow; no write is half done."""


def refuse(errors: Iterable[ApiError]) -> None:
    """Raise the first of the errors, with up to 19 `others`; return if there is none."""
    first_errors = list(islice(_distinct(errors), MAX_FAULTS))
    if not first_errors:
        return
    try:
        first_errors[0].others = tuple(first_errors[1:])
        raise first_errors[0]
    finally:
        del first_errors, errors  # else the error and this frame keep each other and the body alive


def _distinct(errors: Iterable[ApiError]) -> Iterator[ApiError]:
    """The errors without those of equal text: one value may break several rules alike."""
    texts = set()
    for error in errors:
        if str(error) not in texts:
            texts.add(str(error))
            yield error


@contextmanager
def about(attribute: str) -> Iterator[None]:
    """Name the attribute in errors that are raised inside and name none."""
    try:
        yield
    except ApiError as error:
        if not error.attribute:
            error.attribute = attribute
            error.args = (f"{attribute}: {error.trouble}",)
        raise
