"""What an export writes, and that an import reads it back as the same."""

import gzip
import signal
from pathlib import Path
from typing import Any

import orjson
import pytest

from impl import demo
from impl.resources import EXPORTABLE, IMPORTABLE
from impl.store.embedded import Mongod
from impl.store.rendition import FIELD
from tests.bulk.commands import BILLS, RATES, Database, ended, rate, read, without_time, write
from tests.waiting import until

MADE = {
    BILLS: 24,
    RATES: 121,
    "billCycle": 8,
    "billCycleSpecification": 1,
    "billingAccount": 3,
    "billFormat": 1,
    "billPresentationMedia": 2,
}


@pytest.mark.long
def test_what_export_writes_import_reads_back_as_the_same(
    database: Database, mongod: Mongod, tmp_path: Path
) -> None:
    demo.load(database.store)
    there = Database(mongod)
    database.run("import", write(tmp_path / "odd", [rate(1, note={"$x": [{"_id": 1, "": 12.0}]})]))
    for resource in IMPORTABLE:
        file = tmp_path / f"{resource}.ndjson.gz"
        said = database.run("export", resource, "-o", file)
        assert (said.status, said.error) == (0, f"{MADE[resource]} exported\n")
        said = database.run("import", file, measured=False)
        assert said.out == f"0 imported, {MADE[resource]} were there already, 0 refused\n"
        assert (
            there.run("import", file, measured=False).out
            == f"{MADE[resource]} imported, 0 refused\n"
        )
        assert without_time(there.all(resource)) == without_time(database.all(resource))
    there.store.close()


@pytest.mark.parametrize("resource", sorted(set(EXPORTABLE) - set(IMPORTABLE)))
def test_what_is_no_record_can_be_exported_too(database: Database, resource: str) -> None:
    database.store.insert(resource, {"id": "1", "name": "x"})
    said = database.run("export", resource)
    assert (said.status, said.out) == (0, '{"id":"1","name":"x"}\n')


@pytest.mark.parametrize(
    ("resource", "document"),
    [
        (BILLS, {"id": "ü/1", "billDocument": [{"id": "ü/1", "name": "x"}, {"id": "2"}]}),
        (BILLS, {"id": "1", "x": {"id": "1", "href": "http://x"}, "url": "y"}),
        (RATES, {"name": "~", "id": "1", "bill": {"id": "1"}, "product": {"href": "z", "id": "2"}}),
        (RATES, {"id": "1", "bill": {"id": "1", "href": "http://theirs"}, "a.b": {"$": 1}}),
    ],
)
def test_an_export_has_none_of_the_links_that_the_server_adds(
    database: Database, resource: str, document: dict[str, Any]
) -> None:
    database.store.insert(resource, document)
    lines = [database.run("export", resource).out]
    collection, _ = database.store.collection(resource)
    collection.update_one({}, {"$unset": {FIELD: 1}})
    lines.append(database.run("export", resource).out)
    assert [orjson.loads(each) for each in lines] == [document, document]


def test_a_query_chooses_as_in_a_list(database: Database, tmp_path: Path) -> None:
    for number in range(10):
        database.store.insert(
            RATES, {"id": f"r{number}", "billingAccount": {"id": f"A{number % 2}"}}
        )
    file = tmp_path / "out"
    database.run("export", RATES, "--query", "billingAccount.id=A1&sort=-id&limit=3", "-o", file)
    assert [each["id"] for each in read(file)] == ["r9", "r7", "r5"]


@pytest.mark.parametrize("query", ["limit=x", "nothing.such=1", "sort=billingAccount"])
def test_a_query_that_can_not_be_read_is_told_in_a_line_and_leaves_no_file(
    database: Database, tmp_path: Path, query: str
) -> None:
    said = database.run("export", RATES, "--query", query, "-o", tmp_path / "out")
    assert (said.status, said.error.count("\n")) == (2, 1)
    assert said.error.startswith(query.partition("=")[0])
    assert not list(tmp_path.iterdir())


def interrupted(database: Database, file: Path) -> int:
    """Export to a file that is there, and end that once it has begun; the exit status."""
    file.write_bytes(gzip.compress(b"before"))
    process = database.start("export", RATES, "-o", file)
    until(lambda: len(list(file.parent.iterdir())) > 1 or process.poll() is not None, pause=0.01)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    return process.returncode


def test_an_export_that_ends_early_leaves_what_was_there(
    database: Database, tmp_path: Path
) -> None:
    collection, _ = database.store.collection(RATES)
    text = "x" * 1000
    collection.insert_many(
        [{"_id": f"{n}", "_rev": 1, "id": f"{n}", "x": text} for n in range(60_000)]
    )
    file = tmp_path / "out.gz"
    tries = (interrupted(database, file) for _ in range(5))
    assert next(filter(None, tries)) == 130  # 0 where it was over before it was told
    assert list(tmp_path.iterdir()) == [file]
    assert gzip.decompress(file.read_bytes()) == b"before"


def test_a_file_that_can_not_be_written_is_told_in_a_line(
    database: Database, tmp_path: Path
) -> None:
    said = database.run("export", RATES, "-o", tmp_path / "none" / "out")
    assert (said.status, said.error.count("\n")) == (2, 1)
    assert "No such file" in said.error


def test_what_is_no_file_is_written_to_as_it_is(database: Database) -> None:
    database.store.insert(RATES, {"id": "1"})
    assert database.run("export", RATES, "-o", "/dev/null").status == 0
    assert Path("/dev/null").is_char_device()
    piped = ended(database.start("export", RATES, "-o", "/dev/stdout"))
    assert orjson.loads(piped.out) == {"id": "1"}
