"""A disk that is full: what clients are told, and that all is there once it has room again."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.api.test_bad_input import the_error
from tests.replicas import Member, ReplicaSet, within_disk
from tests.servers import ServerProcess

FULL = bool(os.environ.get("FULL"))
MIB = 1 << 20
SIZE = f"{480 * MIB}"
SECRET = "secret" * 60_000


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[ReplicaSet]:
    """A MongoDB on a small disk of its own."""
    (tmp_path / "try").mkdir()
    tried = subprocess.run(
        [*within_disk(tmp_path / "try", "65536"), "true"], capture_output=True, check=False
    )
    if tried.returncode:
        pytest.skip(f"no disk can be made here: {tried.stderr.decode().strip()}")
    with ReplicaSet(tmp_path / "replicas", 1, disk=SIZE) as running:
        yield running


@pytest.mark.skipif(not FULL, reason="takes long; make faults")
def test_a_full_disk_is_told_of_with_503_and_the_server_lives_on(
    replicas: ReplicaSet, tmp_path: Path
) -> None:
    member = replicas.primary()
    log = tmp_path / "log"
    settings = {"MONGODB_URI": replicas.uri, "MONGODB_DB": "disk", "WORKERS": 1}
    with ServerProcess(log, **settings) as server:
        family = server.family()
        with httpx.Client(base_url=server.api + "/", timeout=60) as client:
            assert client.post("customerBill", json={"id": "before"}).status_code == 201
            fill(member)
            done, refused = written(client, 120)
            the_error(refused, 503, "503", "the database")
            assert int(refused.headers["Retry-After"]) > 0
            assert "secret" not in refused.text
            later = client.get("customerBill/before")
            assert later.status_code in (200, 503), later.text
        assert httpx.get(f"{server.url}/health/live").status_code == 200
        assert server.family() == family, "a process ended"
        print(
            f"{done} writes on a full disk, then {refused.json()['message']!r}; "
            f"mongod ended: {member.process.poll() is not None}"
        )


def fill(member: Member) -> None:
    """Leave no room on its disk, while MongoDB goes on taking some."""
    with (member.data / "filler").open("wb") as file:
        for size in (MIB, 4096):
            with suppress(OSError):
                while True:
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), size)


def written(client: httpx.Client, seconds: float) -> tuple[int, httpx.Response]:
    """How many bills are kept, and what is answered once one is not."""
    deadline, done = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        answer = client.post("customerBill", json={"x": SECRET})
        if answer.status_code != 201:
            return done, answer
        done += 1
    raise AssertionError(f"the disk is not full after {done} writes")
