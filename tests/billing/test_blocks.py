"""A run is planned in slices and billed in blocks; each account gets its outcome once."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from impl.billing.attempts import Attempts
from impl.billing.maker import BillBatch, BillMaker
from impl.billing.policy import Policy
from impl.billing.run_planner import RunPlanner
from impl.billing.runs import Runs
from impl.handlers.bill_cycle import BillCycles
from impl.handlers.collection import Services
from impl.query.language import Compare, Every
from impl.store.backlog import backlog
from impl.store.mongo import Store
from impl.store.sequences import Sequences
from impl.store.tasks import ACCOUNT_TASK, BLOCK_TASK, CYCLE_TASK, Tasks
from impl.store.text_order import between, nth_text
from impl.tmf678 import API
from tests.billing.conftest import Charge
from tests.billing.test_again import OUTCOMES, counts, outcomes
from tests.billing.test_runs import CYCLES, RATES, bills, finish, plan, ticking
from tests.examined import examined
from tests.faults import billing

__all__ = ["plan", "ticking"]
ACCOUNT = ("billingAccount", "id")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("impl.billing.attempts.wait", lambda _: 0)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan three accounts a block, in slices of two chunks or fewer."""
    for name, value in {
        "BLOCK_ACCOUNTS": 3,
        "SLICE_ACCOUNTS": 20,
        "CHUNK_RATES": 10,
        "SLICE_SECONDS": 0,
        "CHUNK_OUTCOMES": 7,
    }.items():
        monkeypatch.setattr(f"impl.billing.run_planner.{name}", value)


@pytest.fixture
def cycles(store: Store) -> BillCycles:
    return BillCycles(Services(store, API))


def planned(store: Store) -> list[list[str]]:
    """The accounts of the blocks that are to be billed, in order."""
    tasks, _ = store.collection("task")
    return [each["about"]["accounts"] for each in tasks.find({"kind": BLOCK_TASK}).sort("_id", 1)]


def is_planned(store: Store) -> bool:
    task = store.collection("task")[0].find_one({"_id": f"{CYCLE_TASK}/c"})
    return task is None or ("after" not in task["about"] and "again" not in task["about"])


