"""A run can be stopped, and what it left without a bill be billed after all."""

from datetime import UTC, datetime
from typing import Any

import pytest

from impl.billing.run_planner import RunPlanner
from impl.billing.runs import Runs
from impl.errors import Conflict
from impl.handlers.bill_cycle import BillCycles
from impl.handlers.collection import Services
from impl.query.language import Document, Every
from impl.store.mongo import Store
from impl.store.tasks import CYCLE_TASK, Task, Tasks
from impl.tmf678 import API
from tests.billing.conftest import Charge
from tests.billing.test_runs import BILLS, CYCLES, DAY, OCTOBER, RATES, bills, finish, plan, ticking
from tests.unit.billing.rates import money

__all__ = ["plan", "ticking"]
OUTCOMES = "billCycleAccount"


@pytest.fixture
def cycles(store: Store) -> BillCycles:
    """What serves the operations on cycles."""
    return BillCycles(Services(store, API))


def outcomes(store: Store) -> dict[str, list[str]]:
    """The states of each account's outcomes."""
    found: dict[str, list[str]] = {}
    for each in store.every(OUTCOMES, Every()):
        found.setdefault(each["billingAccount"]["id"], []).append(each["state"])
    return found


def today() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def counts(cycle: Document) -> list[int]:
    return [cycle[f"accounts{n}"] for n in ("Total", "Billed", "Failed", "Skipped", "Cancelled")]


def test_a_retry_bills_who_failed_and_whose_bill_was_deleted(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge
) -> None:
    charge("fine", "A")
    charge("odd", "B", appliedTax=[{"taxRate": 20}])
    charge("gone", "C")
    plan(
        chargeDate=OCTOBER,
        paymentDueDate=OCTOBER + 20 * DAY,
        validFor={"startDateTime": OCTOBER - 30 * DAY, "endDateTime": OCTOBER},
    )
    assert counts(finish(runs, store)) == [3, 2, 1, 0, 0]
    kept = bills(store)["A"]
    store.delete(BILLS, bills(store)["C"]["id"])
    for id_ in ("odd", "gone"):
        mended = {"taxExcludedAmount": money(10), "isBilled": False, "billingAccount": {"id": "C"}}
        mended |= {"billingAccount": {"id": "B"}} if id_ == "odd" else {}
        gone = {"taxIncludedAmount", "appliedTax", "bill"}
        store.change(
            RATES,
            id_,
            lambda rate, mended=mended, gone=gone: {  # type: ignore[misc]
                **{k: v for k, v in rate.items() if k not in gone},
                **mended,
            },
        )
    charge("late", "B", date=OCTOBER)
    charge("other", "D")
    assert cycles.retry_bill_cycle("c")["runState"] == "running"
    assert counts(finish(runs, store)) == [3, 3, 0, 0, 0]
    assert outcomes(store) == {"A": ["billed"], "B": ["billed"], "C": ["billed"]}
    made = bills(store)
    assert made["A"] == kept
    for account in "BC":
        bill = made[account]
        assert (bill["amountDue"], bill["billCycle"]["id"]) == (money(10), "c")
        assert (bill["billDate"], bill["paymentDueDate"]) == (today(), today() + 20 * DAY)
        assert bill["billingPeriod"]["endDateTime"] == OCTOBER
    assert not store.get(RATES, "late")["isBilled"]
    assert not store.get(RATES, "other")["isBilled"]


def test_a_retry_of_what_still_fails_says_so_again_and_once(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge
) -> None:
    charge("1", "A")
    charge("odd", "A", taxExcludedAmount=money(1, "EURO"))
    plan()
    assert counts(finish(runs, store)) == [1, 0, 1, 0, 0]
    assert outcomes(store) == {"A": ["billed", "failed"]}
    for _ in range(2):
        cycles.retry_bill_cycle("c")
        assert counts(finish(runs, store)) == [1, 0, 1, 0, 0]
        assert sorted(outcomes(store)["A"]) == ["billed", "failed"]
    store.change(RATES, "odd", lambda rate: {**rate, "taxExcludedAmount": money(1, "CHF")})
    cycles.retry_bill_cycle("c")
    assert counts(finish(runs, store)) == [1, 1, 0, 0, 0]
    amounts = [bill["amountDue"] for bill in store.every(BILLS, Every())]
    assert sorted(amount["unit"] for amount in amounts) == ["CHF", "EUR"]


