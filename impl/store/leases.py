"""Leases: work that one process at a time does, until it is done, or dies and its time is up.

Time is MongoDB's, so that the clocks of the servers need not agree.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeAlias

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError

from impl.store.faults import translated
from impl.store.stored import Stored

Clock: TypeAlias = Callable[[], datetime]
LEASES = "lease"


def server_clock(database: Database[Stored]) -> Clock:
    """A clock that asks MongoDB for the time."""

    def now() -> datetime:
        with translated():
            told: datetime = database.command("hello")["localTime"]
        return told

    return now


class Lease:
    """One lease, as one holder takes it and keeps it."""

    def __init__(self, database: Database[Stored], name: str, holder: str, clock: Clock) -> None:
        self._leases = database[LEASES]
        self._name = name
        self._holder = holder
        self._clock = clock

    def hold(self, seconds: float) -> bool:
        """Take the lease, or keep it for as long again; False while another holds it."""
        now = self._clock()
        free = {"$or": [{"holder": self._holder}, {"until": {"$lte": now}}]}
        until = {"holder": self._holder, "until": now + timedelta(seconds=seconds)}
        try:
            with translated():
                self._leases.update_one({"_id": self._name, **free}, {"$set": until}, upsert=True)
        except DuplicateKeyError:
            return False
        return True

    def release(self) -> None:
        """Let another take it at once."""
        with translated():
            self._leases.delete_one({"_id": self._name, "holder": self._holder})
