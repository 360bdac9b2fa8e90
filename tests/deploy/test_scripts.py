"""secrets.sh in folders that have something already, and rolling.sh with an engine of paper."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.servers import ROOT

SECRETS = {"mongo_keyfile", "mongo_admin_password", "mongodb_uri", "tls_certificate", "tls_key"}
DOCKER = """\
#!/bin/sh
echo "$*" >> "$CALLS"
case "$*" in
*"--services") [ -z "$FAULT" ] && printf '%s\\n' $SERVICES ;;
esac
"""
SERVICES = "worker-2 server-3 proxy server-1 worker-1 server-2 mongo-1"

needs_openssl = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl is missing: apt-get install openssl"
)


def _make(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [str(ROOT / "deploy/secrets.sh"), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _modes(folder: Path) -> dict[str, int]:
    return {each.name: each.stat().st_mode & 0o777 for each in folder.iterdir()}


@needs_openssl
def test_a_new_folder_is_closed_and_its_files_can_be_read(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    assert _make(folder).stderr == ""
    assert folder.stat().st_mode & 0o777 == 0o700
    assert _modes(folder) == dict.fromkeys(SECRETS, 0o444)
    before = {each.name: each.read_text() for each in folder.iterdir()}
    assert _make(folder).returncode == 0
    assert {each.name: each.read_text() for each in folder.iterdir()} == before


@needs_openssl
def test_what_is_there_stays_with_its_rights(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "there", tmp_path / "key.pem"
    folder.mkdir(mode=0o750)
    elsewhere.write_text("my key")
    elsewhere.chmod(0o600)
    (folder / "tls_key").symlink_to(elsewhere)
    for name in ("tls_certificate", "mongodb_uri", "of-another"):
        (folder / name).write_text("mine")
        (folder / name).chmod(0o640)
    made = _make(folder)
    assert made.returncode == 0
    assert "chmod 700" in made.stderr
    assert folder.stat().st_mode & 0o777 == 0o750
    assert (elsewhere.read_text(), elsewhere.stat().st_mode & 0o777) == ("my key", 0o600)
    mine = dict.fromkeys(("tls_certificate", "mongodb_uri", "of-another"), 0o640)
    made_here = dict.fromkeys(("mongo_keyfile", "mongo_admin_password"), 0o444)
    assert _modes(folder) == mine | made_here | {"tls_key": 0o600}
    assert {(folder / name).read_text() for name in mine} == {"mine"}


@needs_openssl
@pytest.mark.parametrize(
    ("there", "missing"), [("tls_key", "tls_certificate"), ("tls_certificate", "tls_key")]
)
def test_half_a_pair_of_certificate_and_key_is_refused(
    tmp_path: Path, there: str, missing: str
) -> None:
    (tmp_path / there).write_text("mine")
    made = _make(tmp_path)
    assert made.returncode == 1
    assert f"has {there} and no {missing}" in made.stderr
    assert [each.name for each in tmp_path.iterdir()] == [there]
    assert (tmp_path / there).read_text() == "mine"


@pytest.fixture
def machine(tmp_path: Path) -> dict[str, str]:
    """An environment whose `docker` writes its calls down, and whose `sleep` does not wait."""
    for name, text in {"docker": DOCKER, "sleep": "#!/bin/sh\n"}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    return os.environ | {
        "PATH": path,
        "CALLS": str(tmp_path / "calls"),
        "FAULT": "",
        "SERVICES": SERVICES,
    }


def _roll(machine: dict[str, str], *arguments: str) -> tuple[int, list[str]]:
    command = [str(ROOT / "deploy/rolling.sh"), *arguments]
    status = subprocess.run(command, env=machine, check=False).returncode
    return status, Path(machine["CALLS"]).read_text().splitlines()


def test_each_server_and_then_each_worker_is_restarted(machine: dict[str, str]) -> None:
    status, calls = _roll(machine, "--force-recreate")
    assert status == 0
    up = "compose up --detach --no-deps --force-recreate "
    started = [call.removeprefix(up) for call in calls if call.startswith(up)]
    assert started == ["server-1", "server-2", "server-3", "worker-1", "worker-2"]


def test_nothing_is_restarted_if_compose_can_not_say_what_there_is(machine: dict[str, str]) -> None:
    status, calls = _roll(machine | {"FAULT": "1"})
    assert status != 0
    assert calls == ["compose config --services"]
