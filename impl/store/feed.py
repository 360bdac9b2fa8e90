"""The feed of events as it grows: how far it has come, and when it goes on.

One change stream a process tells all who wait.
"""

import threading
import time

from pymongo.errors import PyMongoError

from impl.errors import ParameterInvalid
from impl.query.language import Compare
from impl.store.faults import reading
from impl.store.mongo import Store
from impl.store.outbox import COUNTER, FEED
from impl.store.pending_events import place

AGAIN_SECONDS = 1.0
AWAIT_MS = 1000


class Feed:
    """The feed of a database."""

    def __init__(self, store: Store) -> None:
        self._counter, _ = store.collection(COUNTER)
        self._store = store
        self._changed = threading.Condition()
        self._seen = 0
        self._watching = False

    def place_of(self, event_id: str) -> str:
        """The place of an event; ParameterInvalid where the feed has none of this id."""
        for found in self._store.every(FEED, Compare(("eventId",), (event_id,))):
            return str(found["id"])
        raise ParameterInvalid("", "is not the eventId of an event in the feed")

    def end(self) -> str:
        """The place that the feed has come to."""
        with reading():
            found = self._counter.find_one({"_id": FEED})
        return place(found["position"] if found else 0)

    def wait(self, seconds: float) -> None:
        """Return when the feed goes on, or some seconds are over."""
        self._watch()
        with self._changed:
            seen = self._seen
            self._changed.wait_for(lambda: self._seen != seen, seconds)

    def _watch(self) -> None:
        with self._changed:
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._follow, name="feed", daemon=True).start()

    def _follow(self) -> None:
        """Tell of each change, for ever; where MongoDB is away, that there may have been one."""
        while True:
            try:
                with self._counter.watch(max_await_time_ms=AWAIT_MS) as changes:
                    self._tell()
                    for _ in changes:
                        self._tell()
            except PyMongoError:
                time.sleep(AGAIN_SECONDS)
            self._tell()

    def _tell(self) -> None:
        with self._changed:
            self._seen += 1
            self._changed.notify_all()
