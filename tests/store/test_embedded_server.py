"""`python -m impl serve` over a mongod of its own, from start to Ctrl-C."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.servers import ROOT, ServerProcess, V4Server, free_port


class Foreground(V4Server):
    """A server at the head of a process group, as a shell starts what it runs in the foreground."""

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "impl", "serve"],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )

    def interrupt(self) -> int:
        """Ctrl-C: SIGINT to the whole group; the exit status."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(20)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Foreground]:
    running = Foreground(tmp_path / "log", DATA_DIR=tmp_path / "data", WORKERS=2)
    try:
        running.wait_until_ready()
        yield running
    finally:
        running.stop()


def mongod_of(server: ServerProcess) -> int:
    """The process id of the mongod that the server started."""
    named = {pid: Path(f"/proc/{pid}/comm").read_text() for pid in server.family()}
    (pid,) = [pid for pid, name in named.items() if name == "mongod\n"]
    return pid


def test_ctrl_c_stops_server_and_mongod_and_keeps_the_data(server: Foreground) -> None:
    bill = {"id": "1", "billNo": "00123"}
    assert httpx.post(f"{server.api}/customerBill", json=bill).status_code == 201
    mongod = mongod_of(server)
    assert server.interrupt() == 0
    assert not Path(f"/proc/{mongod}").exists()
    assert "Traceback" not in server.log.read_text()
    server.restart()
    assert httpx.get(f"{server.api}/customerBill/1").json()["billNo"] == "00123"


def test_a_second_server_on_the_folder_says_so_in_one_line(server: Foreground) -> None:
    folder = server.log.parent / "data"
    second = subprocess.run(
        [sys.executable, "-m", "impl", "serve"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "PORT": str(free_port())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 2
    assert second.stderr == (
        f"DATA_DIR: {folder} is in use by the server with process id {server.process.pid}\n"
    )
    assert second.stdout == ""
    assert httpx.get(f"{server.url}/health/ready").status_code == 200


@pytest.mark.long
def test_demo_fills_the_folder_once_and_for_all(tmp_path: Path) -> None:
    with V4Server(
        tmp_path / "log", DATA_DIR=tmp_path / "data", DEMO=1, VALIDATE_RESPONSES=1
    ) as server:
        bills = httpx.get(f"{server.api}/customerBill", params={"limit": 1000})
        assert (bills.status_code, len(bills.json())) == (200, 24)
        first = bills.json()[0]["href"]
        assert httpx.delete(first).status_code == 204
        server.stop()
        server.restart()
        assert httpx.get(first).status_code == 404


def test_a_killed_mongod_costs_requests_503_until_it_is_back(server: Foreground) -> None:
    bill = {"id": "1", "billNo": "00123"}
    assert httpx.post(f"{server.api}/customerBill", json=bill).status_code == 201
    os.kill(mongod_of(server), signal.SIGKILL)
    deadline, statuses = time.monotonic() + 60, set()
    while (status := httpx.get(f"{server.api}/customerBill/1", timeout=30)).status_code != 200:
        statuses.add((status.status_code, "retry-after" in status.headers))
        assert time.monotonic() < deadline
    assert statuses <= {(503, True)}
    changed = httpx.patch(f"{server.api}/customerBill/1", json={"state": "sent"}, timeout=30)
    assert changed.json()["state"] == "sent"
    assert '"mongod ended"' in server.log.read_text()
    os.kill(mongod_of(server), signal.SIGKILL)
    assert server.interrupt() == 0
