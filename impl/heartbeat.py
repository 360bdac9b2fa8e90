"""A worker's heartbeat: a file that it touches every second, as long as all of its loops turn.

A liveness probe restarts a worker whose file is old. That matters because a stuck worker keeps its
tasks: another thread renews its claims.
"""

import sys
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path

import structlog

from impl.errors import CommandError

BEAT_SECONDS = 1.0

STUCK_SECONDS = 3600.0
"""A loop whose turn takes longer is stuck. The bill of an account with a million rates takes about
ten minutes, and a worker that takes over adds up from the beginning.
"""

log = structlog.get_logger("worker")


class Heartbeat:
    """Touches a file while every loop turns; without a path it does nothing.

    Use as a context manager.
    """

    def __init__(self, path: Path | None = None, stuck_seconds: float = STUCK_SECONDS) -> None:
        self._path = path
        self._stuck_seconds = stuck_seconds
        self._turns: dict[int, float] = {}
        """When each loop's latest turn began, by the id of its thread."""

        self._stuck: set[int] = set()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "Heartbeat":
        """Touch the file from now on, in a thread of its own; CommandError if that can't be done.

        Before the first loop and after the last one, the file shows that the process runs.
        """
        if self._path is not None:
            try:
                self._path.touch()
            except OSError as error:
                raise CommandError(f"--heartbeat: {self._path}: {error.strerror}") from None
            self._thread = threading.Thread(target=self._run, args=(self._path,), daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def turn(self) -> None:
        """Note that the loop of the calling thread begins a turn."""
        self._turns[threading.get_ident()] = time.monotonic()

    def end(self) -> None:
        """Note that the loop of the calling thread ended."""
        self._turns.pop(threading.get_ident(), None)

    def is_due(self) -> bool:
        """Whether no loop is stuck; logs where one is, once."""
        oldest = time.monotonic() - self._stuck_seconds
        stuck = {thread for thread, turn in list(self._turns.items()) if turn < oldest}
        for thread in stuck - self._stuck:
            log.error("stuck", seconds=self._stuck_seconds, stack=_stack(thread))
        self._stuck = stuck
        return not stuck

    def _run(self, path: Path) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            if self.is_due():
                with suppress(OSError):  # its folder may come back
                    path.touch()


def _stack(thread: int) -> str:
    """Where a thread is, as in a traceback; empty if it ended."""
    frame = sys._current_frames().get(thread)  # noqa: SLF001 - documented, for debuggers
    return "".join(traceback.format_stack(frame)) if frame else ""
