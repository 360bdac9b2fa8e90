"""How many connections to MongoDB a process has, and how many of them are in use."""

from typing import Any

from pymongo.monitoring import ConnectionPoolListener


class Connections(ConnectionPoolListener):
    """Knows the connections that pymongo opens, uses and closes, in any thread."""

    def __init__(self) -> None:
        self._open: set[Any] = set()
        self._in_use: set[Any] = set()

    @property
    def open(self) -> int:
        """How many there are."""
        return len(self._open)

    @property
    def in_use(self) -> int:
        """How many of them are in use."""
        return len(self._in_use)

    def connection_created(self, event: Any) -> None:
        """Another is open."""
        self._open.add((event.address, event.connection_id))

    def connection_closed(self, event: Any) -> None:
        """It is open no more."""
        self._open.discard((event.address, event.connection_id))

    def connection_checked_out(self, event: Any) -> None:
        """It is in use."""
        self._in_use.add((event.address, event.connection_id))

    def connection_checked_in(self, event: Any) -> None:
        """It is free."""
        self._in_use.discard((event.address, event.connection_id))

    def _ignored(self, event: Any) -> None:
        """What else there is to hear of."""

    pool_created = pool_ready = pool_cleared = pool_closed = _ignored
    connection_ready = connection_check_out_started = connection_check_out_failed = _ignored
