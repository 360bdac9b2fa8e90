"""Deliveries on their way to subscribers, and how each subscriber is doing.

A consumer is the sending side of one subscription: its secret, its counts, and the worker that
serves it now. One worker at a time claims it, takes its next deliveries in the order of the feed,
and writes their outcomes under the claim's token: leases.py compares the rules for taking over
work.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from pymongo import DeleteMany, UpdateMany, UpdateOne

from impl.query.language import Document
from impl.resources import FEED
from impl.store.collections import CONSUMERS, COUNTER, DELIVERIES
from impl.store.documents import Stored, from_mongo
from impl.store.faults import translated
from impl.store.leases import Clock, server_clock
from impl.store.mongo import Store
from impl.store.transactions import session

TOTALS = "deliveries"
"""The counter of deliveries of subscriptions that have ended."""

PENDING, DEAD = "pending", "dead"
EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Claim:
    """A consumer, as the worker that has claimed it knows it."""

    subscription: str
    token: str
    secret: str = field(repr=False)
    failures: int
    """How many rounds in a row have failed."""


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one subscriber."""

    id: str
    subject: str
    position: str
    tries: int
    since: datetime


@dataclass(frozen=True)
class Failure:
    """A delivery that failed, with the error, and the instant of the next try: None for never."""

    delivery: Delivery
    error: str
    due: datetime | None


@dataclass(frozen=True)
class DeliveryOutcomes:
    """The outcomes of some deliveries, and when the consumer's next are tried."""

    delivered: Sequence[Delivery] = ()
    failed: Sequence[Failure] = ()
    failures: int = 0
    due: datetime = EVER
    dead_before: datetime | None = None
    """Deliveries that wait since then or longer are given up, too."""


@dataclass(frozen=True)
class Health:
    """The health of a consumer: its deliveries, and its document in MongoDB."""

    pending: int = 0
    failed: int = 0
    kept: Mapping[str, Any] = field(default_factory=dict)


