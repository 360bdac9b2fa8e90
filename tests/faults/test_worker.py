"""The worker beside a server: it lives, and dies, with it."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import ServerProcess
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
