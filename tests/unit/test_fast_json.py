"""JSON read fast: it is what a reader that takes its time reads, and nothing is guessed."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from impl import fast_json
from impl.document_limits import MAX_DEPTH, MAX_MEMBERS, MAX_TEXT

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    SCALARS, lambda each: st.lists(each) | st.dictionaries(TEXTS, each), max_leaves=20
)


@st.composite
def texts(draw: st.DrawFn, value: Any = None) -> str:
    """A JSON text, in which a name may come twice, written in one of the usual ways."""
    value = draw(VALUES) if value is None else value
    gap = draw(st.sampled_from(["", " "]))
    if isinstance(value, dict):
        members = [*value.items(), *draw(st.lists(st.sampled_from([*value.items(), ("", 1)])))]
        return "{" + ",".join(f"{text(k)}:{gap}{draw(texts(v))}" for k, v in members) + "}"
    if isinstance(value, list):
        return "[" + f",{gap}".join(draw(texts(each)) for each in value) + "]"
    return text(value)


def text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def strictly(given_: bytes) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name for name, _ in pairs}) == len(pairs)
        return dict(pairs)

    return json.loads(given_, object_pairs_hook=unique)


@given(texts())
@example('{"a":1,"a":1}')
@example('{"a":{"b":[{"c":1,"c":"d"}]}}')
@example("18446744073709551616")
@example("[-0,-0.0,1e2,1E400]")
def test_what_is_read_is_what_stands_there(given_: str) -> None:
    read = fast_json.decode(given_.encode())
    if read is not fast_json.UNSURE:
        assert repr(read) == repr(strictly(given_.encode()))


@given(st.binary())
@example(b"\xef\xbb\xbf{}")
@example(rb'"\ud800"')
@example(b"9" * 5000)
@example(b"[" * 100_000)
def test_any_bytes_are_a_value_that_is_right_or_unsure(given_: bytes) -> None:
    read = fast_json.decode(given_)
    assert read is fast_json.UNSURE or repr(read) == repr(json.loads(given_))


@pytest.mark.parametrize(
    "given_",
    [
        '{"a":[1,2.5,"x",true,null],"b":{"c":{}}}',
        '{"a": [1, 2.5, "x"], "b": {"c": {}}}\n',
        '{"value":12.50}',
        '{"é":"line\\nline"}\r\n',
        "[" * 64 + "]" * 64,
    ],
)
def test_usual_text_is_beyond_doubt(given_: str) -> None:
    assert fast_json.decode(given_.encode()) == json.loads(given_)


@pytest.mark.parametrize(
    "given_",
    [
        '{"a":1,"a":1}',
        '{"a": 1, "a": 1}',
        '{"a":9223372036854775808}',
        "[-9223372036854775809]",
        "[1e400]",
        "[" * (MAX_DEPTH + 2) + "]" * (MAX_DEPTH + 2),
        "[" + ",".join("1" * (MAX_MEMBERS + 1)) + "]",
        f'"{"x" * (MAX_TEXT + 1)}"',
    ],
)
def test_what_may_not_be_kept_is_left_to_others(given_: str) -> None:
    assert fast_json.decode(given_.encode()) is fast_json.UNSURE
