"""The relay: moves pending events to the feed, where each has a position, with their deliveries.

One transaction adds events to the feed, with a delivery for each subscription, and leaves out what
the feed has already. Afterwards the relay removes the events from the documents that hold them
still. So no event is lost, made up or published twice, wherever a process dies. An event that can't
be moved becomes a dead letter (dead_letters.py).

An assignment (writing.py) leaves the document without its rendition; the relay makes that, too.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import pymongo
import structlog
from bson.timestamp import Timestamp
from pymongo.collection import Collection
from pymongo.database import Database

from impl.query.language import Document
from impl.resources import FEED, PUBLISHED
from impl.store import dead_letters, routing, transactions
from impl.store.collections import COUNTER, DELIVERIES, OUTBOX
from impl.store.dead_letters import DeadLetters
from impl.store.documents import EXPIRES, Stored
from impl.store.faults import translated
from impl.store.pending_events import AT_THE_WRITE, HAS_PENDING_EVENT, REMOVAL, STAMP
from impl.store.raw_documents import RAW
from impl.store.rendition import FIELD, LACKS_RENDITION
from impl.store.routing import RelayBatch, Routing, Waiting, place

MOST_BYTES = 8 * 1024 * 1024
"""How much one step of the relay moves, but for a single event that is larger."""
MOST_DELIVERIES = 20_000

SKIPPED = "the subscription's query took too long"
"""The error of a delivery that is given up from the beginning."""

ROWS_ORDER, DOCUMENTS_ORDER = {"stamp": 1, "_id": 1}, {STAMP: 1, "_id": 1}
log = structlog.get_logger("events")


class Relay:
    """The way from a database's outbox to its feed."""

    def __init__(
        self,
        client: pymongo.MongoClient[Stored],
        database: Database[Stored],
        letters: DeadLetters,
    ) -> None:
        self._client = client
        self._database = database
        self._dead_letters = letters

    def is_idle(self) -> bool:
        """Whether there is nothing to move."""
        letters = self._dead_letters.all()
        one: list[Stored] = [{"$limit": 1}, {"$project": {"_id": 1}}]
        documents = [
            {"$unionWith": {"coll": each, "pipeline": [{"$match": _movable(letters, each)}, *one]}}
            for each in PUBLISHED
        ]
        rows = [{"$match": _movable(letters, OUTBOX)}, *one]
        with translated():
            return not list(self._database[OUTBOX].aggregate([*rows, *documents, {"$limit": 1}]))

    def backlog(self, most: int) -> tuple[int, Timestamp | None]:
        """How many events wait, at the most `most` in each collection; the oldest one's stamp.

        Dead letters, and the events that wait for them, are left out.
        """
        letters = self._dead_letters.all()
        rows, where = self._database[OUTBOX], _movable(letters, OUTBOX)
        count = (
            rows.count_documents(where, limit=most) if where else rows.estimated_document_count()
        )
        first = rows.find(where, {"stamp": 1}).sort(ROWS_ORDER).limit(1)
        oldest = [each["stamp"] for each in first]
        for resource in PUBLISHED:
            documents, where = self._database[resource], _movable(letters, resource)
            count += documents.count_documents(where, limit=most)
            first = documents.find(where, {STAMP: 1}).sort(DOCUMENTS_ORDER).limit(1)
            oldest += [each[STAMP] for each in first]
        return count, min(oldest, default=None)

    def move(
        self, route: Callable[[Document], Routing], now: datetime, expires: datetime, limit: int
    ) -> int:
        """Publish the next events, with their deliveries; how many that were.

        One that can't be moved becomes a dead letter, and the later ones of its resource wait.
        """

        def moved() -> RelayBatch:
            events = self.waiting(limit)
            return self._move(events, route, now, expires) if events else RelayBatch()

        batch = transactions.within(self._client, moved)
        for letter in batch.dead_letters:
            log.error("event set aside", kept_as=letter["_id"], reason=letter["reason"])
        self._release(batch.moved)
        return len(batch.ready)

    def waiting(self, limit: int) -> list[Waiting]:
        """The next events in the order of their stamps, as many as one step moves."""
        events: list[Waiting] = []
        size = 0
        letters = self._dead_letters.all()
        sources = [self._first(each, limit, letters) for each in (OUTBOX, *PUBLISHED)]
        merged = heapq.merge(*sources, key=lambda each: (each.stamp, each.id))
        for each in islice(merged, limit):
            size += each.size
            if events and size > MOST_BYTES:
                break
            events.append(each)
        return events

    def _first(self, collection: str, limit: int, letters: Sequence[Stored]) -> Iterator[Waiting]:
        """The first events in a collection that may be moved.

        They are decoded one by one, and not by the driver: one that can't be decoded would fail all
        of its batch.
        """
        stamp = "stamp" if collection == OUTBOX else STAMP
        stages: list[Stored] = [
            {"$match": _movable(letters, collection)},
            {"$sort": {stamp: 1, "_id": 1}},
            {"$limit": limit},
            {
                "$project": {
                    "stamp": f"${stamp}",
                    "size": {"$bsonSize": "$$ROOT"},
                    "lacking": LACKS_RENDITION,
                    "row": "$$ROOT",
                }
            },
            {"$unset": f"row.{FIELD}"},
        ]
        rows: Collection[Any] = self._database.get_collection(collection, codec_options=RAW)
        for found in rows.aggregate(stages, session=transactions.session()):
            at = found["stamp"] if isinstance(found["stamp"], Timestamp) else AT_THE_WRITE
            waiting = Waiting(str(found["_id"]), at, {}, found["size"], collection, found["_id"])
            options = self._database.codec_options
            yield routing.read(waiting, found["row"].raw, options, lacking=found["lacking"])

    def _move(
        self,
        events: Sequence[Waiting],
        route: Callable[[Document], Routing],
        now: datetime,
        expires: datetime,
    ) -> RelayBatch:
        """Move the events that can be moved, in the transaction that this is in."""
        session = transactions.session()
        ids = [each.id for each in events]
        feed = self._database[FEED]
        known = feed.find({"eventId": {"$in": ids}}, {"eventId": 1}, session=session)
        batch = routing.routed(events, {each["eventId"] for each in known}, route, now)
        places = self._places(len(batch.ready)) if batch.ready else []
        for at, each in zip(places, batch.ready, strict=True):
            each.event["id"] = at
        deliveries = [
            delivery
            for each in batch.ready
            for delivery in _deliveries(each.event, each.routing, now, expires)
        ]
        if batch.ready:
            feed.insert_many([each.stored(expires) for each in batch.ready], session=session)
        if deliveries:
            self._database[DELIVERIES].insert_many(deliveries, ordered=False, session=session)
        if batch.dead_letters:
            self._dead_letters.add(batch.dead_letters)
        rows = [each.row for each in batch.moved if each.collection == OUTBOX]
        gone = {"_id": {"$in": [*(each.id for each in batch.moved), *rows]}}
        self._database[OUTBOX].delete_many(gone, session=session)
        return batch

    def _release(self, moved: Sequence[Waiting]) -> None:
        """Remove events from the documents that still hold them, and make missing renditions."""
        for resource in {each.collection for each in moved} - {OUTBOX}:
            events = [each for each in moved if each.collection == resource]
            whole = [each for each in events if each.text is None]
            where = {
                "_id": {"$in": [each.row for each in whole]},
                STAMP: {"$in": [each.stamp for each in whole]},
            }
            updates: list[pymongo.UpdateMany | pymongo.UpdateOne] = [
                pymongo.UpdateOne(
                    {"_id": each.row, STAMP: each.stamp}, REMOVAL | {"$set": {FIELD: each.text}}
                )
                for each in events
                if each.text is not None
            ]
            updates += [pymongo.UpdateMany(where, REMOVAL)] if whole else []
            with translated():
                self._database[resource].bulk_write(updates, ordered=False)

    def _places(self, count: int) -> list[str]:
        """The next places in the feed; two relays can't both commit, because both write this."""
        counter: Any = self._database[COUNTER].find_one_and_update(
            {"_id": FEED},
            {"$inc": {"position": count}},
            upsert=True,
            return_document=pymongo.ReturnDocument.AFTER,
            session=transactions.session(),
        )
        last: int = counter["position"]
        return [place(position) for position in range(last - count + 1, last + 1)]


def _movable(letters: Sequence[Stored], collection: str) -> Stored:
    """The condition for rows of the outbox, or documents with an event, that may be moved."""
    events = HAS_PENDING_EVENT if collection != OUTBOX else {}
    return events | dead_letters.movable(letters, collection)


def _deliveries(event: Document, route: Routing, now: datetime, expires: datetime) -> list[Stored]:
    common = {"position": event["id"], "subject": route.subject, "tries": 0, "since": now}
    states: list[tuple[Stored, tuple[str, ...]]] = [
        ({"state": "pending"}, route.subscriptions),
        ({"state": "dead", "error": SKIPPED}, route.unasked),
    ]
    return [
        {
            "_id": f"{subscription}/{event['id']}",
            "subscription": subscription,
            **common,
            **state,
            EXPIRES: expires,
        }
        for state, subscriptions in states
        for subscription in subscriptions
    ]
