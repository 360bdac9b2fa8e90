"""The store: what other packages read and write documents by. Writes are in writing.py."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

import bson
import pymongo
from bson.codec_options import CodecOptions
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import InvalidOperation
from pymongo.monitoring import ConnectionPoolListener

from impl.errors import ContentTooLarge, NotFound, Unavailable
from impl.query.language import Compare, Condition, Document, Every, Exists, Page, Path, Query
from impl.resources import FEED
from impl.store import indexes, pages, transactions
from impl.store.access import Access
from impl.store.attribute_names import Names
from impl.store.client import client
from impl.store.collection_names import ANSWERS, GUARDS
from impl.store.collections import Collections, create_compressed
from impl.store.counts import Counts
from impl.store.dead_letters import DeadLetters
from impl.store.documents import VERSION, Stored, from_mongo, whole
from impl.store.encoding import ESCAPE, encode_first_name
from impl.store.faults import NO_TRANSACTIONS, reading, translated
from impl.store.feed_reader import FeedReader
from impl.store.mongo_query import to_name
from impl.store.outbox import Outbox, Record
from impl.store.pages import StoreLimits
from impl.store.partitions import Partitions
from impl.store.raw_documents import RAW, documents, split
from impl.store.relay import Relay
from impl.store.rendition import WITHOUT_RENDITION, projection, reader
from impl.store.replies import find_one
from impl.store.timeouts import WRITE_SECONDS
from impl.store.transactions import session
from impl.store.writing import Assignment, Writer

CLOSE_SECONDS = 1
EMPTY_SECONDS = 10
INDEX_SECONDS = 24 * 3600
"""MongoDB gives an index build up after a timeout, and begins anew at the next request for it."""

PARTS = 1_000
"""How many documents `Store.parts` reads by one query."""

R = TypeVar("R")


class Store:
    """Documents of every resource, one MongoDB collection a resource.

    With `record`, each write of a document stores its event with it. Callers read and write what
    `Access` lets them; a `guarded` store refuses anonymous ones. The feed has so many `partitions`,
    from the database's first document on. Each method raises Unavailable if MongoDB is away or too
    slow.
    """

    def __init__(  # noqa: PLR0913 - all but two have a default
        self,
        uri: str,
        database: str,
        *,
        bounds: StoreLimits = StoreLimits(),
        record: Record | None = None,
        listeners: Sequence[ConnectionPoolListener] = (),
        guarded: bool = False,
        partitions: int = 1,
    ) -> None:
        self.partitions = parts = Partitions(partitions)
        self._counts = Counts(bounds.count_seconds)
        self._page_bytes = bounds.page_bytes
        self.bounds = bounds
        self._client = client(uri, listeners)
        codec: CodecOptions[Stored] = CodecOptions(tz_aware=True, tzinfo=UTC)
        self._database = self._client.get_database(database, codec_options=codec)
        self._of = of = Collections(self._database)
        self._access = access = Access(self._database, guarded=guarded)
        self.names = Names(self._database)
        self.feed = FeedReader(self._database, access, self._counts, bounds.page_bytes, parts)
        self.outbox = Outbox(self._client, self._database, record, parts)
        self.writer = Writer(of, self.outbox, access, self.names, bounds, self._get)
        self.dead_letters = DeadLetters(self._database)
        self.relay = Relay(self._client, self._database, self.dead_letters, parts)

    def close(self) -> None:
        """Close every connection, without waiting for a database that is away."""
        with pymongo.timeout(CLOSE_SECONDS):
            self._client.close()

    def ping(self) -> None:
        """Return if the database can be written to; else raise Unavailable, in 2 s.

        It can't if it has no transactions: a server that is no member of a replica set.
        """
        with translated(), pymongo.timeout(2):
            hello = self._client.admin.command("hello")
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise Unavailable(NO_TRANSACTIONS)

    def ensure_indexes(self, *, of_empty: bool = False) -> None:
        """Build the declared indexes that are missing, however long that takes.

        `of_empty` leaves out collections that hold a document: then it takes a moment.
        """
        with translated(), pymongo.timeout(INDEX_SECONDS):
            for name in indexes.COLLECTIONS:
                if of_empty and self._first(name, {}):
                    continue
                if name in indexes.COMPRESSED:
                    create_compressed(self._database, name)
                models = indexes.models(name) + self.partitions.models(name)
                self._of[name].create_indexes(models)

    def keep_indexed(self, check: Callable[[], object] = lambda: None) -> None:
        """Build the declared indexes: of empty collections now, of others in the background.

        So a new database has its indexes before it is served. An index build finishes under an
        exclusive lock: it waits for open transactions, and everyone else waits for it; for a
        minute, if a process was killed in a transaction. All are built later if the database is
        away, or while `check` raises Unavailable.
        """

        def build() -> None:
            pause = threading.Event()
            while True:
                try:
                    check()
                    self.ensure_indexes()
                    return
                except InvalidOperation:  # the store is closed
                    return
                except Unavailable:
                    pause.wait(1)

        with suppress(Unavailable):
            self.ping()
            check()
            with pymongo.timeout(EMPTY_SECONDS):
                self.ensure_indexes(of_empty=True)
        threading.Thread(target=build, name="indexes", daemon=True).start()

    def in_transaction(
        self,
        work: Callable[[], R],
        seconds: float = WRITE_SECONDS,
        patience: float = WRITE_SECONDS,
    ) -> R:
        """Return what `work` returns; all its reads and writes here are in one transaction.

        If another transaction conflicts, `work` is called again until the patience ends. Within a
        transaction, the work is part of that.
        """
        return transactions.within(self._client, work, seconds, patience)

    def collection(self, name: str) -> tuple[Collection[Stored], ClientSession | None]:
        """A collection for the store's other modules, and the transaction that this is in."""
        return self._of[name], session()

    def get(self, resource: str, id_: str) -> Document:
        """The document; NotFound if there is none."""
        with reading():
            return self._get(resource, id_)

    def has(self, resource: str, id_: str) -> bool:
        """Whether there is such a document."""
        try:
            self._get(resource, id_)
        except NotFound:
            return False
        return True

    def show(self, resource: str, id_: str) -> Document:
        """The document as `get`, for a caller that only shows it: it may be `Rendered`."""
        if self._access.limited:
            return self.get(resource, id_)
        with reading():
            stored = self._one(self._of[resource], id_)
        if stored is None:
            raise missing(resource, id_)
        return reader(resource)(stored)

    def find(self, resource: str, query: Query) -> Page:
        """The page of the matches that the query's window names, in its order.

        Raises TooCostly if a search by pattern takes too long, Busy if too many queries without an
        index run already, and ParameterInvalid if the page has too many bytes.
        """
        if resource == FEED:
            return self.feed.find(query)
        with reading():
            collection, visible = self._of[resource], self._visible(resource, query)
            return pages.find(collection, visible, self._counts, self._page_bytes, session())

    def stream(self, resource: str, query: Query) -> Iterator[Document]:
        """Every match in order, one after the other, in constant memory.

        Raises TooCostly if a search by pattern takes too long to find the first one, and Busy if
        too many queries without an index run already.
        """
        if resource == FEED:
            yield from self.feed.stream(query)
            return
        with translated():
            yield from pages.stream(self._of[resource], self._visible(resource, query))

    def every(self, resource: str, where: Condition) -> list[Document]:
        """All documents that the condition holds for, in the order of their ids."""
        return list(self.each(resource, where))

    def each(self, resource: str, where: Condition) -> Iterator[Document]:
        """The same, one after the other."""
        collection, within = self.collection(resource)
        with translated():
            visible = self._access.filter(resource, where)
            yield from map(from_mongo, collection.find(visible, session=within).sort("_id"))

    def readable(
        self, resource: str, report: Callable[[object, Exception], None]
    ) -> Iterator[Document]:
        """Every document in the order of their ids; `report` gets the `_id` of a corrupt one."""
        collection, within = self.collection(resource)
        rows: Collection[Any] = collection.with_options(codec_options=RAW)
        order: list[Stored] = [{"$sort": {"_id": 1}}, {"$project": {"row": "$$ROOT"}}]
        with translated():
            stages = [{"$match": self._access.filter(resource)}, *order]
            for each in rows.aggregate(stages, session=within):
                try:
                    document = from_mongo(bson.decode(each["row"].raw, collection.codec_options))
                except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
                    report(each["_id"], fault)
                    continue
                yield document

    def parts(self, resource: str, where: Condition, names: Sequence[str]) -> Iterator[Document]:
        """Some attributes of the documents that the condition holds for, in the order of ids.

        Any number of documents takes constant memory: a new query reads each PARTS of them.
        """
        collection, within = self.collection(resource)
        projection = {encode_first_name(name): 1 for name in ("id", *names)} | {VERSION: 1}
        last, count = "", PARTS
        while count == PARTS:
            count = 0
            behind = Every((where, Compare(("id",), (last,), "gt")))
            with translated():
                visible = self._access.filter(resource, behind)
                cursor: Any = collection.find_raw_batches(visible, projection, session=within)
                for batch in cursor.sort("_id").limit(PARTS).batch_size(PARTS):
                    for stored in documents(batch, collection.codec_options):
                        last, count = stored["_id"], count + 1
                        yield from_mongo(stored)

    def whole(self, resource: str, where: Condition, most_bytes: int) -> list[Document]:
        """The documents that the condition holds for, in the order of ids.

        ContentTooLarge if they are over so many bytes in all, as they are stored.
        """
        found: list[Document] = []
        collection, within = self.collection(resource)
        size = 0
        with translated():
            visible = self._access.filter(resource, where)
            cursor: Any = collection.find_raw_batches(visible, WITHOUT_RENDITION, session=within)
            for batch in cursor.sort("_id"):
                size += len(batch)
                if size > most_bytes:
                    raise ContentTooLarge(f"they take over {most_bytes} bytes as they are stored")
                found += (
                    whole(bson.decode(raw, collection.codec_options), escaped=ESCAPE in raw)
                    for raw in split(batch)
                )
        return found

    def rows(
        self, resource: str, where: Condition, projection: Mapping[str, Any], most: int = 0
    ) -> list[Stored]:
        """A projection of the documents, in the order of ids, for the store's other modules.

        At the most `most` of them, unless that is 0.
        """
        collection, within = self.collection(resource)
        with translated():
            visible = self._access.filter(resource, where)
            found = collection.find(visible, projection, session=within)
            return list(found.sort("_id").limit(most))

    def versions(self, resource: str, where: Condition) -> Iterator[tuple[str, int]]:
        """The ids and versions of the documents that the condition holds for."""
        collection, within = self.collection(resource)
        with translated():
            visible, projection = self._access.filter(resource, where), {VERSION: 1}
            for stored in collection.find(visible, projection, session=within).sort("_id"):
                yield stored["_id"], stored[VERSION]

    def is_empty(self, resource: str) -> bool:
        """Whether the resource has no document at all."""
        with reading():
            return self._first(resource, self._access.filter(resource)) is None

    def count(self, resource: str, where: Condition) -> int:
        """How many documents the condition holds for."""
        collection, within = self.collection(resource)
        with translated():
            return collection.count_documents(self._access.filter(resource, where), session=within)

    def values(self, resource: str, where: Condition, path: Path) -> Iterator[Any]:
        """The values at a path of the documents that the condition holds for, each value once."""
        group = {"$group": {"_id": f"${to_name(path)}"}}
        with translated():
            groups = self._of[resource].aggregate(
                [{"$match": self._access.filter(resource, where)}, group], allowDiskUse=True
            )
            yield from (each["_id"] for each in groups)

    def tally(self, resource: str, where: Condition, path: Path) -> dict[Any, int]:
        """How many of the documents that the condition holds for have which value at a path."""
        collection, within = self.collection(resource)
        group = {"$group": {"_id": f"${to_name(path)}", "count": {"$sum": 1}}}
        stages = [{"$match": self._access.filter(resource, where)}, group]
        with translated():
            groups = collection.aggregate(stages, session=within)
            return {each["_id"]: each["count"] for each in groups}

    def knows(self, resource: str, path: Path) -> bool:
        """Whether some document of the resource may have this attribute.

        For restricted callers only their own documents count: a name may be data of others, such as
        a number that was called. The documents are searched only for a name that some may have.
        """
        with reading():
            known = self.names.has(resource, path)
            if known is False or (known and not self._access.limited):
                return known
            if resource == FEED:
                return self.feed.knows(path)
            visible = self._access.filter(resource, Exists(path))
            return self._first(resource, visible) is not None

    def recorded(self, resource: str) -> list[Path]:
        """Extension attributes to suggest for a wrong name; none to restricted callers."""
        if self._access.limited:
            return []
        with reading():
            return sorted(self.names.near(resource))

    def insert(self, resource: str, document: Mapping[str, Any]) -> Document:
        """Store a new document under its `id`; Conflict if that is taken, Forbidden, or
        ContentTooLarge.
        """
        return self.writer.insert(resource, document)

    def change(
        self,
        resource: str,
        id_: str,
        change: Callable[[Document], Mapping[str, Any]],
        versions: frozenset[int] | None = None,
        assignment: Assignment | None = None,
    ) -> Document:
        """Replace a document by what `change` makes of it, and return that.

        Nothing is written if `change` returns what it was given. No concurrent change is lost: if
        another came between, `change` is called again with what is stored then. If the change comes
        to an `assignment`, that is tried first, without `change`.

        Raises NotFound, Forbidden, ContentTooLarge, PreconditionFailed if the document has none of
        the `versions`, and Unavailable if others change it too often.
        """
        return self.writer.change(resource, id_, change, versions, assignment).after

    def delete(self, resource: str, id_: str, versions: frozenset[int] | None = None) -> Document:
        """Remove the document, and return it; NotFound, Forbidden, or PreconditionFailed."""
        return self.writer.delete(resource, id_, versions)

    def delete_every(self, resource: str, where: Condition) -> None:
        """Remove all documents that the condition holds for, without events."""
        self.writer.delete_every(resource, where)

    def hold(self, resource: str, id_: str) -> None:
        """Lock a document until the end of this transaction, against others that lock it.

        A write that refers to a document locks it, and so does its removal: one of the two is
        first. Forbidden if the caller may write none of the resource.
        """
        guards, within = self.collection(GUARDS)
        with translated():
            self._access.refuse_write(resource, {}, None)
            guards.update_one(
                {"_id": f"{resource}/{id_}"}, {"$inc": {"held": 1}}, upsert=True, session=within
            )

    def recall(self, id_: str) -> Stored | None:
        """The content remembered under this id within the last 24 hours."""
        with translated():
            return self._of[ANSWERS].find_one({"_id": id_}, session=session())

    def remember(self, id_: str, content: Stored) -> None:
        """Store content for 24 hours, under an id that has none yet."""
        stored = {"_id": id_, "keptAt": datetime.now(UTC), **content}
        with translated():
            self._of[ANSWERS].insert_one(stored, session=session())

    def _get(self, resource: str, id_: str) -> Document:
        with translated():
            stored = self._of[resource].find_one({"_id": id_}, session=session())
            document = from_mongo(stored) if stored else None
            if document is None or not self._access.sees(resource, document):
                raise missing(resource, id_)
            return document

    @staticmethod
    def _one(collection: Collection[Stored], id_: str) -> Stored | None:
        fields = projection(collection.name)
        found = find_one(collection, id_, fields) if session() is None else None
        if found is None:
            return collection.find_one({"_id": id_}, fields, session=session())
        return found[0] if found else None

    def _first(self, resource: str, where: Stored) -> Stored | None:
        return self._of[resource].find_one(where, {"_id": 1}, session=session())

    def _visible(self, resource: str, query: Query) -> Query:
        """The query, narrowed to what the caller may see."""
        if not self._access.limited:
            return query
        return replace(query, where=Every((query.where, self._access.seen(resource))))


def missing(resource: str, id_: str) -> NotFound:
    """The error for a document that is not there, or that the caller does not see."""
    return NotFound(f"there is no {resource} {id_!r}")
