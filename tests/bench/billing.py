"""How many bills workers make a second, and whether that depends on how much waits to be billed.

And how much MongoDB writes for each.
"""

import time
from pathlib import Path
from uuid import uuid4

from impl.query.language import Every
from impl.store.mongo import Store
from tests.faults import billing
from tests.servers import WorkerProcess

RATES_EACH = 25
SIZES = (10_000, 1_000_000)
WORKERS = (1, 2)
SECONDS = 5.0
STARTUP_SECONDS = 4.0
BILLS_COUNTED, RATES_COUNTED = 100, 20
"""How many bills the writes are counted of, and of how many rates each is."""


def bench(uri: str, folder: Path) -> None:
    """Print a table: bills and rates a second, by workers and by unbilled rates there are."""
    print("| unbilled rates | workers | bills/s | rates/s |")
    print("|---|---|---|---|")
    for size in SIZES:
        for workers in WORKERS:
            made = _made(uri, folder, size, workers)
            print(f"| {size:,} | {workers} | {made:.0f} | {made * RATES_EACH:.0f} |", flush=True)
    written = _written(uri, folder)
    each = ", ".join(f"{count:.1f} {kind}" for kind, count in written.items())
    print(f"\nDocuments for a bill of {RATES_COUNTED} rates, its events in the feed: {each}")


def _made(uri: str, folder: Path, size: int, workers: int) -> float:
    """Bills a second, from when every worker has begun until some seconds later or the end."""
    database = f"bench-{uuid4().hex}"
    store = Store(uri, database)
    billing.fill(store, size // RATES_EACH, size)
    running = [WorkerProcess(folder / "worker.log", uri, database) for _ in range(workers)]
    try:
        time.sleep(STARTUP_SECONDS)
        billing.plan(store)
        while not (first := _bills(store)):
            time.sleep(0.01)
        began = time.perf_counter()
        while time.perf_counter() - began < SECONDS and _runs(store):
            time.sleep(0.05)
        return (_bills(store) - first) / (time.perf_counter() - began)
    finally:
        for each in running:
            each.kill()
        store.close()


def _written(uri: str, folder: Path) -> dict[str, float]:
    """The documents that MongoDB writes for a bill, until its events are in the feed."""
    database = f"bench-{uuid4().hex}"
    store = Store(uri, database)
    store.ensure_indexes()
    billing.fill(store, BILLS_COUNTED, BILLS_COUNTED * RATES_COUNTED)
    billing.plan(store)
    admin = store.collection(billing.BILLS)[0].database.client.admin

    def counted() -> dict[str, int]:
        counters: dict[str, int] = admin.command("serverStatus")["metrics"]["document"]
        return counters

    before = counted()
    with WorkerProcess(folder / "worker.log", uri, database):
        while _runs(store) or not store.relay.is_idle():
            time.sleep(0.2)
    after = counted()
    store.close()
    kinds = ("inserted", "updated", "deleted")
    return {kind: (after[kind] - before[kind]) / BILLS_COUNTED for kind in kinds}


def _runs(store: Store) -> bool:
    return bool(store.get("billCycle", billing.CYCLE)["runState"] != "finished")


def _bills(store: Store) -> int:
    return store.count(billing.BILLS, Every())
