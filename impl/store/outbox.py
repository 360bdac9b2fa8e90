"""Events between the write that made them and the feed: the transactional outbox.

An event is kept in one with its write: within the document, where it need not tell what the
document says itself; or, in one transaction, as a row of its own. That is where the document is
removed, is large, or holds an event already: one that is written twice before the relay comes by.
A write in one step (assignment.py) leaves the document without its text, which the relay makes.

`relay` brings events to the feed, where each has a position, and puts a delivery for each
subscriber beside it, all in one transaction, which leaves out what the feed has already. What can't
be moved is set aside (dead_letters.py). What it
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
import structlog
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

from impl.query.language import Document
from impl.resources import BILLS, BY_NAME, PUBLISHED
from impl.store import access, dead_letters, transactions
from impl.store.dead_letters import OUTBOX, DeadLetters
from impl.store.documents import (
    EVENT,
    EXPIRES,
    OWNERS,
    STAMP,
    TEXT,
    PendingEvent,
    Stored,
)
from impl.store.encoding import encode
from impl.store.faults import WRITE_SECONDS, translated
from impl.store.pending_events import Routing, Waiting, parted, place, read

FEED, COUNTER, DELIVERIES = "event", "feed", "delivery"
MOST_BYTES = 8 * 1024 * 1024
"""How much one step of the relay moves, but for a single event that is larger."""
MOST_DELIVERIES = 20_000

UNASKED = "the subscription's query took too long"
"""What a delivery says that is given up from the beginning."""

AT_THE_WRITE = Timestamp(0, 0)
"""MongoDB puts its logical time in the place of this, as it writes the document."""

FOR_GOOD = ReadConcern("linearizable")
"""Reads what no loss of a primary can undo."""

RAW: CodecOptions[Any] = CodecOptions(document_class=RawBSONDocument)
"""Leaves what is in a document unread."""

log = structlog.get_logger("events")

HAS_PENDING_EVENT = {STAMP: {"$exists": True}}
"""Which documents hold an event."""

NO_PENDING_EVENT = {STAMP: {"$exists": False}, TEXT: {"$exists": True}}
"""Which hold none, and have room for one: those with a text are small."""

ROWS_ORDER, HELD_ORDER = {"stamp": 1, "_id": 1}, {STAMP: 1, "_id": 1}


@dataclass(frozen=True)
class Write:
    """A document before and after a write, None where it is not there; as it will be stored."""

    before: Document | None
    after: Document | None
    stored: Stored | None = None

    @property
    def told(self) -> Mapping[str, Any]:
        """What the write's event tells of."""
        return self.after if self.after is not None else self.before or {}


