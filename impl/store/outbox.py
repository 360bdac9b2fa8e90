"""Events between the write that made them and the feed: the transactional outbox.

An event is kept in one with its write: within the document, where it need not tell what the
document says itself; or, in one transaction, as a row of its own. That is where the document is
removed, is large, or holds an event already: one that is written twice before the relay comes by.
A write in one step (assignment.py) leaves the document without its text, which the relay makes.

`relay` brings events to the feed, where each has a position, and puts a delivery for each
subscriber beside it, all in one transaction, which leaves out what the feed has already. What it
leaves in documents is removed afterwards, so that it never stands in the way of their next write.
So no event is lost, made up or told twice, wherever a process dies.

Each event is stamped with MongoDB's logical time at its write, or as its transaction has seen it.
A write sees the writes before it on the same document, even where that was deleted in between, so
in the order of stamps the events of one resource are in the order of its writes, whatever the
clocks of the servers say.
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeAlias

import pymongo
from bson.timestamp import Timestamp
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

from impl.events.build import RESOURCES
from impl.query.language import Document
from impl.store import transactions
from impl.store.bson import decode, encode
from impl.store.faults import WRITE_SECONDS, translated
from impl.store.stored import (
    DERIVED,
    EVENT,
    EXPIRES,
    STAMP,
    TEXT,
    VERSION,
    Stored,
    Untold,
    inward,
    text_of,
)

OUTBOX, FEED, COUNTER, DELIVERIES = "outbox", "event", "feed", "delivery"
MOST_BYTES = 8 * 1024 * 1024
"""How much one step of the relay moves, but for a single event that is larger."""
MOST_DELIVERIES = 20_000

AT_THE_WRITE = Timestamp(0, 0)
"""MongoDB puts its logical time in the place of this, as it writes the document."""

FOR_GOOD = ReadConcern("linearizable")
"""Reads what no loss of a primary can undo."""

SIZE, LACKING = "_size", "_lacking"
"""How large a document is that is read, and whether it has no text."""

HELD = {STAMP: {"$exists": True}}
"""Which documents hold an event."""

HOLDS_NONE = {STAMP: {"$exists": False}, TEXT: {"$exists": True}}
"""Which hold none, and have room for one: those with a text are small."""

ROWS_ORDER, HELD_ORDER = {"stamp": 1, "_id": 1}, {STAMP: 1, "_id": 1}


@dataclass(frozen=True)
class Write:
    """A document before and after a write, None where it is not there; as it will be stored."""

    before: Document | None
    after: Document | None
    stored: Stored | None = None


@dataclass(frozen=True)
class Waiting:
    """An event that is not in the feed yet, as MongoDB holds it; the document that holds it."""

    id: str
    stamp: Timestamp
    event: Stored
    size: int
    resource: str = ""
    holder: str = ""
    text: bytes | None = None
    """What the document that holds it lacks."""


Record: TypeAlias = Callable[[str, Document | None, Document | None], Mapping[str, Any] | None]
"""What makes the event of a write of a resource, or None where nobody is told of it."""


@dataclass(frozen=True)
class Routing:
    """An event's subject, whose events keep their order, and the subscriptions it is for."""

    subject: str
    subscriptions: tuple[str, ...]


def place(position: int) -> str:
    """The id of the event at a position in the feed, in whose order ids are."""
    return f"{position:016}"


