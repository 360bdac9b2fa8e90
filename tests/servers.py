"""Real servers for tests: `python -m impl serve` in a process of its own, on a free port."""

import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path

import httpx

from impl import settings

BASE_PATH = "/tmf-api/customerBillManagement/v4"
ROOT = Path(__file__).parent.parent
COVERAGE = "COVERAGE_PROCESS_CONFIG"
"""What tells a process to measure its coverage."""

NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Pass it as `verify` to `httpx.get`, which otherwise reads certificates for 20 ms each time."""

_coverage: dict[str, str] = {}


def measure_few() -> None:
    """From here on only those processes measure their coverage that are told to: it takes time."""
    if COVERAGE in os.environ:
        _coverage[COVERAGE] = os.environ.pop(COVERAGE)


def is_measuring() -> bool:
    """Whether this run measures coverage, also that of processes."""
    return bool(_coverage)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def family(pid: int) -> list[int]:
    """A process and its children."""
    found = [pid]
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended since
            found += map(int, children.read_text().split())
    return found


def descendants(pid: int) -> list[int]:
    """A process, its children, their children, and so on."""
    return [pid, *(each for child in family(pid)[1:] for each in descendants(child))]


def end(
    process: subprocess.Popen[bytes], with_signal: int = signal.SIGTERM, seconds: float = 60
) -> int:
    """The exit status of a process that gets a signal.

    After these seconds it is killed, and `subprocess.TimeoutExpired` raised.
    """
    if process.poll() is None:
        process.send_signal(with_signal)
    try:
        return process.wait(seconds)
    finally:
        process.kill()
        process.wait()


def memory(pid: int, of: str = "VmRSS") -> float:
    """The MiB that a process holds, or `VmHWM`, has held at the most; 0 where it has ended."""
    _, _, kib = Path(f"/proc/{pid}/status").read_text().partition(f"{of}:")
    return int(kib.split()[0]) / 1024 if kib else 0.0


def answers(url: str, process: subprocess.Popen[bytes], seconds: float = 60) -> bool:
    """Whether a process comes to answer 200 at a URL in time."""
    deadline = time.monotonic() + seconds
    with httpx.Client(timeout=10) as client:
        while time.monotonic() < deadline and process.poll() is None:
            with suppress(httpx.TransportError):
                if client.get(url).status_code == 200:
                    return True
            time.sleep(0.05)
    return False


class WorkerProcess:
    """A worker as its user starts it; use as a context manager."""

    def __init__(
        self, log: Path, uri: str, database: str, *options: str, **settings: object
    ) -> None:
        named = {"MONGODB_URI": uri, "MONGODB_DB": database} | settings
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "impl", "worker", *options],
                cwd=ROOT,
                env=environment(named),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> "WorkerProcess":
        return self

    def __exit__(self, *exc_info: object) -> None:
        end(self.process)

    def kill(self) -> None:
        """kill -9, as a crash would."""
        self.process.kill()
        self.process.wait()


class ServerProcess:
    """The server as its user starts it; use as a context manager."""

    measured = False
    program: Sequence[str] = ("-m", "impl")
    """What Python runs."""

    def __init__(self, log: Path, *options: str, **settings: object) -> None:
        self._options = options
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.api = self.url + BASE_PATH
        self.log = log
        # On a busy machine counting may take long, and most tests are not about that.
        named = {"PORT": self.port, "WORKERS": 1, "COUNT_TIMEOUT_MS": 10_000} | settings
        self._environment = environment(named, measured=self.measured)
        self.process = self._start()

    def __enter__(self) -> "ServerProcess":
        try:
            return self.wait_until_ready()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def wait_until_ready(self, path: str = "/health/ready", seconds: float = 60) -> "ServerProcess":
        if not answers(self.url + path, self.process, seconds):
            raise AssertionError(f"the server did not get ready: {self.log.read_text()[-3000:]}")
        return self

    def family(self) -> list[int]:
        """The server's process id, and those of its workers and its mongod."""
        return family(self.process.pid)

    def workers(self) -> list[int]:
        return [pid for pid in self.family()[1:] if "mongod" not in _command(pid)]

    def stop(self, with_signal: int = signal.SIGTERM, seconds: float = 60) -> int:
        """The exit status after this signal; see `end`."""
        return end(self.process, with_signal, seconds)

    def kill(self) -> None:
        """kill -9, as a crash would."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> "ServerProcess":
        self.process = self._start()
        return self.wait_until_ready()

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *self.program, "serve", *self._options],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )


class V4Server(ServerProcess):
    """A server of version 4 alone: it starts with half the CPU time of one with all APIs."""

    def __init__(self, log: Path, *options: str, **settings: object) -> None:
        super().__init__(log, *options, APIS="v4", **settings)


class MeasuredServer(ServerProcess):
    """A server whose coverage counts (`measure_few`)."""

    measured = True


def environment(named: Mapping[str, object], *, measured: bool = False) -> dict[str, str]:
    """The environment with these settings, and no others of ours; `measured` for coverage."""
    others = {name: value for name, value in os.environ.items() if name not in _OURS}
    given = {name: str(value) for name, value in named.items()}
    return others | given | (_coverage if measured else {})


_OURS = {field.name.upper() for field in fields(settings.Settings)}
_OURS |= {f"{name}_FILE" for name in settings.secrets()}


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text()
    except FileNotFoundError:
        return ""
