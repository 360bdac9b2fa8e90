"""Patches: RFC 7396 to the letter, and what a patch may not reach."""

import copy
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impl.errors import FieldInvalid
from impl.patch.apply import refuse_unpatchable
from impl.patch.merge import merge


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from("abc"), inner, max_size=3)


steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
scalars = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | objects(inner), max_leaves=8
)


def exactly(value: Any) -> bytes:
    """Unlike `==`, this tells true from 1."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


# The cases of RFC 7396 appendix A, in its order.
@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"state": "new"}, {"state": "sent"}, {"state": "sent"}),
        ({"state": "new"}, {"billNo": "7"}, {"state": "new", "billNo": "7"}),
        ({"state": "new"}, {"state": None}, {}),
        ({"state": "new", "billNo": "7"}, {"state": None}, {"billNo": "7"}),
        ({"tag": ["paper"]}, {"tag": "e-bill"}, {"tag": "e-bill"}),
        ({"tag": "e-bill"}, {"tag": ["paper"]}, {"tag": ["paper"]}),
        (
            {"amount": {"unit": "EUR", "value": 1}},
            {"amount": {"unit": "CHF", "value": None}},
            {"amount": {"unit": "CHF"}},
        ),
        ({"party": [{"id": "42"}]}, {"party": [12]}, {"party": [12]}),
        (["new", "sent"], ["onHold", "settled"], ["onHold", "settled"]),
        ({"state": "new"}, ["sent"], ["sent"]),
        ({"state": "new"}, None, None),
        ({"state": "new"}, "sent", "sent"),
        ({"note": None}, {"copies": 2}, {"note": None, "copies": 2}),
        ([3, 4], {"state": "new", "note": None}, {"state": "new"}),
        ({}, {"amount": {"inner": {"value": None}}}, {"amount": {"inner": {}}}),
    ],
)
def test_merge_as_the_rfc_has_it(target: Any, patch: Any, result: Any) -> None:
    assert exactly(merge(target, patch)) == exactly(result)


def test_merge_replaces_an_array_whole() -> None:
    before = {"party": [{"id": "1", "role": "payer"}, {"id": "2"}]}
    assert merge(before, {"party": [{"id": "1"}]}) == {"party": [{"id": "1"}]}


def test_merge_keeps_a_null_inside_an_array() -> None:
    assert merge({}, {"a": [None, {"b": None}]}) == {"a": [None, {"b": None}]}


@steady
@given(objects(values), objects(values))
def test_merge_changes_neither_of_its_arguments(target: Any, patch: Any) -> None:
    before = copy.deepcopy((target, patch))
    merge(target, patch)
    assert (target, patch) == before


@steady
@given(objects(values), objects(values))
def test_merge_twice_is_merge_once(target: Any, patch: Any) -> None:
    once = merge(target, patch)
    assert exactly(merge(once, patch)) == exactly(once)


@steady
@given(objects(values), objects(values))
def test_merge_leaves_what_the_patch_does_not_name(target: Any, patch: Any) -> None:
    merged = merge(target, patch)
    for name in target.keys() - patch.keys():
        assert exactly(merged[name]) == exactly(target[name])
    assert merged.keys() <= target.keys() | patch.keys()


# ---------------------------------------------------------------- what may be patched

STORED = {"id": "1", "href": "http://localhost/1", "state": "new", "billDate": "2026-10-01"}


@pytest.mark.parametrize(
    ("change", "patchable"),
    [
        ({}, frozenset[str]()),
        ({"state": "sent"}, frozenset({"state"})),
        ({"billNo": "7"}, frozenset({"billNo"})),
        ({"state": "sent", "x-extension": 1}, None),
        ({"id": "1", "href": "http://localhost/1", "billDate": "2026-10-01"}, frozenset[str]()),
    ],
)
def test_a_change_that_may_be_made_is_let_through(
    change: dict[str, Any], patchable: frozenset[str] | None
) -> None:
    refuse_unpatchable(STORED, STORED | change, patchable)


@pytest.mark.parametrize(
    ("change", "patchable", "name"),
    [
        ({"billDate": "2026-10-02"}, frozenset({"state"}), "billDate"),
        ({"x-extension": 1}, frozenset({"state"}), "x-extension"),
        ({"id": "2"}, None, "id"),
        ({"href": "http://localhost/2"}, None, "href"),
        ({"state": "sent", "billDate": "2026-10-02"}, frozenset({"state"}), "billDate"),
    ],
)
def test_a_change_that_may_not_be_made_is_refused_by_name(
    change: dict[str, Any], patchable: frozenset[str] | None, name: str
) -> None:
    with pytest.raises(FieldInvalid, match=rf"^{name}: ") as raised:
        refuse_unpatchable(STORED, STORED | change, patchable)
    assert raised.value.attribute == name


@pytest.mark.parametrize(
    ("name", "patchable"), [("id", None), ("href", None), ("billDate", frozenset({"state"}))]
)
def test_a_removal_that_may_not_be_made_is_refused_by_name(
    name: str, patchable: frozenset[str] | None
) -> None:
    left = {key: value for key, value in STORED.items() if key != name}
    with pytest.raises(FieldInvalid, match=rf"^{name}: "):
        refuse_unpatchable(STORED, left, patchable)


@pytest.mark.parametrize(("before", "after"), [(1, True), (False, 0), ([1], [True])])
def test_a_boolean_for_a_number_is_a_change(before: Any, after: Any) -> None:
    with pytest.raises(FieldInvalid):
        refuse_unpatchable({"x": before}, {"x": after}, frozenset())


def test_a_null_for_nothing_is_a_change() -> None:
    with pytest.raises(FieldInvalid):
        refuse_unpatchable({}, {"x": None}, frozenset())
