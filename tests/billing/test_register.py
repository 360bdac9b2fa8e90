"""The register explains every number: which bill has it, or why none has it and none will."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from impl.billing import maker
from impl.billing.attempts import Attempts
from impl.billing.maker import BillBatch, BillMaker, Draft
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.billing.register import SequenceSettler
from impl.billing.runs import Runs
from impl.errors import FieldInvalid
from impl.handlers.collection import Services
from impl.handlers.customer_bill import CustomerBills
from impl.links import Links
from impl.patch.apply import Patch
from impl.query.language import Document, Every
from impl.resources import REGISTER
from impl.store.backlog import backlog
from impl.store.mongo import Store
from impl.store.sequences import Number, Sequences
from impl.store.tasks import ON_DEMAND_TASK, Tasks
from impl.tmf678 import API
from tests.billing.conftest import Charge
from tests.billing.test_runs import finish, plan, ticking
from tests.unit.billing.rates import money

__all__ = ["plan", "ticking"]
REQUESTS, BILLS = "customerBillOnDemand", "customerBill"
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
INSTANT = timedelta(milliseconds=1)
Ask = Callable[[str], None]


@pytest.fixture
def ask(store: Store, tasks: Tasks) -> Ask:
    """Makes a request; its bill is a worker's."""

    def asked(id_: str) -> None:
        request = {"id": id_, "state": "inProgress", "billingAccount": {"id": "A"}}
        store.insert(REQUESTS, request)
        tasks.put(ON_DEMAND_TASK, id_)

    return asked


@pytest.fixture
def settler(store: Store) -> SequenceSettler:
    return SequenceSettler(store, Policy(), Sequences(store))


@pytest.fixture
def served(store: Store) -> CustomerBills:
    """What serves the operations on bills."""
    return CustomerBills(Services(store, API))


def rows(store: Store) -> dict[str, Document]:
    return {row["number"]: row for row in store.every(REGISTER, Every())}


def numbers(store: Store) -> list[str]:
    return sorted(bill["billNo"] for bill in store.every(BILLS, Every()))


def dies(*_: object) -> None:
    raise SystemExit


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """Have bills on demand made at a moment."""
    monkeypatch.setattr("impl.billing.on_demand.now", lambda: moment)


def test_a_number_that_a_bill_has_is_in_the_register(
    store: Store, attempts: Attempts, ask: Ask, charge: Charge
) -> None:
    charge("1", taxExcludedAmount=money(-10))
    ask("q")
    OnDemand(BillMaker(store, Policy(seller="Brook Telecom")), attempts).step()
    (bill,) = store.every(BILLS, Every())
    (row,) = store.every(REGISTER, Every())
    used = row.pop("usedAt")
    assert abs(used - datetime.now(UTC)) < timedelta(minutes=1)
    assert {k: v for k, v in row.items() if k != "id"} == {
        "@type": "BillNumber",
        "number": bill["billNo"],
        "sequence": f"{datetime.now(UTC).year}|-",
        "position": 1,
        "seller": "Brook Telecom",
        "kind": "credit note",
        "bill": {"id": bill["id"], "@referredType": "CustomerBill"},
        "state": "used",
    }


def test_a_bill_in_each_currency_has_a_row_of_its_own(
    store: Store, runs: Runs, plan: Any, charge: Charge
) -> None:
    charge("1")
    charge("2", taxExcludedAmount=money(10, "CHF"))
    plan()
    finish(runs, store)
    assert sorted(rows(store)) == numbers(store) == ["2026-00000001", "2026-00000002"]


