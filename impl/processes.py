"""Programs that the server starts beside itself, and that never outlive it; signals to end."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

RESTART_SECONDS = 1.0


class Held(ExitStack):
    """An ExitStack that the process alone unwinds that made it: a fork that ends leaves it be."""

    def __init__(self) -> None:
        super().__init__()
        self._owner = os.getpid()

    def __exit__(self, *exc_info: Any) -> bool | None:
        """End what is held, the last first; in a fork nothing."""
        return os.getpid() == self._owner and super().__exit__(*exc_info)


def python() -> list[str]:
    """How this Python is started to find the modules that this process has.

    In the folder that it works in it looks only where this process does, too: that may hold any
    project's `impl`.
    """
    within = {"", str(Path.cwd())} & set(sys.path)
    return [sys.executable, *(() if within else ("-P",))]


def spawn(
    command: Sequence[str], *, quiet: bool = False, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a program that is stopped when this process dies, even by kill -9; OSError."""
    output = subprocess.DEVNULL if quiet else None
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=environment,
        start_new_session=True,
        preexec_fn=_die_with_parent(),  # noqa: PLW1509 - it runs one call of C's
    )


class Companion:
    """A program that is kept running, started again when it ends. Use as a context manager."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        # Linux ends the program with the thread that started it, so one thread starts them all.
        self._keeper = threading.Thread(target=self._keep, name="companion", daemon=True)

    def __enter__(self) -> "Companion":
        self._keeper.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        self._keeper.join()

    def _keep(self) -> None:
        while not self._stopping.is_set():
            self._process = spawn(self._command, environment=self._environment)
            if self._stopping.is_set():
                self._process.terminate()
            self._process.wait()
            self._stopping.wait(RESTART_SECONDS)


def _die_with_parent() -> Callable[[], None] | None:
    """What the child does first: ask to be stopped when its parent dies."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()
    pr_set_pdeathsig = 1

    def ask() -> None:
        prctl(pr_set_pdeathsig, signal.SIGTERM)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return ask


class Stop(threading.Event):
    """Set by a signal to stop, or by who has to; one of a process, in its main thread.

    Such a signal raises nothing, for an exception may come where it is lost, as in a finalizer. But
    what waits for input ends by nothing else.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waits = self._called = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._told)

    def set(self) -> None:
        """Tell those who wait; a signal may come within, and find that done."""
        if not self._called:
            self._called = True
            super().set()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Raise KeyboardInterrupt where the process is told to stop within this, or has been."""
        self._waits = True
        try:
            if self.is_set():
                raise KeyboardInterrupt
            yield
        finally:
            self._waits = False

    def _told(self, *_: object) -> None:
        self.set()
        if self._waits:
            raise KeyboardInterrupt
