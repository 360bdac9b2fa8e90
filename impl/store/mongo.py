"""The store's one door: documents in and out, by resource and id, each with its version.

Every method raises Unavailable where MongoDB is away or too slow.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC
from typing import Any

import pymongo
from bson.codec_options import CodecOptions
from pymongo.errors import ConnectionFailure, DuplicateKeyError, PyMongoError

from impl.errors import Conflict, NotFound, PreconditionFailed, Unavailable
from impl.query.language import Document, Page, Query
from impl.store import indexes
from impl.store.bson import decode, encode
from impl.store.mongo_query import to_filter

Stored = dict[str, Any]
VERSION = "_rev"
ATTEMPTS = 100


class Store:
    """Documents of every resource, one MongoDB collection a resource."""

    def __init__(self, uri: str, database: str) -> None:
        self._client: pymongo.MongoClient[Stored] = pymongo.MongoClient(
            uri,
            connect=False,
            w="majority",
            journal=True,
            timeoutMS=15000,
            serverSelectionTimeoutMS=4000,
            connectTimeoutMS=2000,
            appname="tmf678",
        )
        codec: CodecOptions[Stored] = CodecOptions(tz_aware=True, tzinfo=UTC)
        self._database = self._client.get_database(database, codec_options=codec)

    def close(self) -> None:
        """Let go of every connection."""
        self._client.close()

    def ping(self) -> None:
        """Return where the database can be written to; raise Unavailable where not, in 2 s."""
        with _translated(), pymongo.timeout(2):
            self._client.admin.command("ping", read_preference=pymongo.ReadPreference.PRIMARY)

    def ensure_indexes(self) -> None:
        """Build the declared indexes that are not there yet."""
        with _translated():
            for resource, paths in indexes.DECLARED.items():
                self._database[resource].create_indexes(
                    [pymongo.IndexModel([(path, 1), ("_id", 1)]) for path in paths]
                )

    def is_empty(self, resource: str) -> bool:
        """Whether the resource has no document at all."""
        with _translated():
            return self._database[resource].find_one({}, {"_id": 1}) is None

    def find(self, resource: str, query: Query) -> Page:
        """The documents that match, in the order of their ids, and how many there are."""
        collection = self._database[resource]
        selected = to_filter(query.where)
        with _translated():
            total = (
                collection.count_documents(selected)
                if selected
                else collection.estimated_document_count()
            )
            if not query.window.limit or query.window.offset >= total:
                return Page([], total)
            cursor = collection.find(selected, sort=[("_id", 1)])
            cursor.skip(query.window.offset).limit(query.window.limit)
            return Page([_outward(stored) for stored in cursor], total)

    def get(self, resource: str, id_: str) -> Document:
        """The document; NotFound where there is none."""
        with _translated():
            stored = self._database[resource].find_one({"_id": id_})
        if stored is None:
            raise NotFound(f"there is no {resource} {id_!r}")
        return _outward(stored)

    def insert(self, resource: str, document: Mapping[str, Any]) -> Document:
        """Keep a new document under its `id`; Conflict where that id is taken."""
        stored = _inward(document, 1)
        with _translated():
            try:
                self._database[resource].insert_one(stored)
            except DuplicateKeyError:
                raise Conflict(f"id: {resource} {document['id']!r} is there already") from None
        return _outward(stored)

    def change(
        self,
        resource: str,
        id_: str,
        change: Callable[[Document], Mapping[str, Any]],
        versions: frozenset[int] | None = None,
    ) -> Document:
        """Replace the document by what `change` makes of it, and return that.

        No concurrent change is lost: where another came between, `change` is called again with
        what is stored then. With `versions`, raises PreconditionFailed if it has none of them.
        """
        for _ in range(ATTEMPTS):
            before = self.get(resource, id_)
            _expect(before, versions)
            after = change(before)
            if after == before:
                return before
            changed = _inward(after, before.version + 1)
            with _translated():
                result = self._database[resource].replace_one(_this(before), changed)
            if result.matched_count:
                return _outward(changed)
        raise Unavailable(f"{resource} {id_!r} changes faster than this change can be made")

    def delete(self, resource: str, id_: str, versions: frozenset[int] | None = None) -> None:
        """Remove the document; NotFound, or PreconditionFailed as with `change`."""
        for _ in range(ATTEMPTS):
            before = self.get(resource, id_)
            _expect(before, versions)
            with _translated():
                result = self._database[resource].delete_one(_this(before))
            if result.deleted_count:
                return
        raise Unavailable(f"{resource} {id_!r} changes faster than it can be removed")


def _this(document: Document) -> Stored:
    return {"_id": document["id"], VERSION: document.version}


def _expect(document: Document, versions: frozenset[int] | None) -> None:
    if versions is not None and document.version not in versions:
        raise PreconditionFailed(f"{document['id']!r} has another version by now")


def _inward(document: Mapping[str, Any], version: int) -> Stored:
    return {"_id": document["id"], VERSION: version, **encode(document)}


def _outward(stored: Stored) -> Document:
    version = stored.pop(VERSION)
    del stored["_id"]
    return Document(decode(stored), version)


@contextmanager
def _translated() -> Iterator[None]:
    """MongoDB's troubles as ours; what is none of its being away passes through."""
    try:
        yield
    except ConnectionFailure as error:
        raise Unavailable("the database is away") from error
    except PyMongoError as error:
        if error.timeout:
            raise Unavailable("the database is too slow") from error
        raise
