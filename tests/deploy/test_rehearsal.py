"""What a restored database holds: all that was acknowledged before the moment, nothing after."""

import os
from pathlib import Path

import pytest

from tests.deploy.rehearsal import rehearse

FULL = bool(os.environ.get("FULL"))
COUNT, SECONDS = (300_000, 10) if FULL else (5_000, 0.5)


@pytest.mark.timeout(1800)
def test_a_restore_holds_what_was_there_at_the_moment_and_nothing_later(tmp_path: Path) -> None:
    got = rehearse(tmp_path, COUNT, SECONDS)
    print(f"{COUNT} bills, {len(got.due)} written before the moment, {len(got.undue)} after it")
    assert got.base == COUNT
    assert got.due <= got.found
    assert not got.undue & got.found
    assert got.told == got.found
    assert got.due
    assert got.undue
