"""Numbers have no gap and no duplicate, whoever wants them, and whoever gives them back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from impl.resources import REGISTER
from impl.store.mongo import Store
from impl.store.sequences import Number, Sequences
from impl.store.tasks import Tasks


@pytest.fixture
def numbers(store: Store) -> Sequences:
    return Sequences(store)


def taken(numbers: Sequences, holder: str, day: str = "", sequence: str = "s") -> int:
    (number,) = numbers.reserve(sequence, holder, day, 1)
    return number.position


def several(numbers: Sequences, holder: str, count: int, day: str = "") -> list[int]:
    return [each.position for each in numbers.reserve("s", holder, day, count)]


def use(store: Store, *positions: int, sequence: str = "s") -> None:
    """Do what the transaction does that uses numbers."""
    for position in positions:
        store.insert(REGISTER, {"id": Number(sequence, position).id})


def test_each_holder_has_a_number_of_its_own(numbers: Sequences) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: taken(numbers, str(n)), range(50)))
    assert sorted(found) == list(range(1, 51))


def test_a_holder_keeps_its_number_however_often_it_asks(numbers: Sequences) -> None:
    first = taken(numbers, "$a.b")
    assert taken(numbers, "other") == first + 1
    assert taken(numbers, "$a.b") == first


def test_a_holder_keeps_the_numbers_it_has_and_gets_what_it_lacks(numbers: Sequences) -> None:
    assert several(numbers, "a", 3) == [1, 2, 3]
    assert several(numbers, "b", 1) == [4]
    assert several(numbers, "a", 2) == [1, 2]
    assert several(numbers, "a", 5) == [1, 2, 3, 5, 6]


def test_a_block_takes_the_returned_numbers_of_its_day_first(numbers: Sequences) -> None:
    several(numbers, "a", 4, "2026-12-31")
    numbers.settle("a", [Number("s", 2)])
    assert several(numbers, "b", 2, "2027-01-01") == [5, 6]
    assert several(numbers, "c", 5, "2026-12-31") == [1, 3, 4, 7, 8]


def test_who_says_which_numbers_it_used_gives_the_others_back(numbers: Sequences) -> None:
    several(numbers, "a", 3)
    numbers.settle("a", [Number("s", 1), Number("s", 3)])
    assert several(numbers, "b", 2) == [2, 4]


def test_a_number_that_was_used_is_not_given_again(numbers: Sequences, store: Store) -> None:
    assert taken(numbers, "a") == 1
    use(store, 1)
    numbers.settle("a")
    assert taken(numbers, "a") == 2


def test_a_holder_whose_number_was_used_before_it_could_say_so_gets_another(
    numbers: Sequences, store: Store
) -> None:
    assert taken(numbers, "a") == 1
    use(store, 1)
    assert taken(numbers, "a") == 2


def test_a_number_that_is_given_back_is_the_next_one_of_its_day(numbers: Sequences) -> None:
    for holder in "abc":
        taken(numbers, holder, "2026-12-31")
    numbers.settle("b")
    numbers.settle("a")
    assert taken(numbers, "later", "2027-01-01") == 4
    assert [taken(numbers, holder, "2026-12-31") for holder in "xyz"] == [1, 2, 5]


def test_what_a_holder_used_is_not_given_back(numbers: Sequences, store: Store) -> None:
    several(numbers, "a", 2)
    use(store, 1)
    numbers.settle("a")
    assert [taken(numbers, holder) for holder in "xy"] == [2, 3]


def test_a_holder_that_comes_again_on_another_day_gives_its_number_back(numbers: Sequences) -> None:
    assert taken(numbers, "a", "2026-12-31", "2026") == 1
    assert taken(numbers, "a", "2027-01-01", "2027") == 1
    numbers.settle("a")
    assert taken(numbers, "b", "2026-12-31", "2026") == 1


def test_what_is_given_back_is_left_over_after_its_time(numbers: Sequences) -> None:
    taken(numbers, "a", "2026-12-31")
    numbers.settle("a")
    assert list(numbers.left_over(timedelta(minutes=1))) == []
    assert list(numbers.left_over(timedelta(0))) == [Number("s", 1, "2026-12-31")]
    numbers.strike("s", [1])
    assert list(numbers.left_over(timedelta(0))) == []


def test_who_holds_numbers_without_a_task_is_known(numbers: Sequences, store: Store) -> None:
    Tasks(store).put("on-demand", "there")
    for holder in ("on-demand/there", "on-demand/gone"):
        taken(numbers, holder)
    assert numbers.abandoned() == ["on-demand/gone"]


def test_sequences_do_not_share_numbers(numbers: Sequences) -> None:
    assert [taken(numbers, "a", sequence=each) for each in ("s", "$t", "s")] == [1, 1, 1]


def test_a_number_of_a_release_before_the_register_waits_for_the_upgrade(
    numbers: Sequences, store: Store
) -> None:
    before = {"_id": "s", "last": 7, "free": [5], "open": [{"holder": "a", "number": 6}]}
    store.collection("sequence")[0].insert_one(before)
    numbers.settle("a")
    assert taken(numbers, "a") == 8
