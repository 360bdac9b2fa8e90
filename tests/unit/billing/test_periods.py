"""Periods start and end when a calendar says, in the operator's time zone."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.billing.periods import Frequency, Series, days_later, name_of, named, start_of_day

ZURICH = ZoneInfo("Europe/Zurich")
ZONES = [
    ZoneInfo(name)
    for name in (
        "UTC", "Europe/Zurich", "America/New_York", "America/Sao_Paulo", "Asia/Tokyo",
        "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Cairo", "Asia/Beirut",
    )
]  # fmt: skip
MONTHLY, WEEKLY, HALF_MONTHS = Frequency(1), Frequency(days=7), Frequency(half_months=1)


def day(text: str, zone: ZoneInfo = ZURICH) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize(
    ("text", "months", "days", "halves"),
    [
        ("daily", 0, 1, 0), ("every day", 0, 1, 0), ("10 days", 0, 10, 0),
        ("every other day", 0, 2, 0),
        ("weekly", 0, 7, 0), ("week", 0, 7, 0), ("2 weeks", 0, 14, 0),
        ("every other week", 0, 14, 0),
        ("every two weeks", 0, 14, 0), ("fortnightly", 0, 14, 0), ("biweekly", 0, 14, 0),
        ("semi-monthly", 0, 0, 1), ("semimonthly", 0, 0, 1), ("Twice a month", 0, 0, 1),
        ("half month", 0, 0, 1), ("half of month", 0, 0, 1), ("every half month", 0, 0, 1),
        ("monthly", 1, 0, 0), ("Month", 1, 0, 0), ("per month", 1, 0, 0), ("each month", 1, 0, 0),
        ("once a month", 1, 0, 0), ("bimonthly", 2, 0, 0), ("every other month", 2, 0, 0),
        ("every 3 months", 3, 0, 0), ("every-3-months", 3, 0, 0), ("quarterly", 3, 0, 0),
        ("quarter", 3, 0, 0), ("quarter of year", 3, 0, 0), ("QUARTER_OF_YEAR", 3, 0, 0),
        ("semi-annually", 6, 0, 0), ("Semi - Annual", 6, 0, 0), ("half of year", 6, 0, 0),
        ("half year", 6, 0, 0), ("half-yearly", 6, 0, 0), ("biannual", 6, 0, 0),
        ("biannually", 6, 0, 0), ("twice a year", 6, 0, 0), ("twelve months", 12, 0, 0),
        ("year", 12, 0, 0), ("yearly", 12, 0, 0), ("annual", 12, 0, 0), ("per annum", 12, 0, 0),
        ("biennial", 24, 0, 0), ("P1M", 1, 0, 0), ("p1y", 12, 0, 0), ("P1Y6M", 18, 0, 0),
        ("P2W", 0, 14, 0), ("P14D", 0, 14, 0), ("P1W3D", 0, 10, 0), ("P1M0D", 1, 0, 0),
        ("2w", 0, 14, 0), ("m", 1, 0, 0), ("999 days", 0, 999, 0),
    ],
)  # fmt: skip
def test_frequencies_are_read_in_words_and_in_iso_8601(
    text: str, months: int, days: int, halves: int
) -> None:
    assert Frequency.read(text) == Frequency(months, days, halves)


@pytest.mark.parametrize(
    "text",
    [
        None, "", "now and then", "every", "2", "0 days", "P0D", "P", "-1 month", "every -1 month",
        "P-1M", "-P1M", "P1M-1D", "P1M1D", "P1Y1W", "P0.5M", "1000 months", "P1001D", "P100Y",
        "P99999999999Y",
    ],
)  # fmt: skip
def test_what_is_no_frequency_is_none(text: str | None) -> None:
    assert Frequency.read(text) is None


def test_the_first_text_that_says_a_frequency_counts() -> None:
    assert Frequency.read("sometimes", None, "quarter", "year") == Frequency(3)


@pytest.mark.parametrize(
    ("frequency", "anchor", "starts"),
    [
        (MONTHLY, "2026-01-15", ["2026-02-15", "2026-03-15"]),
        (MONTHLY, "2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
        (MONTHLY, "2028-01-31", ["2028-02-29", "2028-03-31"]),
        (MONTHLY, "2026-11-30", ["2026-12-30", "2027-01-30", "2027-02-28", "2027-03-30"]),
        (Frequency(3), "2026-11-30", ["2027-02-28", "2027-05-30"]),
        (Frequency(12), "2028-02-29", ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]),
        (WEEKLY, "2026-02-23", ["2026-03-02", "2026-03-09"]),
        (HALF_MONTHS, "2026-01-01", ["2026-01-16", "2026-02-01", "2026-02-16", "2026-03-01"]),
        (HALF_MONTHS, "2026-01-16", ["2026-02-01", "2026-02-16", "2026-03-01"]),
        (HALF_MONTHS, "2026-01-15", ["2026-01-30", "2026-02-15", "2026-02-28", "2026-03-15"]),
        (HALF_MONTHS, "2028-02-15", ["2028-02-29", "2028-03-15", "2028-03-30"]),
        (HALF_MONTHS, "2026-01-31", ["2026-02-16", "2026-02-28", "2026-03-16", "2026-03-31"]),
    ],
)  # fmt: skip
def test_starts_are_counted_from_the_anchor_and_come_back_to_its_day(
    frequency: Frequency, anchor: str, starts: list[str]
) -> None:
    found = [frequency.after(day(anchor), count + 1, ZURICH) for count in range(len(starts))]
    assert found == [day(each) for each in starts]


@pytest.mark.parametrize(
    ("frequency", "anchor", "starts"),
    [
        (MONTHLY, "2026-05-31", ["2026-04-30", "2026-03-31", "2026-02-28"]),
        (WEEKLY, "2026-01-05", ["2025-12-29"]),
        (HALF_MONTHS, "2026-03-16", ["2026-03-01", "2026-02-16"]),
        (HALF_MONTHS, "2026-03-15", ["2026-02-28", "2026-02-15", "2026-01-30"]),
    ],
)
def test_a_negative_count_goes_back(frequency: Frequency, anchor: str, starts: list[str]) -> None:
    found = [frequency.after(day(anchor), -1 - count, ZURICH) for count in range(len(starts))]
    assert found == [day(each) for each in starts]


def test_a_start_keeps_its_hour_when_clocks_change() -> None:
    assert days_later(day("2026-10-24"), 2, ZURICH) == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert MONTHLY.after(day("2026-10-01T08:30"), 1, ZURICH) == day("2026-11-01T08:30")
    assert MONTHLY.after(day("2026-10-01"), 1, ZURICH).hour == 23


def test_the_second_of_two_equal_hours_stays_the_second() -> None:
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert MONTHLY.after(second, 0, ZURICH) == days_later(second, 0, ZURICH) == second


def test_what_comes_back_is_utc_for_any_zone_given() -> None:
    start = datetime(2026, 10, 1, tzinfo=ZURICH)
    found = [MONTHLY.after(start, 1, ZURICH), Series(MONTHLY, ZURICH).moved(start, 1)]
    found += [days_later(start, 1, ZURICH), start_of_day(start, ZURICH)]
    found += named("2026-10", ZURICH) or ()
    assert {each.tzinfo for each in found} == {UTC}


@pytest.mark.parametrize(
    ("frequency", "days"),
    [
        (MONTHLY, 31), (Frequency(2), 62), (Frequency(3), 92), (Frequency(6), 184),
        (Frequency(12), 366), (Frequency(24), 731), (HALF_MONTHS, 16), (WEEKLY, 7),
    ],
)  # fmt: skip
def test_the_longest_period_is_the_calendars(frequency: Frequency, days: int) -> None:
    assert frequency.longest() == days


@given(
    st.sampled_from([MONTHLY, Frequency(5), Frequency(12), WEEKLY, HALF_MONTHS]),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
    st.dates(date(1900, 1, 1), date(2100, 1, 1)),
)
def test_each_day_lies_in_one_period_and_none_is_longer_than_the_longest(
    frequency: Frequency, first: date, other: date
) -> None:
    place = frequency.place(first, other)
    start, end = frequency.day(first, place), frequency.day(first, place + 1)
    assert start <= other < end
    assert (end - start).days <= frequency.longest()


def test_a_start_on_the_anchors_series_is_counted_from_the_anchor_whatever_its_hour() -> None:
    midnight_in_utc = datetime(2026, 1, 31, tzinfo=UTC)
    series = Series(MONTHLY, ZURICH, midnight_in_utc)
    assert series.moved(day("2026-02-28"), 1) == day("2026-03-31")
    assert series.moved(day("2026-02-28"), -1) == day("2026-01-31")
    assert series.moved(day("2025-11-30"), 1) == day("2025-12-31")
    assert series.moved(day("2026-02-28T08:30"), 1) == day("2026-03-31T08:30")


def test_a_start_that_is_not_on_the_anchors_series_is_counted_from_itself() -> None:
    series = Series(MONTHLY, ZURICH, day("2026-01-31"))
    assert series.moved(day("2026-02-27"), 1) == day("2026-03-27")
    assert Series(WEEKLY, ZURICH, day("2026-01-05")).moved(day("2026-01-06"), 1) == day(
        "2026-01-13"
    )


def test_the_period_of_a_moment_ends_behind_it() -> None:
    series = Series(MONTHLY, ZURICH, day("2026-01-31T08:00"))
    start = day("2026-02-28T08:00")
    assert series.end(start, start) == day("2026-03-31T08:00")
    assert series.end(start, day("2026-03-31T07:59")) == day("2026-03-31T08:00")
    assert series.end(start, day("2026-03-31T08:00")) == day("2026-04-30T08:00")
    assert series.end(start, day("2025-12-31T07:00")) == day("2025-12-31T08:00")


def test_a_day_that_a_zone_left_out_moves_no_later_period() -> None:
    """Samoa had no 30 December 2011."""
    samoa = ZoneInfo("Pacific/Apia")
    series = Series(WEEKLY, samoa, day("2011-12-16", samoa))
    starts = [series.moved(day("2011-12-23", samoa), count) for count in range(3)]
    assert starts == [day(each, samoa) for each in ("2011-12-23", "2011-12-31", "2012-01-06")]
    assert series.moved(starts[1], 1) == starts[2]
    assert series.moved(starts[1], -1) == starts[0]
    with pytest.raises(ValueError, match="2011-12-30 is no day"):
        named("2011-12-30", samoa)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-H2", "2026-07-01", "2027-01-01"),
        ("2026-Q4", "2026-10-01", "2027-01-01"),
        ("2026q1", "2026-01-01", "2026-04-01"),
        ("2026-10", "2026-10-01", "2026-11-01"),
        ("2028-02", "2028-02-01", "2028-03-01"),
        ("2026-W40", "2026-09-28", "2026-10-05"),
        ("2026-W01", "2025-12-29", "2026-01-05"),
        (" 2026w40 ", "2026-09-28", "2026-10-05"),
        ("2026-10-25", "2026-10-25", "2026-10-26"),
    ],
)
def test_a_name_tells_its_period(text: str, start: str, end: str) -> None:
    assert named(text, ZURICH) == (day(start), day(end))


@pytest.mark.parametrize(
    "text", [None, "", "October", "October 2026", "2026/27", "2026-2027", "2026-10 to 12", "20261"]
)
def test_other_words_are_a_label(text: str | None) -> None:
    assert named(text, ZURICH) is None


@pytest.mark.parametrize(
    ("text", "trouble"),
    [
        ("2026-13", "2026-13 is no month such as 2026-10"),
        ("2026-00", "2026-00 is no month"), ("2026-1", "2026-1 is no month"),
        ("2026-W60", "2026-W60 is no week"), ("2025-W53", "2025-W53 is no week"),
        ("2026-W5", "2026-W5 is no week"), ("2026-Q5", "2026-Q5 is no quarter"),
        ("2026-Q0", "2026-Q0 is no quarter"), ("2026-H3", "2026-H3 is no half of a year"),
        ("0000", "0000 is no year"), ("2026-02-30", "2026-02-30 is no day"),
        ("2026-2-3", "2026-2-3 is no day"),
    ],
)  # fmt: skip
def test_what_looks_like_a_period_and_is_none_is_refused(text: str, trouble: str) -> None:
    with pytest.raises(ValueError, match=f"^{trouble}"):
        named(text, ZURICH)


@pytest.mark.parametrize("text", ["9999", "9999-12", "0001", "9999-W52", "9999-12-31"])
def test_a_period_that_the_calendar_does_not_hold_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=f"^{text} is no "):
        named(text, ZURICH)


@pytest.mark.parametrize(
    "name", ["2026", "2026-H2", "2026-Q4", "2026-10", "2026-W53", "2026-10-16"]
)
@pytest.mark.parametrize("zone", ZONES, ids=str)
def test_a_period_has_the_name_that_tells_it(name: str, zone: ZoneInfo) -> None:
    period = named(name, zone)
    assert period
    assert name_of(*period, zone) == name


def test_a_period_without_a_name_has_the_date_of_its_first_day() -> None:
    assert name_of(day("2026-10-16"), day("2026-11-01"), ZURICH) == "2026-10-16"
    assert name_of(day("2026-10-01T08:00"), day("2026-11-01T08:00"), ZURICH) == "2026-10-01"


@pytest.mark.parametrize(
    ("zone", "noon", "first"),
    [
        ("Europe/Zurich", "2026-10-25T12:00", "2026-10-25T00:00+02:00"),
        ("Europe/Zurich", "2026-10-26T12:00", "2026-10-26T00:00+01:00"),
        ("America/Sao_Paulo", "2018-11-04T12:00", "2018-11-04T01:00-02:00"),
        ("America/Sao_Paulo", "2018-02-18T12:00", "2018-02-18T00:00-03:00"),
        ("Africa/Cairo", "2024-04-26T12:00", "2024-04-26T01:00+03:00"),
        ("Asia/Beirut", "2026-03-29T12:00", "2026-03-29T01:00+03:00"),
        ("Asia/Beirut", "2026-10-25T12:00", "2026-10-25T00:00+02:00"),
        ("America/Havana", "2026-11-01T12:00", "2026-11-01T00:00-04:00"),
    ],
)
def test_a_day_starts_at_its_first_instant_where_clocks_change_at_midnight(
    zone: str, noon: str, first: str
) -> None:
    place = ZoneInfo(zone)
    moment = datetime.fromisoformat(noon).replace(tzinfo=place)
    start = start_of_day(moment, place)
    assert start == datetime.fromisoformat(first)
    assert start_of_day(start, place) == start
    assert start_of_day(start - timedelta(microseconds=1), place, 1) == start
    assert start_of_day(moment + timedelta(days=3), place, -3) == start


@pytest.mark.parametrize(
    "reach",
    [
        lambda: MONTHLY.after(day("9999-12-15"), 1, ZURICH),
        lambda: MONTHLY.after(day("0001-02-15"), -2, ZURICH),
        lambda: WEEKLY.after(day("9999-12-30"), 1, ZURICH),
        lambda: WEEKLY.after(day("2026-01-01"), 10**12, ZURICH),
        lambda: HALF_MONTHS.after(day("9999-12-16"), 1, ZURICH),
        lambda: start_of_day(datetime(9999, 12, 31, 23, 30, tzinfo=UTC), ZURICH),
        lambda: start_of_day(datetime(9999, 12, 31, tzinfo=UTC), ZURICH, 1),
        lambda: days_later(datetime(9999, 12, 31, tzinfo=UTC), 1, ZURICH),
    ],
)
def test_beyond_the_calendar_is_an_overflow(reach: object) -> None:
    with pytest.raises(OverflowError):
        reach()  # type: ignore[operator]


def _months(first: date, step: int) -> Iterator[date]:
    """Days of every so many months, each the first one's number or the month's last."""
    for month in range(first.month - 1, first.month - 1 + 25 * step, step):
        year, number = first.year + month // 12, month % 12 + 1
        yield date(year, number, min(first.day, monthrange(year, number)[1]))


@given(
    st.sampled_from(ZONES),
    st.dates(date(2012, 1, 1), date(2035, 1, 1)),
    st.sampled_from([1, 3, 12]),
)
def test_24_periods_of_months_start_on_the_midnights_that_a_calendar_shows(
    zone: ZoneInfo, first: date, step: int
) -> None:
    midnights = [day(each.isoformat(), zone) for each in _months(first, step)]
    series = Series(Frequency(step), zone, midnights[0])
    walked = [midnights[0]]
    for _ in range(24):
        walked.append(series.moved(walked[-1], 1))
    assert walked == midnights
    assert [series.moved(start, -1) for start in walked[1:]] == walked[:-1]
