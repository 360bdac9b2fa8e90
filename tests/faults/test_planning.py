"""A worker is killed in the transaction that plans accounts; another one continues there."""

import os
import signal
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

import pytest

from impl.billing.attempts import Attempts
from impl.billing.maker import BillMaker
from impl.billing.policy import Policy
from impl.billing.runs import Runs
from impl.query.language import Every
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.sequences import Sequences
from impl.store.tasks import Tasks
from tests.faults import billing
from tests.waiting import until

ACCOUNTS = 120
CHUNKS = 3
"""The killed worker plans so many chunks; each has a slice of its own."""


@pytest.fixture
def mongod(tmp_path: Path) -> Iterator[Mongod]:
    with Mongod(tmp_path / "mongod", transaction_seconds=3) as running:
        yield running


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    shrink(monkeypatch)


def shrink(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan a few blocks in each slice."""
    for name, value in {"BLOCK_ACCOUNTS": 5, "CHUNK_RATES": 40, "SLICE_SECONDS": 0}.items():
        monkeypatch.setattr(f"impl.billing.run_planner.{name}", value)


def runs(store: Store) -> Runs:
    return Runs(BillMaker(store, Policy()), Attempts(store, Tasks(store), Sequences(store)))


def work_until_killed(uri: str) -> None:
    """Work on runs, and die with the last chunk's tasks written and not committed."""
    store = Store(uri, "planned")
    put_each, left = Tasks.put_each, [CHUNKS]

    def dying(self: Tasks, kind: str, about: dict[str, dict[str, str]]) -> None:
        put_each(self, kind, about)
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        shrink(patch)
        patch.setattr(Tasks, "put_each", dying)
        step = runs(store).step
        while True:
            step()


@pytest.mark.long
def test_a_run_whose_planner_is_killed_bills_each_account_once(mongod: Mongod) -> None:
    store = Store(mongod.uri, "planned")
    billing.fill(store, ACCOUNTS, 2 * ACCOUNTS)
    billing.plan(store)
    worker = get_context("spawn").Process(target=work_until_killed, args=(mongod.uri,))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    cycle = store.get("billCycle", billing.CYCLE)
    assert 0 < cycle["accountsTotal"] < ACCOUNTS
    rate = {k: v for k, v in next(billing.rates(1, 1)).items() if not k.startswith("_")}
    for id_, account in (("late", "a0000000"), ("new", "a00000001")):
        store.insert(billing.RATES, {**rate, "id": id_, "billingAccount": {"id": account}})
    heir = runs(store)

    def finished() -> bool:
        heir.step()
        return bool(store.get("billCycle", billing.CYCLE)["runState"] == "finished")

    until(finished, 90)
    cycle = store.get("billCycle", billing.CYCLE)
    assert (cycle["accountsTotal"], cycle["accountsBilled"]) == (ACCOUNTS, ACCOUNTS)
    bills = store.every(billing.BILLS, Every())
    assert len({bill["billingAccount"]["id"] for bill in bills}) == len(bills) == ACCOUNTS
    assert len(store.every("billCycleAccount", Every())) == ACCOUNTS
    assert [store.get(billing.RATES, id_)["isBilled"] for id_ in ("late", "new")] == [False, False]
    numbers = sorted(bill["billNo"] for bill in bills)
    assert numbers == [f"2026-{number:08}" for number in range(1, ACCOUNTS + 1)]
    assert not [*store.collection("task")[0].find()]
    store.close()
