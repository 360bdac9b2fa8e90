"""A short run of what `make fuzz` does at full length, and CI with ten examples an operation."""

from collections.abc import Iterator

import pytest

from impl.conformance import fuzz, server
from impl.served import APIS
from impl.store.embedded import Mongod
from tests.servers import ServerProcess

DOCUMENTS = [fuzz.SERVED, pytest.param(fuzz.STRICT, marks=pytest.mark.long)]
"""The fast tests use the one that clients get; CI fuzzes the strict one at more length, too."""


@pytest.fixture(scope="module")
def fuzzed(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    settings = server.LENIENT | {"MONGODB_URI": mongod.uri, "MONGODB_DB": "fuzzed"}
    with ServerProcess(tmp_path_factory.mktemp("fuzz") / "log", **settings) as running:
        yield running


@pytest.mark.timeout(900)
@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("version", APIS)
def test_schemathesis_finds_nothing_with_every_check(
    fuzzed: ServerProcess, version: str, document: str
) -> None:
    """Without the phase of coverage, which takes the most time whatever the number of examples."""
    fuzzing = fuzz.Fuzz(fuzzed.url, version, document, "tests.contract.hooks")
    assert fuzzing.run(678, 3, "examples,fuzzing,stateful") == 0
