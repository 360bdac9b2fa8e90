"""Limits how many threads do one kind of work at once, and how many wait for a turn."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from impl.errors import Busy


class ConcurrencyLimit:
    """At most `most` at work and `waiting` in line; errors say `what` they do, in the plural."""

    def __init__(self, most: int, waiting: int, what: str) -> None:
        self._turns = threading.Semaphore(most)
        self._places = threading.Semaphore(most + waiting)
        self._what = what

    @contextmanager
    def next(self) -> Iterator[None]:
        """Wait for a turn, and hold it during the block."""
        with self._turns:
            yield

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """The same; Busy if no turn comes in time, or too many wait already."""
        if not self._places.acquire(blocking=False):
            raise Busy(f"too many {self._what} are waiting")
        try:
            if not self._turns.acquire(timeout=seconds):
                raise Busy(f"{self._what} waited for too long")
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()
