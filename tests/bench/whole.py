"""A whole month of very many rates, billed and published by two workers: time, memory, disk."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pymongo
from pymongo.database import Database

from impl.resources import BILLS, FEED, RATES
from impl.store.documents import Stored
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.bench import goals, month, report
from tests.bench.billing import started
from tests.bench.goals import Goal
from tests.bench.meter import Meter, wait
from tests.bench.relay import events
from tests.faults import billing
from tests.servers import WorkerProcess, memory

RATES_OF_ALL = 10_000_000
DATABASE, WORKERS = "whole", 2
PROGRESS_SECONDS = 60


@dataclass
class Figures:
    """What a run took: seconds from its plan on, MiB at the most, GiB on disk."""

    rates: int
    bills: int
    billed_seconds: float
    published_seconds: float
    events: int
    worker_mib: float
    mongod_mib: float
    gib_before: float
    gib_after: float

    def in_words(self) -> str:
        """The figures as the README has them."""
        return (
            f"{self.rates:,} rates on {self.bills:,} bills after {self.billed_seconds:,.0f} s"
            f" ({self.bills / self.billed_seconds:,.0f} bills/s), their {self.events:,} events"
            f" published after {self.published_seconds:,.0f} s. A worker took at most"
            f" {self.worker_mib:,.0f} MiB, mongod {self.mongod_mib:,.0f} MiB;"
            f" {self.gib_before:.1f} GiB on disk before, {self.gib_after:.1f} GiB after."
        )


def bench(mongod: Mongod, folder: Path, rates: int = RATES_OF_ALL) -> list[Goal]:
    """Print how a run over so many rates goes from start to end, and keep that."""
    accounts = rates // month.RATES_EACH
    month.fill(mongod.uri, DATABASE, accounts, rates)
    with pymongo.MongoClient[Stored](mongod.uri) as client:
        figures, cost = _run(mongod, folder, client[DATABASE], rates)
        found = list(_left(client[DATABASE], accounts, figures))
        client.drop_database(DATABASE)
    text = f"{figures.in_words()} That took {cost}.\n\n{goals.table(found)}\n"
    print(text, flush=True)
    kept = {"machine": report.machine(), **asdict(figures), "goals": goals.kept(found)}
    report.keep("whole", kept, f"{report.machine()}\n\n{text}")
    return found


def _run(
    mongod: Mongod, folder: Path, database: Database[Stored], rates: int
) -> tuple[Figures, str]:
    store = Store(mongod.uri, DATABASE)
    before = _gib(database)
    with ExitStack() as stack:
        stack.callback(store.close)
        workers = [
            stack.enter_context(WorkerProcess(folder / "worker.log", mongod.uri, DATABASE))
            for _ in range(WORKERS)
        ]
        meter = Meter(mongod, [pid for each in workers for pid in started(each.process.pid)])
        billing.plan(store)
        began = time.monotonic()
        billed = _watch(store, database)
        wait(store.relay.is_idle, 0.2)
        figures = Figures(
            rates=rates,
            bills=database[BILLS].estimated_document_count(),
            billed_seconds=billed,
            published_seconds=time.monotonic() - began,
            events=events(database[FEED]),
            worker_mib=max(memory(each.process.pid, "VmHWM") for each in workers),
            mongod_mib=memory(mongod.pid, "VmHWM"),
            gib_before=before,
            gib_after=_gib(database),
        )
        return figures, meter.cost(1).in_words()


def _watch(store: Store, database: Database[Stored]) -> float:
    """Print the progress each minute until the run is finished; the seconds that it took."""
    began = said = time.monotonic()
    while store.get("billCycle", billing.CYCLE)["runState"] != "finished":
        time.sleep(0.2)
        if time.monotonic() - said > PROGRESS_SECONDS:
            said = time.monotonic()
            bills = database[BILLS].estimated_document_count()
            print(f"{bills:,} bills after {said - began:,.0f} s", flush=True)
    return time.monotonic() - began


def _left(database: Database[Stored], accounts: int, figures: Figures) -> Iterator[Goal]:
    """Whether each account has one bill, each rate is on one, and no number is missing."""
    cycle: Any = database["billCycle"].find_one({"_id": billing.CYCLE})
    yield Goal("accounts billed, of all", cycle["accountsBilled"] / accounts, 1.0)
    yield Goal("bills an account", figures.bills / accounts, 1.0, at_most=True)
    unbilled = database[RATES].count_documents({"isBilled": False})
    yield Goal("rates left unbilled", unbilled, 0, at_most=True)
    yield Goal("numbers missing among the bills'", _missing(database), 0, at_most=True)


def _missing(database: Database[Stored]) -> int:
    """How many places of the bills' sequence no bill has."""
    numbers = {
        int(bill["billNo"].rpartition("-")[2]) for bill in database[BILLS].find({}, {"billNo": 1})
    }
    return max(numbers) - len(numbers)


def _gib(database: Database[Stored]) -> float:
    database.client.admin.command("fsync")
    stats: Any = database.command("dbStats")
    return float(stats["totalSize"]) / 2**30
