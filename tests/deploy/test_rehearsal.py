"""What a restored database holds: all that was acknowledged before the moment, nothing after."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import bson
import pytest

from impl.store.embedded import Mongod
from tests.deploy.mongods import program
from tests.deploy.rehearsal import rehearse
from tests.servers import ROOT

FULL = bool(os.environ.get("FULL"))
COUNT, SECONDS = (300_000, 10) if FULL else (5_000, 0.5)


@pytest.mark.timeout(1800)
def test_a_restore_holds_what_was_there_at_the_moment_and_nothing_later(
    folder: Path, mongod: Mongod
) -> None:
    got = rehearse(folder, COUNT, SECONDS)
    print(f"{COUNT} bills, {len(got.due)} written before the moment, {len(got.undue)} after it")
    assert got.base == COUNT
    assert got.due <= got.found
    assert not got.undue & got.found
    assert got.told == got.found
    assert got.due
    assert got.undue
    assert "begins after the base backup ends" in _refusal(folder, program(mongod))


def _refusal(folder: Path, binary: str) -> str:
    """What is said of changes that do not begin where the base backup ends."""
    with (folder / "changes").open("rb") as file, suppress(bson.errors.InvalidBSON):
        for entry in bson.decode_file_iter(file):
            last = entry
    (folder / "later").write_bytes(bson.encode(last))
    places = [str(folder / place) for place in ("base", "later", "other")]
    until = ["--until", "2030-01-01T00:00:00Z", "--mongod", binary]
    command = [sys.executable, "deploy/backup.py", "restore", *places, *until]
    ran = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert ran.returncode == 1
    return ran.stderr
