"""Databases that tests use one after the other: to empty one is cheaper than to build indexes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pymongo
from pymongo.database import Database

from impl.store.mongo import Store

Indexes = dict[str, list[str]]


class Databases:
    """Lends empty databases with all indexes; use as a context manager."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(uri)
        self._free: dict[str, Indexes] = {}

    def __enter__(self) -> "Databases":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._client.close()

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The name of a database that nobody else has until the block ends."""
        name, built = self._free.popitem() if self._free else self._built()
        self._empty(self._client[name], built)
        self._ensure(name)
        yield name
        self._free[name] = built

    def _built(self) -> tuple[str, Indexes]:
        name = f"test-{uuid4().hex}"
        self._ensure(name)
        return name, _indexes(self._client[name])

    def _ensure(self, name: str) -> None:
        store = Store(self._uri, name)
        store.ensure_indexes()
        store.close()

    @staticmethod
    def _empty(database: Database[dict[str, Any]], built: Indexes) -> None:
        """Drop what the last test left, and each collection whose indexes it changed."""
        for name, indexes in _indexes(database).items():
            if built.get(name) == indexes:
                database[name].delete_many({})
            else:
                database.drop_collection(name)


def _indexes(database: Database[dict[str, Any]]) -> Indexes:
    """The names of the indexes of each collection."""
    names = database.list_collection_names(filter={"name": {"$not": {"$regex": "^system[.]"}}})
    return {name: sorted(database[name].index_information()) for name in names}
