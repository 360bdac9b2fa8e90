"""A bounded run of what `make fuzz` does at full length."""

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
@pytest.mark.parametrize(
    ("document", "phases"), [(fuzz.STRICT, fuzz.PHASES), (fuzz.SERVED, "examples,fuzzing,stateful")]
)
def test_schemathesis_finds_nothing_with_every_check(
    fuzzed: ServerProcess, document: str, phases: str
) -> None:
    assert fuzz.run(fuzzed.url, 678, 10, document, phases) == 0
