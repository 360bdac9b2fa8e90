from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from impl.billing.policy import Policy, is_number_format

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
