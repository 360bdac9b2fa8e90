"""Who asks, as the web finds out and the store holds them to it. Pure."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from math import inf


@dataclass(frozen=True)
class Identity:
    """Who asks, what for, and which part of what there is they may see."""

    subject: str
    scopes: frozenset[str] = frozenset()
    accounts: frozenset[str] | None = None
    """The billing accounts that the bearer is limited to; None where no claim tells of any."""

    parties: frozenset[str] | None = None
    """The parties that the bearer is limited to; None where no claim tells of any."""

    expires: float = inf
    """Until when this holds, in seconds since 1970."""

    issuer: str = ""
    """Who says so: subjects are one issuer's."""

    client: str = ""
    """The client that asks for the subject, or as itself; blank where the token names none."""

    @property
    def limited(self) -> bool:
        """Whether the bearer sees what belongs to some accounts or parties alone."""
        return self.accounts is not None or self.parties is not None


ANYBODY = Identity("")
"""Who asks where nobody is asked who they are (AUTH=off), and the server on its own behalf."""

_asking: ContextVar[Identity | None] = ContextVar("asking", default=None)


def asks(who: Identity | None) -> None:
    """From here on, in this context, somebody asks."""
    _asking.set(who)


def asking() -> Identity | None:
    """Who asks in this context; None where nobody has said."""
    return _asking.get()


def may(scope: str) -> bool:
    """Whether the one who asks has the scope; where nobody is asked who they are, all have."""
    who = asking()
    return who is None or who == ANYBODY or scope in who.scopes


def expired() -> bool:
    """Whether the rights of the one who asks have run out since they began."""
    who = asking()
    return who is not None and who.expires <= time.time()


@contextmanager
def unconfined() -> Iterator[None]:
    """Read and write here on the server's own behalf, whoever asks.

    For what keeps resources true to each other, and for what a bearer sees as a part of its own.
    """
    token = _asking.set(ANYBODY)
    try:
        yield
    finally:
        _asking.reset(token)
