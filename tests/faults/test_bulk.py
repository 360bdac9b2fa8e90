"""What survives when an import is killed, or its database is away: each line is kept once."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from impl.store.collection_names import CHECKPOINTS
from impl.store.embedded import Mongod
from tests.bulk.commands import RATES, Database, lines, read, until_more_than, write

pytestmark = pytest.mark.long

FULL = bool(os.environ.get("FULL"))
LINES, KILLS = (500_000, 10) if FULL else (20_000, 2)
CYCLES, LONG = (3_000, 0) if FULL else (500, 15_000)
"""More than one batch: 2,000 lines, or 4 MiB."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database that lets go soon of what a killed process was writing."""
    with Mongod(tmp_path / "mongod", transaction_seconds=3) as mongod:
        made = Database(mongod)
        yield made
        made.store.close()


@pytest.mark.timeout(600)
def test_killed_at_any_moment_and_run_again_each_line_is_there_once(
    database: Database, tmp_path: Path
) -> None:
    file = write(tmp_path / "rates.ndjson", lines(LINES))
    collection, _ = database.store.collection(RATES)
    chance, kills = random.Random(678), 0
    for _ in range(KILLS):
        process = database.start("import", file)
        until_more_than(database, collection.estimated_document_count(), process)
        time.sleep(chance.random() / 10)
        kills += process.poll() is None
        process.kill()
        process.communicate()
    assert kills
    said = database.run("import", file, measured=False)
    wrong = LINES // 1000
    assert said.status == 1
    assert said.out == f"{LINES - wrong:,} imported, {wrong} refused: {file}.refused\n"
    assert collection.count_documents({}) == LINES - wrong
    values = {each["taxExcludedAmount"]["value"] for each in collection.find()}
    assert len(values) == LINES - wrong
    refused = [each["line"] for each in read(tmp_path / "rates.ndjson.refused")]
    assert refused == list(range(6, LINES, 1000))
    assert not database.all(CHECKPOINTS)


@pytest.mark.timeout(300)
def test_a_database_that_is_away_while_lines_are_read_is_waited_for(
    database: Database, tmp_path: Path
) -> None:
    database.store.insert("billCycleSpecification", {"id": "S", "name": "monthly"})
    cycle: dict[str, Any] = {"@type": "BillCycle", "name": "May", "description": "x" * LONG}
    cycle |= {"billCycleSpecification": {"id": "S"}}
    file = write(tmp_path / "cycles.ndjson", [cycle] * CYCLES)
    process = database.start("import", file)
    until_more_than(database, 1, process, "billCycle")
    os.kill(database.mongod.pid, signal.SIGSTOP)
    time.sleep(6)  # a read is given up after four
    os.kill(database.mongod.pid, signal.SIGCONT)
    out, error = process.communicate(timeout=280)
    assert error.decode().startswith("waiting: the database is "), error
    assert (out.decode(), process.returncode) == (f"{CYCLES:,} imported, 0 refused\n", 0)
