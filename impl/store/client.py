"""The connection to MongoDB: a client whose writes are safe, and the collections."""

from collections.abc import Sequence

import pymongo
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.monitoring import ConnectionPoolListener

from impl.errors import CommandError
from impl.store.documents import Stored
from impl.store.timeouts import CONNECT_SECONDS, HEARTBEAT_SECONDS, WRITE_SECONDS

NAMESPACE_EXISTS = 48


class UriError(CommandError):
    """The database's URI can't be used; the message does not quote it."""


def client(
    uri: str, listeners: Sequence[ConnectionPoolListener] = ()
) -> pymongo.MongoClient[Stored]:
    """A client that is not connected yet; raises UriError."""
    try:
        return pymongo.MongoClient(
            uri,
            connect=False,
            w="majority",
            journal=True,
            timeoutMS=WRITE_SECONDS * 1000,
            connectTimeoutMS=CONNECT_SECONDS * 1000,
            heartbeatFrequencyMS=HEARTBEAT_SECONDS * 1000,
            appname="tmf678",
            event_listeners=listeners,
        )
    except (PyMongoError, ValueError, TypeError):
        # The message may quote the URI, and with it a password.
        raise UriError("MONGODB_URI: has options that can't be read") from None


def create_compressed(database: Database[Stored], name: str) -> None:
    """Create a collection that takes little disk; one that exists stays as it is.

    A document and its JSON repeat each other; zstd compresses that better than MongoDB's default,
    snappy.
    """
    options = {"wiredTiger": {"configString": "block_compressor=zstd"}}
    try:
        database.create_collection(name, check_exists=False, storageEngine=options)
    except OperationFailure as error:
        if error.code != NAMESPACE_EXISTS:
            raise


class Collections(dict[str, Collection[Stored]]):
    """The collections of a database, cached: to make one costs a tenth of a read."""

    def __init__(self, database: Database[Stored]) -> None:
        super().__init__()
        self.database = database

    def __missing__(self, name: str) -> Collection[Stored]:
        self[name] = collection = self.database[name]
        return collection
