"""Events between the write that made them and the feed: the transactional outbox.

A write puts its event here in its own transaction. `relay` moves events to the feed, where each
has a position, and puts a delivery for each subscriber beside it, all in one transaction. So no
event is lost, made up or told twice, wherever a process dies.

Each event is stamped with MongoDB's logical time as its write has seen it. A write sees the writes
before it on the same document, even where that was deleted in between, so in the order of stamps
the events of one resource are in the order of its writes, whatever the clocks of the servers say.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

import pymongo
from bson.timestamp import Timestamp
from pymongo.client_session import ClientSession
from pymongo.database import Database

from impl.query.language import Document
from impl.store import transactions
from impl.store.bson import decode, encode
from impl.store.faults import translated
from impl.store.stored import EXPIRES, Stored, inward

OUTBOX, FEED, COUNTER, DELIVERIES = "outbox", "event", "feed", "delivery"
MOST_BYTES = 8 * 1024 * 1024
"""How much one step of the relay moves, but for a single event that is larger."""
MOST_DELIVERIES = 20_000

Change: TypeAlias = tuple[Document | None, Document | None]
"""A document before and after a write; None where it is not there."""

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
        self, resource: str, changes: Sequence[Change], write: Callable[[], bool]
    ) -> bool:
        """Do a write and keep the events of its changes with it; False where nothing was written.

        `write` may be called more than once, as in a transaction.
        """
        made = [self._record(resource, *change) for change in changes] if self._record else []
        events = [event for event in made if event is not None]
        if not events:
            with translated():
                return write()

        def both() -> bool:
            done = write()
            if done:
                self._put(events)
            return done

        return transactions.within(self._client, both)

    def _put(self, events: Sequence[Mapping[str, Any]]) -> None:
        session = transactions.session()
        stamp = _stamp(session)
        kept = [{"_id": each["eventId"], "stamp": stamp, "event": encode(each)} for each in events]
        outbox = self._database[OUTBOX]
        if len(kept) == 1:  # which takes less
            outbox.insert_one(kept[0], session=session)
        else:
            outbox.insert_many(kept, session=session)

    def is_empty(self) -> bool:
        """Whether there is nothing to move."""
        with translated():
            return self._database[OUTBOX].find_one({}, {"_id": 1}) is None

    def relay(
        self, route: Callable[[Document], Routing], now: datetime, expires: datetime, limit: int
    ) -> int:
        """Move the next events to the feed, with their deliveries; how many that were."""

        def move() -> int:
            rows = self._next(limit)
            if rows:
                self._move(rows, route, now, expires)
            return len(rows)

        return transactions.within(self._client, move)

    def _next(self, limit: int) -> list[Stored]:
        rows: list[Stored] = []
        size = 0
        found = self._database[OUTBOX].find(
            {},
            {"event": 1, "size": {"$bsonSize": "$$ROOT"}},
            session=transactions.session(),
        )
        for row in found.sort({"stamp": 1, "_id": 1}).limit(limit).batch_size(limit + 1):
            size += row["size"]
            if rows and size > MOST_BYTES:
                break
            rows.append(row)
        return rows

    def _move(
        self,
        rows: list[Stored],
        route: Callable[[Document], Routing],
        now: datetime,
        expires: datetime,
    ) -> None:
        session = transactions.session()
        places = self._places(len(rows))
        events = [
            Document({"id": at, **decode(row["event"])})
            for at, row in zip(places, rows, strict=True)
        ]
        deliveries = [
            delivery
            for event in events
            for delivery in _deliveries(event, route(event), now, expires)
        ]
        stored = [{EXPIRES: expires, **inward(event, 1)} for event in events]
        self._database[FEED].insert_many(stored, session=session)
        if deliveries:
            self._database[DELIVERIES].insert_many(deliveries, ordered=False, session=session)
        moved = [row["_id"] for row in rows]
        self._database[OUTBOX].delete_many({"_id": {"$in": moved}}, session=session)

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


def _stamp(session: ClientSession | None) -> Timestamp:
    """MongoDB's logical time as of the transaction's last answer."""
    if session is None or session.cluster_time is None:
        raise RuntimeError("an event is kept only with its write, in a transaction")
    stamp: Timestamp = session.cluster_time["clusterTime"]
    return stamp
