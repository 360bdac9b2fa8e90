"""A cycle's period and dates follow from what it says and from its specification."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.billing.cycle import (
    DERIVED,
    Period,
    advance_end,
    dates,
    following,
    next_billing_date,
    period_of,
    refuse_contradiction,
    refuse_specification,
)
from impl.billing.periods import named, start_of_day
from impl.errors import FieldInvalid
from tests.unit.billing.test_periods import ZONES, ZURICH, day

Json = dict[str, Any]
TERMS = 14
MONTHLY: Json = {"name": "Monthly", "frequency": "monthly"}
OCTOBER: Json = {"billingPeriod": "2026-10"}


def span(start: str, end: str) -> Json:
    return {"startDateTime": day(start), "endDateTime": day(end)}


def days(text: str) -> Json:
    """The attributes of DERIVED, in its order, from the days of Zurich: a period and five dates."""
    start, end, *rest = text.split()
    return dict(zip(DERIVED, (span(start, end), *map(day, rest)), strict=True))


def made(cycle: Json, specification: Mapping[str, Any]) -> Json:
    """The cycle with what follows."""
    found = dates(cycle, specification, ZURICH, TERMS)
    assert found.keys() <= set(DERIVED)
    return {**found, **cycle}


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [
        # Arrears: what is before 1 November is billed on 1 November.
        ({}, "2026-10-01 2026-11-01 2026-11-01 2026-11-01 2026-11-01 2026-11-01 2026-11-15"),
        # The last day that is taken is 20 October.
        (
            {"chargeDateOffset": 19},
            "2026-10-01 2026-11-01 2026-10-21 2026-10-21 2026-10-21 2026-10-21 2026-11-04",
        ),
        (
            {"creditDateOffset": 33},
            "2026-10-01 2026-11-01 2026-11-01 2026-11-01 2026-11-04 2026-11-01 2026-11-15",
        ),
        # In advance: the bill is the earlier, and takes what is before it.
        (
            {"billingDateShift": 0},
            "2026-10-01 2026-11-01 2026-10-01 2026-10-01 2026-10-01 2026-10-01 2026-10-15",
        ),
        (
            {"billingDateShift": 0, "chargeDateOffset": 30},
            "2026-10-01 2026-11-01 2026-10-01 2026-11-01 2026-11-01 2026-10-01 2026-10-15",
        ),
        # The bill is later than its period, which it bills to the end.
        (
            {"billingDateShift": 35},
            "2026-10-01 2026-11-01 2026-11-05 2026-11-01 2026-11-01 2026-11-05 2026-11-19",
        ),
        (
            {"mailingDateOffset": 33, "paymentDueDateOffset": 50},
            "2026-10-01 2026-11-01 2026-11-01 2026-11-01 2026-11-01 2026-11-03 2026-11-20",
        ),
        (
            {
                "billingDateShift": 2, "chargeDateOffset": -1, "creditDateOffset": 0,
                "mailingDateOffset": 4, "paymentDueDateOffset": 20,
            },
            "2026-10-01 2026-11-01 2026-10-03 2026-10-01 2026-10-02 2026-10-05 2026-10-21",
        ),
    ],
)  # fmt: skip
def test_dates_that_a_client_leaves_out_come_from_the_specification(
    offsets: Json, expected: str
) -> None:
    assert made(OCTOBER, MONTHLY | offsets) == OCTOBER | days(expected)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"billingDate": day("2026-10-20")},
            "2026-10-01 2026-11-01 2026-10-20 2026-10-20 2026-10-20 2026-10-20 2026-11-03",
        ),
        (
            {"billingDate": day("2026-11-05")},
            "2026-10-01 2026-11-01 2026-11-05 2026-11-01 2026-11-01 2026-11-05 2026-11-19",
        ),
        (
            {"chargeDate": day("2026-10-20")},
            "2026-10-01 2026-11-01 2026-10-20 2026-10-20 2026-10-20 2026-10-20 2026-11-03",
        ),
        (
            {"chargeDate": day("2026-10-20"), "creditDate": day("2026-10-25")},
            "2026-10-01 2026-11-01 2026-10-20 2026-10-20 2026-10-25 2026-10-20 2026-11-03",
        ),
        (
            {"mailingDate": day("2026-12-01"), "paymentDueDate": day("2026-12-24")},
            "2026-10-01 2026-11-01 2026-11-01 2026-11-01 2026-11-01 2026-12-01 2026-12-24",
        ),
    ],
)
def test_a_date_that_the_client_gave_stays_and_others_follow_from_it(
    said: Json, expected: str
) -> None:
    assert made(OCTOBER | said, MONTHLY) == OCTOBER | days(expected)
    assert not dates(OCTOBER | said, MONTHLY, ZURICH, TERMS).keys() & said.keys()


@pytest.mark.parametrize(
    ("frequency", "anchor", "start", "end"),
    [
        ("monthly", None, "2026-02-01", "2026-03-01"),
        ("monthly", None, "2028-02-01", "2028-03-01"),
        ("monthly", "2026-01-31", "2026-01-31", "2026-02-28"),
        ("monthly", "2026-01-31", "2026-02-28", "2026-03-31"),
        ("weekly", None, "2026-10-19", "2026-10-26"),
        ("semi-monthly", "2026-01-01", "2026-10-01", "2026-10-16"),
        ("semi-monthly", "2026-01-01", "2026-10-16", "2026-11-01"),
        ("semi-monthly", "2026-01-15", "2026-02-15", "2026-02-28"),
        ("semi-monthly", "2026-01-15", "2026-02-28", "2026-03-15"),
        ("quarter of year", None, "2026-10-01", "2027-01-01"),
    ],
)
def test_a_period_that_gives_its_start_alone_ends_when_the_frequency_says(
    frequency: str, anchor: str | None, start: str, end: str
) -> None:
    specification: Json = {"frequency": frequency}
    if anchor:
        specification["validFor"] = {"startDateTime": day(anchor)}
    cycle = {"validFor": {"startDateTime": day(start)}}
    assert period_of(cycle, specification, ZURICH) == Period(day(start), day(end))
    found = dates(cycle, specification, ZURICH, TERMS)
    assert (found["validFor"], found["billingDate"]) == (span(start, end), day(end))
    assert period_of({"billingPeriod": start}, specification, ZURICH) == Period(
        day(start), day(end)
    )


def test_the_billing_period_of_a_specification_tells_its_frequency_too() -> None:
    cycle = {"validFor": {"startDateTime": day("2026-10-01")}}
    specification = {"frequency": None, "billingPeriod": "quarter"}
    assert period_of(cycle, specification, ZURICH) == Period(day("2026-10-01"), day("2027-01-01"))


def test_offsets_are_days_of_the_calendar_across_the_end_of_summer_time() -> None:
    offsets = {"billingDateShift": 25, "chargeDateOffset": 24, "paymentDueDateOffset": 40}
    found = dates(OCTOBER, MONTHLY | offsets, ZURICH, TERMS)
    assert found["validFor"]["startDateTime"] == datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert found["billingDate"] == found["chargeDate"] == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert found["paymentDueDate"] == datetime(2026, 11, 9, 23, tzinfo=UTC)
    terms = dates({"billingDate": day("2026-10-20")}, {}, ZURICH, 10)
    assert terms["paymentDueDate"] == day("2026-10-30")


def test_a_cut_off_is_the_start_of_a_day_whatever_the_hour_of_the_period() -> None:
    cycle = {"validFor": {"startDateTime": datetime(2026, 10, 1, tzinfo=UTC)}}
    found = dates(cycle, MONTHLY | {"chargeDateOffset": 24}, ZURICH, TERMS)
    assert found["chargeDate"] == found["billingDate"] == day("2026-10-26")
    assert found["validFor"]["endDateTime"] == day("2026-11-01T02:00")


@pytest.mark.parametrize(
    ("cycle", "specification", "period"),
    [
        # validFor counts before the name, and the name before the billing date.
        (
            OCTOBER | {"validFor": span("2026-10-02", "2026-10-20")},
            MONTHLY,
            "2026-10-02 2026-10-20",
        ),
        (OCTOBER | {"billingDate": day("2026-12-05")}, MONTHLY, "2026-10-01 2026-11-01"),
        # A name ends as the frequency says, without one as it says itself.
        ({"billingPeriod": "2026-10"}, {"frequency": "quarterly"}, "2026-10-01 2027-01-01"),
        ({"billingPeriod": "2026-Q4"}, {"name": "whenever"}, "2026-10-01 2027-01-01"),
        ({"billingPeriod": "2026-W43"}, {}, "2026-10-19 2026-10-26"),
        # What the start alone leaves open, the name tells.
        (OCTOBER | {"validFor": {"startDateTime": day("2026-10-01")}}, {}, "2026-10-01 2026-11-01"),
        # A billing date alone: the period that ends there, or the one that it is shifted from.
        ({"billingDate": day("2026-11-01")}, MONTHLY, "2026-10-01 2026-11-01"),
        (
            {"billingDate": day("2026-11-04")},
            MONTHLY | {"billingDateShift": 3},
            "2026-11-01 2026-12-01",
        ),
        (
            {"billingDate": day("2026-03-31")},
            MONTHLY | {"validFor": {"startDateTime": day("2026-01-31")}},
            "2026-02-28 2026-03-31",
        ),
        (
            {"billingDate": day("2026-02-28")},
            MONTHLY | {"validFor": {"startDateTime": day("2026-01-31")}, "billingDateShift": 0},
            "2026-02-28 2026-03-31",
        ),
    ],
)
def test_what_tells_the_period_of_a_cycle(cycle: Json, specification: Json, period: str) -> None:
    start, end = period.split()
    assert period_of(cycle, specification, ZURICH) == Period(day(start), day(end))


@pytest.mark.parametrize(
    ("cycle", "specification"),
    [
        ({}, MONTHLY),
        ({"billingPeriod": "October"}, MONTHLY),
        ({"billingPeriod": "2026-13"}, MONTHLY),
        ({"chargeDate": day("2026-11-01")}, MONTHLY),
        ({"billingDate": day("2026-11-01")}, {}),
        ({"billingDate": day("2026-11-01")}, {"name": "whenever", "billingDateShift": 3}),
        ({"validFor": {"startDateTime": day("2026-10-01")}}, {"name": "whenever"}),
        (OCTOBER | {"validFor": span("2026-10-01", "2026-10-01")}, MONTHLY),
        (OCTOBER | {"validFor": span("2026-10-02", "2026-10-01")}, MONTHLY),
        ({"billingPeriod": "9999-12"}, {}),
        ({"validFor": {"startDateTime": day("9999-12-15")}}, MONTHLY),
        ({"billingDate": day("0001-01-10")}, MONTHLY),
    ],
)
def test_where_nothing_tells_a_period_there_is_none(cycle: Json, specification: Json) -> None:
    assert period_of(cycle, specification, ZURICH) is None
    assert following(cycle, specification, ZURICH) is None
    assert next_billing_date(cycle, specification, ZURICH, TERMS) is None
    assert advance_end(cycle, specification, ZURICH) is None
    assert "validFor" not in dates(cycle, specification, ZURICH, TERMS)


def test_without_a_period_all_dates_are_the_billing_date_and_no_offset_counts() -> None:
    billed = day("2026-10-20")
    offsets = {"name": "whenever", "chargeDateOffset": 3, "paymentDueDateOffset": 90}
    for specification in ({}, offsets):
        assert dates({"billingDate": billed}, specification, ZURICH, TERMS) == {
            "chargeDate": billed,
            "creditDate": billed,
            "mailingDate": billed,
            "paymentDueDate": day("2026-11-03"),
        }
    assert dates({"billingPeriod": "October"}, offsets, ZURICH, TERMS) == {}
    assert dates({"chargeDate": billed}, MONTHLY, ZURICH, TERMS) == {}


def test_valid_for_is_completed_and_keeps_what_else_it_says() -> None:
    given_ = {"startDateTime": day("2026-10-01"), "@type": "TimePeriod"}
    found = dates({"validFor": given_}, MONTHLY, ZURICH, TERMS)["validFor"]
    assert found == given_ | {"endDateTime": day("2026-11-01")}
    whole = {"validFor": span("2026-10-01", "2026-10-20")}
    assert "validFor" not in dates(whole, MONTHLY, ZURICH, TERMS)


def test_a_date_beyond_the_calendar_is_left_out() -> None:
    cycle = {"validFor": span("9999-12-01", "9999-12-30")}
    far = {"billingDateShift": 0, "chargeDateOffset": 90, "mailingDateOffset": 40}
    found = dates(cycle, MONTHLY | far, ZURICH, 31)
    assert found == {"billingDate": day("9999-12-01")}
    assert following(cycle, MONTHLY, ZURICH) is None
    assert next_billing_date(cycle, MONTHLY, ZURICH, TERMS) is None
    assert advance_end(cycle | {"chargeDate": day("9999-12-31")}, MONTHLY, ZURICH) is None


@pytest.mark.parametrize(
    ("offsets", "anchor", "start", "expected"),
    [
        ({}, None, "2026-10-01", "2026-12-01"),
        ({"billingDateShift": 2}, None, "2026-10-01", "2026-11-03"),
        ({"chargeDateOffset": 24}, None, "2026-10-01", "2026-11-26"),
        ({}, "2026-01-31", "2026-01-31", "2026-03-31"),
        ({"billingDateShift": 2}, "2026-01-31", "2026-02-28", "2026-04-02"),
    ],
)
def test_the_next_bill_is_dated_as_the_following_periods(
    offsets: Json, anchor: str | None, start: str, expected: str
) -> None:
    specification = MONTHLY | offsets
    if anchor:
        specification["validFor"] = {"startDateTime": day(anchor)}
    for said in ({}, {"billingDate": day(start) + timedelta(days=5)}):
        cycle = {"validFor": {"startDateTime": day(start)}} | said
        assert next_billing_date(cycle, specification, ZURICH, TERMS) == day(expected)


@pytest.mark.parametrize(
    ("frequency", "start", "name", "end"),
    [
        ("monthly", "2026-10-01", "2026-11", "2026-12-01"),
        ("quarterly", "2026-07-01", "2026-Q4", "2027-01-01"),
        ("half of year", "2026-01-01", "2026-H2", "2027-01-01"),
        ("weekly", "2026-10-26", "2026-W45", "2026-11-09"),
        ("yearly", "2026-01-01", "2027", "2028-01-01"),
        ("daily", "2026-10-24", "2026-10-25", "2026-10-26"),
        ("monthly", "2026-10-15", "2026-11-15", "2026-12-15"),
        ("weekly", "2026-10-25", "2026-11-01", "2026-11-08"),
        ("semi-monthly", "2026-10-01", "2026-10-16", "2026-11-01"),
        ("10 days", "2026-10-20", "2026-10-30", "2026-11-09"),
    ],
)
def test_the_following_cycle_has_the_shortest_name_that_tells_its_period(
    frequency: str, start: str, name: str, end: str
) -> None:
    cycle = {"validFor": {"startDateTime": day(start)}}
    specification = {"frequency": frequency}
    after = following(cycle, specification, ZURICH)
    period = period_of(cycle, specification, ZURICH)
    assert period
    assert after == {
        "billingPeriod": name,
        "validFor": {"startDateTime": period.end, "endDateTime": day(end)},
    }
    refuse_contradiction(after, ZURICH, ("billingPeriod", "validFor"))


def test_no_cycle_follows_where_its_specification_ends_before() -> None:
    ending: Json = {"validFor": {"endDateTime": day("2026-11-01")}}
    assert following(OCTOBER, MONTHLY | ending, ZURICH) is None
    assert next_billing_date(OCTOBER, MONTHLY | ending, ZURICH, TERMS) is None
    ending["validFor"]["endDateTime"] += timedelta(seconds=1)
    assert following(OCTOBER, MONTHLY | ending, ZURICH)


@pytest.mark.parametrize(
    ("offsets", "said", "end"),
    [
        ({}, {}, "2026-12-01"),
        ({"billingDateShift": 0}, {}, "2026-11-01"),
        ({"billingDateShift": -5}, {}, "2026-10-01"),
        ({"chargeDateOffset": 24}, {}, "2026-11-01"),
        ({}, {"chargeDate": day("2027-01-31T23:00")}, "2027-02-01"),
        ({}, {"chargeDate": day("2026-09-30")}, "2026-10-01"),
        ({"frequency": "semi-monthly"}, {}, "2026-11-01"),
    ],
)
def test_in_advance_is_to_the_end_of_the_period_that_contains_the_charge_date(
    offsets: Json, said: Json, end: str
) -> None:
    specification = MONTHLY | offsets
    assert advance_end(OCTOBER | said, specification, ZURICH) == day(end)
    assert advance_end(made(OCTOBER | said, specification), specification, ZURICH) == day(end)


def test_in_advance_periods_of_the_31st_come_back_to_it() -> None:
    specification = MONTHLY | {"validFor": {"startDateTime": day("2026-01-31")}}
    cycle = {"validFor": span("2026-01-31", "2026-02-28")}
    assert advance_end(cycle, specification, ZURICH) == day("2026-03-31")


@pytest.mark.parametrize(
    ("valid_for", "trouble"),
    [
        (
            span("2026-10-01", "2026-11-01"),
            "billingPeriod: 2026-11 starts 2026-11-01, and validFor 2026-10-01",
        ),
        (
            {"startDateTime": day("2026-10-31T23:59")},
            "billingPeriod: 2026-11 starts 2026-11-01, and validFor 2026-10-31",
        ),
        (span("2026-11-01", "2026-11-01"), "validFor: ends 2026-10-31T23:00:00"),
        (span("2026-11-01", "2026-10-01"), "validFor: ends 2026-09-30T22:00:00"),
    ],
)
def test_a_contradiction_of_what_a_client_said_names_both(valid_for: Json, trouble: str) -> None:
    cycle = {"billingPeriod": "2026-11", "validFor": valid_for}
    with pytest.raises(FieldInvalid, match=f"^{trouble}"):
        refuse_contradiction(cycle, ZURICH, ("billingPeriod", "validFor"))


@pytest.mark.parametrize(
    ("name", "valid_for", "said"),
    [
        ("2026-11", span("2026-10-01", "2026-11-01"), ["billingPeriod"]),
        ("2026-11", span("2026-10-01", "2026-11-01"), ["validFor"]),
        ("2026-11", span("2026-11-01", "2026-10-01"), ["billingPeriod"]),
        ("2026-11", {"startDateTime": day("2026-11-01T08:00")}, ["billingPeriod", "validFor"]),
        ("2026-11", {"endDateTime": day("2026-11-20")}, ["billingPeriod", "validFor"]),
        ("November", span("2026-10-01", "2026-11-01"), ["billingPeriod", "validFor"]),
        ("2026-13", span("2026-10-01", "2026-11-01"), ["billingPeriod", "validFor"]),
    ],
)
def test_no_contradiction_is_what_was_derived_what_is_the_same_day_and_a_label(
    name: str, valid_for: Json, said: list[str]
) -> None:
    refuse_contradiction({"billingPeriod": name, "validFor": valid_for}, ZURICH, said)


def test_a_contradiction_at_the_end_of_the_calendar_is_one_too() -> None:
    start = datetime(9999, 12, 31, 23, 30, tzinfo=UTC)
    cycle = {"billingPeriod": "2026-11", "validFor": {"startDateTime": start}}
    with pytest.raises(FieldInvalid, match="2026-11-01, and validFor 9999-12-31"):
        refuse_contradiction(cycle, ZURICH, ("billingPeriod", "validFor"))


@pytest.mark.parametrize(
    ("specification", "trouble"),
    [
        ({"frequency": "now and then"}, "frequency: 'now and then' can't be read"),
        ({"frequency": "", "billingPeriod": "month"}, "frequency: '' can't be read"),
        ({"recurring": True}, "recurring: "),
        ({"recurringInAdvance": True, "billingPeriod": "moon"}, "recurringInAdvance: "),
        (
            {"frequency": "monthly", "paymentDueDateOffset": 20},
            "paymentDueDateOffset: 20 is before the bill is made, 31 days after the period's start",
        ),
        ({"frequency": "monthly", "mailingDateOffset": 30}, "mailingDateOffset: 30 .* 31 days"),
        ({"billingPeriod": "quarter", "mailingDateOffset": 91}, "mailingDateOffset: 91 .* 92 days"),
        ({"frequency": "yearly", "mailingDateOffset": 365}, "mailingDateOffset: 365 .* 366 days"),
        ({"frequency": "half month", "mailingDateOffset": 15}, "mailingDateOffset: 15 .* 16 days"),
        ({"frequency": "10 days", "mailingDateOffset": 9}, "mailingDateOffset: 9 .* 10 days"),
        ({"billingDateShift": 1, "mailingDateOffset": 0}, "mailingDateOffset: 0 .* 1 day after"),
        ({"chargeDateOffset": 4, "paymentDueDateOffset": 4}, "paymentDueDateOffset: 4 .* 5 days"),
        (
            {"billingDateShift": 3, "chargeDateOffset": 40, "paymentDueDateOffset": 2},
            "paymentDueDateOffset: 2 .* 3 days",
        ),
    ],
)  # fmt: skip
def test_a_specification_that_no_cycle_can_follow_is_refused(
    specification: Json, trouble: str
) -> None:
    with pytest.raises(FieldInvalid, match=f"^{trouble}"):
        refuse_specification(specification)


@pytest.mark.parametrize(
    "specification",
    [
        {"name": "whenever", "mailingDateOffset": -3},
        {"billingPeriod": "moon", "recurring": False},
        {"billingPeriod": "month", "recurring": True, "recurringInAdvance": True},
        {"frequency": "monthly", "mailingDateOffset": 31, "paymentDueDateOffset": 45},
        {"frequency": "monthly", "billingDateShift": 0, "paymentDueDateOffset": 0},
        {"frequency": "monthly", "chargeDateOffset": 9, "mailingDateOffset": 10},
    ],
)
def test_a_specification_that_cycles_can_follow_is_taken(specification: Json) -> None:
    refuse_specification(specification)


@st.composite
def anchored(draw: st.DrawFn) -> tuple[str, date]:
    """A frequency, and the day that its periods are counted from."""
    first = draw(st.dates(date(2012, 1, 1), date(2035, 1, 1)))
    frequency = draw(
        st.sampled_from(["month", "week", "10 days", "semi-monthly", "quarter of year", "year"])
    )
    if draw(st.booleans()):
        first = first.replace(month=1, day=draw(st.sampled_from([1, 15, 28, 29, 30, 31])))
    return frequency, first


@given(anchored(), st.sampled_from(ZONES), st.sampled_from([None, 0, 3]))
def test_24_periods_leave_no_gap_and_do_not_overlap(
    counted: tuple[str, date], zone: ZoneInfo, shift: int | None
) -> None:
    frequency, first = counted
    anchor = day(first.isoformat(), zone)
    specification: Json = {"frequency": frequency, "validFor": {"startDateTime": anchor}}
    if shift is not None:
        specification["billingDateShift"] = shift
    cycle: Json = {"validFor": {"startDateTime": anchor}}
    before = None
    for _ in range(24):
        period = period_of(cycle, specification, zone)
        after = following(cycle, specification, zone)
        assert period
        assert after
        assert before is None or period.start == before.end
        assert period.start == start_of_day(period.start, zone) < period.end
        billed = dates(cycle, specification, zone, TERMS)["billingDate"]
        assert period_of({"billingDate": billed}, specification, zone) == period
        told = named(after["billingPeriod"], zone)
        assert told
        assert told[0] == after["validFor"]["startDateTime"] == period.end
        by_name = {"billingPeriod": after["billingPeriod"]}
        assert period_of(by_name, specification, zone) == period_of(after, specification, zone)
        cycle, before = after, period