class Deliveries:
    """The deliveries and consumers of a database."""

    def __init__(self, store: Store, clock: Clock | None = None) -> None:
        self._feed, _ = store.collection(FEED)
        self._deliveries, _ = store.collection(DELIVERIES)
        self._consumers, _ = store.collection(CONSUMERS)
        self._counters, _ = store.collection(COUNTER)
        self._clock = clock or server_clock(store)

    def now(self) -> datetime:
        """The time, by the clock of claims and due dates."""
        return self._clock()

    def subscribe(self, subscription: str, secret: str) -> None:
        """Add a consumer."""
        consumer = {"_id": subscription, "secret": secret, "failures": 0}
        consumer |= {"delivered": 0, "failed": 0}
        with translated():
            self._consumers.insert_one({**consumer, "until": EVER, "due": EVER}, session=session())

    def unsubscribe(self, subscription: str) -> None:
        """Remove a consumer, in a transaction; its deliveries end with it, and its counts stay."""
        with translated():
            consumer = self._consumers.find_one_and_delete({"_id": subscription}, session=session())
            if consumer is not None:
                counts = {name: consumer.get(name, 0) for name in ("delivered", "failed")}
                self._counters.update_one(
                    {"_id": TOTALS}, {"$inc": counts}, upsert=True, session=session()
                )

    def discard(self, subscription: str) -> None:
        """Remove the deliveries of a subscription that is gone."""
        with translated():
            self._deliveries.delete_many({"state": PENDING, "subscription": subscription})
            self._deliveries.delete_many({"state": DEAD, "subscription": subscription})

    def waiting(self) -> list[str]:
        """The subscriptions with pending deliveries."""
        with translated():
            found: list[str] = self._deliveries.distinct("subscription", {"state": PENDING})
        return found

    def consumers(self, subscriptions: Iterable[str]) -> set[str]:
        """The subscriptions that have a consumer."""
        with translated():
            found = self._consumers.find({"_id": {"$in": list(subscriptions)}}, {"_id": 1})
            return {consumer["_id"] for consumer in found}

    def claimable(self, subscriptions: Iterable[str]) -> list[str]:
        """The subscriptions whose consumer no worker has claimed, and that may be tried now."""
        now = self._clock()
        claimable = {"until": {"$lte": now}, "due": {"$lte": now}}
        where = {"_id": {"$in": list(subscriptions)}, **claimable}
        with translated():
            return [consumer["_id"] for consumer in self._consumers.find(where, {"_id": 1})]

    def claim(self, subscription: str, seconds: float) -> Claim | None:
        """Claim a consumer for some seconds; None if another worker was quicker."""
        now, token = self._clock(), token_hex(8)
        with translated():
            found = self._consumers.find_one_and_update(
                {"_id": subscription, "until": {"$lte": now}, "due": {"$lte": now}},
                {"$set": {"token": token, "until": now + timedelta(seconds=seconds)}},
            )
        if found is None:
            return None
        return Claim(subscription, token, found["secret"], found["failures"])

    def release(self, claim: Claim) -> None:
        """Let another claim the consumer at once."""
        self._update(claim, {"until": EVER})

    def next(self, subscription: str, limit: int) -> list[Delivery]:
        """The next deliveries, in the feed's order.

        Left out are those that wait for their next try, and those behind them of the same subject.
        """
        mine = {"state": PENDING, "subscription": subscription}
        with translated():
            blocked = self._deliveries.distinct("subject", {**mine, "due": {"$gt": self._clock()}})
            where = {**mine, "subject": {"$nin": blocked}} if blocked else mine
            rows = self._deliveries.find(where).sort("position", 1).limit(limit)
            return [_delivery(row) for row in rows.batch_size(limit + 1)]

    def blocked(self, subscription: str) -> int:
        """How many subjects wait for the next try of their first delivery."""
        waits = {"state": PENDING, "subscription": subscription, "due": {"$gt": self._clock()}}
        with translated():
            return len(self._deliveries.distinct("subject", waits))

    def events(self, positions: Iterable[str]) -> dict[str, Document]:
        """The events at these positions, by position; those that have expired are left out."""
        with translated():
            rows = list(self._feed.find({"_id": {"$in": list(positions)}}))
        return {row["_id"]: from_mongo(row) for row in rows}

    def record_error(self, claim: Claim, why: str) -> None:
        """Show an error with the consumer, though none of its deliveries was at fault."""
        self._update(claim, {"lastError": why, "lastErrorTime": self._clock()}, {})

    def skipped(self, subscription: str, why: str) -> None:
        """Show why a subscription's deliveries were given up before any was tried."""
        error = {"lastError": why, "lastErrorTime": self._clock()}
        with translated():
            self._consumers.update_one({"_id": subscription}, {"$set": error})

    def settle(self, claim: Claim, done: DeliveryOutcomes, seconds: float) -> bool:
        """Write the outcomes of deliveries, and renew the claim for some seconds.

        False if another worker has claimed the consumer by now; then nothing is written.
        """
        now = self._clock()
        until = now + timedelta(seconds=seconds)
        consumer: Stored = {"failures": done.failures, "due": done.due, "until": until}
        if done.delivered:
            consumer["lastSuccess"] = now
        if done.failed:
            consumer |= {"lastError": done.failed[-1].error, "lastErrorTime": now}
        counts = {"delivered": len(done.delivered), "failed": len(done.failed)}
        if not self._update(claim, consumer, counts):
            return False
        operations = list(_operations(claim.subscription, done))
        with translated():
            if operations:
                self._deliveries.bulk_write(operations, ordered=False)
        return True

    def retry(self, subscription: str) -> None:
        """Try now every delivery that waits for its next try."""
        waits = {"state": PENDING, "subscription": subscription, "due": {"$exists": True}}
        with translated():
            self._deliveries.update_many(waits, {"$unset": {"due": ""}})

    def redeliver(self, subscription: str) -> None:
        """Try the deliveries that were given up again, from the first try on, and at once."""
        again = {"state": PENDING, "tries": 0, "since": self._clock()}
        with translated():
            self._deliveries.update_many(
                {"state": DEAD, "subscription": subscription},
                {"$set": again, "$unset": {"due": ""}},
            )
            self._consumers.update_one({"_id": subscription}, {"$set": {"due": EVER}})

    def health(self, subscriptions: Sequence[str]) -> dict[str, Health]:
        """The health of these consumers."""
        counted: Any = [
            {"$match": {"state": {"$in": [PENDING, DEAD]}, "subscription": {"$in": subscriptions}}},
            {"$group": {"_id": ["$subscription", "$state"], "count": {"$sum": 1}}},
        ]
        with translated():
            counts = {
                tuple(row["_id"]): row["count"]
                for row in self._deliveries.aggregate(counted, session=session())
            }
            consumers = self._consumers.find({"_id": {"$in": subscriptions}}, session=session())
            documents = {row["_id"]: row for row in consumers}
        return {
            each: Health(
                counts.get((each, PENDING), 0), counts.get((each, DEAD), 0), documents.get(each, {})
            )
            for each in subscriptions
        }

    def _update(
        self, claim: Claim, values: Stored, counts: Mapping[str, int] | None = None
    ) -> bool:
        change: Stored = {"$set": values} | ({"$inc": counts} if counts else {})
        with translated():
            result = self._consumers.update_one(
                {"_id": claim.subscription, "token": claim.token}, change
            )
        return bool(result.matched_count)


def _delivery(row: Stored) -> Delivery:
    return Delivery(row["_id"], row["subject"], row["position"], row["tries"], row["since"])


def _operations(subscription: str, done: DeliveryOutcomes) -> Iterable[Any]:
    if done.delivered:
        yield DeleteMany({"_id": {"$in": [delivery.id for delivery in done.delivered]}})
    for failure in done.failed:
        values: Stored = {"error": failure.error, "tries": failure.delivery.tries + 1}
        values |= {"state": DEAD} if failure.due is None else {"due": failure.due}
        yield UpdateOne({"_id": failure.delivery.id}, {"$set": values})
    if done.dead_before is not None:
        old = {"state": PENDING, "subscription": subscription, "since": {"$lt": done.dead_before}}
        given_up = {"state": DEAD, "error": done.failed[-1].error}
        yield UpdateMany(old, {"$set": given_up})