class Outbox:
    """The outbox of a database, and the feed that it is moved to."""

    def __init__(
        self,
        client: pymongo.MongoClient[Stored],
        database: Database[Stored],
        record: Record | None = None,
    ) -> None:
        self._client = client
        self._database = database
        self._record = record

    def with_events(
        self, resource: str, writes: Sequence[Write], write: Callable[[], bool]
    ) -> bool:
        """Do some writes and keep their events with them; False where nothing was written.

        `write` may be called more than once, as in a transaction.
        """
        rows = [row for each in writes for row in self.rows(resource, each)]
        return self.with_rows(rows, write)

    def with_rows(self, rows: Sequence[Stored], write: Callable[[], bool]) -> bool:
        """Do a write and keep its `rows` with it; as `with_events`."""
        if not rows:
            with translated(), pymongo.timeout(WRITE_SECONDS):
                return write()

        def both() -> bool:
            done = write()
            if done:
                self._put(rows)
            return done

        return transactions.within(self._client, both)

    def rows(self, resource: str, write: Write) -> Iterator[Stored]:
        """What goes into the outbox with a write; its document is given what it can hold."""
        before = write.before
        held = before.untold if before else None
        if before is not None and isinstance(held, Untold):
            told = {**held.envelope, "event": {resource: encode(before)}}
            yield {"_id": told["eventId"], "stamp": held.stamp, "event": told}
        event = self._record(resource, before, write.after) if self._record else None
        if event is None:
            return
        if write.stored is not None and TEXT in write.stored and not held:
            write.stored.update({STAMP: AT_THE_WRITE, EVENT: _envelope(event)})
        else:
            yield {"_id": event["eventId"], "stamp": None, "event": encode(event)}

    def envelope(self, resource: str, before: Document, after: Document) -> Stored | None:
        """The event of a change of these attributes, as the changed document can hold it."""
        event = self._record(resource, before, after) if self._record else None
        return _envelope(event) if event else None

    def _put(self, rows: Sequence[Stored]) -> None:
        session = transactions.session()
        now = _stamp(session)
        kept = [row if row["stamp"] else row | {"stamp": now} for row in rows]
        outbox = self._database[OUTBOX]
        if len(kept) == 1:  # which takes less
            outbox.insert_one(kept[0], session=session)
        else:
            outbox.insert_many(kept, session=session)

    def knows(self, event_id: str, resource: str, id_: str) -> bool:
        """Whether an event of this id was kept for good with a write of the document.

        An event goes from its document to the outbox and the feed, and never back: so it is looked
        for in that order.
        """
        places: list[tuple[str, Stored]] = [
            (resource, {"_id": id_, f"{EVENT}.eventId": event_id}),
            (OUTBOX, {"_id": event_id}),
            (FEED, {"eventId": event_id}),
        ]
        with translated():
            return any(
                self._database[name].with_options(read_concern=FOR_GOOD).find_one(which, {"_id": 1})
                for name, which in places
            )

    def is_empty(self) -> bool:
        """Whether there is nothing to move."""
        one: list[Stored] = [{"$limit": 1}, {"$project": {"_id": 1}}]
        others = [
            {"$unionWith": {"coll": resource, "pipeline": [{"$match": HELD}, *one]}}
            for resource in RESOURCES
        ]
        with translated():
            return not list(self._database[OUTBOX].aggregate([*one, *others, {"$limit": 1}]))

    def size(self, most: int) -> tuple[int, Timestamp | None]:
        """How many events wait, in each collection `most` at the most; the oldest one's stamp."""
        rows = self._database[OUTBOX]
        count = rows.estimated_document_count()
        oldest = [each["stamp"] for each in rows.find({}, {"stamp": 1}).sort(ROWS_ORDER).limit(1)]
        for resource in RESOURCES:
            documents = self._database[resource]
            count += documents.count_documents(HELD, limit=most)
            first = documents.find(HELD, {STAMP: 1}).sort(HELD_ORDER).limit(1)
            oldest += [each[STAMP] for each in first]
        return count, min(oldest, default=None)

    def relay(
        self, route: Callable[[Document], Routing], now: datetime, expires: datetime, limit: int
    ) -> int:
        """Move the next events to the feed, with their deliveries; how many that were."""

        def move() -> tuple[list[Waiting], int]:
            events = self.waiting(limit)
            return events, self._move(events, route, now, expires) if events else 0

        moved, new = transactions.within(self._client, move)
        self._let_go(moved)
        return new

    def waiting(self, limit: int) -> list[Waiting]:
        """The next events in the order of their stamps, as many as one step moves."""
        events: list[Waiting] = []
        size = 0
        sources = [self._in_outbox(limit), *(self._in(each, limit) for each in RESOURCES)]
        merged = heapq.merge(*sources, key=lambda each: (each.stamp, each.id))
        for each in islice(merged, limit):
            size += each.size
            if events and size > MOST_BYTES:
                break
            events.append(each)
        return events

    def _in_outbox(self, limit: int) -> Iterator[Waiting]:
        for row in self._first(OUTBOX, {}, ROWS_ORDER, limit):
            yield Waiting(row["_id"], row["stamp"], row["event"], row[SIZE])

    def _in(self, resource: str, limit: int) -> Iterator[Waiting]:
        """The events that documents of a resource hold, each whole."""
        for row in self._first(resource, HELD, HELD_ORDER, limit):
            size, lacking = row.pop(SIZE), row.pop(LACKING)
            id_, stamp, envelope = (row.pop(name) for name in ("_id", STAMP, EVENT))
            row.pop(VERSION, None)
            row.pop(DERIVED, None)
            text = text_of(resource, Document(decode(row))) if lacking else None
            event = {**envelope, "event": {resource: row}}
            yield Waiting(envelope["eventId"], stamp, event, size, resource, id_, text)

    def _first(self, collection: str, which: Stored, order: Stored, limit: int) -> Iterator[Stored]:
        """The first of a collection, each with its size."""
        lacking = {"$eq": [{"$type": f"${TEXT}"}, "missing"]}
        stages: list[Stored] = [
            {"$match": which},
            {"$sort": order},
            {"$limit": limit},
            {"$set": {SIZE: {"$bsonSize": "$$ROOT"}, LACKING: lacking}},
            {"$unset": TEXT},
        ]
        yield from self._database[collection].aggregate(stages, session=transactions.session())

    def _move(
        self,
        waiting: Sequence[Waiting],
        route: Callable[[Document], Routing],
        now: datetime,
        expires: datetime,
    ) -> int:
        session = transactions.session()
        ids = [each.id for each in waiting]
        feed = self._database[FEED]
        there = {
            each["eventId"]
            for each in feed.find({"eventId": {"$in": ids}}, {"eventId": 1}, session=session)
        }
        new = [each.event for each in waiting if each.id not in there]
        places = self._places(len(new)) if new else []
        events = [
            Document({"id": at, **decode(event)}) for at, event in zip(places, new, strict=True)
        ]
        deliveries = [
            delivery
            for event in events
            for delivery in _deliveries(event, route(event), now, expires)
        ]
        stored = [{EXPIRES: expires, **inward(event, 1)} for event in events]
        if stored:
            feed.insert_many(stored, session=session)
        if deliveries:
            self._database[DELIVERIES].insert_many(deliveries, ordered=False, session=session)
        self._database[OUTBOX].delete_many({"_id": {"$in": ids}}, session=session)
        return len(new)

    def _let_go(self, moved: Sequence[Waiting]) -> None:
        """Remove what was moved from the documents that hold it still, and make their texts."""
        gone: Stored = {"$unset": {STAMP: "", EVENT: ""}}
        for resource in {each.resource for each in moved if each.resource}:
            held = [each for each in moved if each.resource == resource]
            whole = [each for each in held if each.text is None]
            which = {
                "_id": {"$in": [each.holder for each in whole]},
                STAMP: {"$in": [each.stamp for each in whole]},
            }
            changes: list[pymongo.UpdateMany | pymongo.UpdateOne] = [
                pymongo.UpdateOne(
                    {"_id": each.holder, STAMP: each.stamp}, gone | {"$set": {TEXT: each.text}}
                )
                for each in held
                if each.text is not None
            ]
            changes += [pymongo.UpdateMany(which, gone)] if whole else []
            with translated():
                self._database[resource].bulk_write(changes, ordered=False)

    def _places(self, count: int) -> list[str]:
        """The next places in the feed; two relays can't both commit, for both write this."""
        counter: Any = self._database[COUNTER].find_one_and_update(
            {"_id": FEED},
            {"$inc": {"position": count}},
            upsert=True,
            return_document=pymongo.ReturnDocument.AFTER,
            session=transactions.session(),
        )
        last: int = counter["position"]
        return [place(position) for position in range(last - count + 1, last + 1)]


def _deliveries(
    event: Document, routing: Routing, now: datetime, expires: datetime
) -> list[Stored]:
    return [
        {
            "_id": f"{subscription}/{event['id']}",
            "subscription": subscription,
            "position": event["id"],
            "subject": routing.subject,
            "state": "pending",
            "tries": 0,
            "since": now,
            EXPIRES: expires,
        }
        for subscription in routing.subscriptions
    ]


def _envelope(event: Mapping[str, Any]) -> Stored:
    """The event but for what it tells of: names and values that are stored as they are."""
    return {name: value for name, value in event.items() if name != "event"}


def _stamp(session: ClientSession | None) -> Timestamp:
    """MongoDB's logical time as of the transaction's last answer."""
    if session is None or session.cluster_time is None:
        raise RuntimeError("an event is kept only with its write, in a transaction")
    stamp: Timestamp = session.cluster_time["clusterTime"]
    return stamp
