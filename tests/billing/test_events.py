"""A bill is told of with all that came with it, in one transaction."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from impl.billing.attempts import Attempts
from impl.billing.charges import Rejected
from impl.billing.maker import BillBatch, BillMaker, Draft
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.events.build import build
from impl.instants import now
from impl.store.embedded import Mongod
from impl.store.event_batches import unpack
from impl.store.mongo import Store
from impl.store.routing import Routing
from impl.store.sequences import Sequences
from impl.store.tasks import ON_DEMAND_TASK, Tasks
from tests.unit.billing.rates import rate


@pytest.fixture
def store(mongod: Mongod, empty_database: str) -> Iterator[Store]:
    """A store that tells of its writes, with a request for a bill of two rates."""
    telling = Store(mongod.uri, empty_database, record=build)
    for id_ in "12":
        telling.insert("appliedCustomerBillingRate", rate(id_))
    request = {"id": "q", "state": "inProgress", "billingAccount": {"id": "A"}}
    telling.insert("customerBillOnDemand", request)
    Tasks(telling).put(ON_DEMAND_TASK, "q")
    relay(telling)
    telling.collection("event")[0].delete_many({})
    yield telling
    telling.close()


def relay(store: Store) -> int:
    """Publish the events that wait, in a transaction of its own."""
    until = now() + timedelta(days=7)
    return store.relay.move(lambda _: Routing("x", ()), now(), until, 100)


def told(store: Store) -> list[tuple[str, str]]:
    """The events since the request was made: types, and what they belong to."""
    relay(store)
    feed, _ = store.collection("event")
    events = [each.event for entry in feed.find() for each in unpack(entry, feed.codec_options)]
    return sorted((event["eventType"], event["correlationId"]) for event in events)


def test_a_rate_that_is_told_of_while_it_is_billed_costs_no_second_try(
    store: Store, monkeypatch: pytest.MonkeyPatch, faults: list[str]
) -> None:
    store.insert("appliedCustomerBillingRate", rate("3"))

    numbered = BillBatch._numbered  # noqa: SLF001
    moved: list[int] = []

    def relayed(batch: BillBatch, drafts: Sequence[Draft]) -> list[Draft]:
        """The relay comes by once the rates are read, and before the bill is stored."""
        if not moved:
            with ThreadPoolExecutor(1) as outside:
                moved.append(outside.submit(relay, store).result())
        return numbered(batch, drafts)

    monkeypatch.setattr(BillBatch, "_numbered", relayed)
    assert OnDemand(
        BillMaker(store, Policy()), Attempts(store, Tasks(store), Sequences(store))
    ).step()
    assert store.get("customerBillOnDemand", "q")["state"] == "done"
    assert not faults


def test_a_bill_its_rates_and_its_request_are_told_of_together(store: Store) -> None:
    worker = OnDemand(BillMaker(store, Policy()), Attempts(store, Tasks(store), Sequences(store)))
    assert worker.step()
    changed = ("AppliedCustomerBillingRateAttributeValueChangeEvent", "on-demand/q")
    assert told(store) == [
        changed,
        changed,
        ("CustomerBillCreateEvent", "on-demand/q"),
        ("CustomerBillOnDemandStateChangeEvent", "on-demand/q"),
    ]


def test_nothing_is_told_of_a_bill_that_was_not_made(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise Rejected("too late")

    monkeypatch.setattr(BillBatch, "_write", refused)
    worker = OnDemand(BillMaker(store, Policy()), Attempts(store, Tasks(store), Sequences(store)))
    assert worker.step()
    assert told(store) == [("CustomerBillOnDemandStateChangeEvent", "on-demand/q")]
    policy, date = Policy(), now()
    (number,) = Sequences(store).reserve(policy.sequence(date), "next", policy.day(date), 1)
    assert number.position == 1
