"""A bounded run of what `make fuzz` does at full length."""

from pathlib import Path

import pytest

from impl.store.embedded import Mongod
from tests.contract import fuzz
from tests.servers import ServerProcess


@pytest.mark.timeout(900)
def test_schemathesis_finds_nothing_with_every_check_in_every_phase(
    mongod: Mongod, tmp_path: Path
) -> None:
    settings = fuzz.LENIENT | {
        "MONGODB_URI": mongod.uri,
        "MONGODB_DB": "fuzzed",
        "VALIDATE_RESPONSES": 1,
    }
    with ServerProcess(tmp_path / "log", **settings) as server:
        assert fuzz.run(server.url, seed=678, examples=10) == 0
