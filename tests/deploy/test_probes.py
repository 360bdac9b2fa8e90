"""The liveness of a worker: the commands of Kubernetes and compose that look at its heartbeat.

That of compose kills every process that it may: it runs among processes of its own only.
"""

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.servers import ROOT

HEARTBEAT = "/tmp/heartbeat"  # noqa: S108 - in the container
WORKER = yaml.safe_load((ROOT / "deploy/compose.yaml").read_text())["services"]["worker-1"]
OLD, FRESH = 61, 20
"""Seconds since the file was touched: the commands allow a minute."""

ISOLATED = ("unshare", "--pid", "--mount-proc", "--fork", "--kill-child")
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root isolates processes")
CONTAINER = """
sleep 600 & worker=$!
kill -STOP $worker
sh -c "$1"; echo $?
case $(cut -d' ' -f3 /proc/$worker/stat) in T) echo frozen ;; esac
kill -9 $worker 2> /dev/null
"""
"""An init and a frozen worker, as in a container of compose, and its health check."""


def kubernetes(heartbeat: Path) -> int:
    """The status of the liveness probe in Kubernetes."""
    [container] = next(
        each["spec"]["template"]["spec"]["containers"]
        for each in yaml.safe_load_all((ROOT / "deploy/kubernetes/worker.yaml").read_text())
        if each["kind"] == "Deployment"
    )
    command = on(container["livenessProbe"]["exec"]["command"], heartbeat)
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode


def compose(heartbeat: Path) -> list[str]:
    """The status of compose's health check, and whether the worker is there afterwards."""
    kind, text = WORKER["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    [check] = on([text.replace("$$", "$")], heartbeat)
    command = [*ISOLATED, "sh", "-c", CONTAINER, "init", check]
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    return done.stdout.split()


def on(command: Sequence[str], heartbeat: Path) -> list[str]:
    """The command, for another file."""
    assert any(HEARTBEAT in part for part in command)
    return [part.replace(HEARTBEAT, str(heartbeat)) for part in command]


@pytest.fixture
def absent(tmp_path: Path) -> Path:
    return tmp_path / "absent"


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    return touched(tmp_path / "fresh", FRESH)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return touched(tmp_path / "old", OLD)


def touched(path: Path, seconds_ago: float) -> Path:
    path.touch()
    os.utime(path, times=(time.time() - seconds_ago,) * 2)
    return path


def test_kubernetes_asks_for_a_heartbeat_of_the_last_minute(
    absent: Path, fresh: Path, old: Path
) -> None:
    assert [kubernetes(path) for path in (absent, fresh, old)] == [1, 0, 1]


@needs_root
def test_compose_kills_a_worker_whose_heartbeat_is_old_and_no_other(
    absent: Path, fresh: Path, old: Path
) -> None:
    assert compose(absent) == ["1", "frozen"]
    assert compose(fresh) == ["0", "frozen"]
    assert "frozen" not in compose(old)


def test_the_worker_of_compose_writes_the_file_that_is_looked_at() -> None:
    assert WORKER["command"] == ["worker", "--heartbeat", HEARTBEAT]
    assert WORKER["init"]
