"""How many bills workers make a second beside a bare script, and what each bill costs.

Both bill the same month on the same mongod, in turn and in several rounds: the script with several
numbers of accounts in a transaction, of which the best counts.
"""

import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import orjson
import pymongo

from impl.resources import BILLS
from impl.store.collection_names import TASKS
from impl.store.documents import Stored
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.bench import bare_billing, goals, month, report
from tests.bench.goals import Goal
from tests.bench.load import cpu_seconds
from tests.bench.meter import KINDS, Cost, Meter, middle, wait
from tests.faults import billing
from tests.servers import ROOT, WorkerProcess, family

SIZES = (10_000, 1_000_000)
WORKERS = (1, 2)
TRANSACTIONS = (10, 40, 100)
"""How many accounts the script bills in one."""

SECONDS = 5.0
"""How long a run is measured, unless it ends before."""

IDLE_CPU, IDLE_SECONDS, LIMIT_SECONDS = 0.15, 1.0, 60.0
"""A worker has started when it uses less CPU in so many seconds."""

PLANNING_SECONDS = 120.0
"""How long a run may be planned until it is measured although it is not planned to the end."""

OURS = "tmf678"
Costs = dict[tuple[int, int, str], list[Cost]]
"""The costs of the rounds, by unbilled rates, workers, and who makes the bills."""


