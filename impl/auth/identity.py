"""The identity of a caller: the web sets it, and the store restricts access by it. Pure."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True)
class Identity:
    """A caller, with their scopes and the resources that they may see."""

    subject: str
    scopes: frozenset[str] = frozenset()
    accounts: frozenset[str] | None = None
    """The billing accounts that the caller is restricted to; None if no claim names any."""

    parties: frozenset[str] | None = None
    """The parties that the caller is restricted to; None if no claim names any."""

    expires: float = inf
    """When the token expires, in seconds since 1970."""

    issuer: str = ""
    """The issuer of the token: a subject is unique for one issuer only."""

    client: str = ""
    """The client that acts for the subject, or as itself; blank if the token names none."""

    @property
    def limited(self) -> bool:
        """Whether the caller sees only the resources of some accounts or parties."""
        return self.accounts is not None or self.parties is not None


ANYBODY = Identity("")
"""The caller if there is no authentication (AUTH=off), and the server itself."""

_current: ContextVar[Identity | None] = ContextVar("identity", default=None)


def set_identity(identity: Identity | None) -> None:
    """Set the caller of this context."""
    _current.set(identity)


def current_identity() -> Identity | None:
    """The caller of this context; None if none is set."""
    return _current.get()


def has_scope(scope: str) -> bool:
    """Whether the caller has the scope; without authentication everybody has."""
    identity = current_identity()
    return identity is None or identity == ANYBODY or scope in identity.scopes


def expired() -> bool:
    """Whether the caller's token has expired since the request began."""
    identity = current_identity()
    return identity is not None and identity.expires <= time.time()


@contextmanager
def as_server() -> Iterator[None]:
    """Read and write in this block as the server itself, whoever the caller is.

    For updates that keep resources consistent, and for parts of what the caller may see.
    """
    token = _current.set(ANYBODY)
    try:
        yield
    finally:
        _current.reset(token)
