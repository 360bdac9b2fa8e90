"""What can go wrong, in words. impl/web/errors.py says which status and code each one gets."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice

MAX_FAULTS = 20
"""How many faults of one body are looked for and told."""

_PLAIN = re.compile(r"[^\s.\[\]'\"\\]+")


def path(parts: Iterable[str | int]) -> str:
    """An attribute of a JSON value, by names of members and indexes: `relatedParty[0].id`.

    That is a path of JSONPath (RFC 9535) without its `$`: a name that would read otherwise stands
    in brackets and quotes, as in `x['a.b']`.
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
    """What was begun takes long: it is to be begun again when nothing else does that takes long.

    Nothing is written yet.
    """


class CommandError(Exception):
    """A command can't be done; its message is what the command line prints."""


class ApiError(Exception):
    """Base of every error that a client gets to see; the message names the trouble."""

    attribute = ""
    """What of the request it is about, where that is one thing; else blank.

    A header or a query parameter by its name, an attribute of a body as `path` writes it.
    """

    others: tuple["ApiError", ...] = ()
    """What else is wrong with the body, where more was looked for (`refuse`)."""

    def __init__(self, trouble: str, *, attribute: str = "") -> None:
        super().__init__(f"{attribute}: {trouble}" if attribute else trouble)
        self.trouble = trouble
        if attribute:
            self.attribute = attribute

    @property
    def every(self) -> tuple["ApiError", ...]:
        """It, and what else is wrong with the body."""
        return (self, *self.others)


class NamedError(ApiError):
    """Base of the errors that are about one attribute, parameter or header of the request."""

    def __init__(self, attribute: str, trouble: str) -> None:
        super().__init__(trouble, attribute=attribute)


class BodyMissing(ApiError):
    """The operation needs a body and none came."""


class BodyInvalid(ApiError):
    """The body is not JSON of the kind that the operation reads."""


class FieldMissing(NamedError):
    """An attribute that is needed is not there."""


class FieldInvalid(NamedError):
    """An attribute holds what it can't, or can't be changed."""


class HeaderInvalid(NamedError):
    """A header can't be read."""


class Malformed(ApiError):
    """What came is not a request of HTTP/1.1 (RFC 9112)."""


class HeadersTooLarge(ApiError):
    """The headers are over their limit."""


class PathInvalid(ApiError):
    """The path is not UTF-8."""


class ParameterInvalid(NamedError):
    """A query parameter can't be read."""


class CredentialsMissing(ApiError):
    """The request says not who asks, and that is needed."""

    attribute = "Authorization"


class CredentialsInvalid(ApiError):
    """The credentials are none that are taken here."""

    attribute = "Authorization"


class CredentialsExpired(ApiError):
    """The credentials were valid once."""

    attribute = "Authorization"


class InsufficientScope(ApiError):
    """The one who asks may ask for other things (RFC 6750 section 3.1)."""

    attribute = "Authorization"

    def __init__(self, scope: str, why: str) -> None:
        super().__init__(f"the token lacks the scope {scope}: {why}")
        self.scope = scope


class Forbidden(ApiError):
    """The one who asks may not do this to this."""


class NotFound(ApiError):
    """There is no such resource, or no such path."""


class MethodNotAllowed(ApiError):
    """The path is served, but not by this method."""

    def __init__(self, method: str, allowed: str) -> None:
        super().__init__(f"{method} is not allowed here; {allowed} are")
        self.allowed = allowed


class NotAcceptable(ApiError):
    """The client takes none of the media types that can be written."""

    attribute = "Accept"


class Conflict(ApiError):
    """The request can't be done on what is stored now."""


class PreconditionFailed(ApiError):
    """The resource has another version than the one the client named."""

    attribute = "If-Match"


class ContentTooLarge(ApiError):
    """The body, or the resource, is over its limit."""


class UriTooLong(ApiError):
    """The path and query are over their limit."""


class UnsupportedMediaType(ApiError):
    """The body is of a media type, charset or encoding that the operation does not read."""

    def __init__(self, header: str, trouble: str, patches: str = "") -> None:
        super().__init__(trouble, attribute=header)
        self.patches = patches
        """The media types that it reads, where it is a patch (RFC 5789 section 2.2)."""


class NotYetImplemented(ApiError):
    """The contract has it, and no one has written it yet."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"{operation} is in the contract and not yet implemented")


class NotTranslated(ApiError):
    """The client asks for a part of the query language, or of HTTP, that is not served."""


class TooCostly(ApiError):
    """The query takes more of the database than one request may."""


class KeyReused(ApiError):
    """An idempotency key came again with another request."""

    attribute = "Idempotency-Key"


class TooManyRequests(ApiError):
    """The client has sent more requests than it may, and is to wait for some seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests from this client; try again in {seconds} s")
        self.seconds = seconds


class Busy(ApiError):
    """As much of this is done at once as this process has room for, in requests or in one thing."""


class TooManyStreams(ApiError):
    """All streams that this process has room for are open; one may end at any time."""


class Unavailable(ApiError):
    """The database is away, or too slow to wait for; nothing is half done."""


def refuse(faults: Iterable[ApiError]) -> None:
    """Raise the first of the faults, which knows the others, 20 in all; return without any."""
    found = list(islice(_once(faults), MAX_FAULTS))
    if not found:
        return
    try:
        found[0].others = tuple(found[1:])
        raise found[0]
    finally:
        del found, faults  # else the error and this frame would keep each other, and the body


def _once(faults: Iterable[ApiError]) -> Iterator[ApiError]:
    """Each fault that is told otherwise than those before it: one may break several rules alike."""
    told = set()
    for fault in faults:
        if str(fault) not in told:
            told.add(str(fault))
            yield fault


@contextmanager
def about(attribute: str) -> Iterator[None]:
    """Give an error that is raised meanwhile and names no attribute this one."""
    try:
        yield
    except ApiError as error:
        if not error.attribute:
            error.attribute = attribute
            error.args = (f"{attribute}: {error.trouble}",)
        raise
