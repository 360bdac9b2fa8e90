"""Child processes that never outlive their parent, and the signals that stop a process."""

import ctypes
import gc
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


class ProcessExitStack(ExitStack):
    """An ExitStack that only the process that made it unwinds; in a fork it does nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._owner = os.getpid()

    def __exit__(self, *exc_info: Any) -> bool | None:
        """Close what was entered, the last first; in a fork nothing."""
        return os.getpid() == self._owner and super().__exit__(*exc_info)


def python() -> list[str]:
    """The command that starts this Python so that it finds the modules of this process.

    It looks for modules in the working directory only if this process does, too: another project's
    `impl` may be there.
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
    """A program that is started again whenever it ends. Use as a context manager."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = command
        self._environment = environment
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        # Linux ends the program with the thread that started it, so one thread starts them all.
        self._thread = threading.Thread(target=self._run, name="companion", daemon=True)

    def __enter__(self) -> "Companion":
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stopping.set()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._process = spawn(self._command, environment=self._environment)
            if self._stopping.is_set():
                self._process.terminate()
            self._process.wait()
            self._stopping.wait(RESTART_SECONDS)


def collect_garbage_rarely() -> None:
    """Run the garbage collector rarely: it stops all threads of the process.

    Objects made at the start stay, so it need not visit them. Requests, bills and lines of files
    leave few cycles: a worker spends 7 % less CPU on a bill.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _die_with_parent() -> Callable[[], None] | None:
    """A function that the child runs first: it has the kernel stop the child with its parent."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()
    pr_set_pdeathsig = 1

    def set_death_signal() -> None:
        prctl(pr_set_pdeathsig, signal.SIGTERM)
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return set_death_signal


class Stop(threading.Event):
    """An event that SIGINT and SIGTERM set. One for each process, made in its main thread.

    The signals raise nothing, because an exception may come where it gets lost, as in a finalizer.
    Only `waiting` raises, because nothing else ends a read of standard input.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waits = self._called = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._handle)

    def set(self) -> None:
        """Set the event once; a signal that interrupts this finds it done."""
        if not self._called:
            self._called = True
            super().set()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Raise KeyboardInterrupt if a signal stops the process in this block, or already did."""
        self._waits = True
        try:
            if self.is_set():
                raise KeyboardInterrupt
            yield
        finally:
            self._waits = False

    def _handle(self, *_: object) -> None:
        self.set()
        if self._waits:
            raise KeyboardInterrupt
