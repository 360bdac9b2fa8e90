"""Few are counted anew each time; a count of many serves for a while, and never for ever."""

from itertools import count

from impl.store import counts
from impl.store.counts import MANY, Counts
from impl.store.mongo import Store

SENT = {"state": "sent"}


def insert(store: Store, documents: int) -> None:
    collection, _ = store.collection("customerBill")
    collection.insert_many([{"state": "sent"} for _ in range(documents)])


def ticking(seconds: float) -> Counts:
    """Counts by a clock that moves on each time it is looked at."""
    return Counts(5, count(step=seconds).__next__)


def test_what_is_few_is_counted_anew_each_time(store: Store) -> None:
    bills, _ = store.collection("customerBill")
    counted = ticking(1)
    insert(store, MANY - 1)
    assert counted.of(bills, SENT) == MANY - 1
    insert(store, 1)
    assert counted.of(bills, SENT) == MANY


def test_a_count_of_many_serves_for_a_hundred_times_as_long_as_it_took(store: Store) -> None:
    bills, _ = store.collection("customerBill")
    counted = ticking(0.01)
    insert(store, MANY + 1)
    assert counted.of(bills, SENT) == MANY + 1
    insert(store, 1)
    later = [counted.of(bills, SENT) for _ in range(counts.WORTH + 1)]
    assert later == [MANY + 1] * (counts.WORTH - 1) + [MANY + 2] * 2


def test_a_count_is_of_its_own_filter_and_collection(store: Store) -> None:
    bills, _ = store.collection("customerBill")
    rates, _ = store.collection("appliedCustomerBillingRate")
    counted = ticking(0.01)
    insert(store, MANY + 1)
    assert counted.of(bills, SENT) == MANY + 1
    assert counted.of(bills, {"state": "new"}) == 0
    assert counted.of(rates, SENT) == 0


def test_what_takes_too_long_to_count_is_not_counted_again_at_once(store: Store) -> None:
    bills, _ = store.collection("customerBill")
    clock = count(step=1.0)
    slow = Counts(1e-9, clock.__next__)
    insert(store, 1)
    assert slow.of(bills, SENT) is None
    looked = next(clock)
    assert slow.of(bills, SENT) is None
    assert next(clock) == looked + 2, "it was counted again"


def test_only_so_many_counts_are_kept(store: Store) -> None:
    bills, _ = store.collection("customerBill")
    slow = Counts(1e-9, count().__next__)
    for number in range(counts.MOST_CACHED + 5):
        slow.of(bills, {"state": str(number)})
    assert len(slow._cached) == counts.MOST_CACHED  # noqa: SLF001
