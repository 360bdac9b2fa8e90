"""How documents are written: each write with its event, and none over another's.

A change reads the document, and replaces it if its version is still the same; else it starts again.
An `Assignment` needs no reading: MongoDB does it in one step, if the document allows that.

A retryable write costs MongoDB another write: of its transaction number, and for findAndModify of a
pre-image of the document. So the driver does not retry an assignment, nor the insert of a document
that holds its event: if an answer is lost, `Writer` looks for the event of the write.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, NamedTuple, TypeAlias

import bson
import pymongo
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, PyMongoError, WriteConcernError, WriteError

from impl.errors import PreconditionFailed, Unavailable
from impl.query.language import Condition, Document, Rendered
from impl.resources import BY_COLLECTION
from impl.store.access import Access
from impl.store.attribute_names import Names
from impl.store.collections import Collections
from impl.store.document_size import refuse_larger
from impl.store.documents import DERIVED, RESERVED, VERSION, Stored, Whole, from_mongo, to_mongo
from impl.store.encoding import decode, encode, encode_first_name
from impl.store.faults import DUPLICATE_KEY, taken, translated, unique
from impl.store.outbox import Outbox, Write
from impl.store.pages import StoreLimits
from impl.store.partitions import Partitions
from impl.store.pending_events import EVENT, HAS_NO_PENDING_EVENT, STAMP, PendingEvent
from impl.store.rendition import FIELD, HAS_RENDITION, assigned, is_joined, joined, rendition
from impl.store.replies import unless_lost
from impl.store.timeouts import WRITE_SECONDS
from impl.store.transactions import session

ATTEMPTS = 100
ASSIGNABLE: Stored = HAS_NO_PENDING_EVENT | HAS_RENDITION | {RESERVED: None}
"""Selects documents that can take an event: none is pending, a rendition shows that they are small,
and no task has reserved them."""

SMALL_BYTES = 512 * 1024
"""No document with a rendition takes more BSON: a byte of JSON makes 5.5 at most, as in `[1,1]`."""

Values: TypeAlias = Mapping[str, Any]


class Change(NamedTuple):
    """A document before and after a write; `before` is None if it is new, or was not read."""

    before: Document | None
    after: Document


@dataclass(frozen=True)
class Assignment:
    """Values for attributes, none of them an object, and those that are `touched` by any change.

    A document that has one of the values in `apart` must be read.
    """

    values: Values
    touched: Values
    apart: Values = field(default_factory=dict)

    @property
    def after(self) -> dict[str, Any]:
        """All that the document gets."""
        return {**self.values, **self.touched}


@dataclass(frozen=True)
class BulkChange:
    """The same change of some documents of a resource: values, and attributes to remove."""

    resource: str
    documents: Sequence[Document]
    values: Values
    removed: Sequence[str] = ()

    @property
    def keeps_renditions(self) -> bool:
        """Whether no rendition shows the attributes."""
        return is_joined(self.resource, {*self.values, *self.removed})

    def of(self, document: Document) -> Document:
        """The document after the change."""
        others: Values = document
        if self.removed:
            others = {name: each for name, each in document.items() if name not in self.removed}
        kind = Whole if isinstance(document, Whole) else Document
        after = kind({**others, **self.values}, document.version + 1, derived=document.derived)
        if isinstance(document, Whole) and isinstance(after, Whole):
            after.stored = document.stored | self._encoded
            for name in self.removed:
                after.stored.pop(encode_first_name(name), None)
        return after

    @cached_property
    def _encoded(self) -> Stored:
        return encode(self.values)

    def update(self) -> pymongo.UpdateMany:
        """The update of all: no event stays in a document, nor a reservation."""
        gone = [*map(encode_first_name, self.removed), STAMP, EVENT, RESERVED]
        return pymongo.UpdateMany(
            {"_id": {"$in": [each["id"] for each in self.documents]}},
            {"$set": self._encoded, "$inc": {VERSION: 1}, "$unset": dict.fromkeys(gone, "")},
        )


class Attempt(NamedTuple):
    """What came of an assignment in one step."""

    document: Document | None = None
    """The document after it; None if the caller must read and replace instead."""

    event_id: str = ""
    """Set if the answer was lost: the assignment was made if this event is stored."""


class Writer:
    """Writes the documents of a database. `read` raises NotFound for what the caller can't see."""

    def __init__(
        self,
        collections: Collections,
        outbox: Outbox,
        access: Access,
        names: Names,
        bounds: StoreLimits,
        read: Callable[[str, str], Document],
    ) -> None:
        self._of = collections
        self._outbox = outbox
        self._access = access
        self._names = names
        self._bounds = bounds
        self._read = read

    def insert(self, resource: str, document: Values) -> Document:
        """Store a new document under its `id`; as `Store.insert`."""
        self._refuse_write(resource, {}, document)
        self._names.note(resource, document)
        stored, after = prepare(resource, document, 1, self._outbox.partitions)
        refuse_larger(self._bounds, resource, stored)
        write = partial(self._insert, resource, stored)
        try:
            self._outbox.with_events(resource, [Write(None, after, stored)], write)
        except DuplicateKeyError as error:
            name = next(iter((error.details or {}).get("keyPattern", {})), "_id").lstrip("_")
            raise taken(resource, name, document[name]) from None
        return _shown(resource, stored, after)

    def change(
        self,
        resource: str,
        id_: str,
        change: Callable[[Document], Values],
        versions: frozenset[int] | None = None,
        assignment: Assignment | None = None,
    ) -> Change:
        """Replace a document by what `change` makes of it; as `Store.change`."""
        with pymongo.timeout(WRITE_SECONDS):
            attempt = self._assign(resource, id_, assignment, versions)
            if attempt.document is not None:
                return Change(None, attempt.document)
            for _ in range(ATTEMPTS):
                # Read before the event is looked for: an assignment that arrives late then makes
                # the version differ.
                before = self._read(resource, id_)
                if attempt.event_id and self._outbox.knows(attempt.event_id, resource, id_):
                    return Change(None, self._read(resource, id_))
                _expect(before, versions)
                after = self._replaced(resource, before, change)
                if after is not None:
                    return Change(before, after)
        raise _too_often(f"{resource} {id_!r}")

    def write_many(
        self, new: Mapping[str, Sequence[Document]], changes: Sequence[BulkChange]
    ) -> None:
        """Store new documents by resource, and change others, with their events in batches.

        It takes part in the transaction that read the changed documents. Raises Conflict if an id
        is taken, which ends the transaction; Forbidden; ContentTooLarge; and Unavailable if others
        changed a document meanwhile.
        """
        writes: list[tuple[str, Write]] = []
        for resource, documents in new.items():
            writes += ((resource, each) for each in self._insert_many(resource, documents))
        for resource in dict.fromkeys(each.resource for each in changes):
            own = [each for each in changes if each.resource == resource]
            writes += ((resource, each) for each in self._change_many(resource, own))
        with translated():
            self._outbox.put(self._outbox.batches(writes))

    def _insert_many(self, resource: str, documents: Sequence[Document]) -> Iterator[Write]:
        inserts = []
        for each in documents:
            self._refuse_write(resource, {}, each)
            self._names.note(resource, each)
            stored, after = prepare(resource, each, 1, self._outbox.partitions)
            refuse_larger(self._bounds, resource, stored)
            inserts.append(stored)
            yield Write(None, after)
        if inserts:
            with unique(resource):
                self._of[resource].insert_many(inserts, ordered=False, session=session())

    def _change_many(self, resource: str, changes: Sequence[BulkChange]) -> Iterator[Write]:
        """Make all changes in one command, each by one update if its renditions stay right."""
        updates: list[pymongo.ReplaceOne[Stored] | pymongo.UpdateMany] = []
        for change in changes:
            self._names.note(resource, change.values)
            keeps_renditions = change.keeps_renditions
            if keeps_renditions and change.documents:
                updates.append(change.update())
            for before in change.documents:
                after = change.of(before)
                if self._access.limited:
                    self._refuse_write(resource, before, after)
                if not keeps_renditions:
                    stored, after = self._prepared(resource, before, after)
                    refuse_larger(self._bounds, resource, stored, before)
                    updates.append(pymongo.ReplaceOne(_same(before), stored))
                yield Write(before, after)
        if updates:
            result = self._of[resource].bulk_write(updates, ordered=False, session=session())
            if result.matched_count != sum(len(each.documents) for each in changes):
                raise _too_often(f"the {resource}")

    def delete(self, resource: str, id_: str, versions: frozenset[int] | None = None) -> Document:
        """Remove a document, and return it; as `Store.delete`."""
        for _ in range(ATTEMPTS):
            before = self._read(resource, id_)
            self._refuse_write(resource, before, None)
            _expect(before, versions)
            write = partial(self._remove, resource, before)
            if self._outbox.with_events(resource, [Write(before, None)], write):
                return before
        raise _too_often(f"{resource} {id_!r}")

    def delete_every(self, resource: str, where: Condition) -> None:
        """Remove all documents that the condition holds for, without events."""
        with translated():
            condition = self._access.filter(resource, where)
            self._of[resource].delete_many(condition, session=session())

    def _assign(
        self,
        resource: str,
        id_: str,
        assignment: Assignment | None,
        versions: frozenset[int] | None,
    ) -> Attempt:
        """Try an assignment. Restricted callers and transactions must read the document."""
        if assignment is None or self._access.limited or session() is not None:
            return Attempt()
        after = Document({"id": id_, **assignment.after})
        envelope = self._outbox.envelope(resource, Document({"id": id_}), after)
        if envelope is None:
            return Attempt()
        try:
            where = _fitting(assignment, versions, self._bounds.document_bytes)
            return Attempt(_assign(self._of.database, resource, id_, assignment, envelope, where))
        except PyMongoError:  # one that lasts comes again
            return Attempt(event_id=envelope["eventId"])

    def _replaced(
        self, resource: str, before: Document, change: Callable[[Document], Values]
    ) -> Document | None:
        """The document after the change; None if another write came first."""
        self._refuse_write(resource, before, before)
        values = change(before)
        self._refuse_write(resource, before, values)
        if values is before:
            return before
        self._names.note(resource, _new_values(before, values))
        stored, after = self._prepared(resource, before, values)
        refuse_larger(self._bounds, resource, stored, before)
        write = partial(self._replace, resource, before, stored)
        written = self._outbox.with_events(resource, [Write(before, after, stored)], write)
        return _shown(resource, stored, after) if written else None

    def _prepared(self, resource: str, before: Document, values: Values) -> tuple[Stored, Document]:
        """As `prepare`; derived attributes stay derived unless the change says otherwise."""
        after = values if isinstance(values, Document) else Document(values, derived=before.derived)
        return prepare(resource, after, before.version + 1, self._outbox.partitions)

    def _refuse_write(self, resource: str, before: Values, after: Values | None) -> None:
        with translated():
            self._access.refuse_write(resource, before, after)

    def _insert(self, resource: str, stored: Stored) -> bool:
        """Insert a document; without the driver's retry if it holds the event to look for."""
        collection, within = self._of[resource], session()
        if EVENT not in stored or within is not None:
            collection.insert_one(stored, session=within)
            return True
        reply: Any = None
        with unless_lost():
            reply = _insert(collection, stored)
        if reply is None:
            self._insert_again(resource, stored)
        return True

    def _insert_again(self, resource: str, stored: Stored) -> None:
        """Insert a document after a lost answer, unless the first insert was done after all."""
        search = stored[EVENT]["eventId"], resource, stored["_id"]
        if self._outbox.knows(*search):
            return
        try:
            self._of[resource].insert_one(stored)
        except DuplicateKeyError:
            if not self._outbox.knows(*search):  # else the first insert arrived late
                raise

    def _replace(self, resource: str, before: Document, stored: Stored) -> bool:
        result = self._of[resource].replace_one(_same(before), stored, session=session())
        return bool(result.matched_count)

    def _remove(self, resource: str, before: Document) -> bool:
        result = self._of[resource].delete_one(_same(before), session=session())
        return bool(result.deleted_count)


