"""A short run of what `make fuzz` does at full length, and CI with ten examples an operation."""

from collections.abc import Iterator

import pytest

from impl.store.embedded import Mongod
from tests.contract import fuzz
from tests.servers import ServerProcess


@pytest.fixture(scope="module")
def fuzzed(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    settings = fuzz.LENIENT | {
        "MONGODB_URI": mongod.uri,
        "MONGODB_DB": "fuzzed",
        "VALIDATE_RESPONSES": 1,
    }
    with ServerProcess(tmp_path_factory.mktemp("fuzz") / "log", **settings) as server:
        yield server


@pytest.mark.timeout(900)
@pytest.mark.parametrize("document", fuzz.DOCUMENTS)
def test_schemathesis_finds_nothing_with_every_check(fuzzed: ServerProcess, document: str) -> None:
    """Without the phase of coverage, which takes the most time whatever the number of examples."""
    assert fuzz.run(fuzzed.url, 678, 3, document, "examples,fuzzing,stateful") == 0
