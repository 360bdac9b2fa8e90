"""A month's billing while workers die: what is on bills afterwards, and what is not."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from impl.query.language import Every
from impl.store.collection_names import TASKS
from impl.store.mongo import Store
from impl.store.tasks import CYCLE_TASK, Tasks
from tests.servers import WorkerProcess

CYCLE = "month"
DATE = datetime(2026, 10, 1, tzinfo=UTC)
RATES, BILLS = "appliedCustomerBillingRate", "customerBill"


def rates(accounts: int, count: int) -> Iterator[dict[str, Any]]:
    """So many unbilled rates, spread over the accounts."""
    for number in range(count):
        yield {
            "_id": f"r{number:08}",
            "_rev": 1,
            "id": f"r{number:08}",
            "isBilled": False,
            "date": DATE,
            "type": "usageCharge",
            "name": "Minutes",
            "billingAccount": {"id": f"a{number % accounts:07}"},
            "taxExcludedAmount": {"unit": "EUR", "value": number % 997 / 100},
        }


def fill(store: Store, accounts: int, count: int) -> None:
    """Put the rates into the store, past its door, which would take minutes."""
    store.ensure_indexes()
    collection, _ = store.collection(RATES)
    batch: list[dict[str, Any]] = []
    for rate in rates(accounts, count):
        batch.append(rate)
        if len(batch) == 5000:
            collection.insert_many(batch, ordered=False)
            batch = []
    if batch:
        collection.insert_many(batch, ordered=False)


def plan(store: Store, date: datetime = DATE + timedelta(days=1)) -> None:
    """Have the cycle run that bills them."""
    store.insert("billCycle", {"id": CYCLE, "runState": "planned", "billingDate": date})
    Tasks(store).put(CYCLE_TASK, CYCLE)


@dataclass(frozen=True)
class Found:
    """What a run left."""

    seconds: float
    kills: int
    cycle: dict[str, Any]
    bills: list[dict[str, Any]]
    on_bills: Counter[str]
    """How many rates stand on each bill."""

    unbilled: int
    tasks: int

    @property
    def numbers(self) -> list[int]:
        """The places of the bills in their sequence."""
        return sorted(int(bill["billNo"].rpartition("-")[2]) for bill in self.bills)


def run(
    uri: str, database: str, log: Path, *, workers: int, kill_every: float, seconds: float
) -> Found:
    """Let workers bill the cycle, and kill -9 one of them at random every so often."""
    store = Store(uri, database)
    running = [WorkerProcess(log, uri, database) for _ in range(workers)]
    began, kills, chance = time.monotonic(), 0, random.Random(678)
    try:
        while store.get("billCycle", CYCLE)["runState"] != "finished":
            if time.monotonic() - began > seconds:
                raise AssertionError(f"not over after {seconds} s: {store.get('billCycle', CYCLE)}")
            time.sleep(kill_every)
            place = chance.randrange(workers)
            running[place].kill()
            running[place] = WorkerProcess(log, uri, database)
            kills += 1
    finally:
        for each in running:
            each.kill()
    found = _found(store, time.monotonic() - began, kills)
    store.close()
    return found


def _found(store: Store, seconds: float, kills: int) -> Found:
    rates = store.every(RATES, Every())
    tasks, _ = store.collection(TASKS)
    return Found(
        seconds=seconds,
        kills=kills,
        cycle=store.get("billCycle", CYCLE),
        bills=[dict(bill) for bill in store.every(BILLS, Every())],
        on_bills=Counter(rate["bill"]["id"] for rate in rates if rate["isBilled"]),
        unbilled=sum(not rate["isBilled"] for rate in rates),
        tasks=tasks.count_documents({}),
    )
