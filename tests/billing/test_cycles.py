"""What a run makes of an account: its bills by the cycle's dates, for whom, and what comes next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from impl.billing.maker import BillMaker
from impl.billing.policy import Policy
from impl.billing.runs import Runs
from impl.cli import bill_cycle
from impl.handlers.bill_cycle import BillCycles
from impl.handlers.collection import Services
from impl.handlers.customer_bill import CustomerBills
from impl.query.language import Compare, Document, Every
from impl.store.mongo import Store
from impl.store.tasks import CYCLE_TASK, Tasks
from impl.tmf678 import API
from tests.billing.conftest import Charge
from tests.billing.test_runs import (
    BILLS,
    CYCLES,
    DAY,
    INSTANT,
    OCTOBER,
    RATES,
    bills,
    finish,
    plan,
    ticking,
)
from tests.unit.billing.rates import money, tax

__all__ = ["plan", "ticking"]
OUTCOMES = "billCycleAccount"
NOVEMBER, DECEMBER = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)


def outcomes(store: Store) -> list[Document]:
    return sorted(
        store.every(OUTCOMES, Every()),
        key=lambda each: (each["billingAccount"]["id"], each.get("currency", "")),
    )


def test_an_account_gets_a_bill_for_each_of_its_currencies(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1", "A")
    charge("2", "A", taxExcludedAmount=money(5, "CHF"))
    charge("3", "A", taxExcludedAmount=money(7, "EURO"))
    charge("4", "B")
    plan()
    cycle = finish(runs, store)
    assert [cycle[f"accounts{n}"] for n in ("Total", "Billed", "Failed")] == [2, 1, 1]
    found = [(each.get("currency"), each["state"]) for each in outcomes(store)]
    assert found == [("CHF", "billed"), ("EUR", "billed"), ("EURO", "failed"), (None, "billed")]
    made = store.every(BILLS, Compare(("billingAccount", "id"), ("A",)))
    amounts = [bill["amountDue"] for bill in made]
    assert sorted(amounts, key=lambda each: each["unit"]) == [money(5, "CHF"), money(10)]
    numbers = sorted(bill["billNo"] for bill in store.every(BILLS, Every()))
    assert numbers == ["2026-00000001", "2026-00000002", "2026-00000003"]
    assert not store.get(RATES, "3")["isBilled"]


def test_a_number_that_a_refused_currency_does_not_use_is_the_next_bills(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1", "A")
    charge("2", "A", taxExcludedAmount=money(5, "CHF"), appliedTax=[{"taxRate": 20}])
    charge("3", "B")
    plan()
    assert finish(runs, store)["accountsFailed"] == 1
    numbers = sorted(bill["billNo"] for bill in store.every(BILLS, Every()))
    assert numbers == ["2026-00000001", "2026-00000002"]


def test_what_is_odd_of_a_bill_stands_in_its_outcome_and_the_dry_run(
    store: Store, runs: Runs, plan: Any, charge: Charge, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(300):
        amounts = {"taxExcludedAmount": money(1), "taxIncludedAmount": money(1.2)}
        charge(str(number), **amounts, appliedTax=[tax(0.19, 19)])
    plan(paymentDueDate=OCTOBER - DAY)
    bill_cycle.show(store, Policy(), "c")
    said = capsys.readouterr().out
    finish(runs, store)
    (outcome,) = outcomes(store)
    assert outcome["roundingDifference"] == money(3)
    assert [each.partition(":")[0] for each in outcome["warning"]] == [
        "roundingDifference",
        "paymentDueDate",
    ]
    assert "A  357.00 EUR" in said
    for each in outcome["warning"]:
        assert f"A  note: {each}" in said


def test_recurring_charges_are_taken_a_period_ahead_where_the_specification_says_so(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("fee of November", type="RecurringCharge", date=NOVEMBER)
    charge("last fee of November", type="recurringCharge", date=DECEMBER - INSTANT)
    charge("fee of December", type="recurringCharge", date=DECEMBER)
    charge("usage of October", date=NOVEMBER - INSTANT)
    charge("usage of November", date=NOVEMBER)
    plan(
        specification={"recurringInAdvance": True},
        validFor={"startDateTime": OCTOBER, "endDateTime": NOVEMBER},
        chargeDate=NOVEMBER,
    )
    finish(runs, store)
    billed = {rate["id"] for rate in store.every(RATES, Every()) if rate["isBilled"]}
    assert billed == {"fee of November", "last fee of November", "usage of October"}


def test_a_recurring_specification_plans_the_next_cycle_once(
    store: Store, runs: Runs, tasks: Tasks, plan: Any, charge: Charge
) -> None:
    charge("1")
    plan(
        specification={"recurring": True, "paymentDueDateOffset": 45},
        validFor={"startDateTime": DECEMBER, "endDateTime": datetime(2027, 1, 1, tzinfo=UTC)},
        billingDate=datetime(2027, 1, 1, tzinfo=UTC),
    )
    assert runs.step()
    following = store.get(CYCLES, "monthly-2027-01")
    february = datetime(2027, 2, 1, tzinfo=UTC)
    assert following == {
        "id": "monthly-2027-01",
        "@type": "BillCycle",
        "name": "Monthly, 2027-01",
        "billingPeriod": "2027-01",
        "billCycleSpecification": {"id": "monthly"},
        "runState": "planned",
        "validFor": {
            "startDateTime": datetime(2027, 1, 1, tzinfo=UTC),
            "endDateTime": february,
        },
        **dict.fromkeys(("billingDate", "chargeDate", "creditDate", "mailingDate"), february),
        "paymentDueDate": datetime(2027, 2, 15, tzinfo=UTC),
    }
    due = store.collection("task")[0].find_one({"_id": f"{CYCLE_TASK}/monthly-2027-01"})
    assert due is not None
    assert due["due"] == february
    finish(runs, store)
    assert len(store.every(CYCLES, Every())) == 2


def test_a_worker_that_dies_as_a_run_begins_plans_no_second_cycle(
    store: Store, runs: Runs, tasks: Tasks, plan: Any, charge: Charge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    charge("1")
    plan(
        specification={"recurring": True},
        validFor={"startDateTime": OCTOBER - 30 * DAY, "endDateTime": OCTOBER},
    )
    with monkeypatch.context() as patched:
        patched.setattr(Tasks, "put_each", _die)
        with pytest.raises(SystemExit):
            runs.step()
    planned = store.get(CYCLES, "monthly-2026-10")
    store.delete(CYCLES, planned["id"])  # by an operator who wants none
    store.collection("task")[0].update_many({"key": "c"}, {"$set": {"due": OCTOBER}})
    finish(runs, store)
    assert [cycle["id"] for cycle in store.every(CYCLES, Every())] == ["c"]


def test_a_cycle_that_is_there_already_under_another_id_is_the_next_one(
    store: Store, runs: Runs, tasks: Tasks, plan: Any, charge: Charge
) -> None:
    charge("1")
    store.insert(
        CYCLES,
        {
            "id": "mine",
            "runState": "planned",
            "billCycleSpecification": {"id": "monthly"},
            "validFor": {"startDateTime": OCTOBER, "endDateTime": NOVEMBER},
        },
    )
    plan(
        specification={"recurring": True},
        validFor={"startDateTime": OCTOBER - 30 * DAY, "endDateTime": OCTOBER},
    )
    finish(runs, store)
    assert {cycle["id"] for cycle in store.every(CYCLES, Every())} == {"c", "mine"}


def party(id_: str, role: str | None = None, **more: Any) -> dict[str, Any]:
    return {"id": id_, **({"role": role} if role else {}), **more}


def test_a_bill_of_a_cycle_names_the_parties_of_its_rates_and_no_mere_user(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1", relatedParty=[party("C", "Customer", name="Ada"), party("U", "user")])
    charge("2", relatedParty=[party("C", "customer"), party("P", "payer"), party("X")])
    charge("3", billingAccount={"id": "A", "name": "Account of Ada"}, relatedParty=party("C"))
    charge("4", relatedParty=["nonsense", {"name": "no id"}, party("", "payer"), None])
    plan()
    finish(runs, store)
    bill = bills(store)["A"]
    assert bill["relatedParty"] == [
        {"id": "C", "role": "Customer", "name": "Ada"},
        {"id": "P", "role": "payer"},
        {"id": "X"},
        {"id": "C"},
    ]
    assert bill["billingAccount"] == {"id": "A", "name": "Account of Ada"}


def test_a_bill_names_at_most_a_hundred_parties(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1", relatedParty=[party(f"P{number:03}") for number in range(150)])
    plan()
    finish(runs, store)
    assert len(bills(store)["A"]["relatedParty"]) == 100


def test_the_roles_that_a_bill_names_are_the_operators(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1", relatedParty=[party("C", "customer"), party("U", "User")])
    plan()
    operators = Runs(BillMaker(store, Policy(party_roles=("user",))), runs._attempts)  # noqa: SLF001
    finish(operators, store)
    assert bills(store)["A"]["relatedParty"] == [{"id": "U", "role": "User"}]


def test_a_bill_of_a_cycle_that_tells_no_period_has_none(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1", date=OCTOBER - 40 * DAY)
    plan()
    finish(runs, store)
    assert "billingPeriod" not in bills(store)["A"]


def test_a_cycle_without_dates_takes_what_is_dated_before_its_run_started(
    store: Store, runs: Runs, tasks: Tasks, charge: Charge
) -> None:
    charge("1", date=datetime.now(UTC) - timedelta(seconds=5))
    charge("2", date=datetime.now(UTC) + timedelta(hours=1))
    store.insert(CYCLES, {"id": "c", "runState": "planned"})
    tasks.put(CYCLE_TASK, "c")
    finish(runs, store)
    assert [rate["isBilled"] for rate in store.every(RATES, Every())] == [True, False]


def test_the_specifications_price_basis_counts_before_the_setting(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge(
        "1", taxExcludedAmount=money(8.33), taxIncludedAmount=money(9.99), appliedTax=[tax(1.67)]
    )
    plan(specification={"priceBasis": "gross"})
    operators = Runs(BillMaker(store, Policy(basis="net")), runs._attempts)  # noqa: SLF001
    finish(operators, store)
    bill = bills(store)["A"]
    assert (bill["priceBasis"], bill["taxIncludedAmount"]) == ("gross", money(9.99))


def _die(*_: object, **__: object) -> None:
    raise SystemExit


def test_the_next_cycle_starts_where_this_one_ends_whatever_the_hour(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    eight = timedelta(hours=8)
    charge("1")
    plan(
        specification={"recurring": True},
        validFor={"startDateTime": OCTOBER - 30 * DAY + eight, "endDateTime": OCTOBER + eight},
    )
    finish(runs, store)
    assert store.get(CYCLES, "monthly-2026-10-01")["validFor"] == {
        "startDateTime": OCTOBER + eight,
        "endDateTime": NOVEMBER + eight,
    }


def test_a_weekly_bill_says_its_last_day_also_after_it_is_paid(
    store: Store, runs: Runs, charge: Charge, tasks: Tasks
) -> None:
    services = Services(store, API)
    charge("1")
    weekly = {"id": "weekly", "name": "Weekly", "frequency": "weekly"}
    store.insert("billCycleSpecification", weekly)
    week: Any = {"id": "w", "billingPeriod": "2026-W43"}
    week["billCycleSpecification"] = {"id": "weekly"}
    BillCycles(services).collection.create(week)
    finish(runs, store, "w")
    served = CustomerBills(services)
    for _ in range(2):
        (bill,) = store.every(BILLS, Every())
        page = served.retrieve_customer_bill_document(bill["id"]).made["text/html"]("en-GB")
        assert "19\u201325\u202fOct\u202f2026" in page.decode().replace("\u2009", "\u202f").replace(
            " ", "\u202f"
        )
        paid = {"appliedPayment": [{"appliedAmount": money(1)}]}
        store.change(BILLS, bill["id"], lambda bill, paid=paid: {**bill, **paid})  # type: ignore[misc]
