"""MongoDB's errors as errors of the API, within the time limits of reads and searches."""

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pymongo
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

from impl.concurrency import ConcurrencyLimit
from impl.errors import (
    ApiError,
    Conflict,
    ContentTooLarge,
    ParameterInvalid,
    TooCostly,
    Unavailable,
)
from impl.query.language import Query, searches
from impl.store.timeouts import READ_SECONDS, SEARCH_SECONDS

SEARCHES = 2
"""The most searches of a process at once: each may read a whole collection."""

WAITING_SEARCHES, TURN_SECONDS = 4, 1
"""How many more may wait for their turn, each blocking a thread; and for how long."""

ILLEGAL_OPERATION = 20
DUPLICATE_KEY = 11000
NO_TRANSACTIONS = "MONGODB_URI names a single server, and no replica set with transactions"
TOO_DEEP = 15
INVALID_PATTERN = 51091
OUT_OF_DISK_SPACE = 14031
NO_SPACE = os.strerror(errno.ENOSPC)
"""In the message of MongoDB's storage engine, whose error code stands for anything."""

PASSING = {
    24,  # LockTimeout
    43,  # CursorNotFound
    64,  # WriteConcernFailed
    100,  # UnsatisfiableWriteConcern
    112,  # WriteConflict
    133,  # FailedToSatisfyReadPreference
    134,  # ReadConcernMajorityNotAvailableYet
    202,  # NetworkInterfaceExceededTimeLimit
    225,  # TransactionTooOld
    246,  # SnapshotUnavailable
    251,  # NoSuchTransaction
    262,  # ExceededTimeLimit
    290,  # TransactionExceededLifetimeLimitSeconds
}
"""Errors of commands that may succeed a little later (MongoDB's error_codes.yml)."""

_LABELS = ("TransientTransactionError", "UnknownTransactionCommitResult", "RetryableWriteError")


@contextmanager
def translated() -> Iterator[None]:
    """Raise Unavailable if MongoDB is away or too slow, and a client's error if it is one.

    That is ParameterInvalid for a pattern that MongoDB can't search with, and ContentTooLarge or
    Conflict for a document over its limits. Other errors pass as they are.
    """
    try:
        yield
    except ConnectionFailure as error:
        raise Unavailable("the database is away") from error
    except DocumentTooLarge:
        raise ContentTooLarge("the resource would be larger than the database holds") from None
    except PyMongoError as error:
        api_error = _translation(error)
        if api_error is None:
            raise
        raise api_error from error


def _translation(error: PyMongoError) -> ApiError | None:
    if error.timeout:
        return Unavailable("the database is too slow")
    code = error.code if isinstance(error, OperationFailure) else None
    if code == OUT_OF_DISK_SPACE or NO_SPACE in str(error):
        return Unavailable("the database has no room left")
    if code in PASSING or isinstance(error, WriteConcernError) or _may_pass(error):
        return Unavailable("the database can't do it at the moment")
    if code == ILLEGAL_OPERATION and "Transaction numbers" in str(error):
        return Unavailable(NO_TRANSACTIONS)
    if code == TOO_DEEP:
        return Conflict("the resource would nest deeper than the database holds")
    if code == INVALID_PATTERN:
        return ParameterInvalid("", "a pattern that the database can't search with")
    return None


def _may_pass(error: PyMongoError) -> bool:
    return any(error.has_error_label(label) for label in _LABELS)


@contextmanager
def unique(resource: str) -> Iterator[None]:
    """Raise Conflict if the id of one of many new documents is taken."""
    try:
        yield
    except BulkWriteError as error:
        errors: Sequence[Any] = (error.details or {}).get("writeErrors", ())
        if any(each["code"] == DUPLICATE_KEY for each in errors):
            why = f"a {resource} of these ids is there already"
            raise Conflict(why, attribute="id") from None
        raise


def taken(resource: str, name: str, value: object) -> Conflict:
    """The Conflict for a new document with a unique attribute that another has already."""
    return Conflict(f"a {resource} with {value!r} is there already", attribute=name)


@contextmanager
def reading() -> Iterator[None]:
    """As `translated`, within READ_SECONDS."""
    with translated(), pymongo.timeout(READ_SECONDS):
        yield


_turns = ConcurrencyLimit(SEARCHES, WAITING_SEARCHES, "searches")


@contextmanager
def bounded(query: Query, *, served: bool) -> Iterator[None]:
    """Wait for a turn for a query that no index serves; a search by pattern has a limit of its own.

    Raises Busy if too many wait already, and TooCostly after SEARCH_SECONDS.
    """
    if served:
        yield
        return
    by_pattern = searches(query.where)
    try:
        with (
            _turns.within(TURN_SECONDS),
            pymongo.timeout(SEARCH_SECONDS if by_pattern else READ_SECONDS),
        ):
            yield
    except PyMongoError as error:
        if error.timeout and by_pattern:
            raise TooCostly(f"a search by pattern took over {SEARCH_SECONDS} s") from error
        raise


@contextmanager
def patient(*, served: bool) -> Iterator[None]:
    """Wait for the next turn of a search that has begun, however long that takes."""
    if served:
        yield
        return
    with _turns.next():
        yield
