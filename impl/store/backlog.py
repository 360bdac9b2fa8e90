"""The backlog: work that waits in the database. Figures are from indexes, counting is bounded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from impl.errors import Unavailable
from impl.resources import REQUESTS
from impl.store.collection_names import CONSUMERS, COUNTER, DELIVERIES
from impl.store.counters import FAULTS, GIVEN_UP, LACKING, Counters
from impl.store.deliveries import TOTALS, counted
from impl.store.delivery_rows import DEAD, PENDING
from impl.store.faults import translated
from impl.store.mongo import Store

SECONDS = 1.0
"""For all of it."""

MOST = 100_000
"""Counting ends here; it may be more."""

OPEN = {"state": "inProgress", "lastUpdate": {"$type": "date"}}


@dataclass(frozen=True)
class Backlog:
    """The requests and events that wait, and the seconds that the oldest has waited; deliveries by
    state. In total since the beginning: attempts to deliver by outcome, documents that lacked
    letters, and by kind the tasks of workers that were given up.
    """

    requests: int
    request_seconds: float
    events: int
    event_seconds: float
    deliveries: Mapping[str, int]
    attempts: Mapping[str, int]
    lacking: int
    dead_letters: int
    given_up: Mapping[str, int]
    faults: Mapping[str, int]
    """Of the loops of workers that never give up, by loop."""


def backlog(store: Store) -> Backlog:
    """The backlog now; Unavailable if MongoDB does not answer within a second."""
    try:
        with translated(), pymongo.timeout(SECONDS):
            return _read(store)
    except PyMongoError as error:
        raise Unavailable("the database does not say what waits in it") from error


def _read(store: Store) -> Backlog:
    requests, deliveries = (store.collection(name)[0] for name in (REQUESTS, DELIVERIES))
    now: datetime = requests.database.command("hello")["localTime"].replace(tzinfo=UTC)
    request = requests.find_one(OPEN, {"lastUpdate": 1}, sort=[("lastUpdate", 1)])
    tallies = Counters(store)
    events, oldest = store.relay.backlog(MOST)
    return Backlog(
        requests=requests.count_documents(OPEN, limit=MOST),
        request_seconds=_since(request["lastUpdate"], now) if request else 0,
        events=events,
        event_seconds=_since(oldest.as_datetime(), now) if oldest else 0,
        deliveries={
            state: min(MOST, counted(deliveries, {"state": state}, None, MOST)[None])
            for state in (PENDING, DEAD)
        },
        attempts=_attempts(store),
        lacking=tallies.count(LACKING),
        dead_letters=store.dead_letters.count(),
        given_up={kind: tallies.count(name) for kind, name in GIVEN_UP.items()},
        faults={loop: tallies.count(name) for loop, name in FAULTS.items()},
    )


def _attempts(store: Store) -> dict[str, int]:
    """Attempts for present subscriptions and for those that have ended."""
    consumers, _ = store.collection(CONSUMERS)
    counters, _ = store.collection(COUNTER)
    totals: Any = {"_id": None, "delivered": {"$sum": "$delivered"}, "failed": {"$sum": "$failed"}}
    found = [
        *consumers.aggregate([{"$group": totals}]),
        *counters.find({"_id": TOTALS}),
    ]
    return {name: sum(each.get(name, 0) for each in found) for name in ("delivered", "failed")}


def _since(then: datetime, now: datetime) -> float:
    return max(0.0, (now - then).total_seconds())
