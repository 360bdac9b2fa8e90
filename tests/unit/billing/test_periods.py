"""Periods begin when a calendar says, in the operator's time zone."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from impl.billing.cycle import dates, next_billing_date
from impl.billing.periods import Frequency, days_later, named, next_start

ZURICH = ZoneInfo("Europe/Zurich")
MONTHLY = Frequency(1, 0)


def day(text: str, zone: ZoneInfo = ZURICH) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("text", "months", "days"),
    [
        ("monthly", 1, 0), ("Month", 1, 0), ("P1M", 1, 0), ("every 3 months", 3, 0),
        ("quarterly", 3, 0), ("quarter", 3, 0), ("semi-annually", 6, 0), ("yearly", 12, 0),
        ("P1Y", 12, 0), ("weekly", 0, 7), ("2 weeks", 0, 14), ("fortnightly", 0, 14),
        ("P2W", 0, 14), ("daily", 0, 1), ("10 days", 0, 10),
    ],
)  # fmt: skip
def test_frequencies_are_read_in_words_and_in_iso_8601(text: str, months: int, days: int) -> None:
    assert Frequency.read(text) == Frequency(months, days)


@pytest.mark.parametrize("text", [None, "", "now and then", "0 days", "-1 month", "1000 months"])
def test_what_is_no_frequency_is_none(text: str | None) -> None:
    assert Frequency.read(text) is None


def test_the_first_text_that_says_a_frequency_counts() -> None:
    assert Frequency.read("sometimes", "quarter") == Frequency(3, 0)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2026", "2026-01-01"), ("2026-10", "2026-10-01"), ("2026-Q4", "2026-10-01"),
        ("2026-W40", "2026-09-28"), (" 2026-w40 ", "2026-09-28"),
    ],
)  # fmt: skip
def test_a_periods_name_tells_its_start(text: str, start: str) -> None:
    assert named(text, ZURICH) == day(start)


@pytest.mark.parametrize("text", [None, "October", "2026-13", "2026-W60", "0000", "2026-Q5"])
def test_another_name_tells_nothing(text: str | None) -> None:
    assert named(text, ZURICH) is None


@pytest.mark.parametrize(
    ("start", "following"),
    [
        ("2026-01-15", "2026-02-15"),
        ("2026-01-31", "2026-02-28"),
        ("2028-01-31", "2028-02-29"),
        ("2026-12-31", "2027-01-31"),
        ("2026-03-01", "2026-04-01"),
    ],
)
def test_the_next_month_has_the_same_day_or_its_last(start: str, following: str) -> None:
    assert MONTHLY.after(day(start), 1, ZURICH) == day(following)


def test_a_leap_days_year_ends_on_the_28th() -> None:
    assert Frequency(12, 0).after(day("2028-02-29"), 1, ZURICH) == day("2029-02-28")


def test_a_period_of_the_31st_comes_back_to_the_31st() -> None:
    specification = {"validFor": {"startDateTime": day("2026-01-31")}}
    starts = [day("2026-01-31")]
    for _ in range(4):
        starts.append(next_start(starts[-1], MONTHLY, specification, ZURICH))
    assert [f"{start:%m-%d}" for start in starts] == ["01-31", "02-28", "03-31", "04-30", "05-31"]


def test_a_day_keeps_its_hour_when_clocks_change() -> None:
    utc = days_later(day("2026-10-24"), 2, ZURICH).astimezone(UTC)
    assert utc == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert MONTHLY.after(day("2026-10-01"), 1, ZURICH).astimezone(UTC).hour == 23


SPECIFICATION: dict[str, Any] = {
    "name": "Monthly", "frequency": "monthly", "billingDateShift": 2, "chargeDateOffset": -1,
    "creditDateOffset": 0, "mailingDateOffset": 4, "paymentDueDateOffset": 20,
}  # fmt: skip


@pytest.mark.parametrize(
    "cycle",
    [
        {"billingPeriod": "2026-10"},
        {"billingDate": day("2026-10-03")},
        {"validFor": {"startDateTime": day("2026-10-01")}},
    ],
)
def test_a_cycle_gets_the_dates_it_lacks_from_its_specifications_offsets(
    cycle: dict[str, Any],
) -> None:
    assert {**dates(cycle, SPECIFICATION, ZURICH), **cycle} == cycle | {
        "billingDate": day("2026-10-03"),
        "chargeDate": day("2026-09-30"),
        "creditDate": day("2026-10-01"),
        "mailingDate": day("2026-10-05"),
        "paymentDueDate": day("2026-10-21"),
        "validFor": cycle.get("validFor")
        or {"startDateTime": day("2026-10-01"), "endDateTime": day("2026-11-01")},
    }


def test_a_date_that_the_client_gave_stays() -> None:
    found = dates(
        {"billingPeriod": "2026-10", "chargeDate": day("2026-10-02")}, SPECIFICATION, ZURICH
    )
    assert "chargeDate" not in found


def test_without_a_period_there_are_no_dates() -> None:
    assert dates({"billingPeriod": "October"}, SPECIFICATION, ZURICH) == {}
    assert next_billing_date({}, SPECIFICATION, ZURICH) is None


def test_a_date_beyond_the_calendar_is_left_out() -> None:
    cycle = {"billingDate": datetime(9999, 12, 31, 12, tzinfo=UTC)}
    assert "paymentDueDate" not in dates(cycle, SPECIFICATION, ZURICH)
    assert next_billing_date(cycle, SPECIFICATION, ZURICH) is None


def test_the_next_bill_is_dated_by_the_next_period() -> None:
    cycle = {"validFor": {"startDateTime": day("2026-01-31")}}
    assert next_billing_date(cycle, SPECIFICATION, ZURICH) == day("2026-03-02")
    assert next_billing_date(cycle, {"name": "whenever"}, ZURICH) is None