class Billing:
    """A database with a month to bill, and both ways to bill it."""

    def __init__(self, mongod: Mongod, folder: Path, rates: int) -> None:
        self.accounts = rates // month.RATES_EACH
        self._mongod, self._log, self._name = mongod, folder / "worker.log", f"month-{rates}"
        self._client = pymongo.MongoClient[Stored](mongod.uri)
        self._database = self._client[self._name]
        month.fill(mongod.uri, self._name, self.accounts, rates)

    def close(self) -> None:
        """Remove the database."""
        self._client.drop_database(self._name)
        self._client.close()

    def bare(self, processes: int, size: int) -> Cost:
        """What the script's bills cost, each process with its part of the accounts."""
        self._undo()
        bounds = [self.accounts * each // processes for each in range(processes + 1)]
        self._database[TASKS].insert_many(
            bare_billing.task(range(at, min(end, at + size)))
            for first, end in pairwise(bounds)
            for at in range(first, end, size)
        )
        with ExitStack() as stack:
            running = [
                stack.enter_context(self._script(first, end, size))
                for first, end in pairwise(bounds)
            ]
            meter = Meter(self._mongod, [each.pid for each in running])
            for each in running:
                _say(each)
            made = [orjson.loads(_line(each)) for each in running]
            return meter.cost(sum(n for n, _ in made), max(seconds for _, seconds in made))

    def ours(self, workers: int) -> Cost:
        """What the bills of workers cost, from the first bill on, or from when all is planned."""
        self._undo()
        with ExitStack() as stack:
            running = [
                stack.enter_context(WorkerProcess(self._log, self._mongod.uri, self._name))
                for _ in range(workers)
            ]
            processes = [pid for each in running for pid in started(each.process.pid)]
            store = Store(self._mongod.uri, self._name)
            stack.callback(store.close)
            billing.plan(store)
            return self._measured(store, processes)

    def _measured(self, store: Store, processes: Sequence[int]) -> Cost:
        """As `ours`; from the first bill on also if half are made, or much time is over, before."""
        wait(self._bills, 0.005)
        first, meter = self._bills(), Meter(self._mongod, processes)
        planned, ends = False, time.monotonic() + PLANNING_SECONDS
        while time.monotonic() < ends and (bills := self._bills()) < self.accounts:
            if not planned and self._is_planned(store):
                planned = True
                if bills < self.accounts / 2:
                    first, meter = self._bills(), Meter(self._mongod, processes)
                ends = time.monotonic() + SECONDS
            time.sleep(0.01)
        return meter.cost(max(1, self._bills() - first))

    def _is_planned(self, store: Store) -> bool:
        cycle = store.get("billCycle", billing.CYCLE)
        return bool(cycle.get("accountsTotal", 0) >= self.accounts)

    def _bills(self) -> int:
        return self._database[BILLS].estimated_document_count()

    def _undo(self) -> None:
        month.undo(self._database, self.accounts)
        self._client.admin.command("fsync")

    @contextmanager
    def _script(self, first: int, end: int, size: int) -> Iterator[subprocess.Popen[str]]:
        arguments = (self._mongod.uri, self._name, first, end, size, SECONDS)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.bare_billing", *map(str, arguments)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        with process:
            _line(process)
            yield process


def bench(
    mongod: Mongod, folder: Path, sizes: Sequence[int] = SIZES, rounds: int = 3
) -> list[Goal]:
    """Print tables of what bills cost and of the goals, and keep them."""
    costs: Costs = defaultdict(list)
    for size in sizes:
        place = Billing(mongod, folder, size)
        for _ in range(rounds):
            _round(place, size, costs)
        place.close()
    medians = {key: middle(each) for key, each in costs.items()}
    found = _goals(medians, sizes)
    text = f"{_table(medians)}\n\n{goals.table(found)}\n"
    print(text, flush=True)
    figures = [
        {"rates": r, "workers": n, "by": by, **asdict(c)} for (r, n, by), c in medians.items()
    ]
    kept = {"machine": report.machine(), "rounds": rounds, "costs": figures}
    report.keep("billing", kept | {"goals": goals.kept(found)}, f"{report.machine()}\n\n{text}")
    return found


def _round(place: Billing, size: int, costs: Costs) -> None:
    for workers in WORKERS:
        for accounts in TRANSACTIONS:
            costs[size, workers, _bare(accounts)].append(place.bare(workers, accounts))
        costs[size, workers, OURS].append(place.ours(workers))


def _bare(accounts: int) -> str:
    return f"bare, {accounts} accounts a transaction"


def _table(medians: dict[tuple[int, int, str], Cost]) -> str:
    head = ("unbilled rates", "workers", "by", "bills/s", "CPU ms a bill: worker", "mongod", *KINDS)
    rows = (
        [f"{size:,}", str(workers), by, f"{each.per_second:.0f}", *_shown(each)]
        for (size, workers, by), each in medians.items()
    )
    return report.table(head, rows)


def _shown(cost: Cost) -> list[str]:
    written = (f"{cost.written[kind]:.1f}" for kind in KINDS)
    return [f"{cost.cpu_ms:.2f}", f"{cost.mongod_ms:.2f}", *written]


def _goals(medians: dict[tuple[int, int, str], Cost], sizes: Sequence[int]) -> list[Goal]:
    found = []
    for size in sizes:
        for workers in WORKERS:
            ours = medians[size, workers, OURS]
            bare = [medians[size, workers, _bare(each)] for each in TRANSACTIONS]
            speed = ours.per_second / max(each.per_second for each in bare)
            cpu = ours.all_ms / min(each.all_ms for each in bare)
            where = f"{size:,} rates, {workers} worker{'s' * (workers > 1)}"
            found.append(Goal(f"bills/s of the bare script's, {where}", speed, 0.5))
            found.append(Goal(f"CPU a bill of the bare script's, {where}", cpu, 2.0, at_most=True))
    if len(sizes) > 1:
        for workers in WORKERS:
            last, first = (medians[size, workers, OURS] for size in (sizes[-1], sizes[0]))
            name = f"bills/s at {sizes[-1]:,} rates of those at {sizes[0]:,}, {workers} at work"
            found.append(Goal(name, last.per_second / first.per_second, 0.9))
    return found


def started(pid: int) -> list[int]:
    """A worker's processes, once it has started and does nothing."""
    until = time.monotonic() + LIMIT_SECONDS
    used = 0.0
    while time.monotonic() < until:
        time.sleep(IDLE_SECONDS)
        before, used = used, cpu_seconds(family(pid))
        if before and used - before < IDLE_CPU:
            break
    return family(pid)


def _line(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline()


def _say(process: subprocess.Popen[str]) -> None:
    assert process.stdin
    process.stdin.write("\n")
    process.stdin.flush()
