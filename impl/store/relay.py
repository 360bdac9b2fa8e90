"""The relay: moves pending events to the feed, where each has a position, with their deliveries.

The feed holds entries: batches of events (event_batches.py), each at the position of its last
event. A batch of the outbox becomes an entry as it is; the single events of a step are packed. Each
partition of the feed has a relay (partitions.py).

One transaction adds entries to the feed, with a delivery for each subscription, and leaves out what
the feed has already. Afterwards the relay removes the events from the documents that hold them
still. So no event is lost, made up or published twice, wherever a process dies. An event that can't
be moved becomes a dead letter (dead_letters.py); a batch with such an event is split first.

An assignment (writing.py) leaves the document without its rendition; the relay makes that, too.
"""

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pymongo
import structlog
from bson.timestamp import Timestamp
from pymongo.collection import Collection
from pymongo.database import Database

from impl.resources import FEED, PUBLISHED
from impl.store import dead_letters, routing, transactions
from impl.store import waiting as pending
from impl.store.collection_names import COUNTER, DELIVERIES, OUTBOX
from impl.store.dead_letters import DeadLetters
from impl.store.delivery_rows import new_rows
from impl.store.documents import EXPIRES, Stored
from impl.store.event_batches import BODY
from impl.store.faults import translated
from impl.store.partitions import LAST_OF, PARTITION, PREVIOUS, Partitions
from impl.store.pending_events import HAS_PENDING_EVENT, REMOVAL, STAMP
from impl.store.raw_documents import RAW
from impl.store.rendition import FIELD
from impl.store.routing import Entry, Immovable, RelayStep, Route, Router, place
from impl.store.waiting import MARKED, Waiting

MOST_BYTES = 8 * 1024 * 1024
"""How much one step of the relay moves, but for a single event or batch that is larger."""

AT_ONCE = 100
"""How many rows MongoDB sends at a time, because a step may be full after these."""

MOST_BATCHES = 10_000
"""How many batches `backlog` looks into; it counts each further one as one event."""

ROWS_ORDER, DOCUMENTS_ORDER = {"stamp": 1, "_id": 1}, {STAMP: 1, "_id": 1}
log = structlog.get_logger("events")


