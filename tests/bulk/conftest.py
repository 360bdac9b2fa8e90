"""What tests of bulk commands stand on."""

from collections.abc import Iterator

import pytest

from impl.store.embedded import Mongod
from tests.bulk.commands import Database


@pytest.fixture
def database(mongod: Mongod) -> Iterator[Database]:
    made = Database(mongod)
    yield made
    made.store.close()