def test_5000_accounts_are_planned_in_chunks_and_blocks_of_50(
    store: Store, runs: Runs, plan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("impl.billing.run_planner.CHUNK_RATES", 2_000)
    monkeypatch.setattr("impl.billing.run_planner.SLICE_SECONDS", 0)
    billing.fill(store, 5_000, 10_000)
    rates, _ = store.collection(RATES)
    rates.update_many({"billingAccount.id": {"$gt": "a0004899"}}, {"$set": {"isBilled": True}})
    plan(billingDate=datetime.now(UTC))
    totals = []
    while runs._advance():  # noqa: SLF001 - nobody bills meanwhile
        totals.append(store.get(CYCLES, "c")["accountsTotal"])
        if is_planned(store):
            break
    assert totals == sorted(totals)
    assert (totals[0], totals[-1], len(totals)) == (950, 4_900, 6)
    found = planned(store)
    assert [account for block in found for account in block] == [f"a{n:07}" for n in range(4_900)]
    assert {len(block) for block in found} == {50}


@pytest.mark.usefixtures("small")
def test_the_first_bills_are_made_while_the_run_is_planned(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    for number in range(40):
        charge(str(number), f"A{number:02}")
    plan()
    assert runs.step()
    first = store.get(CYCLES, "c")
    assert (first["accountsTotal"], first["accountsBilled"]) == (9, 0)
    assert runs.step()
    assert sorted(bills(store)) == ["A00", "A01", "A02"]
    assert not is_planned(store)
    assert runs.step()
    second = store.get(CYCLES, "c")
    assert (second["accountsTotal"], second["accountsBilled"]) == (18, 3)
    assert counts(finish(runs, store)) == [40, 40, 0, 0, 0]


@pytest.mark.usefixtures("small")
def test_only_accounts_with_rates_that_the_cycle_bills_are_planned(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    for number in range(60):
        charge(str(number), f"A{number:02}", type="usageCharge" if number % 9 else "other")
    for number in range(12):
        charge(f"more-{number}", "A30", type="usageCharge")
    plan(specification={"rateFilter": "type=other"})
    assert counts(finish(runs, store)) == [7, 7, 0, 0, 0]


@pytest.mark.usefixtures("small")
def test_a_run_that_is_cancelled_while_it_is_planned_has_an_outcome_for_each_account(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge
) -> None:
    for number in range(40):
        charge(str(number), f"A{number:02}")
    plan()
    for _ in range(4):
        assert runs.step()
    assert not is_planned(store)
    made = len(bills(store))
    cycles.cancel_bill_cycle("c")
    assert counts(finish(runs, store)) == [40, made, 0, 0, 40 - made]
    assert (made, len(bills(store))) == (6, 6)
    assert all(len(states) == 1 for states in outcomes(store).values())
    assert planned(store) == []
    cycles.retry_bill_cycle("c")
    assert counts(finish(runs, store)) == [40, 40, 0, 0, 0]


@pytest.mark.usefixtures("small")
def test_a_retry_is_planned_in_slices_too_and_an_account_with_a_bill_stays(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge
) -> None:
    for number in range(30):
        charge(str(number), f"A{number:02}", appliedTax=[{"taxRate": 20}] if number % 2 else [])
    plan()
    assert counts(finish(runs, store)) == [30, 15, 15, 0, 0]
    store.delete("customerBill", bills(store)["A28"]["id"])
    for number in range(1, 30, 2):
        store.change(RATES, str(number), lambda rate: {**rate, "appliedTax": []})
    cycles.retry_bill_cycle("c")
    assert runs.step()
    assert not is_planned(store)
    cycle = finish(runs, store)
    assert (cycle["accountsTotal"], cycle["accountsFailed"]) == (30, 0)
    assert len(bills(store)) == 29
    assert outcomes(store)["A28"] == ["skipped"]


@pytest.mark.usefixtures("small")
def test_a_run_that_stops_while_it_is_planned_is_planned_again_by_a_retry(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for number in range(40):
        charge(str(number), f"A{number:02}")
    plan()
    assert runs.step()
    with monkeypatch.context() as failing:
        failing.setattr(RunPlanner, "_plan_chunk", _raises)
        for _ in range(2):
            assert runs._advance()  # noqa: SLF001
    stopped = store.get(CYCLES, "c")
    assert (stopped["runState"], "accountsTotal" in stopped) == ("finished", False)
    while runs.step():
        pass
    assert store.get(CYCLES, "c")["accountsCancelled"] == 9
    cycles.retry_bill_cycle("c")
    assert counts(finish(runs, store)) == [40, 40, 0, 0, 0]


def _raises(*_: object) -> None:
    raise ZeroDivisionError


def test_a_fault_splits_a_block_and_its_accounts_begin_without_tries(
    store: Store, runs: Runs, plan: Any, charge: Charge, faults: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for account in "ABCD":
        charge(account, account)
    charge("odd", "D", appliedTax=[{"taxRate": 20}])
    plan()
    write = BillBatch.write

    def fails(batch: BillBatch, where: Any, accounts: Sequence[str]) -> Any:
        if "C" in accounts:
            raise ZeroDivisionError
        return write(batch, where, accounts)

    monkeypatch.setattr(BillBatch, "write", fails)
    assert runs.step()
    assert runs._bill_next()  # noqa: SLF001
    assert faults == [BLOCK_TASK]
    assert runs._bill_next()  # noqa: SLF001 - it is split
    singles = [*store.collection("task")[0].find({"kind": ACCOUNT_TASK}).sort("_id", 1)]
    found = [(each["about"]["value"], each["tries"]) for each in singles]
    assert [each for each in found if each[0] == "C"] == [("C", 0)]
    assert {account for account, _ in found} == {*"ABCD"}
    assert counts(finish(runs, store)) == [4, 2, 2, 0, 0]
    assert outcomes(store)["C"] == ["failed"]
    assert sorted(bill["billNo"] for bill in bills(store).values()) == [
        "2026-00000001",
        "2026-00000002",
    ]
    given_up = backlog(store).given_up
    assert (given_up[BLOCK_TASK], given_up[ACCOUNT_TASK]) == (0, 1)


def test_a_block_that_can_not_even_be_split_fails(
    store: Store, runs: Runs, plan: Any, charge: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    for account in "AB":
        charge(account, account)
    plan()
    monkeypatch.setattr(Runs, "_bill", _raises)
    monkeypatch.setattr(Runs, "_split", _raises)
    assert counts(finish(runs, store)) == [2, 0, 2, 0, 0]
    assert backlog(store).given_up[BLOCK_TASK] == 1


def test_a_run_that_an_earlier_release_planned_is_billed_to_the_end(
    store: Store, runs: Runs, tasks: Tasks, charge: Charge
) -> None:
    for account in "ABC":
        charge(account, account)
        tasks.put(ACCOUNT_TASK, f"c/{account}", group="c", value=account)
    running = {"runState": "running", "startedAt": datetime.now(UTC), "accountsTotal": 3}
    store.insert(CYCLES, {"id": "c", **running})
    tasks.put(CYCLE_TASK, "c")
    charge("D", "D")
    assert counts(finish(runs, store)) == [3, 3, 0, 0, 0]


def test_a_run_that_an_earlier_release_had_begun_to_plan_is_planned_in_blocks(
    store: Store, runs: Runs, tasks: Tasks, charge: Charge
) -> None:
    for account in "ABC":
        charge(account, account)
    tasks.put(ACCOUNT_TASK, "c/A", group="c", value="A")
    store.insert(CYCLES, {"id": "c", "runState": "running", "startedAt": datetime.now(UTC)})
    tasks.put(CYCLE_TASK, "c")
    assert runs.step()
    assert planned(store) == [["A", "B", "C"]]
    assert not tasks.is_left(ACCOUNT_TASK, "c")
    assert counts(finish(runs, store)) == [3, 3, 0, 0, 0]


def test_the_place_in_a_list_of_accounts_is_found_in_the_index_alone(store: Store) -> None:
    billing.fill(store, 100, 1_000)
    unbilled = Every((between(ACCOUNT, "a0000009", None), Compare(("isBilled",), (False,))))
    assert nth_text(store, RATES, unbilled, ACCOUNT, 11) == "a0000011"
    assert nth_text(store, RATES, unbilled, ACCOUNT, 901) is None
    every = between(ACCOUNT, None, "a0000049")
    assert nth_text(store, RATES, every, ACCOUNT, 50, distinct=True) == "a0000049"
    assert nth_text(store, RATES, every, ACCOUNT, 51, distinct=True) is None
    with examined(store.collection("task")[0].database) as read:
        nth_text(store, RATES, unbilled, ACCOUNT, 11)
        nth_text(store, RATES, every, ACCOUNT, 50, distinct=True)
    assert read.documents == 0
    assert 0 < read.keys < 150


@pytest.mark.usefixtures("small")
def test_many_workers_plan_and_bill_a_run_together(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    for number in range(60):
        charge(str(number), f"A{number:02}")
    plan()

    def work() -> None:
        own = Runs(BillMaker(store, Policy()), Attempts(store, Tasks(store), Sequences(store)))
        finish(own, store)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert counts(store.get(CYCLES, "c")) == [60, 60, 0, 0, 0]
    assert len(store.every(OUTCOMES, Every())) == 60
