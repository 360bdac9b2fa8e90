"""What tests/servers.py and tests/containers promise of processes: each one ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.containers import session
from tests.containers.machine import UnavailableError
from tests.servers import ServerProcess, descendants, end
from tests.waiting import until

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True)"
DEAF += "; time.sleep(60)"


class Silent(ServerProcess):
    """A server that never listens."""

    program = ("-c", "import time; time.sleep(60)")

    def wait_until_ready(self, path: str = "", seconds: float = 0.2) -> ServerProcess:
        return super().wait_until_ready(path, seconds)


def test_a_server_that_does_not_get_ready_is_stopped(tmp_path: Path) -> None:
    server = Silent(tmp_path / "log")
    with pytest.raises(AssertionError, match="did not get ready"), server:
        pass
    assert server.process.returncode is not None


def test_a_process_that_does_not_end_in_time_is_killed() -> None:
    process = subprocess.Popen([sys.executable, "-c", DEAF], stdout=subprocess.PIPE)
    assert process.stdout
    with process.stdout:
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            end(process, seconds=0.1)
    assert process.returncode == -signal.SIGKILL


def test_descendants_are_those_of_all_generations() -> None:
    process = subprocess.Popen(["/bin/sh", "-c", "sh -c 'sleep 60; :'; :"], process_group=0)
    try:
        *_, last = until(lambda: found if len(found := descendants(process.pid)) == 3 else None)
        assert Path(f"/proc/{last}/cmdline").read_bytes() == b"sleep\00060\000"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.mark.parametrize(("ci", "status", "said"), [(False, 0, "skipped"), (True, 1, "failed")])
def test_a_machine_without_containers_fails_under_ci_alone(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    ci: bool,
    status: int,
    said: str,
) -> None:
    def prepare() -> None:
        raise UnavailableError("only root can run an engine")

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(session, "CI", ci)
    assert session.main("tests/containers", prepare) == status
    line = capsys.readouterr().out
    assert line.startswith(said)
    assert "only root can run an engine" in line
