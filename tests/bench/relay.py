"""How many events a second a worker moves from their writes to the feed.

All events are written before the worker starts: those of a run's bills, or of single writes.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from uuid import uuid4

import pymongo
from pymongo.collection import Collection

from impl.events.build import build
from impl.resources import FEED
from impl.store.documents import Stored
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.bench import goals, month, report
from tests.bench.deliveries import write
from tests.bench.goals import Goal
from tests.bench.meter import KINDS, Cost, Meter, middle, wait
from tests.faults import billing
from tests.servers import ROOT, WorkerProcess, environment, family

ACCOUNTS, BILLS_WRITTEN = 2_000, 10_000
"""How many accounts a run bills, 25 rates each; and how many bills are written one by one."""

OF_RUNS, OF_WRITES = "of runs", "of single writes"
RUNS_GOAL, WRITES_GOAL = 20_000, 7_500
"""The latter is three times what a worker moved before events were stored in batches."""


def bench(mongod: Mongod, folder: Path, rounds: int = 3) -> list[Goal]:
    """Print tables of events moved a second and of the goals, and keep them."""
    costs: dict[str, list[Cost]] = {OF_RUNS: [], OF_WRITES: []}
    for _ in range(rounds):
        with _database(mongod) as name:
            _bill(mongod.uri, name, folder)
            costs[OF_RUNS].append(_moved(mongod, name, folder))
        with _database(mongod) as name:
            store = Store(mongod.uri, name, record=build)
            store.ensure_indexes()
            write(store, BILLS_WRITTEN)
            store.close()
            costs[OF_WRITES].append(_moved(mongod, name, folder))
    medians = {name: middle(each) for name, each in costs.items()}
    found = [
        Goal(f"events {OF_RUNS}/s", medians[OF_RUNS].per_second, RUNS_GOAL),
        Goal(f"events {OF_WRITES}/s", medians[OF_WRITES].per_second, WRITES_GOAL),
    ]
    text = f"{_table(medians)}\n\n{goals.table(found)}\n"
    print(text, flush=True)
    figures = {name: asdict(each) for name, each in medians.items()}
    kept = {"machine": report.machine(), "rounds": rounds, "costs": figures}
    report.keep("events", kept | {"goals": goals.kept(found)}, f"{report.machine()}\n\n{text}")
    return found


@contextmanager
def _database(mongod: Mongod) -> Iterator[str]:
    name = f"relay-{uuid4().hex}"
    yield name
    with pymongo.MongoClient[Stored](mongod.uri) as client:
        client.drop_database(name)


def _bill(uri: str, name: str, folder: Path) -> None:
    """Have a month billed by a worker that publishes nothing."""
    month.fill(uri, name, ACCOUNTS, ACCOUNTS * month.RATES_EACH)
    store = Store(uri, name)
    billing.plan(store)
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.billing_worker"],
            cwd=ROOT,
            env=environment({"MONGODB_URI": uri, "MONGODB_DB": name}),
            stdout=log,
            stderr=log,
        )
    with process:
        wait(lambda: store.get("billCycle", billing.CYCLE)["runState"] == "finished", 0.2)
        process.terminate()
    store.close()


def _moved(mongod: Mongod, name: str, folder: Path) -> Cost:
    """The cost of an event, from when the first ones are in the feed until all are."""
    store = Store(mongod.uri, name)
    feed, _ = store.collection(FEED)
    worker = WorkerProcess(folder / "worker.log", mongod.uri, name, LOG_LEVEL="error")
    with worker:
        wait(lambda: feed.estimated_document_count() > 0, 0.002)
        first, meter = events(feed), Meter(mongod, family(worker.process.pid))
        wait(store.relay.is_idle, 0.02)
        cost = meter.cost(events(feed) - first)
    store.close()
    return cost


def events(feed: Collection[Stored]) -> int:
    """How many events are in the feed, those of batches too."""
    number = {"$cond": [{"$isArray": "$eventId"}, {"$size": "$eventId"}, 1]}
    counted = list(feed.aggregate([{"$group": {"_id": None, "events": {"$sum": number}}}]))
    return int(counted[0]["events"]) if counted else 0


def _table(medians: dict[str, Cost]) -> str:
    head = ("events", "moved/s", "CPU us each: worker", "mongod", *KINDS)
    rows = (
        [
            name,
            f"{each.per_second:,.0f}",
            f"{each.cpu_ms * 1000:.0f}",
            f"{each.mongod_ms * 1000:.0f}",
            *(f"{each.written[kind]:.2f}" for kind in KINDS),
        ]
        for name, each in medians.items()
    )
    return report.table(head, rows)
