"""Databases that tests use one after the other: to empty one is cheaper than to build indexes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pymongo

from impl.store.mongo import Store

Catalog = dict[str, Any]
"""The options and indexes of each collection, by its name."""


class Databases:
    """Lends empty databases with all indexes; use as a context manager."""

    def __init__(self, uri: str) -> None:
        self._uri = uri
        self._client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(uri)
        self._free: list[str] = []
        self._built: dict[str, Catalog] = {}

    def __enter__(self) -> "Databases":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._client.close()

    @contextmanager
    def lent(self) -> Iterator[str]:
        """The name of a database that nobody else has until the block ends."""
        name = self._free.pop() if self._free else f"test-{uuid4().hex}"
        self.empty(name)
        yield name
        self._free.append(name)

    def empty(self, name: str) -> None:
        """Delete all documents of a database, and build the indexes that were not there before.

        A few commands do, if nobody changed a collection: most tests pay for nothing else.
        """
        built, catalog = self._built.get(name, {}), self._catalog(name)
        for collection in catalog:
            if catalog[collection] != built.get(collection):
                self._client[name].drop_collection(collection)
        for collection in self._filled(name, [*built.keys() & catalog.keys()]):
            self._client[name][collection].delete_many({})
        if catalog != built or not built:
            store = Store(self._uri, name)
            store.ensure_indexes()
            store.close()
            self._built[name] = self._catalog(name)

    def _catalog(self, name: str) -> Catalog:
        own = {"db": name, "name": {"$not": {"$regex": "^system[.]"}}}
        listed = self._client.admin.aggregate([{"$listCatalog": {}}, {"$match": own}])
        found = {each["name"]: each["md"] for each in listed}
        return {
            name: (each["options"], [index["spec"] for index in each["indexes"]])
            for name, each in found.items()
        }

    def _filled(self, name: str, collections: list[str]) -> list[str]:
        """Those of the collections that hold a document, by one command."""
        searches: dict[str, list[dict[str, Any]]] = {
            each: [{"$limit": 1}, {"$project": {"_id": 0, "in": {"$literal": each}}}]
            for each in collections
        }
        if not searches:
            return []
        first, pipeline = searches.popitem()
        for each, search in searches.items():
            pipeline.append({"$unionWith": {"coll": each, "pipeline": search}})
        return [row["in"] for row in self._client[name][first].aggregate(pipeline)]
