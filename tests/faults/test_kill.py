"""What survives when processes die: every write that was acknowledged."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from impl.server import GRACE_SECONDS
from tests.faults.load import Writers, stored
from tests.servers import ServerProcess
from tests.waiting import until

pytestmark = pytest.mark.long

FULL = bool(os.environ.get("FULL"))
WRITERS = 12
RECYCLED = 12 if FULL else 2
"""How many workers give way."""


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder = tmp_path_factory.mktemp("kill")
    with ServerProcess(folder / "log", DATA_DIR=folder / "data", WORKERS=2) as running:
        yield running


@pytest.fixture
def server(started: ServerProcess) -> ServerProcess:
    """A server as `make run` starts it: two workers over a mongod of its own."""
    return started if started.process.poll() is None else started.restart()


def goes_on(writers: Writers, writes: int = 30) -> None:
    """Wait until so many more writes are acknowledged."""
    before = len(writers.acknowledged)
    until(lambda: len(writers.acknowledged) >= before + writes)


def test_killing_a_worker_loses_no_acknowledged_write(server: ServerProcess) -> None:
    with Writers(server.api, WRITERS) as writers:
        for _ in range(3):
            goes_on(writers)
            os.kill(server.workers()[0], signal.SIGKILL)
        goes_on(writers)
    assert len(writers.acknowledged) > 10
    assert writers.acknowledged == stored(server.api, writers.acknowledged)
    assert not writers.refused
    print(f"acknowledged {len(writers.acknowledged)}, unanswered {len(writers.unanswered)}")


def test_killing_server_and_database_loses_no_acknowledged_write(server: ServerProcess) -> None:
    with Writers(server.api, WRITERS) as writers:
        goes_on(writers, 60)
        family = server.family()
        for pid in family:
            os.kill(pid, signal.SIGKILL)
        server.process.wait()
    assert len(writers.acknowledged) > 50
    server.restart()
    assert writers.acknowledged == stored(server.api, writers.acknowledged)
    print(f"acknowledged {len(writers.acknowledged)}, unanswered {len(writers.unanswered)}")


def test_killing_only_the_server_takes_its_workers_and_its_database_along(
    server: ServerProcess,
) -> None:
    family = server.family()
    server.kill()
    until(lambda: not any(_runs(pid) for pid in family))
    server.restart()


def test_sigterm_lets_no_request_in_flight_fail(server: ServerProcess) -> None:
    with Writers(server.api, WRITERS) as writers:
        goes_on(writers)
        status = server.stop()
    assert status == 0
    server.restart()
    nothing_is_half_answered(server, writers)


def test_sighup_changes_all_workers_and_lets_no_request_in_flight_fail(
    server: ServerProcess,
) -> None:
    before = set(server.workers())
    with Writers(server.api, WRITERS) as writers:
        goes_on(writers)
        server.process.send_signal(signal.SIGHUP)
        assert until(lambda: not before & set(server.workers()), GRACE_SECONDS + 30)
        goes_on(writers)
    nothing_is_half_answered(server, writers)


def test_a_worker_that_has_had_its_requests_gives_way_and_lets_none_in_flight_fail(
    tmp_path: Path,
) -> None:
    settings = {"DATA_DIR": tmp_path / "data", "WORKERS": 2, "MAX_REQUESTS": 150}
    with ServerProcess(tmp_path / "log", **settings) as server:
        seen: set[int] = set()

        def changed() -> bool:
            seen.update(server.workers())
            return len(seen) >= 2 + RECYCLED

        with Writers(server.api, WRITERS) as writers:
            assert until(changed, 120)
        nothing_is_half_answered(server, writers)


def test_a_server_that_just_started_stops_at_once(server: ServerProcess) -> None:
    server.stop()
    server.restart()
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < GRACE_SECONDS / 2, "a worker lost the signal while it booted"


def test_idle_connections_hold_up_no_stop(server: ServerProcess) -> None:
    address = ("127.0.0.1", server.port)
    with httpx.Client(base_url=server.api) as client, socket.create_connection(address):
        assert client.get("customerBill").status_code == 200
        began = time.monotonic()
        assert server.stop() == 0
    assert time.monotonic() - began < GRACE_SECONDS / 2


def nothing_is_half_answered(server: ServerProcess, writers: Writers) -> None:
    """What was acknowledged is there, and what was not answered was not begun."""
    assert len(writers.acknowledged) > 50
    assert writers.acknowledged == stored(server.api, writers.acknowledged)
    assert stored(server.api, writers.unanswered) == set(), "processed, and not answered"
    assert not writers.refused
    print(f"acknowledged {len(writers.acknowledged)}, unanswered {len(writers.unanswered)}")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
