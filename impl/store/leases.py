"""Leases: work that one process at a time does, until it releases it, or dies and its time is up.

Workers take work over from dead ones by three rules. Each has an expiry by MongoDB's clock, so that
the clocks of the servers need not agree.

- A task (tasks.py) is claimed for some seconds, and its holder renews that. It ends in the
  transaction of its effect, and only under the claim's id: so the effect happens exactly once.
- A lease (this module) has no part in the work's transaction. It only keeps workers from doing in
  vain what is safe without it: two relays can't both commit. Its holder renews it after half its
  time, and releases it when it stops.
- A consumer (deliveries.py) is claimed with a token. To send an event is no transaction, so after
  a worker's death a receiver may get an event again. The token keeps a late worker from writing
  over the outcomes of its successor, and each outcome that is written renews the claim.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from pymongo.errors import DuplicateKeyError

from impl.store.collection_names import LEASES
from impl.store.faults import translated
from impl.store.mongo import Store

Clock: TypeAlias = Callable[[], datetime]


def server_clock(store: Store) -> Clock:
    """A clock that reads MongoDB's time."""
    leases, _ = store.collection(LEASES)

    def now() -> datetime:
        with translated():
            local: datetime = leases.database.command("hello")["localTime"]
        return local.replace(tzinfo=UTC)

    return now


class Lease:
    """One lease, as one holder takes and renews it."""

    def __init__(self, store: Store, name: str, holder: str, clock: Clock) -> None:
        self._leases, _ = store.collection(LEASES)
        self._name = name
        self._holder = holder
        self._clock = clock
        self._sure_until = 0.0

    def acquire(self, seconds: float) -> bool:
        """Take or renew the lease for some seconds; False while another holds it."""
        began = time.monotonic()
        if began < self._sure_until:
            return True
        now = self._clock()
        available = {"$or": [{"holder": self._holder}, {"until": {"$lte": now}}]}
        holding = {"holder": self._holder, "until": now + timedelta(seconds=seconds)}
        try:
            with translated():
                where = {"_id": self._name, **available}
                self._leases.update_one(where, {"$set": holding}, upsert=True)
        except DuplicateKeyError:
            return False
        self._sure_until = began + seconds / 2
        return True

    def release(self) -> None:
        """Let another take it at once."""
        self._sure_until = 0.0
        with translated():
            self._leases.delete_one({"_id": self._name, "holder": self._holder})
