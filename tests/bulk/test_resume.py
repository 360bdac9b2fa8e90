"""An import that was cut off goes on where it was: each line is kept once."""

import signal
from pathlib import Path

import pytest

from tests.bulk.commands import RATES, Database, held, lines, rate, until_more_than, write

COUNT, HELD = 12_000, 9_000
"""The lines of a file, and the one that its import does not get past before the signal."""


def cut_off(database: Database, file: Path, number: int) -> str:
    """Import a file and end that by a signal in its midst; what it said."""
    with held(database, HELD):
        process = database.start("import", file)
        until_more_than(database, 1, process)
        process.send_signal(number)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    return error.decode()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_after_a_batch_and_it_says_how_to_go_on(
    database: Database, tmp_path: Path, number: int
) -> None:
    file = write(tmp_path / "rates.ndjson", lines(COUNT))
    error = cut_off(database, file, number)
    assert error.startswith("stopped; ")
    assert error.endswith("run the same command again to continue\n")
    collection, _ = database.store.collection(RATES)
    done = int(error.split()[1].replace(",", ""))
    assert collection.count_documents({}) == done - len(range(5, done, 1000))
    assert database.run("import", file, measured=False).status == 1
    assert collection.count_documents({}) == COUNT - len(range(5, COUNT, 1000))


@pytest.mark.long
def test_what_was_changed_meanwhile_is_not_read_again(database: Database, tmp_path: Path) -> None:
    file = write(tmp_path / "rates.ndjson", [rate(number) for number in range(COUNT)])
    cut_off(database, file, signal.SIGINT)
    database.store.change(RATES, "r000000", lambda before: before | {"description": "changed"})
    assert database.run("import", file, measured=False).out == f"{COUNT:,} imported, 0 refused\n"
    assert database.all()["r000000"]["description"] == "changed"


def test_another_file_of_the_name_is_read_from_its_beginning(
    database: Database, tmp_path: Path
) -> None:
    file = write(tmp_path / "rates.ndjson", [rate(number) for number in range(COUNT)])
    cut_off(database, file, signal.SIGINT)
    write(file, [rate(number) for number in range(40_000, 40_010)])
    assert database.run("import", file, measured=False).out == "10 imported, 0 refused\n"
