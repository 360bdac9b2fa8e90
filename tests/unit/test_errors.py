"""Errors in words: how they name what they are about, and how several are told as one."""

import gc
import weakref
from collections.abc import Iterator
from contextlib import suppress

import pytest

from impl.errors import MAX_FAULTS, Conflict, FieldInvalid, about, path, refuse


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        (["billNo"], "billNo"),
        (["relatedParty", 0, "id"], "relatedParty[0].id"),
        ([1, "path"], "[1].path"),
        (["@type"], "@type"),
        (["x", "a.b", "c"], "x['a.b'].c"),
        (["a b"], "['a b']"),
        (["", "x"], "[''].x"),
        (["it's", "a\\b"], r"['it\'s']['a\\b']"),
        (["x", "0"], "x.0"),
        ([], ""),
    ],
)
def test_a_path_names_an_attribute_as_jsonpath_does(parts: list[str | int], text: str) -> None:
    assert path(parts) == text


def test_the_first_fault_is_raised_and_knows_the_others() -> None:
    with pytest.raises(FieldInvalid) as raised:
        refuse(FieldInvalid(name, "is wrong") for name in "aba")
    assert [each.attribute for each in raised.value.every] == ["a", "b"]
    refuse([])


def test_no_more_faults_are_looked_for_than_are_told() -> None:
    looked: list[int] = []

    def faults() -> Iterator[FieldInvalid]:
        for number in range(10**9):
            looked.append(number)
            yield FieldInvalid(f"x{number}", "is wrong")

    with pytest.raises(FieldInvalid) as raised:
        refuse(faults())
    assert len(raised.value.every) == len(looked) == MAX_FAULTS


def test_an_error_that_was_told_is_gone_at_once() -> None:
    gc.disable()
    try:
        fault = FieldInvalid("a", "is wrong")
        seen = weakref.ref(fault)
        with suppress(FieldInvalid):
            refuse([fault, FieldInvalid("b", "is wrong")])
        del fault
        assert seen() is None
    finally:
        gc.enable()


def test_what_says_not_what_it_is_about_is_about_where_it_happens() -> None:
    with pytest.raises(Conflict) as raised, about("[0].path"), about("[0].from"):
        raise Conflict("leads nowhere")
    assert (raised.value.attribute, str(raised.value)) == ("[0].from", "[0].from: leads nowhere")
    with pytest.raises(Conflict) as named, about("x"):
        raise Conflict("is wrong", attribute="y")
    assert str(named.value) == "y: is wrong"
