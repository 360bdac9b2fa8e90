"""Turns at what a process does only few of at once, and a few that wait for theirs."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from impl.errors import Busy


class ConcurrencyLimit:
    """So many turns at once, and so many more who wait; `what` they are for, in the plural."""

    def __init__(self, most: int, waiting: int, what: str) -> None:
        self._turns = threading.Semaphore(most)
        self._places = threading.Semaphore(most + waiting)
        self._what = what

    @contextmanager
    def next(self) -> Iterator[None]:
        """A turn, once there is one."""
        with self._turns:
            yield

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """A turn, once there is one; Busy where it takes longer, or too many wait already."""
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
