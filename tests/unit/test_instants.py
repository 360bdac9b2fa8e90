"""Instants found by a plan, as schemas load them; and the first instants of days."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generated.schemas import SCHEMAS
from impl.instants import EARLIEST, LATEST, first_instant, plan, written
from tests.openapi.contracts import generated, project
from tests.openapi.test_schemas import COMPONENTS, CONTRACT, value_of


def typed(value: Any) -> str:
    """A value with its types, and names in no order."""
    if isinstance(value, dict):
        return repr({name: typed(value[name]) for name in sorted(value)})
    return repr(list(map(typed, value))) if isinstance(value, list) else repr(value)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 11, 24, 10, 21, 42, 926000, UTC), "2026-11-24T10:21:42.926Z"),
        (datetime(2026, 11, 24, 10, 21, 42, 926999, UTC), "2026-11-24T10:21:42.926Z"),
        (datetime(2026, 11, 24, 10, 21, 42, 20000, UTC), "2026-11-24T10:21:42.020Z"),
        (datetime(2026, 11, 24, 10, 21, 42, 999, UTC), "2026-11-24T10:21:42Z"),
        (datetime(2026, 11, 24, 10, 21, tzinfo=UTC), "2026-11-24T10:21:00Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (
            datetime(2026, 11, 24, 1, 21, 42, 500, timezone(timedelta(hours=5, minutes=30))),
            "2026-11-23T19:51:42Z",
        ),
    ],
)
def test_instants_are_written_to_the_millisecond_in_utc(moment: datetime, text: str) -> None:
    assert written(moment) == text


def test_both_instants_of_a_repeated_hour_are_written() -> None:
    moments = [
        datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=n) for n in (0, 1)
    ]
    assert moments[0] == moments[1]  # by PEP 495
    assert [written(each) for each in moments] == ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]


def test_nothing_else_is_written_as_an_instant() -> None:
    with pytest.raises(TypeError, match="date"):
        written(date(2026, 1, 1))


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_plan_does_what_load_does(name: str, data: st.DataObject) -> None:
    value = value_of(data.draw, CONTRACT, COMPONENTS[name])
    before = typed(value)
    assert typed(plan(SCHEMAS[name])(value)) == typed(SCHEMAS[name]().load(value))
    assert typed(value) == before


def test_a_plan_follows_a_schema_that_holds_itself(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    pet = generated(project(tmp_path_factory.mktemp("pets"))).schemas.SCHEMAS["Pet"]
    at = "2026-10-01T00:00:00Z"
    friend = {"name": "Max", "legs": 3.0, "born": at, "seen": [at]}
    value = {"name": "Rex", "legs": 4, "friends": [friend | {"friends": [friend]}]}
    assert typed(plan(pet)(value)) == typed(pet().load(value))


# ---------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("zone", "day", "first"),
    [
        ("UTC", "2026-11-01", "2026-11-01T00:00Z"),
        ("Europe/Zurich", "2026-11-01", "2026-10-31T23:00Z"),
        ("Europe/Zurich", "2026-10-25", "2026-10-24T22:00Z"),
        ("Europe/Zurich", "2026-10-26", "2026-10-25T23:00Z"),
        ("America/New_York", "2026-11-01", "2026-11-01T04:00Z"),
        ("America/New_York", "2026-11-02", "2026-11-02T05:00Z"),
        ("Asia/Kathmandu", "2026-11-01", "2026-10-31T18:15Z"),
        # Midnight is skipped, and the day begins at one.
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00Z"),
        ("Asia/Beirut", "2021-03-28", "2021-03-27T22:00Z"),
        # From half past eleven to half past midnight.
        ("America/Toronto", "1919-03-31", "1919-03-31T04:30Z"),
        # The day is skipped, and the next one begins.
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00Z"),
        # Midnight comes twice: at one minute past, the clocks went back by an hour.
        ("America/St_Johns", "2010-11-07", "2010-11-07T02:30Z"),
    ],
)
def test_a_day_begins_with_its_first_instant(zone: str, day: str, first: str) -> None:
    found = first_instant(date.fromisoformat(day), ZoneInfo(zone))
    assert (found, found.tzinfo) == (datetime.fromisoformat(first), UTC)


@given(
    st.sampled_from(
        ["Europe/Zurich", "America/Sao_Paulo", "Asia/Beirut", "America/Havana", "Africa/Cairo",
         "America/Asuncion", "Asia/Tehran", "Atlantic/Azores", "Australia/Lord_Howe", "Asia/Amman"]
    ),
    st.dates(date(1970, 1, 1), date(2037, 12, 31)),
)  # fmt: skip
def test_before_its_first_instant_it_is_another_day(zone: str, day: date) -> None:
    first = first_instant(day, ZoneInfo(zone))
    assert first.astimezone(ZoneInfo(zone)).date() == day
    for minutes in range(1, 26 * 60, 15):
        earlier = first - timedelta(minutes=minutes)
        assert earlier.astimezone(ZoneInfo(zone)).date() < day


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Adak"])
def test_the_first_and_last_days_of_all_begin_too(zone: str) -> None:
    first, last = (first_instant(each, ZoneInfo(zone)) for each in (date.min, date.max))
    assert EARLIEST <= first < EARLIEST + timedelta(days=1)
    assert LATEST - timedelta(days=2) < last <= LATEST
