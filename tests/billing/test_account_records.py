"""What the record of an account decides: which cycles bill it, and which bill is the last."""

from collections.abc import Sequence
from typing import Any

import pytest

from impl.billing import preview
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.billing.rate_tasks import RateTasks
from impl.billing.runs import Runs
from impl.handlers.bill_cycle import BillCycles
from impl.handlers.collection import Services
from impl.query.language import Document, Every
from impl.store.mongo import Store
from impl.store.tasks import ON_DEMAND_TASK, Tasks
from impl.tmf678 import API
from tests.billing.conftest import Charge
from tests.billing.test_runs import BILLS, CYCLES, DAY, OCTOBER, RATES, finish, plan, ticking
from tests.unit.billing.rates import money

__all__ = ["plan", "ticking"]
ACCOUNTS = "billingAccount"


@pytest.fixture
def account(store: Store) -> Any:
    """Stores an account's record."""

    def stored(id_: str = "A", specification: str | None = None, **attributes: Any) -> Document:
        named = {"billStructure": {"cycleSpecification": {"id": specification}}}
        record = {"id": id_, "name": f"Account {id_}", **(named if specification else {})}
        return store.insert(ACCOUNTS, record | attributes)

    return stored


@pytest.fixture
def start(store: Store, plan: Any) -> Any:
    """Stores a cycle that is due, of a specification unless that is blank."""
    for id_ in ("monthly", "weekly"):
        store.insert("billCycleSpecification", {"id": id_, "name": id_, "frequency": id_})

    def started(id_: str = "c", specification: str = "") -> None:
        named = {"billCycleSpecification": {"id": specification}} if specification else {}
        plan(id_=id_, **named)

    return started


@pytest.fixture
def run(store: Store, runs: Runs, start: Any) -> Any:
    """Runs such a cycle to its end."""

    def finished(id_: str = "c", specification: str = "") -> Document:
        start(id_, specification)
        return finish(runs, store, id_)

    return finished


def billed(store: Store, cycle: str) -> Sequence[str]:
    """The accounts that have a bill of a cycle."""
    made = [each for each in store.every(BILLS, Every()) if each["billCycle"]["id"] == cycle]
    return sorted(bill["billingAccount"]["id"] for bill in made)


@pytest.fixture
def five(charge: Charge, account: Any) -> None:
    """Accounts of two specifications, two whose records name none, and one without a record."""
    for id_ in "ABCDE":
        charge(id_, id_)
    account("A", "monthly")
    account("B", "weekly")
    account("C")
    account("D", billStructure={"format": {"name": "detailed"}})


@pytest.mark.parametrize(
    ("specification", "accounts"), [("monthly", "ACDE"), ("weekly", "BCDE"), ("", "CDE")]
)
def test_a_cycle_bills_accounts_of_its_specification_and_those_of_none(
    store: Store, runs: Runs, start: Any, five: None, specification: str, accounts: str
) -> None:
    start("c", specification)
    previewed = [account for account, _ in preview.drafts(store, Policy(), "c")]
    cycle = finish(runs, store)
    assert "".join(billed(store, "c")) == "".join(previewed) == accounts
    assert cycle["accountsTotal"] == cycle["accountsBilled"] == len(accounts)


