"""Cursors come back as they were given, and nothing else is taken for one."""

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.errors import ParameterInvalid
from impl.query.language import Position
from impl.web.cursor import MAX_LENGTH, as_url, from_text, to_text, without

LISTED = "customerBill?state=sent&sort=-billDate"
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
PLACE = Position((NOON, 12.5), "B-1")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
    st.integers(-(10**9), 10**9).map(lambda seconds: NOON + timedelta(milliseconds=seconds)),
)
positions = st.one_of(
    st.builds(Position, st.lists(values, max_size=3).map(tuple), texts, st.booleans()),
    st.just(Position(backwards=True)),
)


@given(positions)
def test_a_position_comes_back(position: Position) -> None:
    text = to_text(position, LISTED)
    assert from_text(text, LISTED, len(position.values)) == position
    assert set(text) <= set(LETTERS)


@pytest.mark.parametrize(
    "listed",
    [
        LISTED,
        "customerBill?sort=-billDate&state=sent",
        "customerBill?state=sent&sort=-billDate&limit=5&offset=3&fields=id&cursor=abc",
        "customerBill?state=sent&&sort=-billDate&",
        "customerBill?%6Cimit=5&state=sent& limit =7&sort=-billDate",
    ],
)
def test_a_cursor_is_for_its_list_however_much_of_it_is_shown(listed: str) -> None:
    assert from_text(to_text(PLACE, LISTED), listed, 2) == PLACE


def test_a_cursor_is_for_its_list_encoded_or_not() -> None:
    raw, encoded = "b?filter=$[?(@.a<'é x')]", "b?filter=$%5B?(@.a%3C'%C3%A9%20x')%5D"
    assert from_text(to_text(PLACE, raw), encoded, 2) == PLACE


@pytest.mark.parametrize(
    "listed",
    [
        "customerBill?state=sent",
        "customerBill?state=new&sort=-billDate",
        "customerBill?state=sent&sort=billDate",
        "customerBill?state=sent&sort=-billDate&limit.eq=5",
        "customerBill?state=sent&sort=-billDate&limit=5;state=new",
        "customerBillOnDemand?state=sent&sort=-billDate",
        "customerBill",
    ],
)
def test_a_cursor_of_another_list_is_refused(listed: str) -> None:
    with pytest.raises(ParameterInvalid, match=r"^cursor: was made for another filter or sort$"):
        from_text(to_text(PLACE, LISTED), listed, 2)


@given(st.data(), st.text("ab", max_size=3))
def test_a_cursor_that_was_tampered_with_is_refused(data: st.DataObject, id_: str) -> None:
    text = to_text(replace(PLACE, id=id_), LISTED)
    at = data.draw(st.sampled_from([-1, *range(len(text) - 1)])) % len(text)
    other = data.draw(st.sampled_from(LETTERS + "+/= \n").filter(lambda each: each != text[at]))
    with pytest.raises(ParameterInvalid, match=r"^cursor: "):
        from_text(text[:at] + other + text[at + 1 :], LISTED, 2)


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_what_no_server_made_is_refused(text: str) -> None:
    with pytest.raises(ParameterInvalid, match=r"^cursor: ") as raised:
        from_text(text, LISTED, 2)
    assert raised.value.attribute == "cursor"


def forged(content: Any) -> str:
    """What one gets who knows how cursors are made, and writes whatever in one."""
    of_list = base64.urlsafe_b64decode(to_text(PLACE, LISTED)[:8])
    written = orjson.dumps(content)
    of_content = hashlib.blake2b(of_list + written, digest_size=6).digest()
    return base64.urlsafe_b64encode(of_list + of_content + written).decode().rstrip("=")


def test_a_cursor_guards_against_mistakes_not_against_forgers() -> None:
    assert from_text(forged([False, "B-2", [1, 2]]), LISTED, 2) == Position((1, 2), "B-2")


@pytest.mark.parametrize(
    "content",
    [
        None,
        {},
        [],
        [False, "B-1"],
        [False, "B-1", [1, 2], 3],
        [0, "B-1", [1, 2]],
        [False, 1, [1, 2]],
        [False, "B-1", [1]],
        [False, "B-1", [1, 2, 3]],
        [False, None, [1, 2]],
        [False, "B-1", "ab"],
        [False, "B-1", {"a": 1, "b": 2}],
        [False, "B-1", [1, [2]]],
        [False, "B-1", [1, {"$ne": 2}]],
        [False, "B-1", [1, {"instant": 2}]],
        [False, "B-1", [1, {"instant": "tomorrow"}]],
        [False, "B-1", [1, {"instant": "0001-01-01T00:00:00+23:00"}]],
        [False, "B-1", [1, 2**63]],
        [False, "B-1", [1, "x" * MAX_LENGTH]],
    ],
)
def test_a_forged_cursor_is_refused_and_breaks_nothing(content: Any) -> None:
    with pytest.raises(ParameterInvalid, match=r"^cursor: "):
        from_text(forged(content), LISTED, 2)


@pytest.mark.parametrize(
    ("query_string", "left"),
    [
        ("", ""),
        ("state=sent", "state=sent"),
        ("cursor=x", ""),
        ("a=1&cursor=x&b=2&offset=3", "a=1&b=2"),
        ("%63ursor=x&a=1", "a=1"),
        (" cursor=x&+offset+=1&a=1", "a=1"),
        ("a=1;b=2&cursor=x", "a=1;b=2"),
        ("cursor=x;a=1&b=2", "cursor=x;a=1&b=2"),
        ("cursor.eq=x&cursor==y&cursors=z", "cursor.eq=x&cursor==y&cursors=z"),
        ("a=cursor&b=%26cursor=x", "a=cursor&b=%26cursor=x"),
    ],
)
def test_parameters_are_left_out_by_name_and_nothing_else_is(query_string: str, left: str) -> None:
    assert without(query_string, ("cursor", "offset")) == left


def test_a_query_string_is_encoded_where_a_url_needs_it_and_only_there() -> None:
    assert as_url('a=<>"\\^`{|}[] é') == "a=%3C%3E%22%5C%5E%60%7B%7C%7D%5B%5D%20%C3%A9"
    kept = "a.gt=1,2;b=%3C+x&c==d&e=~f!*'()@:/?$"
    assert as_url(kept) == kept
