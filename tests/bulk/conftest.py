"""What tests of bulk commands stand on."""

from collections.abc import Iterator

import pytest

from impl.store.embedded import Mongod
from tests.bulk.commands import Database
from tests.databases import Databases


@pytest.fixture
def database(mongod: Mongod, databases: Databases) -> Iterator[Database]:
    """Another one than that of `store`."""
    with databases.lent() as name:
        made = Database(mongod, name)
        yield made
        made.store.close()
