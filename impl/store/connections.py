"""The connections of a process to MongoDB, and those of them in use."""

from typing import Any

from pymongo.monitoring import ConnectionPoolListener


class Connections(ConnectionPoolListener):
    """Counts the connections that pymongo opens, uses and closes, in any thread."""

    def __init__(self) -> None:
        self._open: set[Any] = set()
        self._in_use: set[Any] = set()

    @property
    def open(self) -> int:
        """How many are open."""
        return len(self._open)

    @property
    def in_use(self) -> int:
        """How many of them are in use."""
        return len(self._in_use)

    def connection_created(self, event: Any) -> None:
        """Count one more as open."""
        self._open.add((event.address, event.connection_id))

    def connection_closed(self, event: Any) -> None:
        """Count it as open no more."""
        self._open.discard((event.address, event.connection_id))

    def connection_checked_out(self, event: Any) -> None:
        """Count it as in use."""
        self._in_use.add((event.address, event.connection_id))

    def connection_checked_in(self, event: Any) -> None:
        """Count it as in use no more."""
        self._in_use.discard((event.address, event.connection_id))

    def _ignored(self, event: Any) -> None:
        """Events of no interest here."""

    pool_created = pool_ready = pool_cleared = pool_closed = _ignored
    connection_ready = connection_check_out_started = connection_check_out_failed = _ignored
