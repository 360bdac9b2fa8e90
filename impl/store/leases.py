"""Leases: work that one process at a time does, until it is done, or dies and its time is up.

Time is MongoDB's, so that the clocks of the servers need not agree.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from pymongo.errors import DuplicateKeyError

from impl.store.faults import translated
from impl.store.mongo import Store

Clock: TypeAlias = Callable[[], datetime]
LEASES = "lease"


def server_clock(store: Store) -> Clock:
    """A clock that asks MongoDB for the time."""
    leases, _ = store.collection(LEASES)

    def now() -> datetime:
        with translated():
            told: datetime = leases.database.command("hello")["localTime"]
        return told.replace(tzinfo=UTC)

    return now


class Lease:
    """One lease, as one holder takes it and keeps it."""

    def __init__(self, store: Store, name: str, holder: str, clock: Clock) -> None:
        self._leases, _ = store.collection(LEASES)
        self._name = name
        self._holder = holder
        self._clock = clock
        self._sure_until = 0.0

    def hold(self, seconds: float) -> bool:
        """Take the lease, or keep it for as long again; False while another holds it."""
        asked = time.monotonic()
        if asked < self._sure_until:
            return True
        now = self._clock()
        free = {"$or": [{"holder": self._holder}, {"until": {"$lte": now}}]}
        until = {"holder": self._holder, "until": now + timedelta(seconds=seconds)}
        try:
            with translated():
                self._leases.update_one({"_id": self._name, **free}, {"$set": until}, upsert=True)
        except DuplicateKeyError:
            return False
        self._sure_until = asked + seconds / 2
        return True

    def release(self) -> None:
        """Let another take it at once."""
        self._sure_until = 0.0
        with translated():
            self._leases.delete_one({"_id": self._name, "holder": self._holder})