class Relay:
    """The way from a database's outbox to its feed."""

    def __init__(
        self,
        client: pymongo.MongoClient[Stored],
        database: Database[Stored],
        letters: DeadLetters,
        partitions: Partitions = Partitions(),
    ) -> None:
        self._client = client
        self._database = database
        self._dead_letters = letters
        self._partitions = partitions

    def is_idle(self, partition: int | None = None) -> bool:
        """Whether there is nothing to move in a partition; None for all of them."""
        letters, mine = self._dead_letters.all(), self._partitions.waiting(partition)
        one: list[Stored] = [{"$limit": 1}, {"$project": {"_id": 1}}]
        documents = [
            {
                "$unionWith": {
                    "coll": each,
                    "pipeline": [{"$match": _movable(letters, each) | mine}, *one],
                }
            }
            for each in PUBLISHED
        ]
        rows = [{"$match": _movable(letters, OUTBOX) | mine}, *one]
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
        count = min(most, count + self._in_batches(where))
        first = rows.find(where, {"stamp": 1}).sort(ROWS_ORDER).limit(1)
        oldest = [each["stamp"] for each in first]
        for resource in PUBLISHED:
            documents, where = self._database[resource], _movable(letters, resource)
            count += documents.count_documents(where, limit=most)
            first = documents.find(where, {STAMP: 1}).sort(DOCUMENTS_ORDER).limit(1)
            oldest += [each[STAMP] for each in first]
        return count, min(oldest, default=None)

    def _in_batches(self, where: Stored) -> int:
        """How many events the outbox holds beyond one a row."""
        events = {"$sum": {"$subtract": [{"$size": "$eventId"}, 1]}}
        stages: list[Stored] = [
            {"$match": where | {BODY: {"$exists": True}}},
            {"$limit": MOST_BATCHES},
            {"$group": {"_id": None, "events": events}},
        ]
        return sum(each["events"] for each in self._database[OUTBOX].aggregate(stages))

    def move(
        self,
        route: Route | None,
        now: datetime,
        expires: datetime,
        limit: int,
        partition: int = 0,
    ) -> int:
        """Publish the next events of a partition, with their deliveries; how many that were.

        Without `route` there are no subscriptions. An event that can't be moved becomes a dead
        letter, and the later ones of its resource wait.
        """

        def moved() -> RelayStep:
            letters = self._dead_letters.all()
            stuck = dead_letters.subjects(letters)
            options = self._database.codec_options
            waiting = self._waiting(limit, letters, partition)
            router = Router(route, options, now, limit, stuck, self._behind(waiting, partition))
            return self._move(waiting, router, expires, partition) if waiting else RelayStep()

        while True:
            step = transactions.within(self._client, moved)
            for letter in step.dead_letters:
                log.error("event set aside", kept_as=letter["_id"], reason=letter["reason"])
            self._release(step.moved)
            if step.ready or not step.split:
                return sum(len(each.waiting) for each in step.ready)

    def waiting(self, limit: int, partition: int = 0) -> list[Waiting]:
        """The next events in the order of their stamps, as many as one step moves."""
        return self._waiting(limit, self._dead_letters.all(), partition)

    def _waiting(self, limit: int, letters: Sequence[Stored], partition: int) -> list[Waiting]:
        step: list[Waiting] = []
        events = size = 0
        mine = self._partitions.waiting(partition)
        sources = [self._first(each, limit, letters, mine) for each in (OUTBOX, *PUBLISHED)]
        for each in heapq.merge(*sources, key=lambda each: (each.stamp, each.id)):
            events += len(each)
            size += each.size
            if step and (events > limit or size > MOST_BYTES):
                break
            step.append(each)
        return step

    def _behind(
        self, waiting: Sequence[Waiting], partition: int
    ) -> dict[str, tuple[Timestamp, str]]:
        """For subjects that another partition has to publish an event of: its stamp and id."""
        if not self._partitions.several:
            return {}
        subjects = {subject for each in waiting for subject in each.subjects}
        where = {LAST_OF: {"$in": sorted(subjects)}, PARTITION: {"$ne": partition}}
        rows = self._database[OUTBOX].find(
            where, {LAST_OF: 1, "stamp": 1}, session=transactions.session()
        )
        first: dict[str, tuple[Timestamp, str]] = {}
        for row in rows:
            at = row["stamp"], row["_id"]
            first[row[LAST_OF]] = min(at, first.get(row[LAST_OF], at))
        return first

    def _first(
        self, collection: str, limit: int, letters: Sequence[Stored], mine: Stored
    ) -> Iterator[Waiting]:
        """The first events in a collection that may be moved.

        They are decoded one by one, and not by the driver: one that can't be decoded would fail all
        of its batch.
        """
        stages: list[Stored] = [
            {"$match": _movable(letters, collection) | mine},
            {"$sort": ROWS_ORDER if collection == OUTBOX else DOCUMENTS_ORDER},
            {"$limit": limit},
            *([] if collection == OUTBOX else [MARKED]),
        ]
        hint = self._partitions.hint("stamp" if collection == OUTBOX else STAMP)
        options: Stored = {"batchSize": AT_ONCE} | ({"hint": hint} if hint else {})
        rows: Collection[Any] = self._database.get_collection(collection, codec_options=RAW)
        for row in rows.aggregate(stages, session=transactions.session(), **options):
            yield pending.read(collection, row.raw, self._database.codec_options)

    def _move(
        self, waiting: Sequence[Waiting], router: Router, expires: datetime, partition: int
    ) -> RelayStep:
        """Move the events that can be moved, in the transaction that this is in."""
        session = transactions.session()
        step = router.routed(waiting, self._published(waiting))
        self._publish(step, router.now, expires, partition)
        gone = [each.row for each in step.moved if each.collection == OUTBOX]
        if step.split:
            try:
                rows = routing.split(step.split)
                gone.append(step.split.row)
            except Immovable as fault:
                rows = []
                step.dead_letters.append(routing.dead_letter(step.split, fault, router.now))
        if gone:
            self._database[OUTBOX].delete_many({"_id": {"$in": gone}}, session=session)
        if step.split and rows:
            mark = self._partitions.mark(partition)
            self._database[OUTBOX].insert_many([row | mark for row in rows], session=session)
        if step.dead_letters:
            self._dead_letters.add(step.dead_letters)
        return step

    def _published(self, waiting: Sequence[Waiting]) -> set[str]:
        """The ids of single events that the feed has already.

        It has no batch, because a batch leaves the outbox in the transaction that publishes it.
        """
        ids = [each.id for each in waiting if each.batch is None]
        if not ids:
            return set()
        where, session = {"eventId": {"$in": ids}}, transactions.session()
        published: set[str] = set()
        for entry in self._database[FEED].find(where, {"eventId": 1}, session=session):
            of = entry["eventId"]
            published.update([of] if isinstance(of, str) else of)
        return published

    def _publish(self, step: RelayStep, now: datetime, expires: datetime, partition: int) -> None:
        """Add the ready events to the feed as entries, with their deliveries."""
        entries = list(routing.entries(step.ready))
        if not entries:
            return
        session = transactions.session()
        previous, spans = self._positions(entries, partition)
        stored: list[Stored] = []
        deliveries: list[Stored] = []
        for entry, span in zip(entries, spans, strict=True):
            id_, marks = place(span[-1]), self._partitions.mark(partition)
            marks |= {PREVIOUS: previous} if marks else {}
            stored.append({"_id": id_, EXPIRES: expires, **marks, **entry.batch})
            events = [(place(at), each) for at, each in zip(span, entry.routings, strict=False)]
            deliveries += new_rows(id_, events, now, expires)
            previous = span[-1]
        self._database[FEED].insert_many(stored, session=session)
        if deliveries:
            self._database[DELIVERIES].insert_many(deliveries, ordered=False, session=session)

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

    def _positions(self, entries: Sequence[Entry], partition: int) -> tuple[int, list[range]]:
        """Reserve the next positions for some entries; the position before, and those of each.

        Two relays of a partition can't both commit, because both write its counter.
        """
        lengths, names = [*map(len, entries)], self._partitions.counters
        if not self._partitions.several:
            before = self._last_position(sum(lengths)) - sum(lengths)
            return before, [*self._partitions.spans(0, lengths, before)]
        counters, session = self._database[COUNTER], transactions.session()
        found = counters.find({"_id": {"$in": names}}, session=session)
        last: dict[str, int] = {each["_id"]: each["position"] for each in found}
        highest, name = max(last.values(), default=0), names[partition]
        spans = [*self._partitions.spans(partition, lengths, highest)]
        position = {"$set": {"position": spans[-1][-1]}}
        counters.update_one({"_id": name}, position, upsert=True, session=session)
        return last.get(name, 0), spans

    def _last_position(self, count: int) -> int:
        """Reserve so many positions of the feed that has one partition; the last of them."""
        counter: Any = self._database[COUNTER].find_one_and_update(
            {"_id": FEED},
            {"$inc": {"position": count}},
            upsert=True,
            return_document=pymongo.ReturnDocument.AFTER,
            session=transactions.session(),
        )
        last: int = counter["position"]
        return last


def _movable(letters: Sequence[Stored], collection: str) -> Stored:
    """The condition for rows of the outbox, or documents with an event, that may be moved."""
    events = HAS_PENDING_EVENT if collection != OUTBOX else {}
    return events | dead_letters.movable(letters, collection)
