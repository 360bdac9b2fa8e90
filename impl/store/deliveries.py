"""Deliveries on their way to subscribers, and how each subscriber is doing.

A consumer is the sending side of one subscription: its secret, its counts, and the worker that
serves it now. One worker at a time claims it, takes its next deliveries in the order of the feed,
and writes their outcomes under the claim's token: leases.py compares the rules for taking over
work.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

from pymongo import UpdateMany, UpdateOne
from pymongo.collection import Collection

from impl.query.language import Document
from impl.store.collection_names import CONSUMERS, COUNTER, DELIVERIES
from impl.store.delivery_rows import (
    DEAD,
    PENDING,
    Delivery,
    Row,
    delivery,
    first_events,
    shortened,
    single,
)
from impl.store.documents import Stored
from impl.store.entry_cache import EntryCache
from impl.store.faults import translated
from impl.store.leases import Clock, server_clock
from impl.store.mongo import Store
from impl.store.transactions import session

TOTALS = "deliveries"
"""The counter of deliveries of subscriptions that have ended."""

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
class NextDeliveries:
    """The deliveries that can be tried now, in the feed's order."""

    due: Sequence[Delivery] = ()
    behind: Sequence[Delivery] = ()
    """Deliveries from rows of several events that wait for an earlier one of their subject."""


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
        self._store = store
        self._entries = EntryCache(store)
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

    def next(self, subscription: str, limit: int) -> NextDeliveries:
        """The next deliveries, in the feed's order.

        Left out are those that wait for their next try, and those behind them of the same subject.
        """
        mine = {"state": PENDING, "subscription": subscription}
        in_order = self._deliveries.with_options(read_concern=self._store.partitions.read_concern)
        with translated():
            blocked = self._deliveries.distinct("subject", {**mine, "due": {"$gt": self._clock()}})
            where = {**mine, "subject": {"$nin": blocked}} if blocked else mine
            rows = in_order.find(where).sort("position", 1).limit(limit)
            events = first_events(map(Row.read, rows.batch_size(limit + 1)), limit)
        entries = self._entries.get({row.entry for _, row in events if not row.is_single})
        deliveries = [
            delivery(position, row, entries[row.entry].subjects if row.entry in entries else {})
            for position, row in events
        ]
        return NextDeliveries(
            [each for each in deliveries if each.subject not in blocked],
            [each for each in deliveries if each.subject in blocked],
        )

    def split(self, claim: Claim, behind: Sequence[Delivery]) -> bool:
        """Give each of these deliveries a row of its own; False as `settle`.

        So `next` finds what is due without reading again and again what waits.
        """

        def split() -> bool:
            return self._update(claim, {"token": claim.token}) and self._write(
                [*shortened(behind), *(single(each, {}) for each in behind)]
            )

        return self._store.in_transaction(split)

    def blocked(self, subscription: str) -> int:
        """How many subjects wait for the next try of their first delivery."""
        waits = {"state": PENDING, "subscription": subscription, "due": {"$gt": self._clock()}}
        with translated():
            return len(self._deliveries.distinct("subject", waits))

    def events(self, deliveries: Iterable[Delivery]) -> dict[str, Document]:
        """The events of these deliveries, by position; those that have expired are left out."""
        positions: dict[str, set[str]] = {}
        for each in deliveries:
            positions.setdefault(each.entry, set()).add(each.position)
        events: dict[str, Document] = {}
        for id_, entry in self._entries.get(positions).items():
            events |= entry.events(positions[id_])
        return events

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
        operations = list(_operations(claim.subscription, done))

        def write() -> bool:
            return self._update(claim, consumer, counts) and self._write(operations)

        if any(failure.delivery.row for failure in done.failed):
            return self._store.in_transaction(write)
        return write()

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
        states = {"$in": [PENDING, DEAD]}
        where = {"state": states, "subscription": {"$in": subscriptions}}
        with translated():
            counts = counted(self._deliveries, where, ["$subscription", "$state"])
            consumers = self._consumers.find({"_id": {"$in": subscriptions}}, session=session())
            documents = {row["_id"]: row for row in consumers}
        return {
            each: Health(counts[each, PENDING], counts[each, DEAD], documents.get(each, {}))
            for each in subscriptions
        }

    def _update(
        self, claim: Claim, values: Stored, counts: Mapping[str, int] | None = None
    ) -> bool:
        change: Stored = {"$set": values} | ({"$inc": counts} if counts else {})
        with translated():
            result = self._consumers.update_one(
                {"_id": claim.subscription, "token": claim.token}, change, session=session()
            )
        return bool(result.matched_count)

    def _write(self, operations: Sequence[Any]) -> bool:
        with translated():
            if operations:
                self._deliveries.bulk_write(operations, ordered=False, session=session())
        return True


def counted(
    deliveries: Collection[Stored], where: Mapping[str, Any], by: Any, most: int | None = None
) -> Counter[Any]:
    """How many deliveries there are, each event counted; of at most `most` rows, by some fields.

    Both kinds of rows are counted in an index: all of them, and further events of some.
    """
    limit = [] if most is None else [{"$limit": most}]
    further = {"$sum": {"$subtract": ["$count", 1]}}
    kinds: list[tuple[Any, Any]] = [
        (where, {"$sum": 1}),
        ({**where, "count": {"$exists": True}}, further),
    ]
    counts: Counter[Any] = Counter()
    for match, count in kinds:
        stages = [{"$match": match}, *limit, {"$group": {"_id": by, "n": count}}]
        for row in deliveries.aggregate(stages, session=session()):
            id_ = row["_id"]
            counts[tuple(id_) if isinstance(id_, list) else id_] += row["n"]
    return counts


def _operations(subscription: str, done: DeliveryOutcomes) -> Iterable[Any]:
    tried_in_rows = [each.delivery for each in done.failed if each.delivery.row]
    yield from shortened([*done.delivered, *tried_in_rows])
    for failure in done.failed:
        values: Stored = {"error": failure.error, "tries": failure.delivery.tries + 1}
        values |= {"state": DEAD} if failure.due is None else {"due": failure.due}
        if failure.delivery.row:
            yield single(failure.delivery, values)
        else:
            yield UpdateOne({"_id": failure.delivery.id}, {"$set": values})
    if done.dead_before is not None:
        old = {"state": PENDING, "subscription": subscription, "since": {"$lt": done.dead_before}}
        given_up = {"state": DEAD, "error": done.failed[-1].error}
        yield UpdateMany(old, {"$set": given_up})
