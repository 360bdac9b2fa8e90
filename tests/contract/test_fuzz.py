"""A bounded run of what `make fuzz` does at full length."""

from tests.contract import fuzz
from tests.servers import ServerProcess


def test_schemathesis_finds_nothing_with_every_check_in_every_phase(server: ServerProcess) -> None:
    assert fuzz.run(server.url, seed=678, examples=10) == 0
