"""Transactions: all reads and writes of the store within one succeed together, or not at all."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

import pymongo
from pymongo.client_session import ClientSession
from pymongo.errors import PyMongoError

from impl.errors import Unavailable
from impl.store.faults import translated
from impl.store.timeouts import WRITE_SECONDS

R = TypeVar("R")
_session: ContextVar[ClientSession | None] = ContextVar("session", default=None)


def session() -> ClientSession | None:
    """The session of the transaction that this context is in."""
    return _session.get()


def within(
    client: pymongo.MongoClient[Any],
    work: Callable[[], R],
    seconds: float = WRITE_SECONDS,
    patience: float = WRITE_SECONDS,
) -> R:
    """Return what `work` returns; all its reads and writes are in one transaction.

    That is the transaction that this context is in already, or a new one. If another transaction
    conflicts, `work` is called again until the patience ends.
    """
    last_start = time.monotonic() + patience
    if session() is not None:
        return work()
    with translated(), pymongo.timeout(seconds), client.start_session() as own:

        def run(own: ClientSession) -> R:
            if time.monotonic() > last_start:
                raise Unavailable("another transaction holds what this one needs")
            try:
                with _in(own):
                    return work()
            except Unavailable as error:
                raise _untranslated(error) from None

        return own.with_transaction(run)


@contextmanager
def _in(own: ClientSession) -> Iterator[None]:
    token = _session.set(own)
    try:
        yield
    finally:
        _session.reset(token)


def _untranslated(error: Unavailable) -> Exception:
    """MongoDB's own error: its labels tell the driver whether to retry the transaction."""
    return error.__cause__ if isinstance(error.__cause__, PyMongoError) else error
