"""An import that was cut off goes on where it was: each line is kept once."""

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from impl.store.checkpoints import CHECKPOINTS
from tests.bulk.commands import RATES, Database, rate, read, write

FULL = bool(os.environ.get("FULL"))
LINES, KILLS = (500_000, 10) if FULL else (30_000, 2)


def lines(count: int) -> list[object]:
    """Some with an id, some without, and some that are refused."""
    made: list[object] = [rate(number) for number in range(count)]
    for number in range(0, count, 3):
        made[number] = {k: v for k, v in rate(number).items() if k != "id"}
    for number in range(5, count, 1000):
        made[number] = b'{"@type":"AppliedCustomerBillingRate"}'
    return made


def until_more_than(database: Database, count: int, process: "subprocess.Popen[bytes]") -> None:
    collection, _ = database.store.collection(RATES)
    while collection.estimated_document_count() <= count and process.poll() is None:
        time.sleep(0.005)


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
    said = database.run("import", file)
    wrong = LINES // 1000
    assert said.status == 1
    assert said.out == f"{LINES - wrong:,} imported, {wrong} refused: {file}.refused\n"
    assert collection.count_documents({}) == LINES - wrong
    values = {each["taxExcludedAmount"]["value"] for each in collection.find()}
    assert len(values) == LINES - wrong
    refused = [each["line"] for each in read(tmp_path / "rates.ndjson.refused")]
    assert refused == list(range(6, LINES, 1000))
    assert not database.all(CHECKPOINTS)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_after_a_batch_and_it_says_how_to_go_on(
    database: Database, tmp_path: Path, number: int
) -> None:
    file = write(tmp_path / "rates.ndjson", lines(30_000))
    process = database.start("import", file)
    until_more_than(database, 0, process)
    process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert error.decode().startswith("stopped; ")
    assert error.decode().endswith("the same command goes on behind them\n")
    collection, _ = database.store.collection(RATES)
    done = int(error.decode().split()[1].replace(",", ""))
    assert collection.count_documents({}) == done - len(range(5, done, 1000))
    assert database.run("import", file).status == 1
    assert collection.count_documents({}) == 30_000 - 30


def test_what_was_changed_meanwhile_is_not_read_again(database: Database, tmp_path: Path) -> None:
    file = write(tmp_path / "rates.ndjson", [rate(number) for number in range(30_000)])
    process = database.start("import", file)
    until_more_than(database, 0, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    database.store.change(RATES, "r000000", lambda before: before | {"description": "changed"})
    assert database.run("import", file).out == "30,000 imported, 0 refused\n"
    assert database.all()["r000000"]["description"] == "changed"


def test_another_file_of_the_name_is_read_from_its_beginning(
    database: Database, tmp_path: Path
) -> None:
    file = write(tmp_path / "rates.ndjson", [rate(number) for number in range(30_000)])
    process = database.start("import", file)
    until_more_than(database, 0, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    write(file, [rate(number) for number in range(40_000, 40_010)])
    assert database.run("import", file).out == "10 imported, 0 refused\n"
