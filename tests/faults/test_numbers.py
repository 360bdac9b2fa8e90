"""No bill number is given twice or lost, whoever dies, and whatever is made anew under its id."""

import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from impl.billing.attempts import Attempts
from impl.billing.maker import BillMaker
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.billing.register import SequenceSettler
from impl.errors import ApiError, NotFound
from impl.handlers.collection import Services
from impl.handlers.customer_bill import CustomerBills
from impl.handlers.customer_bill_on_demand import CustomerBillsOnDemand
from impl.query.language import Every
from impl.resources import REGISTER
from impl.store.collection_names import SEQUENCES, TASKS
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.sequences import Sequences
from impl.store.tasks import Tasks
from impl.tmf678 import API
from tests.servers import WorkerProcess
from tests.unit.billing.rates import rate

FULL = bool(os.environ.get("FULL"))
WORKERS, SECONDS, REQUESTS = (8, 60.0, 40) if FULL else (2, 8.0, 8)
BILLS = "customerBill"


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    """A MongoDB that soon lets go of what dead workers held."""
    with Mongod(tmp_path / "mongod", transaction_seconds=3) as running:
        yield running


@pytest.mark.long
@pytest.mark.timeout(600)
def test_the_register_explains_every_number_whoever_is_killed(
    mongod: Mongod, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(mongod.uri, "numbers")
    store.ensure_indexes()
    running = [WorkerProcess(tmp_path / "log", mongod.uri, "numbers") for _ in range(WORKERS)]
    try:
        kills, anew = _torment(store, running, mongod.uri, tmp_path / "log")
    finally:
        for each in running:
            each.kill()
    _finish(store, monkeypatch)
    bills = {bill["id"]: bill["billNo"] for bill in store.every(BILLS, Every())}
    rows = store.every(REGISTER, Every())
    (sequence,) = store.collection(SEQUENCES)[0].find()
    used = {row["bill"]["id"]: row["number"] for row in rows if row["state"] == "used"}
    void = sum(row["state"] == "void" for row in rows)
    print(f"{len(bills)} bills, {kills} workers killed, {anew} requests made anew, {void} void")
    store.close()
    assert kills > 2
    assert bills
    assert [number for number, count in Counter(bills.values()).items() if count > 1] == []
    assert used == bills
    assert sorted(row["position"] for row in rows) == list(range(1, sequence["last"] + 1))
    assert (sequence["open"], sequence["back"]) == ([], [])


def _torment(store: Store, running: list[WorkerProcess], uri: str, log: Path) -> tuple[int, int]:
    """Ask for bills, delete what was asked and ask again, and kill whoever makes them."""
    services = Services(store, API)
    requests, bills = CustomerBillsOnDemand(services), CustomerBills(services)
    chance, kills, anew = random.Random(678), 0, 0
    end, next_kill = time.monotonic() + SECONDS, time.monotonic() + 1.5
    while time.monotonic() < end:
        id_ = f"q{chance.randrange(REQUESTS)}"
        if chance.random() < 0.8 and _is_open(store, id_):
            time.sleep(0.02)
            continue
        with suppress(ApiError):
            requests.collection.delete(id_)
            anew += 1
        rated = {"billingAccount": {"id": id_}}
        store.insert("appliedCustomerBillingRate", rate(f"r{time.monotonic_ns()}", **rated))
        requests.collection.create({"id": id_, **rated})
        if chance.random() < 0.05 and (made := store.every(BILLS, Every())):
            with suppress(ApiError):
                bills.collection.delete(chance.choice(made)["id"])
        if time.monotonic() > next_kill:
            place = chance.randrange(len(running))
            running[place].kill()
            running[place] = WorkerProcess(log, uri, "numbers")
            kills, next_kill = kills + 1, time.monotonic() + 12 / (len(running) * 4)
    return kills, anew


def _is_open(store: Store, id_: str) -> bool:
    try:
        return bool(store.get("customerBillOnDemand", id_)["state"] == "inProgress")
    except NotFound:
        return False


def _finish(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do what is left, and a day later put the sequences right."""
    numbers, policy = Sequences(store), Policy()
    worker = OnDemand(BillMaker(store, policy), Attempts(store, Tasks(store), numbers))
    tasks, _ = store.collection(TASKS)
    deadline = time.monotonic() + 120
    while tasks.count_documents({}):
        assert time.monotonic() < deadline
        if not worker.step():
            time.sleep(0.2)
    monkeypatch.setattr("impl.billing.register.WAITS", timedelta(0))
    SequenceSettler(store, policy, numbers).settle()
