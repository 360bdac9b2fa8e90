"""The store's one door: documents in and out, by resource and id, each with its version.

Every method raises Unavailable where MongoDB is away or too slow.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

import bson
import pymongo
from bson.codec_options import CodecOptions
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import DuplicateKeyError, InvalidOperation, PyMongoError
from pymongo.monitoring import ConnectionPoolListener

from impl.errors import ContentTooLarge, NotFound, PreconditionFailed, Unavailable
from impl.query.language import Condition, Document, Every, Exists, Page, Path, Query
from impl.store import indexes, pages, transactions
from impl.store.access import Access
from impl.store.assignment import Assignment, assign, expected
from impl.store.attribute_names import Names
from impl.store.client import Collections, client, create_compressed
from impl.store.counts import Counts
from impl.store.document_size import refuse_larger
from impl.store.documents import (
    PROJECTION,
    STAMP,
    VERSION,
    PendingEvent,
    Stored,
    from_mongo,
    from_projection,
    prepare,
)
from impl.store.encoding import encode_first_name
from impl.store.faults import (
    NO_TRANSACTIONS,
    WRITE_SECONDS,
    reading,
    taken,
    translated,
)
from impl.store.mongo_query import to_name
from impl.store.outbox import RAW, Outbox, Record, Write
from impl.store.pages import StoreLimits
from impl.store.raw_documents import documents
from impl.store.transactions import session

ATTEMPTS = 100
CLOSE_SECONDS = 1
ANSWERS = "idempotency"
GUARDS = "guard"
EMPTY_SECONDS = 10
INDEX_SECONDS = 24 * 3600
"""Past a timeout MongoDB would give an index up, and begin anew each time it is asked for."""

R = TypeVar("R")


class Store:
    """Documents of every resource, one MongoDB collection a resource.

    With `record`, each write of a document keeps its event, in one with it. Who asks sees and
    writes what `Access` lets them; a `guarded` store serves nobody who does not say who they are.
    """

    def __init__(
        self,
        uri: str,
        database: str,
        *,
        bounds: StoreLimits = StoreLimits(),
        record: Record | None = None,
        listeners: Sequence[ConnectionPoolListener] = (),
        guarded: bool = False,
    ) -> None:
        self._counts = Counts(bounds.count_seconds)
        self._page_bytes = bounds.page_bytes
        self.bounds = bounds
        self._client = client(uri, listeners)
        codec: CodecOptions[Stored] = CodecOptions(tz_aware=True, tzinfo=UTC)
        self._database = self._client.get_database(database, codec_options=codec)
        self._of = Collections(self._database)
        self.outbox = Outbox(self._client, self._database, record)
        self._access = Access(self._database, guarded=guarded)
        self.names = Names(self._database)

    def close(self) -> None:
        """Let go of every connection; a database that is away is not waited for."""
        with pymongo.timeout(CLOSE_SECONDS):
            self._client.close()

    def ping(self) -> None:
        """Return where the database can be written to; raise Unavailable where not, in 2 s.

        It can't be where it has no transactions: a server that is no member of a replica set.
        """
        with translated(), pymongo.timeout(2):
            said = self._client.admin.command("hello")
        if "setName" not in said and said.get("msg") != "isdbgrid":
            raise Unavailable(NO_TRANSACTIONS)

    def ensure_indexes(self, *, of_empty: bool = False) -> None:
        """Build the declared indexes that are not there yet, however long that takes.

        `of_empty` leaves collections alone that hold something already: then it takes a moment.
        """
        with translated(), pymongo.timeout(INDEX_SECONDS):
            for name in indexes.COLLECTIONS:
                if of_empty and self._found(name, {}):
                    continue
                if name in indexes.COMPRESSED:
                    create_compressed(self._database, name)
                self._of[name].create_indexes(indexes.models(name))

    def keep_indexed(self, met: Callable[[], object] = lambda: None) -> None:
        """Build the declared indexes: of what is empty now, of all else in the background.

        So a new database has its indexes before it is served. A build ends with the collection to
        itself; until each open transaction is over, it waits for that, and all others for it: for a
        minute, where a process was killed in one. Where the database is away, all are built once it
        is there; and in any case once `met` raises no Unavailable.
        """

        def build() -> None:
            waiting = threading.Event()
            while True:
                try:
                    met()
                    self.ensure_indexes()
                    return
                except InvalidOperation:  # the store is closed
                    return
                except Unavailable:
                    waiting.wait(1)

        with suppress(Unavailable):
            self.ping()
            met()
            with pymongo.timeout(EMPTY_SECONDS):
                self.ensure_indexes(of_empty=True)
        threading.Thread(target=build, name="indexes", daemon=True).start()

    def _note(self, resource: str, document: Mapping[str, Any]) -> None:
        with translated():
            self.names.note(resource, document)

    def is_empty(self, resource: str) -> bool:
        """Whether the resource has no document at all."""
        with reading():
            return self._found(resource, self._access.filter(resource)) is None

    def find(self, resource: str, query: Query) -> Page:
        """The part of the matches that the query's window shows, in its order.

        Raises TooCostly where a search by pattern takes too long, Busy where too many queries that
        no index serves are done already, and ParameterInvalid where the part is larger than a page
        may be.
        """
        with reading():
            found, seen = self._of[resource], self._seen(resource, query)
            return pages.find(found, seen, self._counts, self._page_bytes, session())

    def stream(self, resource: str, query: Query) -> Iterator[Document]:
        """Every match in order, one after the other, in constant memory.

        Raises TooCostly where a search by pattern takes too long to find the first one, and Busy
        where too many queries that no index serves are done already.
        """
        with translated():
            yield from pages.stream(self._of[resource], self._seen(resource, query))

    def in_transaction(
        self,
        work: Callable[[], R],
        seconds: float = WRITE_SECONDS,
        patience: float = WRITE_SECONDS,
    ) -> R:
        """What `work` returns, with all that it reads and writes here in one transaction.

        It may be called more than once: again, for as long as the patience lasts, where another
        transaction came between. Within a transaction, it is part of that.
        """
        return transactions.within(self._client, work, seconds, patience)

    @property
    def may_mark_unread(self) -> bool:
        """Whether a change may keep its event in a document that nobody looks at."""
        return self.outbox.records and not self._access.limited

    def rows(self, resource: str, where: Condition, shown: Mapping[str, Any]) -> list[Stored]:
        """What MongoDB shows of the documents, in the order of ids, for the store's modules."""
        collection, within = self.collection(resource)
        with translated():
            seen = self._access.filter(resource, where)
            return list(collection.find(seen, shown, session=within).sort("_id"))

    def collection(self, name: str) -> tuple[Collection[Stored], ClientSession | None]:
        """A collection of the store's own, for its other modules, and the transaction it is in."""
        return self._of[name], session()

    def recall(self, id_: str) -> Stored | None:
        """What was remembered under this id within the last 24 hours."""
        with translated():
            return self._of[ANSWERS].find_one({"_id": id_}, session=session())

    def remember(self, id_: str, content: Stored) -> None:
        """Keep something for 24 hours under an id that nothing is kept under yet."""
        kept = {"_id": id_, "keptAt": datetime.now(UTC), **content}
        with translated():
            self._of[ANSWERS].insert_one(kept, session=session())

    def knows(self, resource: str, path: Path) -> bool:
        """Whether some document of the resource may have this attribute.

        A limited bearer is told of their own documents: a name may be data, such as a number that
        is called, so what others' documents have is as good as not there. Those are looked at only
        for a name that some document may have.
        """
        with reading():
            told = self.names.has(resource, path)
            if told is False or (told and not self._access.limited):
                return told
            there = self._access.filter(resource, Exists(path))
            return self._found(resource, there) is not None

    def recorded(self, resource: str) -> list[Path]:
        """Extension attributes that a wrong name may be near; none for a limited bearer."""
        if self._access.limited:
            return []
        with reading():
            return sorted(self.names.near(resource))

    def parts(
        self, resource: str, where: Condition, names: Sequence[str], most_bytes: int
    ) -> list[Document]:
        """Some attributes of what the condition holds for, in the order of ids.

        ContentTooLarge where these are over so many bytes in all, as they are stored.
        """
        collection, within = self.collection(resource)
        wanted = {encode_first_name(name): 1 for name in ("id", *names)} | {VERSION: 1}
        found: list[Document] = []
        size = 0
        with translated():
            seen = self._access.filter(resource, where)
            batches: Any = collection.find_raw_batches(seen, wanted, session=within).sort("_id")
            for batch in batches:
                size += len(batch)
                if size > most_bytes:
                    raise ContentTooLarge(f"they take over {most_bytes} bytes as they are stored")
                found += map(from_mongo, documents(batch, collection.codec_options))
        return found

    def every(self, resource: str, where: Condition) -> list[Document]:
        """All documents that the condition holds for, in the order of their ids."""
        return list(self.each(resource, where))

    def each(self, resource: str, where: Condition) -> Iterator[Document]:
        """The same, one after the other."""
        collection, within = self.collection(resource)
        with translated():
            seen = self._access.filter(resource, where)
            yield from map(from_mongo, collection.find(seen, session=within).sort("_id"))

    def sound(self, resource: str, told: Callable[[object, Exception], None]) -> Iterator[Document]:
        """Every document in the order of their ids; of one that can't be read, `told` is told."""
        collection, within = self.collection(resource)
        rows: Collection[Any] = collection.with_options(codec_options=RAW)
        order: list[Stored] = [{"$sort": {"_id": 1}}, {"$project": {"row": "$$ROOT"}}]
        with translated():
            stages = [{"$match": self._access.filter(resource)}, *order]
            for found in rows.aggregate(stages, session=within):
                try:
                    document = from_mongo(bson.decode(found["row"].raw, collection.codec_options))
                except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
                    told(found["_id"], fault)
                    continue
                yield document

    def versions(self, resource: str, where: Condition) -> Iterator[tuple[str, int]]:
        """The ids and versions of the same."""
        collection, within = self.collection(resource)
        with translated():
            seen, wanted = self._access.filter(resource, where), {VERSION: 1}
            for stored in collection.find(seen, wanted, session=within).sort("_id"):
                yield stored["_id"], stored[VERSION]

    def count(self, resource: str, where: Condition) -> int:
        """How many documents the condition holds for."""
        collection, within = self.collection(resource)
        with translated():
            return collection.count_documents(self._access.filter(resource, where), session=within)

    def values(self, resource: str, where: Condition, path: Path) -> Iterator[Any]:
        """What stands at a path of the documents that the condition holds for, each value once."""
        group = {"$group": {"_id": f"${to_name(path)}"}}
        with translated():
            found = self._of[resource].aggregate(
                [{"$match": self._access.filter(resource, where)}, group], allowDiskUse=True
            )
            yield from (each["_id"] for each in found)

    def tally(self, resource: str, where: Condition, path: Path) -> dict[Any, int]:
        """How many of the documents that the condition holds for have which value at a path."""
        collection, within = self.collection(resource)
        group = {"$group": {"_id": f"${to_name(path)}", "count": {"$sum": 1}}}
        stages = [{"$match": self._access.filter(resource, where)}, group]
        with translated():
            found = collection.aggregate(stages, session=within)
            return {each["_id"]: each["count"] for each in found}

    def hold(self, resource: str, id_: str) -> None:
        """Let no other transaction that holds the document come between this one's start and end.

        Who refers to a document holds it, and who removes it: so that one of the two comes first.
        Forbidden where who asks may write none of its kind.
        """
        self._judge(resource, {}, None)
        guards, within = self.collection(GUARDS)
        with translated():
            guards.update_one(
                {"_id": f"{resource}/{id_}"}, {"$inc": {"held": 1}}, upsert=True, session=within
            )

    def dangling(
        self, resource: str, where: Condition, path: Path, target: str
    ) -> Iterator[Document]:
        """The documents whose reference at a path names a document that is not there."""
        name = to_name(path)
        found = {"from": target, "localField": name, "foreignField": "_id", "as": "_found"}
        stages: list[dict[str, Any]] = [
            {"$match": self._access.filter(resource, Every((where, Exists(path))))},
            {"$lookup": {**found, "pipeline": [{"$project": {"_id": 1}}]}},
            {"$match": {"_found": []}},
            {"$unset": "_found"},
        ]
        with translated():
            yield from map(from_mongo, self._of[resource].aggregate(stages))

    def has(self, resource: str, id_: str) -> bool:
        """Whether there is such a document."""
        try:
            self._get(resource, id_)
        except NotFound:
            return False
        return True

    def get(self, resource: str, id_: str) -> Document:
        """The document; NotFound where there is none."""
        with reading():
            return self._get(resource, id_)

    def _get(self, resource: str, id_: str) -> Document:
        with translated():
            stored = self._of[resource].find_one({"_id": id_}, session=session())
            document = from_mongo(stored) if stored else None
            if document is None or not self._access.sees(resource, document):
                raise _no(resource, id_)
            return document

    def _found(self, resource: str, which: Stored) -> Stored | None:
        return self._of[resource].find_one(which, {"_id": 1}, session=session())

    def _seen(self, resource: str, query: Query) -> Query:
        """The query of what the one who asks sees."""
        if not self._access.limited:
            return query
        return replace(query, where=Every((query.where, self._access.seen(resource))))

    def _judge(
        self, resource: str, before: Mapping[str, Any], after: Mapping[str, Any] | None
    ) -> None:
        with translated():
            self._access.refuse_write(resource, before, after)

    def show(self, resource: str, id_: str) -> Document:
        """The document as `get`, for one who only shows it: it may be `Rendered`."""
        if self._access.limited:
            return self.get(resource, id_)
        with reading():
            found = self._of[resource].find_one({"_id": id_}, PROJECTION, session=session())
        if found is None:
            raise _no(resource, id_)
        return from_projection(found)

    def insert(self, resource: str, document: Mapping[str, Any]) -> Document:
        """Keep a new document under its `id`; Forbidden, or Conflict where that id is taken."""
        self._judge(resource, {}, document)
        self._note(resource, document)
        stored, made = prepare(resource, document, 1)
        refuse_larger(self.bounds, resource, stored)

        def write() -> bool:
            self._of[resource].insert_one(stored, session=session())
            return True

        try:
            self.outbox.with_events(resource, [Write(None, made, stored)], write)
        except DuplicateKeyError as error:
            name = next(iter((error.details or {}).get("keyPattern", {})), "_id").lstrip("_")
            raise taken(resource, name, document[name]) from None
        return made

    def change(
        self,
        resource: str,
        id_: str,
        change: Callable[[Document], Mapping[str, Any]],
        versions: frozenset[int] | None = None,
        assignment: Assignment | None = None,
    ) -> Document:
        """Replace the document by what `change` makes of it, and return that.

        Where `change` gives back what it was given, nothing is written. Where it comes to an
        `assignment`, that is tried first, without it.

        No concurrent change is lost: where another came between, `change` is called again with
        what is stored then. With `versions`, raises PreconditionFailed if it has none of them;
        Forbidden where who asks may not make this change.
        """
        with pymongo.timeout(WRITE_SECONDS):
            made, lost = self._assign(resource, id_, assignment, versions)
            if made is not None:
                return made
            for _ in range(ATTEMPTS):
                before = self._get(resource, id_)
                if lost and self.outbox.knows(lost, resource, id_):
                    return self._get(resource, id_)
                _expect(before, versions)
                self._judge(resource, before, before)
                after = change(before)
                self._judge(resource, before, after)
                if after is before:
                    return before
                self._note(resource, _changed(before, after))
                stored, changed = prepare(resource, _derived(before, after), before.version + 1)
                refuse_larger(self.bounds, resource, stored, before)
                write = partial(self._replace, resource, before, stored)
                if self.outbox.with_events(resource, [Write(before, changed, stored)], write):
                    return changed
        raise Unavailable(f"other clients change {resource} {id_!r} too often; try again")

    def _assign(
        self,
        resource: str,
        id_: str,
        assignment: Assignment | None,
        versions: frozenset[int] | None,
    ) -> tuple[Document | None, str]:
        """The document after the assignment; None where it has to be looked at, for that is not
        enough. Where it may have been done all the same, the id of the event that it then has.
        """
        if assignment is None or self._access.limited or session() is not None:
            return None, ""
        after = Document({"id": id_, **assignment.after})
        event = self.outbox.envelope(resource, Document({"id": id_}), after)
        if event is None:
            return None, ""
        try:
            which = expected(assignment, versions, self.bounds.document_bytes)
            return assign(self._database, resource, id_, assignment, event, which), ""
        except PyMongoError:  # one that lasts is met again
            return None, event["eventId"]

    def change_many(
        self, resource: str, changes: Sequence[tuple[Document, Mapping[str, Any]]]
    ) -> None:
        """Replace each document by what is beside it, all in the transaction that read them."""
        made = [
            (before, *prepare(resource, _derived(before, after), before.version + 1))
            for before, after in changes
        ]
        if not made:
            return
        for before, after in changes:
            self._judge(resource, before, after)
            self._note(resource, after)
        for before, stored, _ in made:
            refuse_larger(self.bounds, resource, stored, before)

        def write() -> bool:
            replacements = [pymongo.ReplaceOne(_this(each[0]), each[1]) for each in made]
            result = self._of[resource].bulk_write(replacements, ordered=False, session=session())
            return result.matched_count == len(replacements)

        writes = [Write(before, after, stored) for before, stored, after in made]
        if not self.outbox.with_events(resource, writes, write):
            raise Unavailable(f"other clients change the {resource} too often; try again")

    def delete_every(self, resource: str, where: Condition) -> None:
        """Remove all documents that the condition holds for."""
        collection, within = self.collection(resource)
        with translated():
            collection.delete_many(self._access.filter(resource, where), session=within)

    def delete(self, resource: str, id_: str, versions: frozenset[int] | None = None) -> Document:
        """Remove the document, and return it; NotFound, or PreconditionFailed as with `change`."""
        for _ in range(ATTEMPTS):
            before = self._get(resource, id_)
            self._judge(resource, before, None)
            _expect(before, versions)
            write = partial(self._remove, resource, before)
            if self.outbox.with_events(resource, [Write(before, None)], write):
                return before
        raise Unavailable(f"other clients change {resource} {id_!r} too often; try again")

    def _replace(self, resource: str, before: Document, stored: Stored) -> bool:
        result = self._of[resource].replace_one(_this(before), stored, session=session())
        return bool(result.matched_count)

    def _remove(self, resource: str, before: Document) -> bool:
        result = self._of[resource].delete_one(_this(before), session=session())
        return bool(result.deleted_count)


def _no(resource: str, id_: str) -> NotFound:
    return NotFound(f"there is no {resource} {id_!r}")


def _this(document: Document) -> Stored:
    """The document as it was read: of that version, and with the same event or none."""
    stamp = document.untold.stamp if isinstance(document.untold, PendingEvent) else None
    return {"_id": document["id"], VERSION: document.version, STAMP: stamp}


def _changed(before: Document, after: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes that a change gives values, of which it may be the first to have the names."""
    return {name: value for name, value in after.items() if before.get(name) != value}


def _derived(before: Document, after: Mapping[str, Any]) -> Document:
    """What a document becomes; what was derived of it stays so unless the change says otherwise."""
    return after if isinstance(after, Document) else Document(after, derived=before.derived)


def _expect(document: Document, versions: frozenset[int] | None) -> None:
    if versions is not None and document.version not in versions:
        raise PreconditionFailed(
            f"{document['id']!r} has another version by now", attribute="If-Match"
        )
