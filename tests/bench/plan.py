"""A run of very many accounts: how soon its first bill is there, and what planning it takes."""

import time
from pathlib import Path

import pymongo

from impl.resources import BILLS
from impl.store.documents import Stored
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.bench import goals, month, report
from tests.bench.billing import started
from tests.bench.goals import Goal
from tests.bench.meter import LIMIT_SECONDS
from tests.faults import billing
from tests.servers import WorkerProcess, memory

ACCOUNTS = 1_000_000
DATABASE = "plan"
FIRST_BILL_SECONDS, MOST_MIB, PROGRESS_SECONDS = 5.0, 300.0, 2.0


def bench(mongod: Mongod, folder: Path, accounts: int = ACCOUNTS) -> list[Goal]:
    """Print how a run begins over so many accounts of one rate each, and keep that."""
    month.fill(mongod.uri, DATABASE, accounts, accounts)
    store = Store(mongod.uri, DATABASE)
    with WorkerProcess(folder / "worker.log", mongod.uri, DATABASE) as worker:
        started(worker.process.pid)
        before = memory(worker.process.pid)
        billing.plan(store)
        seconds = _watch(store, accounts)
        peak = memory(worker.process.pid, "VmHWM")
    found = [
        Goal("seconds to the first bill", seconds["bill"], FIRST_BILL_SECONDS, at_most=True),
        Goal("seconds to the first progress", seconds["progress"], PROGRESS_SECONDS, at_most=True),
        Goal("MiB of the worker at the most", peak, MOST_MIB, at_most=True),
    ]
    text = (
        f"A run of {accounts:,} accounts is planned to the end after {seconds['planned']:.1f} s."
        f" The worker took {before:.0f} MiB before it.\n\n"
        f"{goals.table(found)}\n"
    )
    print(text, flush=True)
    kept = {"machine": report.machine(), "accounts": accounts, "seconds": seconds, "mib": peak}
    report.keep("plan", kept | {"goals": goals.kept(found)}, f"{report.machine()}\n\n{text}")
    store.close()
    with pymongo.MongoClient[Stored](mongod.uri) as client:
        client.drop_database(DATABASE)
    return found


def _watch(store: Store, accounts: int) -> dict[str, float]:
    """The seconds until there are a first bill, progress above zero, and a whole plan."""
    began, seconds = time.monotonic(), dict[str, float]()
    while len(seconds) < 3:
        if time.monotonic() > began + LIMIT_SECONDS:
            raise TimeoutError(f"not planned within {LIMIT_SECONDS:.0f} s")
        time.sleep(0.02)
        cycle = store.get("billCycle", billing.CYCLE)
        now = {
            "bill": _bills(store) > 0,
            "progress": cycle.get("accountsTotal", 0) > 0,
            "planned": cycle.get("accountsTotal", 0) >= accounts,
        }
        for name in (each for each, true in now.items() if true):
            seconds.setdefault(name, time.monotonic() - began)
    return seconds


def _bills(store: Store) -> int:
    bills, _ = store.collection(BILLS)
    return bills.estimated_document_count()