def prepare(
    resource: str, document: Values, version: int, partitions: Partitions = Partitions()
) -> tuple[Stored, Document]:
    """The document as it is stored, and as it will be read."""
    stored = to_stored(resource, document, version, partitions)
    return stored, from_mongo(dict(stored))


def to_stored(
    resource: str, document: Values, version: int, partitions: Partitions = Partitions()
) -> Stored:
    """The document as it is stored, with its rendition if that is short."""
    stored = to_mongo(document, version)
    stored.update(partitions.mark_of(resource, document))
    if isinstance(document, Document) and document.derived:
        stored[DERIVED] = sorted(document.derived)
    text = rendition(resource, document)
    if text is not None:
        stored[FIELD] = text
    return stored


def _shown(resource: str, stored: Stored, after: Document) -> Document:
    """The document that `prepare` returned, `Rendered` if it has a rendition."""
    text = stored.get(FIELD)
    return after if text is None else Rendered(after, after.version, joined(resource, text, stored))


def _insert(collection: Collection[Stored], stored: Stored) -> Stored:
    """Insert a document by a command, which the driver does not retry; the reply."""
    command = {
        "insert": collection.name,
        "documents": [stored],
        "writeConcern": collection.write_concern.document,
    }
    reply = collection.database.command(command)
    for error in reply.get("writeErrors", ()):
        kind = DuplicateKeyError if error["code"] == DUPLICATE_KEY else WriteError
        raise kind(error["errmsg"], error["code"], error)
    _check_durable(reply)
    return reply


