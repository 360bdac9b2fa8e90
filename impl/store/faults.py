"""MongoDB's troubles as ours."""

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

READ_SECONDS, WRITE_SECONDS = 4, 19
"""Within the 5 and 20 s that are promised: the driver may notice up to half a second late."""

SEARCH_SECONDS = 2
SEARCHES = 2
"""How many searches a process has MongoDB do at once: each may read a whole collection."""

WAITING_SEARCHES, TURN_SECONDS = 4, 1
"""How many more wait for their turn, each in a thread that others lack meanwhile; how long."""

ILLEGAL_OPERATION = 20
DUPLICATE_KEY = 11000
NO_TRANSACTIONS = "MONGODB_URI names a single server, and no replica set with transactions"
TOO_DEEP = 15
INVALID_PATTERN = 51091
OUT_OF_DISK_SPACE = 14031
NO_SPACE = os.strerror(errno.ENOSPC)
"""What MongoDB's storage engine says under a code that stands for anything."""

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
"""What MongoDB says where the same may succeed a little later (its error_codes.yml)."""

_LABELS = ("TransientTransactionError", "UnknownTransactionCommitResult", "RetryableWriteError")


@contextmanager
def translated() -> Iterator[None]:
    """Raise Unavailable where MongoDB is away or too slow, and what the client can do about else.

    That is ParameterInvalid for a pattern that it can't search with, ContentTooLarge and Conflict
    for a document over its limits. Anything else passes as it is.
    """
    try:
        yield
    except ConnectionFailure as error:
        raise Unavailable("the database is away") from error
    except DocumentTooLarge:
        raise ContentTooLarge("the resource would be larger than the database holds") from None
    except PyMongoError as error:
        ours = _translation(error)
        if ours is None:
            raise
        raise ours from error


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
    """Raise Conflict where one of many documents would come under an id that is taken."""
    try:
        yield
    except BulkWriteError as error:
        wrong: Sequence[Any] = (error.details or {}).get("writeErrors", ())
        if any(each["code"] == DUPLICATE_KEY for each in wrong):
            why = f"a {resource} of these ids is there already"
            raise Conflict(why, attribute="id") from None
        raise


def taken(resource: str, name: str, value: object) -> Conflict:
    """What there is to say of a new document one of whose attributes has to be another's alone."""
    return Conflict(f"a {resource} with {value!r} is there already", attribute=name)


@contextmanager
def reading() -> Iterator[None]:
    """As `translated`, within the time that a read may take."""
    with translated(), pymongo.timeout(READ_SECONDS):
        yield


_turns = ConcurrencyLimit(SEARCHES, WAITING_SEARCHES, "searches")


@contextmanager
def bounded(query: Query, *, served: bool) -> Iterator[None]:
    """Give a query that no index serves a turn; and one by pattern a time limit of its own, too.

    Raises Busy where too many are done already, and TooCostly past the time.
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
    """Give a search that has begun already its next turn, however long that takes."""
    if served:
        yield
        return
    with _turns.next():
        yield