def test_a_request_made_anew_under_its_id_gets_a_number_of_its_own(
    store: Store, on_demand: OnDemand, ask: Ask, charge: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge("1")
    ask("q")
    with monkeypatch.context() as patched:
        patched.setattr(Sequences, "settle", dies)
        with pytest.raises(SystemExit):
            on_demand.step()
    store.delete(REQUESTS, "q")
    charge("2")
    ask("q")
    assert on_demand.step()
    assert sorted(rows(store)) == numbers(store)
    assert [number[-9:] for number in numbers(store)] == ["-00000001", "-00000002"]


def test_a_cycle_made_anew_under_its_id_gets_numbers_of_its_own(
    store: Store, runs: Runs, plan: Any, charge: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("impl.billing.runs.QUIET_SECONDS", 0.02)
    charge("1")
    plan()
    assert runs.step()
    with monkeypatch.context() as patched:
        patched.setattr(Sequences, "settle", dies)
        with pytest.raises(SystemExit):
            runs.step()
    finish(runs, store)
    store.delete("billCycle", "c")
    store.delete_every("billCycleAccount", Every())
    charge("2")
    plan()
    finish(runs, store)
    assert sorted(rows(store)) == numbers(store) == ["2026-00000001", "2026-00000002"]


def test_a_try_across_new_year_loses_no_number(
    store: Store,
    on_demand: OnDemand,
    ask: Ask,
    charge: Charge,
    settler: SequenceSettler,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("impl.billing.attempts.wait", lambda _: 0)
    charge("1", date=NEW_YEAR - timedelta(days=9))
    ask("q")
    at(monkeypatch, NEW_YEAR - INSTANT)
    with monkeypatch.context() as patched:
        patched.setattr(maker, "used_for", lambda *_: 1 / 0)
        assert on_demand.step()
    at(monkeypatch, NEW_YEAR)
    assert on_demand.step()
    assert numbers(store) == ["2027-00000001"]
    monkeypatch.setattr("impl.billing.register.WAITS", timedelta(0))
    settler.settle()
    assert {number: row["state"] for number, row in rows(store).items()} == {
        "2026-00000001": "void",
        "2027-00000001": "used",
    }


def test_a_number_given_back_goes_to_a_bill_of_its_day_or_is_void(
    store: Store,
    on_demand: OnDemand,
    ask: Ask,
    settler: SequenceSettler,
    charge: Charge,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("impl.billing.attempts.wait", lambda _: 0)
    charge("1", date=NEW_YEAR - timedelta(days=9))
    ask("fails")
    at(monkeypatch, NEW_YEAR)
    with monkeypatch.context() as patched:
        patched.setattr(maker, "used_for", lambda *_: 1 / 0)
        assert all([on_demand.step(), on_demand.step()])
    ask("a day later")
    at(monkeypatch, NEW_YEAR + timedelta(days=1))
    assert on_demand.step()
    assert numbers(store) == ["2027-00000002"]
    charge("2", date=NEW_YEAR - timedelta(days=9))
    settler.settle()
    assert list(rows(store)) == ["2027-00000002"]
    at(monkeypatch, NEW_YEAR)
    ask("of the day")
    assert on_demand.step()
    assert numbers(store) == ["2027-00000001", "2027-00000002"]


def test_a_number_that_becomes_void_as_it_is_taken_is_not_a_bills(
    store: Store, on_demand: OnDemand, ask: Ask, charge: Charge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("impl.billing.attempts.wait", lambda _: 0)
    charge("1")
    ask("q")
    write = BillBatch._write  # noqa: SLF001
    first = Number(Policy().sequence(datetime.now(UTC)), 1)
    void = {"id": first.id, "number": "the first", "state": "void"}

    def voided_just_before(batch: BillBatch, drafts: Sequence[Draft]) -> None:
        with ThreadPoolExecutor(1) as outside:
            outside.submit(lambda: rows(store) or store.insert(REGISTER, void)).result()
        write(batch, drafts)

    monkeypatch.setattr(BillBatch, "_write", voided_just_before)
    assert on_demand.step()
    assert [number[-9:] for number in numbers(store)] == ["-00000002"]
    assert sorted(row["state"] for row in rows(store).values()) == ["used", "void"]


def test_a_number_that_can_not_be_ended_keeps_no_other_and_is_counted(
    store: Store, settler: SequenceSettler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("impl.billing.register.WAITS", timedelta(0))
    given = Sequences(store)
    for holder in ("first", "second"):
        given.reserve("s", holder, "2026-01-01", 1)
    for holder in ("first", "second"):
        given.settle(holder)
    number_of_day = Policy.number_of_day

    def failing(self: Policy, day: str, place: int) -> str:
        return number_of_day(self, day, place // (place - 1))

    with monkeypatch.context() as patched:
        patched.setattr(Policy, "number_of_day", failing)
        settler.settle()
    assert [row["position"] for row in store.every(REGISTER, Every())] == [2]
    assert backlog(store).faults["tidy"] == 1
    settler.settle()
    assert len(store.every(REGISTER, Every())) == 2


def test_the_number_of_a_bill_that_is_deleted_is_void(
    store: Store, on_demand: OnDemand, ask: Ask, charge: Charge, served: CustomerBills
) -> None:
    charge("1")
    ask("q")
    assert on_demand.step()
    (bill,) = store.every(BILLS, Every())
    served.collection.delete(bill["id"])
    (row,) = store.every(REGISTER, Every())
    assert (row["state"], row["statusReason"]) == ("void", "the bill was deleted")
    assert row["usedAt"] <= row["voidedAt"]
    ask("again")
    assert on_demand.step()
    assert numbers(store)[0].endswith("-00000002")


def test_the_number_of_a_bill_made_here_stays(
    store: Store, on_demand: OnDemand, ask: Ask, charge: Charge, served: CustomerBills
) -> None:
    charge("1")
    ask("q")
    assert on_demand.step()
    (bill,) = store.every(BILLS, Every())
    with pytest.raises(FieldInvalid, match="billNo: can't be patched"):
        served.collection.patch(bill["id"], _renumbered("2026-00000009"))
    served.collection.create({"id": "brought in", "billNo": "7"})
    changed = served.collection.patch("brought in", _renumbered("8"))
    assert changed["billNo"] == "8"


def _renumbered(number: str) -> Patch:
    links = Links("http://here", BILLS)
    return Patch("application/merge-patch+json", {"billNo": number}, links)