def _check_durable(reply: Values) -> None:
    """Raise WriteConcernError if a majority has not journaled the write."""
    if trouble := reply.get("writeConcernError"):
        raise WriteConcernError(trouble["errmsg"], trouble["code"])


def _assign(
    database: Database[Stored],
    resource: str,
    id_: str,
    assignment: Assignment,
    envelope: Stored,
    where: Stored,
) -> Rendered | None:
    """Make the assignment and store its event; the document after that.

    None if nothing was done and the document must be read: it is not there, is not as `where` says,
    has one of the values already or one that is apart, or its last event is still pending.
    """
    values = encode(assignment.after)
    reply = database.command(
        {
            "findAndModify": resource,
            "query": {"_id": id_, **ASSIGNABLE, **_other_values(assignment), **where},
            "update": {
                "$set": {**values, EVENT: envelope},
                "$inc": {VERSION: 1},
                "$currentDate": {STAMP: {"$type": "timestamp"}},
                "$unset": {FIELD: ""},
            },
            "fields": {VERSION: 1, FIELD: 1, **dict.fromkeys(BY_COLLECTION[resource].joined, 1)},
            "hint": "_id_",
            "writeConcern": database.write_concern.document,
        }
    )
    _check_durable(reply)
    before = reply["value"]
    if before is None:
        return None
    text = assigned(joined(resource, before[FIELD], before), decode(values))
    return Rendered({"id": id_}, before[VERSION] + 1, text)


