"""An account too large for one transaction is billed in steps, whoever dies between them."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from impl.billing import preview
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.billing.rate_tasks import RateTasks
from impl.billing.runs import Runs
from impl.errors import Conflict, Unavailable
from impl.handlers.applied_customer_billing_rate import AppliedCustomerBillingRates
from impl.handlers.bill_cycle import BillCycles
from impl.handlers.collection import Services
from impl.handlers.customer_bill import CustomerBills
from impl.handlers.customer_bill_on_demand import CustomerBillsOnDemand
from impl.links import Links
from impl.patch.apply import Patch
from impl.query.language import Every
from impl.store.collection_names import TASKS
from impl.store.mongo import Store
from impl.store.tasks import (
    ACCOUNT_TASK,
    CYCLE_TASK,
    ON_DEMAND_TASK,
    RATES_TASK,
    RESERVATION_TASK,
    Tasks,
)
from impl.tmf678 import API
from tests.billing.conftest import Charge
from tests.unit.billing.rates import money, tax

REQUESTS, BILLS, RATES = "customerBillOnDemand", "customerBill", "appliedCustomerBillingRate"
COUNT = 7
PAST = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes every account large, and its steps small."""
    monkeypatch.setattr("impl.billing.maker.MOST_BYTES", 1_000)
    monkeypatch.setattr("impl.billing.rate_tasks.MOST_BYTES", 1_000)
    monkeypatch.setattr("impl.billing.rate_tasks.POLL_SECONDS", 0)
    monkeypatch.setattr("impl.store.bulk_update.STEP_DOCUMENTS", 3)
    monkeypatch.setattr("impl.store.mongo.PARTS", 2)


@pytest.fixture
def rate_tasks(store: Store, tasks: Tasks) -> RateTasks:
    return RateTasks(store, tasks)


@pytest.fixture
def rates(store: Store, charge: Charge) -> list[str]:
    """The ids of an account's rates."""
    ids = [f"r{n}" for n in range(COUNT)]
    for id_ in ids:
        charge(id_)
    return ids


def request(store: Store, tasks: Tasks, id_: str = "q") -> None:
    store.insert(REQUESTS, {"id": id_, "state": "inProgress", "billingAccount": {"id": "A"}})
    tasks.put(ON_DEMAND_TASK, id_)


def marks(store: Store) -> int:
    """How many rates are reserved."""
    return sum(bool(each.reserved) for each in store.every(RATES, Every()))


def finish(rate_tasks: RateTasks) -> None:
    """Do all steps that there are."""
    for _ in range(50):
        if not rate_tasks.step():
            return
    raise AssertionError("the steps have no end")


def on_bills(store: Store) -> Counter[str]:
    """How many rates stand on each bill."""
    return Counter(each["bill"]["id"] for each in store.every(RATES, Every()) if each["isBilled"])


def test_a_large_account_is_billed_by_one_bill(
    store: Store, tasks: Tasks, on_demand: OnDemand, rate_tasks: RateTasks, rates: list[str]
) -> None:
    request(store, tasks)
    assert on_demand.step()
    answer = store.get(REQUESTS, "q")
    assert answer["state"] == "done"
    (bill,) = store.every(BILLS, Every())
    assert (bill["id"], bill["amountDue"]) == (answer["customerBill"]["id"], money(10 * COUNT))
    assert (on_bills(store), marks(store)) == (Counter(), COUNT)
    finish(rate_tasks)
    assert (on_bills(store), marks(store)) == ({bill["id"]: COUNT}, 0)
    assert {each.version for each in store.every(RATES, Every())} == {2}
    assert not tasks.has_any(RATES_TASK, RESERVATION_TASK)


def test_until_its_rates_are_billed_a_bill_has_no_document_and_they_do_not_change(
    store: Store, tasks: Tasks, on_demand: OnDemand, rate_tasks: RateTasks, rates: list[str]
) -> None:
    services = Services(store, API)
    handler, bills = AppliedCustomerBillingRates(services), CustomerBills(services)
    before = store.get(RATES, "r0")
    request(store, tasks)
    on_demand.step()
    (bill,) = store.every(BILLS, Every())
    reserved = store.get(RATES, "r0")
    assert (dict(reserved), reserved.version) == (dict(before), 1)
    links = Links("http://here", RATES)
    patch = Patch("application/merge-patch+json", {"description": "new"}, links)
    with pytest.raises(Conflict, match="the rate is being billed"):
        handler.patch_applied_customer_billing_rate("r0", patch)
    with pytest.raises(Conflict, match="the rate is being billed"):
        handler.collection.delete("r0")
    with pytest.raises(Unavailable, match="still being billed"):
        bills.retrieve_customer_bill_document(bill["id"])
    with pytest.raises(Conflict, match="still being billed"):
        bills.collection.delete(bill["id"])
    finish(rate_tasks)
    assert bills.retrieve_customer_bill_document(bill["id"]).name == bill["billNo"]
    assert handler.patch_applied_customer_billing_rate("r0", patch)["isBilled"]