def test_each_account_of_many_is_billed_by_its_own_cycle(
    store: Store, run: Any, charge: Charge, account: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However the accounts are divided into slices, chunks, blocks and queries."""
    monkeypatch.setattr("impl.billing.run_planner.CHUNK_RATES", 7)
    monkeypatch.setattr("impl.billing.run_planner.SLICE_ACCOUNTS", 11)
    monkeypatch.setattr("impl.billing.run_planner.BLOCK_ACCOUNTS", 3)
    monkeypatch.setattr("impl.billing.account_records.BATCH", 2)
    ids = [f"{number:02}" for number in range(40)]
    weekly = {id_ for number, id_ in enumerate(ids) if number % 3 == 0 or 10 < number < 30}
    for id_ in ids:
        charge(id_, id_)
        account(id_, "weekly" if id_ in weekly else "monthly")
    for specification, own in (("monthly", {*ids} - weekly), ("weekly", weekly)):
        cycle = run(specification, specification)
        assert billed(store, specification) == sorted(own)
        assert cycle["accountsTotal"] == len(own)


def test_an_account_that_moved_is_billed_by_its_next_cycle_and_nothing_twice(
    store: Store, run: Any, charge: Charge, account: Any
) -> None:
    charge("before", date=OCTOBER - DAY)
    account("A", "monthly")
    run("m1", "monthly")
    move_all(store, "weekly")
    charge("after", date=OCTOBER - DAY)
    for cycle in (("m2", "monthly"), ("none", ""), ("w1", "weekly"), ("w2", "weekly")):
        run(*cycle)
    made = {bill["billCycle"]["id"]: bill["amountDue"] for bill in store.every(BILLS, Every())}
    assert made == {"m1": money(10), "w1": money(10)}
    assert len({each["bill"]["id"] for each in store.every(RATES, Every())}) == 2


def test_an_account_that_moves_after_it_was_planned_is_skipped_with_the_reason(
    store: Store, runs: Runs, start: Any, five: None
) -> None:
    start("c", "monthly")
    step_until_planned(runs, store)
    move_all(store, "weekly")
    cycle = finish(runs, store)
    assert (cycle["accountsBilled"], cycle["accountsSkipped"]) == (1, 3)
    assert billed(store, "c") == ["E"]
    skipped = [each for each in store.every("billCycleAccount", Every()) if "statusReason" in each]
    assert {each["statusReason"] for each in skipped} == {"cycles of 'weekly' bill the account"}


def test_a_retry_leaves_an_account_that_moved_to_its_cycles(
    store: Store, runs: Runs, run: Any, charge: Charge, account: Any
) -> None:
    charge("odd", appliedTax=[{"taxRate": 20}])
    account("A", "monthly")
    assert run("c", "monthly")["accountsFailed"] == 1
    move_all(store, "weekly")
    store.change(RATES, "odd", lambda rate: {**rate, "appliedTax": []})
    BillCycles(Services(store, API)).retry_bill_cycle("c")
    cycle = finish(runs, store)
    assert (cycle["accountsFailed"], cycle["accountsSkipped"]) == (0, 1)
    run("w", "weekly")
    assert (billed(store, "c"), billed(store, "w")) == ([], ["A"])


def test_a_large_account_that_moved_is_not_billed_and_its_rates_are_released(
    store: Store, runs: Runs, run: Any, start: Any, large: Any, account: Any
) -> None:
    account("A", "monthly")
    start("c", "monthly")
    step_until_planned(runs, store)
    move_all(store, "weekly")
    assert finish(runs, store)["accountsSkipped"] == 1
    while RateTasks(store, Tasks(store)).step():
        pass
    assert not any(each.reserved or each["isBilled"] for each in store.every(RATES, Every()))
    run("w", "weekly")
    assert store.every(BILLS, Every())[0]["amountDue"] == money(90)


@pytest.fixture
def large(charge: Charge, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that is too large for one transaction."""
    monkeypatch.setattr("impl.billing.maker.MOST_BYTES", 1_000)
    monkeypatch.setattr("impl.billing.rate_tasks.POLL_SECONDS", 0)
    for number in range(9):
        charge(f"{number}")


def step_until_planned(runs: Runs, store: Store) -> None:
    while not store.get(CYCLES, "c").get("accountsTotal"):
        assert runs.step()


def move_all(store: Store, specification: str) -> None:
    """Have all records name another specification."""
    moved = {"billStructure": {"cycleSpecification": {"id": specification}}}
    for each in store.every(ACCOUNTS, Every()):
        store.change(ACCOUNTS, each["id"], lambda record: {**record, **moved})


def test_a_request_is_answered_whatever_cycles_the_account_has(
    store: Store, tasks: Tasks, on_demand: OnDemand, charge: Charge, account: Any
) -> None:
    charge("1")
    account("A", "weekly", state="closed")
    request = {"id": "q", "state": "inProgress", "billingAccount": {"id": "A"}}
    store.insert("customerBillOnDemand", request)
    tasks.put(ON_DEMAND_TASK, "q")
    assert on_demand.step()
    assert store.get("customerBillOnDemand", "q")["state"] == "done"
    assert store.every(BILLS, Every())[0]["category"] == "last"


@pytest.mark.parametrize(
    ("state", "category"),
    [("Closed", "last"), ("CLOSED", "last"), ("Suspended", "normal"), ("Active", "normal")],
)
def test_closed_and_suspended_accounts_are_billed_and_a_closed_one_for_the_last_time(
    store: Store, run: Any, charge: Charge, account: Any, state: str, category: str
) -> None:
    charge("1")
    account("A", state=state)
    run()
    (bill,) = store.every(BILLS, Every())
    (number,) = store.every("billNumber", Every())
    assert (bill["amountDue"], bill["category"]) == (money(10), category)
    assert number["kind"] == category


def test_a_closed_account_that_is_owed_money_gets_a_credit_note(
    store: Store, run: Any, charge: Charge, account: Any
) -> None:
    charge("1", type="appliedBillingCredit")
    account("A", state="closed")
    run()
    assert store.every(BILLS, Every())[0]["category"] == "credit note"


def test_a_bill_has_the_addressee_of_its_day_and_keeps_it(
    store: Store, run: Any, charge: Charge, account: Any
) -> None:
    owner = {"id": "P", "name": "Ada", "role": "owner", "@referredType": "Individual"}
    medium = {"characteristic": {"street1": "Lindenweg 4", "city": "Hamburg"}}
    contact = {"contactType": "billing", "validFor": {}, "contactMedium": [medium]}
    charge("1", relatedParty=[{"id": "old", "role": "owner"}])
    charge("2", taxExcludedAmount=money(5, "CHF"))
    account("A", relatedParty=[owner], contact=[contact], language="de", purchaseOrder="PO-1")
    run()
    before = store.every(BILLS, Every())
    assert len(before) == 2
    for bill in before:
        assert bill["billingAccount"] == {"id": "A", "name": "Account A"}
        assert bill["billingAddress"] == {"street1": "Lindenweg 4", "city": "Hamburg"}
        assert bill["relatedParty"] == [owner]
        assert (bill["language"], bill["purchaseOrder"]) == ("de", "PO-1")
    store.change(ACCOUNTS, "A", lambda record: {"id": "A", "name": "moved"})
    assert store.every(BILLS, Every()) == before


def test_a_large_account_has_the_addressee_of_its_record(
    store: Store, run: Any, large: Any, account: Any
) -> None:
    account("A", language="de")
    run()
    (bill,) = store.every(BILLS, Every())
    assert (bill["billingAccount"]["name"], bill["language"]) == ("Account A", "de")


def test_one_query_reads_the_records_of_all_accounts_of_a_block(
    store: Store, run: Any, charge: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        charge(f"{number:02}", f"{number:02}")
    reads = []
    parts = Store.parts

    def counted(self: Store, resource: str, *args: Any) -> Any:
        if resource == ACCOUNTS:
            reads.append(args)
        return parts(self, resource, *args)

    monkeypatch.setattr(Store, "parts", counted)
    run()
    assert len(store.every(BILLS, Every())) == 50
    assert len(reads) == 2, "one to plan the run, one to bill its only block"
