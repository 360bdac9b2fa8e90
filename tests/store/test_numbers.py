"""Numbers have no gap and no duplicate, whoever wants them, and whoever gives them back."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from impl.store.mongo import Store
from impl.store.numbers import Numbers


@pytest.fixture
def numbers(store: Store) -> Numbers:
    return Numbers(store)


def test_each_holder_has_a_number_of_its_own(numbers: Numbers) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda n: numbers.reserve("s", str(n)), range(50)))
    assert sorted(taken) == list(range(1, 51))


def test_a_holder_keeps_its_number_however_often_it_asks(numbers: Numbers) -> None:
    first = numbers.reserve("s", "$a.b")
    assert numbers.reserve("s", "other") == first + 1
    assert numbers.reserve("s", "$a.b") == first


def test_a_number_that_was_used_is_not_given_again(numbers: Numbers) -> None:
    assert numbers.reserve("s", "a") == 1
    numbers.settle("a")
    assert numbers.reserve("s", "a") == 2


def test_a_number_that_is_given_back_is_the_next_one(numbers: Numbers) -> None:
    assert [numbers.reserve("s", holder) for holder in "abc"] == [1, 2, 3]
    numbers.release("b")
    numbers.release("a")
    assert [numbers.reserve("s", holder) for holder in "xyz"] == [1, 2, 4]


def test_sequences_do_not_share_numbers(numbers: Numbers) -> None:
    assert [numbers.reserve(sequence, "a") for sequence in ("s", "$t", "s")] == [1, 1, 1]
    numbers.settle("a")
    assert [numbers.reserve(sequence, "a") for sequence in ("s", "$t")] == [2, 2]
