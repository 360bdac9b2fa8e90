"""Partitions of the feed: which event is in which, positions, and places as texts."""

import random

import pytest

from impl.store.partitions import LAST_OF, PARTITION, Partitions, later, passed
from impl.store.routing import place

ONE, THREE = Partitions(), Partitions(3)
BILL = "customerBill"


def bill(id_: str, account: str | None = None) -> dict[str, object]:
    return {"id": id_} | ({"billingAccount": {"id": account}} if account else {})


def account_in(partition: int) -> str:
    numbers = (f"A-{number}" for number in range(100))
    return next(each for each in numbers if THREE.of(BILL, bill("b", each)) == partition)


def test_the_account_decides_else_the_id() -> None:
    assert {THREE.of(BILL, bill(str(n), "A-1")) for n in range(50)} == {THREE.of(BILL, bill("A-1"))}
    assert {THREE.of(BILL, bill(str(n))) for n in range(50)} == {0, 1, 2}
    assert {THREE.of("billCycle", {"id": str(n)}) for n in range(50)} == {0, 1, 2}
    assert THREE.of(BILL, bill("b", "Zürich")) == THREE.of(BILL, bill("c", "Zürich"))
    assert ONE.of(BILL, bill("b", "A-1")) == 0


def test_one_partition_stores_nothing_more() -> None:
    there, elsewhere = bill("b", account_in(0)), bill("b", account_in(1))
    assert ONE.mark(0) == ONE.mark_of(BILL, there) == ONE.mark_of_event(BILL, there, None) == {}
    assert ONE.mark_of_event(BILL, there, elsewhere) == ONE.waiting(0) == {}
    assert (ONE.counters, ONE.leases) == (["event"], ["relay"])
    assert ONE.models("outbox") == ONE.models("event") == ONE.models(BILL) == []


def test_a_move_and_a_deletion_are_the_last_event_of_a_partition() -> None:
    here, there = bill("b", account_in(0)), bill("b", account_in(2))
    last = {LAST_OF: "customerBill/b"}
    assert THREE.mark_of_event(BILL, None, here) == {PARTITION: 0}
    assert THREE.mark_of_event(BILL, here, here | {"n": 1}) == {PARTITION: 0}
    assert THREE.mark_of_event(BILL, here, there) == {PARTITION: 0, **last}
    assert THREE.mark_of_event(BILL, there, None) == {PARTITION: 2, **last}
    assert THREE.mark_of("billNumber", {"id": "1"}) == {}


def test_positions_of_one_partition_have_no_gaps() -> None:
    assert [*ONE.spans(0, [2, 1], 7)] == [range(8, 10), range(10, 11)]


def test_positions_are_above_all_and_say_their_partition() -> None:
    chance, highest, taken = random.Random(1), 0, set[int]()
    for _ in range(300):
        partition, lengths = chance.randrange(3), [chance.randrange(1, 251) for _ in range(3)]
        spans = [*THREE.spans(partition, lengths, highest)]
        assert [len(each) for each in spans] == lengths
        positions = [at for each in spans for at in each]
        assert positions == sorted(positions)
        assert positions[0] > highest
        assert {THREE.at(each) for each in positions} == {partition}
        assert taken.isdisjoint(positions)
        taken.update(positions)
        highest = positions[-1] if chance.random() < 0.7 else highest
        taken = taken if positions[-1] == highest else taken - {*positions}


@pytest.mark.parametrize("places", [(0, 0, 0), (1, 10**15, 7)])
def test_a_place_as_a_text(places: tuple[int, ...]) -> None:
    assert THREE.read(THREE.text(places)) == places
    assert ONE.text((12,)) == place(12)
    assert ONE.read(place(12)) == (12,)


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.2", "1.2.3.4", "1.2.x", "1..3", "-1.2.3", "1.2.٣", f"1.2.{10**16}", " 1.2.3"],
)
def test_other_texts_are_no_place(text: str) -> None:
    assert THREE.read(text) is None


def test_places_advance() -> None:
    assert later((1, 5, 3), (2, 4, 3)) == (2, 5, 3)
    spans = (range(11, 21), range(1, 6), range(31, 31))
    assert passed(15, spans) == (15, 5, 30)
    assert passed(2, spans) == (10, 2, 30)
    assert passed(10**9, spans) == (20, 5, 30)
