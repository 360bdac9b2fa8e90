"""A request for a bill comes to its end, and each rate onto one bill."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from impl import worker
from impl.billing import jobs, maker
from impl.billing.attempts import Attempts
from impl.billing.maker import BillMaker
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.query.language import Document, Every
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.pages import StoreLimits
from impl.store.sequences import Sequences
from impl.store.tasks import ON_DEMAND_TASK, Task, Tasks
from tests.billing.conftest import Charge
from tests.unit.billing.rates import money, rate
from tests.waiting import until

REQUESTS, BILLS, RATES = "customerBillOnDemand", "customerBill", "appliedCustomerBillingRate"


@pytest.fixture
def ask(store: Store, tasks: Tasks, on_demand: OnDemand) -> Any:
    """Makes a request, has a worker answer it, and gives it as it is then."""

    def asked(id_: str = "q", **attributes: Any) -> Document:
        request = {"id": id_, "state": "inProgress", "billingAccount": {"id": "A"}, **attributes}
        store.insert(REQUESTS, {k: v for k, v in request.items() if v is not None})
        tasks.put(ON_DEMAND_TASK, id_)
        assert on_demand.step()
        return store.get(REQUESTS, id_)

    return asked


def test_a_request_is_done_with_its_bill(ask: Any, store: Store, charge: Charge) -> None:
    charge("1", billingAccount={"id": "A", "name": "Account of Ada"})
    charge("2")
    charge("other", "B")
    wish = {"id": "A", "name": "Account of somebody else", "x-vip": True}
    request = ask(relatedParty={"id": "C", "role": "payer"}, billingAccount=wish)
    assert request["state"] == "done"
    bill = store.get(BILLS, request["customerBill"]["id"])
    assert (bill["runType"], bill["amountDue"]) == ("offCycle", money(20))
    assert bill["billNo"] == f"{datetime.now(UTC).year}-00000001"
    assert bill["billingAccount"] == {"id": "A", "name": "Account of Ada"}
    assert bill["relatedParty"] == [{"id": "C", "role": "payer"}]
    assert bill["paymentDueDate"] == bill["billDate"] + timedelta(days=14)
    assert bill["billDocument"][0]["id"] == bill["id"]
    for id_ in "12":
        rate = store.get(RATES, id_)
        assert (rate["isBilled"], rate["bill"]["id"]) == (True, bill["id"])
    assert store.get(RATES, "other")["isBilled"] is False


def test_a_bill_on_demand_covers_its_rates_and_names_their_parties(
    ask: Any, store: Store, charge: Charge
) -> None:
    party = {"id": "P", "role": "payer"}
    charge("1", date=datetime(2026, 10, 5, 14, tzinfo=UTC), relatedParty=[party])
    charge("2", date=datetime(2026, 10, 25, tzinfo=UTC))
    bill = store.get(BILLS, ask()["customerBill"]["id"])
    assert bill["billingPeriod"] == {
        "startDateTime": datetime(2026, 10, 5, tzinfo=UTC),
        "endDateTime": datetime(2026, 10, 26, tzinfo=UTC),
    }
    assert bill["relatedParty"] == [party]
    assert bill.derived == {"billingPeriod"}


@pytest.mark.parametrize("type_", ["prepaid", "Prepaid", "PREPAID"])
def test_a_prepaid_account_is_one_in_any_case(
    ask: Any, store: Store, charge: Charge, type_: str
) -> None:
    charge("1", billingAccount={"id": "A", "ratingType": type_})
    assert store.get(BILLS, ask()["customerBill"]["id"])["state"] == "settled"


@pytest.mark.parametrize("size", [1, 100])
def test_a_bill_that_would_be_too_large_is_refused_with_the_reason(
    mongod: Mongod, size: int
) -> None:
    """At the first try; and where a request is as large as it may be, that is written down, too."""
    name = f"test-{uuid4().hex}"
    bounds = StoreLimits(document_bytes=100_000, spare_bytes=10_000)
    with closing(Store(mongod.uri, name, bounds=bounds)) as store:
        tasks = Tasks(store)
        for number in range(2):
            party = {"id": f"P{number}", "role": "payer", "name": "x" * 600 * size}
            store.insert(RATES, rate(str(number), relatedParty=[party]))
        asked = {"id": "q", "state": "inProgress", "billingAccount": {"id": "A"}}
        store.insert(REQUESTS, asked | {"note": "x" * (100_000 - 150)})
        tasks.put(ON_DEMAND_TASK, "q")
        assert OnDemand(BillMaker(store, Policy()), Attempts(store, tasks, Sequences(store))).step()
        request = store.get(REQUESTS, "q")
        if size == 1:
            assert request["state"] == "done"
        else:
            assert request["state"] == "rejected"
            assert re.search(r"would take 12\d{4} bytes", request["statusReason"])
            assert store.every(BILLS, Every()) == []


def test_a_rate_that_is_later_than_now_waits(ask: Any, store: Store, charge: Charge) -> None:
    charge("now", date=datetime.now(UTC))
    charge("later", date=datetime.now(UTC) + timedelta(hours=1))
    assert ask()["state"] == "done"
    assert not store.get(RATES, "later")["isBilled"]


@pytest.mark.parametrize(
    ("request_", "units", "reason"),
    [
        ({}, [], "there is nothing to bill"),
        (
            {"billingAccount": None, "relatedParty": {"id": "C"}},
            ["EUR"],
            "billingAccount: the request",
        ),
        ({}, ["EUR", "CHF"], "several currencies: CHF, EUR"),
        ({}, ["EURO"], "rate '0': unit: 'EURO'"),
    ],
)
def test_a_request_that_can_make_no_bill_is_rejected_with_the_reason(
    ask: Any, store: Store, charge: Charge, request_: Any, units: list[str], reason: str
) -> None:
    for number, unit in enumerate(units):
        charge(str(number), taxExcludedAmount=money(1, unit))
    request = ask(**request_)
    assert request["state"] == "rejected"
    assert reason in request["statusReason"]
    assert store.count(BILLS, Every()) == 0
    assert not any(rate["isBilled"] for rate in store.every(RATES, Every()))


def test_a_prepaid_accounts_bill_is_born_settled(ask: Any, store: Store, charge: Charge) -> None:
    charge("1")
    request = ask(billingAccount={"id": "A", "ratingType": "prepaid"})
    bill = store.get(BILLS, request["customerBill"]["id"])
    assert (bill["state"], bill["remainingAmount"]) == ("settled", money(0))


def test_a_fault_that_passes_is_outlasted(
    ask: Any, store: Store, on_demand: OnDemand, charge: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge("1")
    with monkeypatch.context() as patched:
        patched.setattr("impl.billing.attempts.wait", lambda _: 0)
        patched.setattr(maker, "own_document", _fails)
        assert ask()["state"] == "inProgress"
    assert store.get(RATES, "1")["isBilled"] is False
    assert on_demand.step()
    assert store.get(REQUESTS, "q")["state"] == "done"
    assert store.every(BILLS, Every())[0]["billNo"].endswith("-00000001")


def test_a_fault_that_stays_terminates_the_request(
    ask: Any,
    store: Store,
    on_demand: OnDemand,
    charge: Charge,
    faults: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    charge("1")
    monkeypatch.setattr("impl.billing.attempts.wait", lambda _: 0)
    monkeypatch.setattr(maker, "own_document", _fails)
    ask()
    assert on_demand.step()
    assert faults == ["on-demand", "on-demand"]
    request = store.get(REQUESTS, "q")
    assert request["state"] == "terminatedWithError"
    assert "failed 2 times" in request["statusReason"]
    assert "secret" not in request["statusReason"]
    assert not on_demand.step()
    assert store.get(RATES, "1")["isBilled"] is False


def _fails(_: object) -> None:
    raise ZeroDivisionError("secret")


def test_a_request_that_is_gone_is_forgotten(tasks: Tasks, on_demand: OnDemand) -> None:
    tasks.put(ON_DEMAND_TASK, "gone")
    assert on_demand.step()
    assert not on_demand.step()


def test_two_requests_at_the_same_time_bill_each_rate_once(
    store: Store, tasks: Tasks, on_demand: OnDemand, charge: Charge
) -> None:
    for number in range(10):
        charge(str(number))
    for number in range(8):
        store.insert(
            REQUESTS, {"id": f"q{number}", "state": "inProgress", "billingAccount": {"id": "A"}}
        )
        tasks.put(ON_DEMAND_TASK, f"q{number}")
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: on_demand.step(), range(8)))
    states = [request["state"] for request in store.every(REQUESTS, Every())]
    assert sorted(states) == ["done"] + ["rejected"] * 7
    (bill,) = store.every(BILLS, Every())
    assert bill["amountDue"] == money(100)


def test_requests_that_take_long_hold_up_no_other(
    store: Store,
    tasks: Tasks,
    on_demand: OnDemand,
    charge: Charge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    charge("1")
    bill, over = OnDemand._bill, threading.Event()  # noqa: SLF001

    def bill_slowly(self: OnDemand, task: Task) -> None:
        if task.key.startswith("slow"):
            assert over.wait(30)
        bill(self, task)

    monkeypatch.setattr(OnDemand, "_bill", bill_slowly)
    for id_ in ("slow-1", "slow-2", "slow-3", "quick"):
        store.insert(REQUESTS, {"id": id_, "state": "inProgress", "billingAccount": {"id": "A"}})
        tasks.put(ON_DEMAND_TASK, id_)
    stop = threading.Event()
    steps = [on_demand.step] * jobs.ON_DEMAND_THREADS
    working = threading.Thread(target=worker.work, args=(steps, stop))
    working.start()
    try:
        until(lambda: store.get(REQUESTS, "quick")["state"] == "done", 10)
        assert store.get(REQUESTS, "slow-1")["state"] == "inProgress"
    finally:
        over.set()
        stop.set()
        working.join(30)