Record: TypeAlias = Callable[[str, Document | None, Document | None], Mapping[str, Any] | None]
"""What makes the event of a write of a resource, or None where nobody is told of it."""


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
        self.records = record is not None
        self.aside = DeadLetters(database)

    def with_events(
        self, resource: str, writes: Sequence[Write], write: Callable[[], bool]
    ) -> bool:
        """Do some writes and keep their events with them; False where nothing was written.

        `write` may be called more than once, as in a transaction.
        """
        with pymongo.timeout(WRITE_SECONDS):
            return self.with_rows(self.rows(resource, writes), write)

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

    def rows(self, resource: str, writes: Sequence[Write]) -> list[Stored]:
        """What goes into the outbox with some writes; each document is given what it can hold."""
        owners = self._owners_of_bills(resource, writes) if self._record else {}
        return [row for each in writes for row in self._rows(resource, each, owners)]

    def _rows(
        self, resource: str, write: Write, owners: Mapping[str, Sequence[str]]
    ) -> Iterator[Stored]:
        before = write.before
        held = before.untold if before else None
        if before is not None and isinstance(held, PendingEvent):
            told = {**held.envelope, "event": {resource: encode(before)}}
            beside = told.pop(OWNERS, [])
            yield {"_id": told["eventId"], "stamp": held.stamp, "event": told, "owners": beside}
        event = self._record(resource, before, write.after) if self._record else None
        if event is None:
            return
        beside = _beside(resource, write, owners)
        if write.stored is not None and TEXT in write.stored and not held:
            write.stored.update({STAMP: AT_THE_WRITE, EVENT: _envelope(event, beside)})
        else:
            row = {"_id": event["eventId"], "stamp": None, "event": encode(event)}
            yield row | {"owners": beside}

    def envelopes(self, resource: str, writes: Sequence[Write]) -> list[Stored]:
        """The events of writes of which every one has an event, as its document can hold it."""
        owners = self._owners_of_bills(resource, writes)
        events = [
            (each, self._record(resource, each.before, each.after) if self._record else None)
            for each in writes
        ]
        return [
            _envelope(event, _beside(resource, each, owners)) for each, event in events if event
        ]

    def _owners_of_bills(
        self, resource: str, writes: Sequence[Write]
    ) -> Mapping[str, Sequence[str]]:
        """The owners of each bill that what is written belongs to, as of now."""
        ids = {bill for each in writes for bill in access.bills(resource, each.told)}
        if not ids:
            return {}
        bills = self._database[BILLS]
        shown = {".".join(path): 1 for path in BY_NAME[BILLS].owners.values()}
        with translated():
            found = bills.find({"_id": {"$in": [*ids]}}, shown, session=transactions.session())
            return {each["_id"]: sorted(access.owners(BILLS, each)) for each in found}

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
        notes = self.aside.notes()
        one: list[Stored] = [{"$limit": 1}, {"$project": {"_id": 1}}]
        others = [
            {"$unionWith": {"coll": each, "pipeline": [{"$match": _held(notes, each)}, *one]}}
            for each in PUBLISHED
        ]
        first = [{"$match": dead_letters.free(notes, OUTBOX)}, *one]
        with translated():
            return not list(self._database[OUTBOX].aggregate([*first, *others, {"$limit": 1}]))

    def size(self, most: int) -> tuple[int, Timestamp | None]:
        """How many events wait, in each collection `most` at the most; the oldest one's stamp.

        Left out is what is set aside, and what waits with that.
        """
        notes = self.aside.notes()
        rows, which = self._database[OUTBOX], dead_letters.free(notes, OUTBOX)
        count = (
            rows.count_documents(which, limit=most) if which else rows.estimated_document_count()
        )
        first = rows.find(which, {"stamp": 1}).sort(ROWS_ORDER).limit(1)
        oldest = [each["stamp"] for each in first]
        for resource in PUBLISHED:
            documents, which = self._database[resource], _held(notes, resource)
            count += documents.count_documents(which, limit=most)
            first = documents.find(which, {STAMP: 1}).sort(HELD_ORDER).limit(1)
            oldest += [each[STAMP] for each in first]
        return count, min(oldest, default=None)

    def relay(
        self, route: Callable[[Document], Routing], now: datetime, expires: datetime, limit: int
    ) -> int:
        """Move the next events to the feed, with their deliveries; how many that were.

        One that can't be moved is set aside, and what tells of the same resource waits with it.
        """

        def move() -> tuple[list[Waiting], list[Stored], int]:
            events = self.waiting(limit)
            return self._move(events, route, now, expires) if events else ([], [], 0)

        moved, aside, new = transactions.within(self._client, move)
        for note in aside:
            log.error("event set aside", kept_as=note["_id"], reason=note["reason"])
        self._let_go(moved)
        return new

    def waiting(self, limit: int) -> list[Waiting]:
        """The next events in the order of their stamps, as many as one step moves."""
        events: list[Waiting] = []
        size = 0
        notes = self.aside.notes()
        sources = [self._first(each, limit, notes) for each in (OUTBOX, *PUBLISHED)]
        merged = heapq.merge(*sources, key=lambda each: (each.stamp, each.id))
        for each in islice(merged, limit):
            size += each.size
            if events and size > MOST_BYTES:
                break
            events.append(each)
        return events

    def _first(self, collection: str, limit: int, notes: Sequence[Stored]) -> Iterator[Waiting]:
        """The first events that a collection holds, and that may be moved.

        What is in them is read one by one, and not by the driver, for what can't be read would
        keep all others from being.
        """
        stamp, which = (STAMP, HAS_PENDING_EVENT) if collection != OUTBOX else ("stamp", {})
        stages: list[Stored] = [
            {"$match": which | dead_letters.free(notes, collection)},
            {"$sort": {stamp: 1, "_id": 1}},
            {"$limit": limit},
            {
                "$project": {
                    "stamp": f"${stamp}",
                    "size": {"$bsonSize": "$$ROOT"},
                    "lacking": {"$eq": [{"$type": f"${TEXT}"}, "missing"]},
                    "row": "$$ROOT",
                }
            },
            {"$unset": f"row.{TEXT}"},
        ]
        rows: Collection[Any] = self._database.get_collection(collection, codec_options=RAW)
        for found in rows.aggregate(stages, session=transactions.session()):
            at = found["stamp"] if isinstance(found["stamp"], Timestamp) else AT_THE_WRITE
            waiting = Waiting(str(found["_id"]), at, {}, found["size"], collection, found["_id"])
            yield read(
                waiting,
                found["row"].raw,
                self._database.codec_options,
                lacking=found["lacking"],
            )

    def _move(
        self,
        waiting: Sequence[Waiting],
        route: Callable[[Document], Routing],
        now: datetime,
        expires: datetime,
    ) -> tuple[list[Waiting], list[Stored], int]:
        """Move what can be moved: that, notes of what can't, and how many are new in the feed."""
        session = transactions.session()
        ids = [each.id for each in waiting]
        feed = self._database[FEED]
        known = feed.find({"eventId": {"$in": ids}}, {"eventId": 1}, session=session)
        there = {each["eventId"] for each in known}
        moved, ready, aside = parted(waiting, there, route, now)
        places = self._places(len(ready)) if ready else []
        for at, each in zip(places, ready, strict=True):
            each.event["id"] = at
        stored = [each.stored(expires) for each in ready]
        deliveries = [
            delivery
            for each in ready
            for delivery in _deliveries(each.event, each.routing, now, expires)
        ]
        if stored:
            feed.insert_many(stored, session=session)
        if deliveries:
            self._database[DELIVERIES].insert_many(deliveries, ordered=False, session=session)
        if aside:
            self.aside.add(aside)
        gone = {"_id": {"$in": [*(each.id for each in moved), *_rows(moved)]}}
        self._database[OUTBOX].delete_many(gone, session=session)
        return moved, aside, len(ready)

    def _let_go(self, moved: Sequence[Waiting]) -> None:
        """Remove what was moved from the documents that hold it still, and make their texts."""
        gone: Stored = {"$unset": {STAMP: "", EVENT: ""}}
        for resource in {each.collection for each in moved} - {OUTBOX}:
            held = [each for each in moved if each.collection == resource]
            whole = [each for each in held if each.text is None]
            which = {
                "_id": {"$in": [each.row for each in whole]},
                STAMP: {"$in": [each.stamp for each in whole]},
            }
            changes: list[pymongo.UpdateMany | pymongo.UpdateOne] = [
                pymongo.UpdateOne(
                    {"_id": each.row, STAMP: each.stamp}, gone | {"$set": {TEXT: each.text}}
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


def _rows(moved: Sequence[Waiting]) -> list[Any]:
    """Which rows of the outbox they were."""
    return [each.row for each in moved if each.collection == OUTBOX]


def _held(notes: Sequence[Stored], resource: str) -> Stored:
    """The condition for documents with an event that may be moved."""
    return HAS_PENDING_EVENT | dead_letters.free(notes, resource)


def _deliveries(
    event: Document, routing: Routing, now: datetime, expires: datetime
) -> list[Stored]:
    told = {"position": event["id"], "subject": routing.subject, "tries": 0, "since": now}
    states: list[tuple[Stored, tuple[str, ...]]] = [
        ({"state": "pending"}, routing.subscriptions),
        ({"state": "dead", "error": UNASKED}, routing.unasked),
    ]
    return [
        {
            "_id": f"{subscription}/{event['id']}",
            "subscription": subscription,
            **told,
            **state,
            EXPIRES: expires,
        }
        for state, subscriptions in states
        for subscription in subscriptions
    ]


def _beside(resource: str, write: Write, owners: Mapping[str, Sequence[str]]) -> list[str]:
    """Whose the event of a write is by the bill that it tells of."""
    return [each for bill in access.bills(resource, write.told) for each in owners.get(bill, ())]


def _envelope(event: Mapping[str, Any], beside: Sequence[str] = ()) -> Stored:
    """The event but for what it tells of: names and values that are stored as they are."""
    kept = {name: value for name, value in event.items() if name != "event"}
    return kept | ({OWNERS: beside} if beside else {})


def _stamp(session: ClientSession | None) -> Timestamp:
    """MongoDB's logical time as of the transaction's last answer."""
    if session is None or session.cluster_time is None:
        raise RuntimeError("an event is kept only with its write, in a transaction")
    stamp: Timestamp = session.cluster_time["clusterTime"]
    return stamp
