"""The worker beside a server: it lives, and dies, with it."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from impl.store.embedded import Mongod
from tests.servers import ServerProcess, WorkerProcess
from tests.waiting import until

pytestmark = pytest.mark.long


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server as `make run` starts it, with a worker."""
    settings = {"DATA_DIR": tmp_path / "data", "WORKERS": 1}
    with ServerProcess(tmp_path / "log", "--worker", **settings) as running:
        yield running


def worker_of(server: ServerProcess) -> int | None:
    """The process id of the server's worker; None while there is none."""
    for pid in server.family()[1:]:
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except FileNotFoundError:
            continue
        if command[2:4] == [b"impl", b"worker"]:
            return pid
    return None


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def is_answered(server: ServerProcess) -> bool:
    """Whether a request for a bill is taken by a worker."""
    asked = httpx.post(f"{server.api}/customerBillOnDemand", json={}).json()["href"]
    return until(lambda: bool(httpx.get(asked).json()["state"] == "rejected"))


def test_a_worker_that_is_killed_is_started_again(server: ServerProcess) -> None:
    assert is_answered(server)
    first = worker_of(server)
    assert first is not None
    os.kill(first, signal.SIGKILL)
    assert until(lambda: worker_of(server) not in (None, first))
    assert is_answered(server)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_worker_ends_with_its_server(server: ServerProcess, number: signal.Signals) -> None:
    assert until(lambda: worker_of(server) is not None)
    worker = worker_of(server)
    server.stop(number)
    assert worker is not None
    assert until(lambda: not _runs(worker), 60)  # its database may be gone, and waited for


def test_a_frozen_worker_has_no_heartbeat_and_one_without_a_database_has(
    mongod: Mongod, tmp_path: Path
) -> None:
    heartbeat = tmp_path / "heartbeat"

    def is_touched(seconds: float) -> bool:
        before = heartbeat.stat().st_mtime_ns
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if heartbeat.stat().st_mtime_ns > before:
                return True
            time.sleep(0.05)
        return False

    options = ("frozen", "--heartbeat", str(heartbeat))
    with WorkerProcess(tmp_path / "log", mongod.uri, *options) as worker:
        assert until(heartbeat.exists)
        assert is_touched(30)
        worker.process.send_signal(signal.SIGSTOP)
        is_touched(1)  # what was under way
        assert not is_touched(5)
        worker.process.send_signal(signal.SIGCONT)
        assert is_touched(30)
    heartbeat.unlink()
    nowhere = "mongodb://127.0.0.1:9/?replicaSet=rs0"
    with WorkerProcess(tmp_path / "log", nowhere, *options):
        assert until(heartbeat.exists)
        assert is_touched(30)
