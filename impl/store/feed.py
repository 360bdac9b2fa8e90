"""The feed of events as it grows: its end, and waiting for more.

One change stream a process wakes all who wait.
"""

import threading
import time

from pymongo.errors import PyMongoError

from impl.store.collection_names import COUNTER
from impl.store.mongo import Store
from impl.store.partitions import Places

AGAIN_SECONDS = 1.0
AWAIT_MS = 1000


class Feed:
    """The feed of a database."""

    def __init__(self, store: Store) -> None:
        self._reader = store.feed
        self._counter, _ = store.collection(COUNTER)
        self._changed = threading.Condition()
        self._changes = 0
        self._watching = False

    def end(self) -> Places:
        """The place of the last event."""
        return self._reader.end()

    def wait(self, seconds: float) -> None:
        """Return once the feed has more events, or after some seconds."""
        self._watch()
        with self._changed:
            changes = self._changes
            self._changed.wait_for(lambda: self._changes != changes, seconds)

    def _watch(self) -> None:
        with self._changed:
            if not self._watching:
                self._watching = True
                threading.Thread(target=self._follow, name="feed", daemon=True).start()

    def _follow(self) -> None:
        """Wake the waiting at each change, for ever; and in case of one while MongoDB is away."""
        while True:
            try:
                with self._counter.watch(max_await_time_ms=AWAIT_MS) as changes:
                    self._wake()
                    for _ in changes:
                        self._wake()
            except PyMongoError:
                time.sleep(AGAIN_SECONDS)
            self._wake()

    def _wake(self) -> None:
        with self._changed:
            self._changes += 1
            self._changed.notify_all()
