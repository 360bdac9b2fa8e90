"""Changes that a killed `backup.py oplog` left half written, and the folder of a mongod."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import bson
import pytest
from bson.timestamp import Timestamp

from tests.servers import ROOT

CHANGES = [bson.encode({"ts": Timestamp(second, 1), "o": {"_id": "x"}}) for second in (1, 2)]


@pytest.fixture(scope="module")
def backup() -> Any:
    spec = spec_from_file_location("backup", ROOT / "deploy/backup.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("length", range(len(CHANGES[1])))
def test_half_a_change_is_cut_off_before_more_are_appended(
    backup: Any, tmp_path: Path, length: int
) -> None:
    file = tmp_path / "changes"
    file.write_bytes(CHANGES[0] + CHANGES[1][:length])
    assert [each["ts"] for each in backup.changes_in(file)] == [Timestamp(1, 1)]
    assert backup.resume(file) == Timestamp(1, 1)
    assert file.read_bytes() == CHANGES[0]


def test_whole_changes_stay(backup: Any, tmp_path: Path) -> None:
    file = tmp_path / "changes"
    file.write_bytes(b"".join(CHANGES))
    assert backup.resume(file) == Timestamp(2, 1)
    assert file.read_bytes() == b"".join(CHANGES)
    file.write_bytes(b"")
    assert backup.resume(file) is None


def test_a_file_of_something_else_is_refused_and_left_alone(backup: Any, tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("no change at all")
    with pytest.raises(backup.BackupError, match="has no change at byte 0"):
        backup.resume(file)
    assert file.read_text() == "no change at all"


def test_a_mongod_without_dbpath_has_its_data_where_it_always_has(backup: Any) -> None:
    cache = {"wiredTiger": {"engineConfig": {"cacheSizeGB": 1}}}  # as in compose.yaml
    assert backup.data_folder({"storage": cache}) == Path("/data/db")
    assert backup.data_folder({"net": {}}) == Path("/data/db")
    assert backup.data_folder({"storage": {"dbPath": "/srv"}}) == Path("/srv")
