"""Creates the collections of a database, with their compression, and caches them."""

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import OperationFailure

from impl.store.documents import Stored

NAMESPACE_EXISTS = 48


def create_compressed(database: Database[Stored], name: str) -> None:
    """Create a collection that takes little disk; one that exists stays as it is.

    A document and its JSON repeat each other; zstd compresses that better than MongoDB's default,
    snappy.
    """
    options = {"wiredTiger": {"configString": "block_compressor=zstd"}}
    try:
        database.create_collection(name, check_exists=False, storageEngine=options)
    except OperationFailure as error:
        if error.code != NAMESPACE_EXISTS:
            raise


class Collections(dict[str, Collection[Stored]]):
    """The collections of a database, cached: to make one costs a tenth of a read."""

    def __init__(self, database: Database[Stored]) -> None:
        super().__init__()
        self.database = database

    def __missing__(self, name: str) -> Collection[Stored]:
        self[name] = collection = self.database[name]
        return collection
