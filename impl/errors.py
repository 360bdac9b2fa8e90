"""What can go wrong, in words. impl/web/errors.py says which status and code each one gets."""


class Postponed(Exception):
    """What was begun takes long: it is to be begun again when nothing else does that takes long.

    Nothing is written yet.
    """


class ApiError(Exception):
    """Base of every error that a client gets to see; the message names the trouble."""


class NamedError(ApiError):
    """Base of the errors that are about one attribute, parameter or header of the request."""

    def __init__(self, name: str, trouble: str) -> None:
        super().__init__(f"{name}: {trouble}" if name else trouble)
        self.name = name


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


class PathInvalid(ApiError):
    """The path is not UTF-8."""


class ParameterInvalid(NamedError):
    """A query parameter can't be read."""


class CredentialsMissing(ApiError):
    """The request says not who asks, and that is needed."""


class CredentialsInvalid(ApiError):
    """The credentials are none that are taken here."""


class CredentialsExpired(ApiError):
    """The credentials were valid once."""


class InsufficientScope(ApiError):
    """The one who asks may ask for other things (RFC 6750 section 3.1)."""

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
        super().__init__(f"{method} is not served here; {allowed} are")
        self.allowed = allowed


class NotAcceptable(ApiError):
    """The client takes none of the media types that can be written."""


class Conflict(ApiError):
    """The request can't be done on what is stored now."""


class PreconditionFailed(ApiError):
    """The resource has another version than the one the client named."""


class ContentTooLarge(ApiError):
    """The body is over its limit."""


class UriTooLong(ApiError):
    """The path and query are over their limit."""


class UnsupportedMediaType(ApiError):
    """The body is of a media type, charset or encoding that the operation does not read."""

    def __init__(self, message: str, patches: str = "") -> None:
        super().__init__(message)
        self.patches = patches
        """The media types that it reads, where it is a patch (RFC 5789 section 2.2)."""


class NotYetImplemented(ApiError):
    """The contract has it, and no one has written it yet."""

    def __init__(self, operation: str) -> None:
        super().__init__(f"{operation} is in the contract and not yet implemented")


class NotTranslated(ApiError):
    """The client asks for a part of the query language that is not served."""


class TooCostly(ApiError):
    """The query takes more of the database than one request may."""


class KeyReused(ApiError):
    """An idempotency key came again with another request."""


class TooManyRequests(ApiError):
    """The client has sent more requests than it may, and is to wait for some seconds."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"more requests than one client may send; try again in {seconds} s")
        self.seconds = seconds


class Busy(ApiError):
    """As much of this is done at once as this process has room for, in requests or in one thing."""


class TooManyStreams(ApiError):
    """All streams that this process has room for are open; one may end at any time."""


class Unavailable(ApiError):
    """The database is away, or too slow to wait for; nothing is half done."""
