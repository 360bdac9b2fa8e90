"""Few rates that are large are billed and printed as any, in memory that they do not fill."""

import tracemalloc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from impl.billing.attempts import Attempts
from impl.billing.maker import BillMaker
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.billing.rate_tasks import RateTasks
from impl.documents import lines
from impl.documents.bill_values import Json
from impl.documents.document import Renderer, Style
from impl.documents.renderer_pool import PART_BYTES, _parts
from impl.events.build import build
from impl.handlers.collection import Services
from impl.handlers.customer_bill import CustomerBills
from impl.query.language import Document, Query
from impl.resources import BILLS, RATES
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.routing import Routing
from impl.store.sequences import Sequences
from impl.store.tasks import ON_DEMAND_TASK, Tasks
from impl.tmf678 import API
from tests.unit.billing.rates import rate

COUNT = 12
BULK = [{"a": 1.5}] * 20_000
"""Some 400 kB as they are stored, and ten times that as they are read."""

MOST = 3 * 1024 * 1024
MOST_FOR_CHANGES = 64 * 1024 * 1024
"""A step changes some of them, which it reads whole."""


@pytest.fixture
def store(mongod: Mongod, empty_database: str) -> Iterator[Store]:
    """A store whose writes have events, as a server's."""
    with closing(Store(mongod.uri, empty_database, record=build)) as made:
        yield made


@pytest.fixture
def on_demand(store: Store) -> OnDemand:
    return OnDemand(BillMaker(store, Policy()), Attempts(store, Tasks(store), Sequences(store)))


def fill(store: Store, **attributes: Any) -> None:
    rates = [{"_id": f"r{n}", "_rev": 1, **rate(f"r{n}", **attributes)} for n in range(COUNT)]
    store.collection(RATES)[0].insert_many(rates)


def ask(store: Store, on_demand: OnDemand) -> Document:
    store.insert("customerBillOnDemand", {"id": "q", "billingAccount": {"id": "A"}})
    Tasks(store).put(ON_DEMAND_TASK, "q")
    assert on_demand.step()
    return store.get("customerBillOnDemand", "q")


@contextmanager
def peak() -> Iterator[list[int]]:
    """The most bytes that Python holds at once."""
    found: list[int] = []
    tracemalloc.start()
    try:
        yield found
        found.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()


def test_large_rates_are_billed_and_freed_in_bounded_memory_and_each_change_has_its_event(
    store: Store, on_demand: OnDemand
) -> None:
    fill(store, billingAccount={"id": "A"}, bulk=BULK)
    with peak() as held:
        request = ask(store, on_demand)
        change_rates(store)
    assert request["state"] == "done"
    assert held[0] < MOST_FOR_CHANGES
    bill = store.get(BILLS, request["customerBill"]["id"])
    billed = store.get(RATES, "r0")
    assert (billed["isBilled"], billed["bill"]["id"], billed.version) == (True, bill["id"], 2)
    assert billed["bulk"] == BULK
    assert changes(store) == [("r0", True)]
    handler = CustomerBills(Services(store, API))
    with peak() as held:
        handler.collection.delete(bill["id"])
        change_rates(store)
    assert held[0] < MOST_FOR_CHANGES
    freed = store.get(RATES, "r0")
    assert (freed["isBilled"], "bill" in freed, freed.version) == (False, False, 3)
    assert changes(store) == [("r0", True), ("r0", False)]


def change_rates(store: Store) -> None:
    """Do what is left to do in steps."""
    steps = RateTasks(store, Tasks(store))
    while steps.step():
        pass


def changes(store: Store) -> list[tuple[str, bool]]:
    """What the feed tells of one of the rates, after the relay came by."""
    now = datetime.now(UTC)
    while store.relay.move(lambda _: Routing("x", ()), now, now + timedelta(days=7), 100):
        pass
    told = [each["event"] for each in store.stream("event", Query())]
    rates = [each[RATES] for each in told if RATES in each]
    return [(each["id"], each["isBilled"]) for each in rates if each["id"] == "r0"]


def test_a_document_reads_of_its_rates_what_it_shows(store: Store) -> None:
    store.insert(BILLS, {"id": "b"})
    fill(store, isBilled=True, bill={"id": "b"}, bulk=BULK)
    look = Reader(Style())
    handler = CustomerBills(Services(store, API, documents=lambda: look))
    with peak() as held:
        handler.retrieve_customer_bill_document("b").made["text/html"]("")
    assert len(look.read) == COUNT
    assert {*look.read[0]} <= {*lines.READ, "href"}
    assert held[0] < MOST


class Reader(Renderer):
    """What has the rates that a document would be made of."""

    read: Sequence[Json] = ()

    def render(
        self, media: str, bill: Json, rates: Iterable[Json], language: str = "", cache_key: str = ""
    ) -> bytes:
        self.read = list(rates)
        return b""


def test_rates_are_handed_over_in_parts_that_are_bounded_in_bytes() -> None:
    few = [{"id": str(n), "description": "x" * (PART_BYTES // 3)} for n in range(20)]
    sizes = [sum(map(len, part)) for part in _parts(few)]
    assert max(sizes) <= PART_BYTES
    assert sum(len(part) for part in _parts(few)) == 20
