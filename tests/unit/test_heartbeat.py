"""The file that a worker touches, and when it stops to."""

import shutil
import threading
import time
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from impl import heartbeat, worker
from impl.errors import CommandError
from impl.heartbeat import Heartbeat
from tests.waiting import until


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.01)


def touched(path: Path) -> bool:
    """Whether the file is touched again, and soon."""
    before = path.stat().st_mtime_ns
    return until(lambda: path.stat().st_mtime_ns > before, 10)


def test_the_file_is_touched_while_the_loops_turn(tmp_path: Path) -> None:
    stop, turned = threading.Event(), threading.Event()

    def step() -> bool:
        turned.set()
        return False

    with Heartbeat(tmp_path / "heartbeat") as beat:
        working = threading.Thread(target=worker.work, args=([step], stop, beat))
        working.start()
        assert turned.wait(10)
        assert touched(tmp_path / "heartbeat")
        stop.set()
        working.join()
        assert touched(tmp_path / "heartbeat")


def test_the_file_comes_back_with_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with Heartbeat(folder / "heartbeat"):
        shutil.rmtree(folder)
        time.sleep(0.1)  # it fails to touch the file
        folder.mkdir()
        until((folder / "heartbeat").exists, 10)


def test_a_stuck_loop_ends_the_heartbeat_and_is_logged_once() -> None:
    beat, stop, released = Heartbeat(stuck_seconds=0.3), threading.Event(), threading.Event()

    def hang() -> bool:
        return released.wait(60)

    working = threading.Thread(target=worker.work, args=([lambda: False, hang], stop, beat))
    with capture_logs() as logs:
        working.start()
        assert beat.is_due()
        assert until(lambda: not beat.is_due())
        assert not beat.is_due()
    stop.set()
    released.set()
    working.join()
    [line] = [each for each in logs if each["event"] == "stuck"]
    assert "in hang" in line["stack"]
    assert beat.is_due()


def test_a_file_that_can_not_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"--heartbeat: .*absent/heartbeat: No such file"):
        Heartbeat(tmp_path / "absent" / "heartbeat").__enter__()