def test_a_cancelled_run_bills_nobody_any_more_and_says_who_is_left(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge
) -> None:
    for number in range(20):
        charge(str(number), f"A{number:02}")
    plan()
    while not bills(store):
        assert runs.step()
    made = len(bills(store))
    cancelled = cycles.cancel_bill_cycle("c")
    assert (cancelled["runState"], "cancelledAt" in cancelled) == ("running", True)
    assert cycles.cancel_bill_cycle("c")["cancelledAt"] == cancelled["cancelledAt"]
    cycle = finish(runs, store)
    assert counts(cycle) == [20, made, 0, 0, 20 - made]
    assert len(bills(store)) == made
    assert sum(rate["isBilled"] for rate in store.every(RATES, Every())) == made
    assert sorted(each for (each,) in outcomes(store).values()) == (
        ["billed"] * made + ["cancelled"] * (20 - made)
    )
    cycles.retry_bill_cycle("c")
    cycle = finish(runs, store)
    assert counts(cycle) == [20, 20, 0, 0, 0]
    assert "cancelledAt" not in cycle


def test_an_account_whose_turn_comes_after_the_cancellation_gets_no_bill(
    store: Store, runs: Runs, cycles: BillCycles, tasks: Tasks, plan: Any, charge: Charge
) -> None:
    charge("1")
    plan()
    assert runs.step()
    cycles.cancel_bill_cycle("c")
    tasks.put(CYCLE_TASK, "c", datetime.now(UTC) + DAY)  # the account's turn comes first
    assert runs.step()
    assert outcomes(store) == {"A": ["cancelled"]}
    tasks.put(CYCLE_TASK, "c")
    assert counts(finish(runs, store)) == [1, 0, 0, 0, 1]


def test_only_a_running_cycle_is_cancelled_and_only_one_that_was_run_here_retried(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge
) -> None:
    charge("1")
    plan()
    with pytest.raises(Conflict, match="runState: the cycle is planned; only a running one"):
        cycles.cancel_bill_cycle("c")
    with pytest.raises(Conflict, match="runState: the cycle is planned; only a finished one"):
        cycles.retry_bill_cycle("c")
    finish(runs, store)
    with pytest.raises(Conflict, match="runState: the cycle is finished; only a running one"):
        cycles.cancel_bill_cycle("c")
    store.insert(CYCLES, {"id": "elsewhere", "runState": "finished", "accountsTotal": 3})
    with pytest.raises(Conflict, match="no account was billed here"):
        cycles.retry_bill_cycle("elsewhere")


def test_a_retry_whose_worker_dies_as_it_plans_is_planned_again(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    charge("odd", "A", taxExcludedAmount=money(1, "EURO"))
    plan()
    finish(runs, store)
    store.change(RATES, "odd", lambda rate: {**rate, "taxExcludedAmount": money(1)})
    cycles.retry_bill_cycle("c")
    with monkeypatch.context() as patched:
        patched.setattr(Tasks, "put_each", _die)
        with pytest.raises(SystemExit):
            runs.step()
    store.collection("task")[0].update_many({}, {"$set": {"due": OCTOBER}})
    assert counts(finish(runs, store)) == [1, 1, 0, 0, 0]
    assert len(bills(store)) == 1


def _die(*_: object, **__: object) -> None:
    raise SystemExit


def test_an_account_whose_retry_is_cancelled_counts_once_beside_the_bill_that_it_has(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge
) -> None:
    charge("1", "A")
    charge("odd", "A", taxExcludedAmount=money(1, "EURO"))
    plan()
    finish(runs, store)
    cycles.retry_bill_cycle("c")
    assert runs.step()
    cycles.cancel_bill_cycle("c")
    assert counts(finish(runs, store)) == [1, 0, 0, 0, 1]
    assert sorted(outcomes(store)["A"]) == ["billed", "cancelled"]


def test_a_retry_of_bills_that_are_due_at_the_end_of_the_calendar_is_no_fault(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge
) -> None:
    charge("odd", "A", taxExcludedAmount=money(1, "EURO"))
    last = datetime(9999, 12, 31, 23, 59, tzinfo=UTC)
    plan(paymentDueDate=last)
    finish(runs, store)
    store.change(RATES, "odd", lambda rate: {**rate, "taxExcludedAmount": money(1)})
    cycles.retry_bill_cycle("c")
    finish(runs, store)
    assert bills(store)["A"]["paymentDueDate"] == last


def test_a_planner_that_was_overtaken_by_a_cancellation_makes_no_second_outcome(
    store: Store, runs: Runs, cycles: BillCycles, plan: Any, charge: Charge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for number in range(4):
        charge(str(number), f"A{number}")
    plan()
    put = RunPlanner._put  # noqa: SLF001

    def overtaken(self: RunPlanner, *args: Any) -> Task:
        monkeypatch.setattr(RunPlanner, "_put", put)
        cycles.cancel_bill_cycle("c")
        finish(runs, store)
        return put(self, *args)

    monkeypatch.setattr(RunPlanner, "_put", overtaken)
    runs.step()
    for _ in range(5):
        runs.step()
    assert [len(states) for states in outcomes(store).values()] == [1] * 4
    assert counts(store.get(CYCLES, "c")) == [4, 0, 0, 0, 4]
