"""An account that takes many transactions is billed once, however often its worker is killed."""

import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from impl.query.language import Every
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.tasks import ON_DEMAND_TASK, RATES_TASK, RESERVATION_TASK, Tasks
from tests.faults import billing
from tests.servers import WorkerProcess

RATES = 30_000
KILLS = (3, 4.5, 6, 7.5)
"""Seconds that each worker lives before it is killed: other phases each time."""


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    """A MongoDB that soon lets go of what dead workers held."""
    with Mongod(tmp_path / "mongod", transaction_seconds=3) as running:
        yield running


@pytest.mark.long
@pytest.mark.timeout(600)
def test_a_large_account_is_billed_once_by_workers_that_die(mongod: Mongod, tmp_path: Path) -> None:
    store = Store(mongod.uri, "killed")
    billing.fill(store, 1, RATES)
    tasks, account = Tasks(store), {"id": "a0000000"}
    request = {"id": "q", "state": "inProgress", "billingAccount": account}
    store.insert("customerBillOnDemand", request)
    tasks.put(ON_DEMAND_TASK, "q")
    kills = 0
    for seconds in KILLS:
        worker = WorkerProcess(tmp_path / "log", mongod.uri, "killed")
        time.sleep(seconds)
        kills += _is_open(store, tasks)
        worker.kill()
    with WorkerProcess(tmp_path / "log", mongod.uri, "killed"):
        deadline = time.monotonic() + 300
        while _is_open(store, tasks):
            assert time.monotonic() < deadline, "not billed in time"
            time.sleep(0.5)
    assert kills > 1
    answer = store.get("customerBillOnDemand", "q")
    assert answer["state"] == "done", (answer, (tmp_path / "log").read_text()[-3000:])
    (bill,) = store.every(billing.BILLS, Every())
    rates = store.every(billing.RATES, Every())
    on_bills = Counter(each["bill"]["id"] for each in rates if each["isBilled"])
    assert on_bills == {bill["id"]: RATES}
    assert not any(each.reserved for each in rates)
    charged = sum(Decimal(number % 997) / 100 for number in range(RATES))
    assert Decimal(str(bill["amountDue"]["value"])) == charged
    assert bill["billNo"].endswith("-00000001")
    store.close()


def _is_open(store: Store, tasks: Tasks) -> bool:
    """Whether the request is open, or rates still have to become billed."""
    request = store.get("customerBillOnDemand", "q")
    return request["state"] == "inProgress" or tasks.has_any(RATES_TASK, RESERVATION_TASK)
