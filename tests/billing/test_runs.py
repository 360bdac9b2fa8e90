"""A billing cycle bills each account that has something to bill, once, whatever dies when."""

import re
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impl import worker
from impl.billing.attempts import Attempts
from impl.billing.maker import BillMaker
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.billing.runs import Runs
from impl.cli import bill_cycle
from impl.errors import Conflict
from impl.query.language import Document, Every
from impl.store.mongo import Store
from impl.store.sequences import Sequences
from impl.store.tasks import ACCOUNT_TASK, CYCLE_TASK, Tasks
from tests.billing.conftest import Charge
from tests.unit.billing.rates import money, rate

CYCLES, BILLS, RATES = "billCycle", "customerBill", "appliedCustomerBillingRate"
OCTOBER = datetime(2026, 10, 1, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANT = timedelta(milliseconds=1)
MONTHLY = {"id": "monthly", "name": "Monthly", "frequency": "monthly"}


@pytest.fixture(autouse=True)
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test wait for a second to pass."""
    monkeypatch.setattr("impl.billing.runs.TICK_SECONDS", 0.02)


@pytest.fixture
def plan(store: Store, tasks: Tasks) -> Any:
    """Keeps a cycle that is due."""

    def planned(id_: str = "c", specification: Any = (), **attributes: Any) -> Document:
        if specification:
            store.insert("billCycleSpecification", MONTHLY | specification)
            attributes["billCycleSpecification"] = {"id": "monthly"}
        cycle = {"id": id_, "runState": "planned", "billingDate": OCTOBER} | attributes
        tasks.put(CYCLE_TASK, id_)
        return store.insert(CYCLES, cycle)

    return planned


def finish(runs: Runs, store: Store, id_: str = "c") -> Document:
    """Work until the cycle is finished."""
    for _ in range(2000):
        cycle = store.get(CYCLES, id_)
        if cycle["runState"] == "finished":
            return cycle
        if not runs.step():
            threading.Event().wait(0.01)
    raise AssertionError(f"the run does not end: {cycle}")


def bills(store: Store) -> dict[str, Document]:
    return {bill["billingAccount"]["id"]: bill for bill in store.every(BILLS, Every())}


def test_each_account_with_unbilled_rates_gets_a_bill(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1", "A", date=OCTOBER - 400 * DAY)
    charge("2", "B")
    charge("3", "B", date=OCTOBER - INSTANT)
    charge("late", "C", date=OCTOBER)
    due = OCTOBER + 20 * DAY
    plan(name="October", specification={"billingPeriod": "month"}, paymentDueDate=due)
    cycle = finish(runs, store)
    assert [cycle[f"accounts{n}"] for n in ("Total", "Billed", "Failed", "Skipped")] == [2, 2, 0, 0]
    assert OCTOBER < cycle["startedAt"] <= cycle["finishedAt"]
    made = bills(store)
    assert {account: bill["amountDue"]["value"] for account, bill in made.items()} == {
        "A": 10,
        "B": 20,
    }
    assert made["A"]["runType"] == "onCycle"
    assert made["A"]["billCycle"] == {"id": "c", "name": "October"}
    assert (made["A"]["billDate"], made["A"]["paymentDueDate"]) == (OCTOBER, due)
    assert made["A"]["nextBillDate"] == datetime(2026, 11, 1, tzinfo=UTC)
    assert made["A"]["billingPeriod"] == {
        "startDateTime": datetime(2026, 9, 1, tzinfo=UTC),
        "endDateTime": OCTOBER,
    }
    assert sorted(bill["billNo"] for bill in made.values()) == ["2026-00000001", "2026-00000002"]
    assert store.get(RATES, "late")["isBilled"] is False


def test_charges_and_credits_are_taken_up_to_their_own_dates(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    credit = {"type": "appliedBillingCredit", "taxExcludedAmount": money(1)}
    charge("charge in time", date=OCTOBER - 3 * DAY - INSTANT)
    charge("charge late", date=OCTOBER - 3 * DAY)
    charge("credit in time", date=OCTOBER - DAY - INSTANT, **credit)
    charge("credit late", date=OCTOBER - DAY, **credit | {"type": "AppliedBillingCredit"})
    plan(chargeDate=OCTOBER - 3 * DAY, creditDate=OCTOBER - DAY)
    finish(runs, store)
    billed = {rate["id"] for rate in store.every(RATES, Every()) if rate["isBilled"]}
    assert billed == {"charge in time", "credit in time"}


def test_the_specifications_filter_chooses_the_rates(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1", type="recurringCharge")
    charge("2", type="usageCharge", product={"id": "p"})
    charge("3", "B", type="usageCharge")
    plan(specification={"rateFilter": "type=recurringCharge;product.id=p"})
    assert finish(runs, store)["accountsTotal"] == 1
    assert bills(store)["A"]["amountDue"] == money(20)


def test_an_account_that_fails_stops_no_other_and_says_why(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    for account in "ABC":
        charge(account, account)
    charge("odd", "B", appliedTax=[{"taxRate": 20}])
    plan()
    cycle = finish(runs, store)
    assert (cycle["accountsBilled"], cycle["accountsFailed"]) == (2, 1)
    outcomes = {
        each["billingAccount"]["id"]: each for each in store.every("billCycleAccount", Every())
    }
    assert {account: each["state"] for account, each in outcomes.items()} == {
        "A": "billed",
        "B": "failed",
        "C": "billed",
    }
    assert "rate 'odd': " in outcomes["B"]["statusReason"]
    assert outcomes["A"]["customerBill"]["id"] == bills(store)["A"]["id"]


def test_a_bill_that_would_be_too_large_stops_no_other_and_says_why(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    for number in range(2):
        party = {"id": f"P{number}", "role": "payer", "name": "x" * 2_200_000}
        charge(f"large-{number}", relatedParty=[party])
    charge("small", taxExcludedAmount=money(1, "USD"))
    plan()
    assert finish(runs, store)["accountsFailed"] == 1
    outcomes = {each["currency"]: each for each in store.every("billCycleAccount", Every())}
    assert {unit: each["state"] for unit, each in outcomes.items()} == {
        "EUR": "failed",
        "USD": "billed",
    }
    assert re.search(r"would take 44\d{5} bytes", outcomes["EUR"]["statusReason"])
    assert store.get(RATES, "large-0")["isBilled"] is False


def test_an_account_that_was_billed_meanwhile_is_skipped(
    store: Store, runs: Runs, tasks: Tasks, plan: Any, charge: Charge
) -> None:
    charge("1")
    plan()
    assert runs.step()
    store.change(RATES, "1", lambda rate: {**rate, "isBilled": True, "bill": {"id": "b"}})
    cycle = finish(runs, store)
    assert (cycle["accountsTotal"], cycle["accountsSkipped"]) == (1, 1)


def test_progress_can_be_read_while_the_run_is_under_way(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1")
    plan()
    assert runs.step()
    cycle = store.get(CYCLES, "c")
    assert (cycle["runState"], cycle["accountsTotal"], cycle["accountsBilled"]) == ("running", 1, 0)
    assert "finishedAt" not in cycle


def test_a_plan_that_was_cut_short_is_made_again_and_bills_nobody_twice(
    store: Store, runs: Runs, tasks: Tasks, plan: Any, charge: Charge
) -> None:
    charge("1", "A")
    charge("2", "B")
    plan()
    assert runs.step()
    assert runs.step()
    charge("3", "A")
    charge("4", "B")
    store.change(
        CYCLES, "c", lambda cycle: {k: v for k, v in cycle.items() if k != "accountsTotal"}
    )
    tasks.put(CYCLE_TASK, "c")
    cycle = finish(runs, store)
    assert (cycle["accountsTotal"], cycle["accountsBilled"]) == (2, 2)
    assert sorted(bill["billingAccount"]["id"] for bill in store.every(BILLS, Every())) == [
        "A",
        "B",
    ]


def test_a_cycle_that_is_put_off_while_a_worker_takes_it_does_not_run(
    store: Store, runs: Runs, tasks: Tasks, plan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan()
    keep = Tasks.renew

    def put_off_just_before(self: Tasks, *given: Any) -> None:
        tasks.put(CYCLE_TASK, "c", datetime.now(UTC) + DAY)
        keep(self, *given)

    monkeypatch.setattr(Tasks, "renew", put_off_just_before)
    assert runs.step()
    assert store.get(CYCLES, "c")["runState"] == "planned"
    assert not runs.step()


def test_a_cycle_that_is_gone_is_forgotten(tasks: Tasks, runs: Runs) -> None:
    tasks.put(CYCLE_TASK, "gone")
    tasks.put(ACCOUNT_TASK, "gone/A", group="gone", value="A")
    assert runs.step()
    assert runs.step()
    assert not runs.step()


def test_a_dry_run_shows_the_bills_and_writes_nothing(
    store: Store, plan: Any, charge: Charge, capsys: pytest.CaptureFixture[str]
) -> None:
    charge("1", "A", appliedTax=[])
    charge("2", "B", taxExcludedAmount=money(1234.5, "CHF"))
    charge("odd", "C", taxExcludedAmount={"value": 1})
    plan()
    bill_cycle.show(store, Policy(), "c")
    out = capsys.readouterr().out
    assert "A  10.00 EUR" in out
    assert "C  fails: rate 'odd'" in out
    assert "2 bills (1,234.50 CHF, 10.00 EUR), 1 accounts fail" in out
    assert not bills(store)
    assert store.get(CYCLES, "c")["runState"] == "planned"
    assert not any(rate["isBilled"] for rate in store.every(RATES, Every()))


def test_the_command_runs_a_cycle_that_is_not_due_yet(
    store: Store, runs: Runs, on_demand: OnDemand, plan: Any, charge: Charge, capsys: Any
) -> None:
    charge("1")
    plan(billingDate=datetime.now(UTC) + DAY)
    Tasks(store).put(CYCLE_TASK, "c", datetime.now(UTC) + DAY)
    bill_cycle.run_cycle(store, "c", [on_demand.step, runs.step])
    assert "accountsBilled 1, accountsFailed 0" in capsys.readouterr().out
    with pytest.raises(Conflict, match="'c' has run"):
        bill_cycle.run_cycle(store, "c", [])
    with pytest.raises(Conflict, match="'c' has run"):
        bill_cycle.show(store, Policy(), "c")
    assert len(bills(store)) == 1


def test_an_account_is_not_billed_without_the_specification_of_its_cycle(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1")
    plan(specification={"rateFilter": "type=usageCharge"})
    assert runs.step()
    store.delete("billCycleSpecification", "monthly")
    assert finish(runs, store)["accountsFailed"] == 1
    (outcome,) = store.every("billCycleAccount", Every())
    assert outcome["statusReason"].startswith("billCycleSpecification: ")


def test_a_period_that_ends_before_it_starts_is_not_the_bills(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1", date=OCTOBER - DAY)
    plan(validFor={"startDateTime": OCTOBER, "endDateTime": OCTOBER - DAY})
    finish(runs, store)
    assert "billingPeriod" not in bills(store)["A"]


def test_a_bill_at_the_end_of_the_calendar_is_due_at_once(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1")
    last = datetime(9999, 12, 31, tzinfo=UTC)
    plan(billingDate=last)
    finish(runs, store)
    assert bills(store)["A"]["paymentDueDate"] == last


def test_workers_finish_what_they_began_when_told_to_stop(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    for number in range(30):
        charge(str(number), f"A{number}")
    plan()
    stop = threading.Event()
    threads = [threading.Thread(target=worker.work, args=([runs.step], stop)) for _ in range(3)]
    for thread in threads:
        thread.start()
    threading.Event().wait(0.5)
    stop.set()
    for thread in threads:
        thread.join(10)
        assert not thread.is_alive()
    assert len(bills(store)) == sum(rate["isBilled"] for rate in store.every(RATES, Every()))
    assert finish(runs, store)["accountsBilled"] == 30


accounts = st.sampled_from("ABC")
amounts = st.integers(-999, 9999).map(lambda n: n / 100)
charges = st.lists(st.tuples(accounts, amounts, st.booleans()), max_size=12)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(charges)
def test_billed_and_unbilled_are_all_and_each_rate_is_on_one_bill(
    mongod: Any, charges: list[tuple[str, float, bool]]
) -> None:
    store = Store(mongod.uri, f"test-runs-{id(charges)}-{datetime.now(UTC):%H%M%S%f}")
    runs = Runs(BillMaker(store, Policy()), Attempts(store, Tasks(store), Sequences(store)))
    for number, (account, amount, in_time) in enumerate(charges):
        date = OCTOBER - INSTANT if in_time else OCTOBER
        attributes = {"billingAccount": {"id": account}, "taxExcludedAmount": money(amount)}
        store.insert(RATES, rate(str(number), date=date, **attributes))
    store.insert(CYCLES, {"id": "c", "runState": "planned", "billingDate": OCTOBER})
    Tasks(store).put(CYCLE_TASK, "c")
    finish(runs, store)
    rates = store.every(RATES, Every())
    assert [each["isBilled"] for each in sorted(rates, key=lambda r: int(r["id"]))] == [
        in_time for _, _, in_time in charges
    ]
    for bill in bills(store).values():
        own = [
            r["taxExcludedAmount"]["value"]
            for r in rates
            if r.get("bill", {}).get("id") == bill["id"]
        ]
        assert round(sum(own), 2) + 0.0 == bill["amountDue"]["value"]
    store.close()
