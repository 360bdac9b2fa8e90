"""A run is not slowed by the many others that are under way."""

import os
import time
from pathlib import Path

import pytest

from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.tasks import Tasks
from tests.billing.test_turns import LONG_AGO, MANY, first, run_many
from tests.faults import billing
from tests.servers import WorkerProcess
from tests.waiting import until

ACCOUNTS = 400 if os.environ.get("FULL") else 60


def seconds(mongod: Mongod, database: str, log: Path, *, among_many: bool) -> float:
    """How long a worker takes for a run, from its first bill on."""
    store = Store(mongod.uri, database)
    billing.fill(store, ACCOUNTS, ACCOUNTS * 5)
    if among_many:
        run_many(store, LONG_AGO)
    billing.plan(store)
    first(Tasks(store), billing.CYCLE)
    bills, _ = store.collection("customerBill")
    with WorkerProcess(log, mongod.uri, database):
        until(bills.estimated_document_count, 120)
        began = time.monotonic()
        until(lambda: bills.estimated_document_count() >= ACCOUNTS, 120)
        took = time.monotonic() - began
    store.close()
    return took


@pytest.mark.long
def test_a_run_among_5000_others_takes_hardly_longer(mongod: Mongod, tmp_path: Path) -> None:
    alone = seconds(mongod, "alone", tmp_path / "log", among_many=False)
    among = seconds(mongod, "among-many", tmp_path / "log", among_many=True)
    print(
        f"{ACCOUNTS} bills took {alone:.1f} s alone and {among:.1f} s with {MANY} cycles that run: "
        f"{(among - alone) / ACCOUNTS * 1000:.0f} ms more for each"
    )
    assert among < alone * 4 + 20