def test_what_arrives_meanwhile_waits_for_the_next_bill(
    store: Store,
    tasks: Tasks,
    on_demand: OnDemand,
    rate_tasks: RateTasks,
    rates: list[str],
    charge: Charge,
) -> None:
    request(store, tasks)
    on_demand.step()
    request(store, tasks, "none")
    on_demand.step()
    assert store.get(REQUESTS, "none")["statusReason"] == "there is nothing to bill"
    charge("late")
    request(store, tasks, "next")
    on_demand.step()
    finish(rate_tasks)
    assert sorted(on_bills(store).values()) == [1, COUNT]
    assert (
        store.get(RATES, "late")["bill"]["id"] == store.get(REQUESTS, "next")["customerBill"]["id"]
    )


def test_a_refusal_releases_the_rates_at_once(
    store: Store,
    tasks: Tasks,
    on_demand: OnDemand,
    rate_tasks: RateTasks,
    rates: list[str],
    charge: Charge,
) -> None:
    charge("wrong", taxExcludedAmount=money(1), taxIncludedAmount=money(9), appliedTax=[tax(1)])
    request(store, tasks)
    on_demand.step()
    answer = store.get(REQUESTS, "q")
    assert (answer["state"], answer["statusReason"][:12]) == ("rejected", "rate 'wrong'")
    assert marks(store) == 0
    finish(rate_tasks)
    assert not tasks.has_any(RATES_TASK, RESERVATION_TASK)


