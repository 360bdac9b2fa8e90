import tracemalloc
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from impl.billing.policy import LAST_POSITION, Policy, is_number_format
from impl.document_limits import LONGEST_NUMBER

NEW_YEAR = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)


def test_a_number_has_the_year_and_its_place_in_it() -> None:
    assert Policy().number(NEW_YEAR, 42) == "2026-00000042"
    assert Policy(zone=ZoneInfo("Europe/Zurich")).number(NEW_YEAR, 1) == "2027-00000001"


def test_numbers_begin_anew_with_what_is_dated_in_their_format() -> None:
    next_day = NEW_YEAR.replace(year=2027)
    yearly, lasting = Policy(), Policy(number_format="B{seq}")
    assert yearly.sequence(NEW_YEAR) != yearly.sequence(next_day)
    assert lasting.sequence(NEW_YEAR) == lasting.sequence(next_day)


@pytest.mark.parametrize(
    "text", ["{year}-{seq:08d}", "{seq}", "A{month:02d}/{day}-{seq}", "{{{seq}}}"]
)
def test_a_format_with_a_sequence_can_number_bills(text: str) -> None:
    assert is_number_format(text)


@pytest.mark.parametrize("text", ["", "{year}", "{seq", "{seq:q}", "{seq}{other}", "{}", "{seq.x}"])
def test_another_format_cannot(text: str) -> None:
    assert not is_number_format(text)


@pytest.mark.parametrize(
    "text", ["{seq:064d}", "x" * 45 + "{seq}", "{year}-{seq:>59}", "{seq:x}", "{seq:0>64d}"]
)
def test_the_longest_number_of_a_format_has_room(text: str) -> None:
    assert is_number_format(text)
    assert len(Policy(number_format=text).number(NEW_YEAR, LAST_POSITION)) <= LONGEST_NUMBER


@pytest.mark.parametrize(
    "text",
    [
        *("{seq:065d}", "{seq:070d}", "{seq:.70f}", "x" * 46 + "{seq}", "{year}-{seq:060d}"),
        *("x" * 65 + "{seq}", "{seq:064b}x", "{seq:c}", "{seq:{year}d}", "{seq:{seq}d}"),
        *("{year:999999999d}{seq}", "{seq:\u0667\u0660d}", "{seq:" + "9" * 5000 + "d}"),
    ],
)
def test_a_format_whose_numbers_would_be_too_long_cannot(text: str) -> None:
    assert not is_number_format(text)


@pytest.mark.parametrize("text", ["{seq:999999999d}", "{seq:.99999999f}", "{seq!r:>999999999}"])
def test_a_width_beyond_all_reason_takes_no_memory(text: str) -> None:
    tracemalloc.start()
    try:
        assert not is_number_format(text)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
