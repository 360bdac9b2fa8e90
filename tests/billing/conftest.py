"""A store with rates in it, and workers over it."""

from collections.abc import Callable
from typing import Any

import pytest

from impl.billing.attempts import Attempts
from impl.billing.maker import BillMaker
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.billing.runs import Runs
from impl.query.language import Document
from impl.store.mongo import Store
from impl.store.sequences import Sequences
from impl.store.tasks import Tasks
from tests.unit.billing.rates import rate

Charge = Callable[..., Document]


@pytest.fixture
def tasks(store: Store) -> Tasks:
    return Tasks(store)


class Faults(list[str]):
    """What workers log of faults, by kind of task."""

    def error(self, _event: str, *, kind: str, **_more: object) -> None:
        self.append(kind)


@pytest.fixture(autouse=True)
def faults(monkeypatch: pytest.MonkeyPatch) -> Faults:
    """The faults that are logged; whether there is a place to log them is none of these tests'."""
    logged = Faults()
    monkeypatch.setattr("impl.billing.attempts.log", logged)
    return logged


@pytest.fixture
def attempts(store: Store, tasks: Tasks) -> Attempts:
    return Attempts(store, tasks, Sequences(store), most=2)


@pytest.fixture
def on_demand(store: Store, attempts: Attempts) -> OnDemand:
    return OnDemand(BillMaker(store, Policy()), attempts)


@pytest.fixture
def runs(store: Store, attempts: Attempts) -> Runs:
    return Runs(BillMaker(store, Policy()), attempts)


@pytest.fixture
def charge(store: Store) -> Charge:
    """Keeps an unbilled rate of an account."""

    def kept(id_: str, account: str = "A", **attributes: Any) -> Document:
        return store.insert(
            "appliedCustomerBillingRate",
            rate(id_, **{"billingAccount": {"id": account}, **attributes}),
        )

    return kept
