"""The connection to MongoDB: a client whose writes are safe."""

from collections.abc import Sequence

import pymongo
from pymongo.errors import PyMongoError
from pymongo.monitoring import ConnectionPoolListener

from impl.errors import CommandError
from impl.store.documents import Stored
from impl.store.timeouts import CONNECT_SECONDS, HEARTBEAT_SECONDS, WRITE_SECONDS


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