def test_the_rates_of_a_request_that_is_deleted_are_released(
    store: Store,
    tasks: Tasks,
    on_demand: OnDemand,
    rate_tasks: RateTasks,
    rates: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request(store, tasks)

    def deleted(*_: Any, **__: Any) -> list[Any]:
        CustomerBillsOnDemand(Services(store, API)).collection.delete("q")
        return []

    monkeypatch.setattr("impl.billing.large_accounts.draft_each", deleted)
    on_demand.step()
    assert store.every(BILLS, Every()) == []
    finish(rate_tasks)
    assert (marks(store), tasks.has_any(RATES_TASK, RESERVATION_TASK)) == (0, False)


def test_another_request_waits_until_the_first_bill_is_made(
    store: Store,
    tasks: Tasks,
    on_demand: OnDemand,
    rate_tasks: RateTasks,
    rates: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("impl.billing.attempts.WAIT_SECONDS", 0)
    request(store, tasks)
    request(store, tasks, "second")
    with killed_at(store, 4, monkeypatch, after=True), suppress(Killed):
        on_demand.step()
    assert marks(store) == 6
    with monkeypatch.context() as patched:
        patched.setattr("impl.billing.maker.MOST_BYTES", 1_000_000)
        assert on_demand.step()  # the second request; the one rate that is free would be a bill
    assert store.get(REQUESTS, "second")["state"] == "inProgress"
    expire(store)
    while any(store.get(REQUESTS, id_)["state"] == "inProgress" for id_ in ("q", "second")):
        assert on_demand.step()
    finish(rate_tasks)
    assert [*on_bills(store).values()] == [COUNT]
    assert store.get(REQUESTS, "second")["statusReason"] == "there is nothing to bill"
    assert store.collection(TASKS)[0].count_documents({}) == 0


class Killed(BaseException):
    """No `except Exception` of a worker's catches it."""


@contextmanager
def killed_at(
    store: Store, number: int, monkeypatch: pytest.MonkeyPatch, *, after: bool
) -> Iterator[list[int]]:
    """Ends the worker before or right after a transaction; the list has one for each of them."""
    within: Callable[..., Any] = store.in_transaction
    calls: list[int] = []

    def in_transaction(*args: Any) -> Any:
        calls.append(1)
        if len(calls) != number:
            return within(*args)
        if after:
            within(*args)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(store, "in_transaction", in_transaction)
        yield calls


def expire(store: Store) -> None:
    """End all claims."""
    store.collection(TASKS)[0].update_many({}, {"$set": {"due": PAST}})


@pytest.mark.usefixtures("rates")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", range(1, 13))
def test_a_worker_killed_at_any_transaction_leaves_the_rest_to_another(
    store: Store,
    tasks: Tasks,
    on_demand: OnDemand,
    rate_tasks: RateTasks,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    *,
    after: bool,
) -> None:
    request(store, tasks)
    steps = (on_demand.step, *[rate_tasks.step] * 12)
    with killed_at(store, number, monkeypatch, after=after), suppress(Killed):
        for step in steps:
            step()
    expire(store)
    on_demand.step()
    finish(rate_tasks)
    (bill,) = store.every(BILLS, Every())
    assert bill["amountDue"] == money(10 * COUNT)
    assert bill["billNo"].endswith("-00000001")
    assert (on_bills(store), marks(store)) == ({bill["id"]: COUNT}, 0)
    assert store.collection(TASKS)[0].count_documents({}) == 0


def plan(store: Store, tasks: Tasks) -> None:
    store.insert("billCycle", {"id": "C", "runState": "planned", "billingDate": datetime.now(UTC)})
    tasks.put(CYCLE_TASK, "C")


def run(runs: Runs, store: Store) -> None:
    for _ in range(50):
        runs.step()
        if store.get("billCycle", "C").get("runState") == "finished":
            return
        store.collection(TASKS)[0].update_many({"kind": CYCLE_TASK}, {"$set": {"due": PAST}})
    raise AssertionError("the run has no end")


def test_a_cycle_makes_a_bill_for_each_currency_of_a_large_account_as_of_a_small_one(
    store: Store,
    tasks: Tasks,
    runs: Runs,
    rate_tasks: RateTasks,
    monkeypatch: pytest.MonkeyPatch,
    charge: Charge,
) -> None:
    for account in ("large", "small"):
        for number in range(5):
            day = PAST - timedelta(days=number)
            party = {"id": f"p{number}", "role": "payer"}
            charge(f"{account}e{number}", account, date=day, relatedParty=[party])
            wrong = {"unit": "CHF", "value": 1.5 * number}
            charge(f"{account}c{number}", account, date=day, taxExcludedAmount=wrong)
        charge(f"{account}x", account, date=PAST, taxExcludedAmount=money(1, "GAFF"))
    plan(store, tasks)
    drafts = list(preview.drafts(store, Policy(), "C"))
    with monkeypatch.context() as patched:
        patched.setattr("impl.billing.maker.MOST_BYTES", 3_000)
        run(runs, store)
    finish(rate_tasks)
    bills = store.every(BILLS, Every())
    assert len(bills) == 4
    assert (len(on_bills(store)), {*on_bills(store).values()}, marks(store)) == (4, {5}, 0)
    assert {
        each["currency"]: each["state"] for each in store.every("billCycleAccount", Every())
    } == {"CHF": "billed", "EUR": "billed", "GAFF": "failed"}

    def shown(bill: dict[str, Any]) -> Any:
        own = ("id", "billNo", "billDocument", "billingAccount", "lastUpdate", "billDate")
        return {name: value for name, value in bill.items() if name not in own}

    for unit in ("EUR", "CHF"):
        first, second = (shown(each) for each in bills if each["amountDue"]["unit"] == unit)
        assert first == second
    amounts = sorted(str(each.bill["amountDue"]) for _, each in drafts if not each.refusal)
    assert amounts == sorted(str(each["amountDue"]) for each in bills)


def test_the_rates_of_a_cancelled_run_are_released(
    store: Store,
    tasks: Tasks,
    runs: Runs,
    rate_tasks: RateTasks,
    rates: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan(store, tasks)

    def cancelled(*_: Any, **__: Any) -> list[Any]:
        store.change("billCycle", "C", lambda cycle: {**cycle, "cancelledAt": datetime.now(UTC)})
        tasks.take(ACCOUNT_TASK, "C", 100)
        return []

    monkeypatch.setattr("impl.billing.large_accounts.draft_each", cancelled)
    run(runs, store)
    finish(rate_tasks)
    assert (marks(store), store.every(BILLS, Every())) == (0, [])
    assert not tasks.has_any(RATES_TASK, RESERVATION_TASK)


@pytest.mark.usefixtures("rates")
def test_a_reserved_account_keeps_no_other_account_of_its_block_waiting(
    store: Store,
    tasks: Tasks,
    runs: Runs,
    on_demand: OnDemand,
    rate_tasks: RateTasks,
    *,
    monkeypatch: pytest.MonkeyPatch,
    charge: Charge,
) -> None:
    monkeypatch.setattr("impl.billing.attempts.WAIT_SECONDS", 0)
    charge("other", "B")
    plan(store, tasks)
    request(store, tasks)
    with killed_at(store, 4, monkeypatch, after=True), suppress(Killed):
        on_demand.step()
    with monkeypatch.context() as patched:
        patched.setattr("impl.billing.maker.MOST_BYTES", 1_000_000)
        for _ in range(10):
            runs.step()
    assert store.get(RATES, "other")["isBilled"]
    assert not on_bills(store).keys() - {store.get(RATES, "other")["bill"]["id"]}
    expire(store)
    on_demand.step()
    run(runs, store)
    finish(rate_tasks)
    assert sorted(on_bills(store).values()) == [1, COUNT]


@pytest.mark.usefixtures("rates")
@pytest.mark.parametrize("freed", [0, 1, 2], ids=lambda steps: f"after {steps} steps")
def test_a_run_that_is_retried_before_the_rates_are_released_bills_all_of_them(
    store: Store,
    tasks: Tasks,
    runs: Runs,
    rate_tasks: RateTasks,
    monkeypatch: pytest.MonkeyPatch,
    freed: int,
) -> None:
    cycles = BillCycles(Services(store, API))
    plan(store, tasks)

    def cancelled(*_: Any, **__: Any) -> list[Any]:
        cycles.cancel_bill_cycle("C")
        while tasks.is_left(ACCOUNT_TASK, "C"):
            runs.step()
        return []

    with monkeypatch.context() as patched:
        patched.setattr("impl.billing.large_accounts.draft_each", cancelled)
        run(runs, store)
    assert marks(store) == COUNT
    for _ in range(freed):
        rate_tasks.step()
    cycles.retry_bill_cycle("C")
    run(runs, store)
    finish(rate_tasks)
    assert ([*on_bills(store).values()], marks(store)) == ([COUNT], 0)


def test_a_deleted_bill_frees_many_rates_in_steps(
    store: Store, tasks: Tasks, on_demand: OnDemand, rate_tasks: RateTasks, rates: list[str]
) -> None:
    request(store, tasks)
    on_demand.step()
    finish(rate_tasks)
    (bill,) = store.every(BILLS, Every())
    store.insert(RATES, {"id": "strange", "isBilled": True, "bill": {"id": bill["id"]}})
    CustomerBills(Services(store, API)).collection.delete(bill["id"])
    assert on_bills(store) == {bill["id"]: COUNT + 1}
    finish(rate_tasks)
    freed = store.every(RATES, Every())
    assert [each for each in freed if each["isBilled"] or "bill" in each] == []
    assert {each["billingAccount"]["id"] for each in freed} == {"A"}
    assert not tasks.has_any(RATES_TASK, RESERVATION_TASK)


def test_rates_stay_on_a_bill_that_has_the_id_of_a_deleted_one(
    store: Store, tasks: Tasks, on_demand: OnDemand, rate_tasks: RateTasks, rates: list[str]
) -> None:
    request(store, tasks)
    on_demand.step()
    finish(rate_tasks)
    (bill,) = store.every(BILLS, Every())
    CustomerBills(Services(store, API)).collection.delete(bill["id"])
    rate_tasks.step()
    store.insert(BILLS, {"id": bill["id"]})
    finish(rate_tasks)
    assert on_bills(store) == {bill["id"]: COUNT - 3}


def test_a_step_that_fails_is_counted_and_tried_again(
    store: Store,
    tasks: Tasks,
    on_demand: OnDemand,
    rate_tasks: RateTasks,
    rates: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    request(store, tasks)
    on_demand.step()
    logged: list[str] = []

    class Log:
        def error(self, _event: str, *, loop: str, **_more: object) -> None:
            logged.append(loop)

    monkeypatch.setattr("impl.billing.rate_tasks.log", Log())
    with monkeypatch.context() as patched:
        patched.setattr("impl.billing.rate_tasks.billed_by", None)
        for _ in range(10):
            expire(store)
            assert rate_tasks.step()
    assert logged == ["rates"] * 10
    expire(store)
    finish(rate_tasks)
    assert [*on_bills(store).values()] == [COUNT]


def test_many_small_rates_are_too_many_for_one_transaction(
    store: Store,
    tasks: Tasks,
    on_demand: OnDemand,
    rate_tasks: RateTasks,
    rates: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("impl.billing.maker.MOST_BYTES", 1_000_000)
    monkeypatch.setattr("impl.billing.maker.MOST_RATES", COUNT - 1)
    request(store, tasks)
    on_demand.step()
    assert marks(store) == COUNT
    finish(rate_tasks)
    assert [*on_bills(store).values()] == [COUNT]
