"""Documents come back from a real collection as they went in, whatever their names are."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import uuid4

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impl.store.embedded import Mongod
from impl.store.encoding import decode, encode, encode_first_name, encode_name
from impl.store.mongo import Store
from tests.sizes import examples

AWKWARD = [
    "", "$", "$x", "$ref", "$id", "$$ROOT", "a.b", ".", "..", "\x00", "a\x00b", "~", "~~", "~2E",
    "~2e", "~5F", "~5Fid", "_", "_id", "_rev", "__v", "_$x", "_.", "_~", "\n", "$\n", "~\n", "0",
    "@type", "é", "\ufeff", "\U0001f4b6",
]  # fmt: skip

steady = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
names = st.one_of(
    st.sampled_from(AWKWARD),
    st.text("$._~\x00\n25EFab"),
    st.text(st.characters(exclude_categories=["Cs"])),
)
instants = st.datetimes(
    min_value=datetime(1, 1, 2),  # noqa: DTZ001 - Hypothesis adds the time zone
    max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"])),
    instants,
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(names, inner, max_size=4),
        st.fixed_dictionaries({"$ref": inner, "$id": inner}),
    ),
    max_leaves=12,
)
documents = st.dictionaries(names, values, max_size=6)


@pytest.fixture(scope="module")
def kept(mongod: Mongod) -> Iterator[Store]:
    store = Store(mongod.uri, f"test-{uuid4().hex}")
    yield store
    store.close()


def to_the_millisecond(value: Any) -> Any:
    match value:
        case dict():
            return {name: to_the_millisecond(member) for name, member in value.items()}
        case list():
            return [to_the_millisecond(member) for member in value]
        case datetime():
            moment = value.astimezone(UTC)
            return moment - timedelta(microseconds=moment.microsecond % 1000)
    return value


def exactly(document: dict[str, Any]) -> bytes:
    """Unlike `==`, this tells 1 from 1.0 and from true, and one order of names from another."""
    return orjson.dumps(document, option=orjson.OPT_UTC_Z)


@settings(steady, max_examples=examples(300))
@given(documents)
def test_any_document_comes_back_as_it_was(kept: Store, document: dict[str, Any]) -> None:
    id_ = uuid4().hex
    sent = {**document, "id": id_}
    wanted = exactly(to_the_millisecond(sent))
    assert exactly(kept.insert("things", sent)) == wanted
    assert exactly(kept.get("things", id_)) == wanted


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names_come_back_at_every_level(kept: Store, name: str) -> None:
    id_ = uuid4().hex
    sent = {name: {name: [{name: 1}]}, "id": id_}
    kept.insert("things", sent)
    assert kept.get("things", id_) == sent


def test_two_names_that_escape_alike_do_not_meet() -> None:
    assert len({encode_name(name) for name in AWKWARD}) == len(AWKWARD)
    assert len({encode_first_name(name) for name in AWKWARD}) == len(AWKWARD)


@steady
@given(names, names)
def test_encoding_is_injective(one: str, other: str) -> None:
    assert (encode_name(one) == encode_name(other)) == (one == other)
    assert (encode_first_name(one) == encode_first_name(other)) == (one == other)


@steady
@given(documents)
def test_no_stored_name_means_anything_to_mongodb(document: dict[str, Any]) -> None:
    stored = encode(document)
    assert decode(stored) == to_the_millisecond(document)
    assert not [name for name in stored if name.startswith("_")]
    assert not [
        name for name in _names(stored) if not name or name[0] == "$" or {".", "\x00"} & set(name)
    ]


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    if isinstance(value, (dict, list)):
        for member in value.values() if isinstance(value, dict) else value:
            yield from _names(member)


def test_an_instant_is_kept_in_utc_and_cut_to_the_millisecond(kept: Store) -> None:
    east = timezone(timedelta(hours=2))
    late = datetime(2026, 10, 1, 0, 30, 0, 123999, tzinfo=east)
    kept.insert("things", {"id": "late", "at": [late]})
    (at,) = kept.get("things", "late")["at"]
    assert at == datetime(2026, 9, 30, 22, 30, 0, 123000, tzinfo=UTC)
    assert at.utcoffset() == timedelta(0)


def test_encode_leaves_its_argument_alone() -> None:
    document = {"_id": {"$x": [datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)]}}
    encode(document)
    assert document == {"_id": {"$x": [datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)]}}