def _fitting(assignment: Assignment, versions: frozenset[int] | None, most_bytes: int) -> Stored:
    """The condition that a document has one of these versions, and room for the values."""
    room = most_bytes - len(bson.encode(encode(assignment.after)))
    fits: Stored = {}
    if room < SMALL_BYTES:
        fits = {"$expr": {"$lte": [{"$bsonSize": "$$ROOT"}, room]}}
    return fits if versions is None else fits | {VERSION: {"$in": [*versions]}}


def _other_values(assignment: Assignment) -> Stored:
    """The condition that a document has other values, and none that is apart."""
    values, apart = encode(assignment.values), encode(assignment.apart)
    return {
        name: {"$nin": [value, *([apart[name]] if name in apart else [])]}
        for name, value in values.items()
    }


def _same(document: Document) -> Stored:
    """The condition for a document as it was read: that version, the same event or none, and the
    same reservation or none.
    """
    event = document.pending_event
    stamp = event.stamp if isinstance(event, PendingEvent) else None
    reserved = document.reserved or None
    return {"_id": document["id"], VERSION: document.version, STAMP: stamp, RESERVED: reserved}


def _new_values(before: Document, values: Values) -> dict[str, Any]:
    """The attributes that get another value: they may be the first to have their names."""
    return {name: value for name, value in values.items() if before.get(name) != value}


def _expect(document: Document, versions: frozenset[int] | None) -> None:
    if versions is not None and document.version not in versions:
        raise PreconditionFailed(
            f"{document['id']!r} has another version by now", attribute="If-Match"
        )


def _too_often(what: str) -> Unavailable:
    return Unavailable(f"other clients change {what} too often; try again")
