"""What a bill on demand covers: from the earliest to the latest instant of its rates."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from impl.billing.coverage import covered
from tests.unit.billing.rates import rate

ZURICH = ZoneInfo("Europe/Zurich")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH)


def over(start: str | None, end: str | None, **more: Any) -> dict[str, Any]:
    given = {"startDateTime": start, "endDateTime": end}
    return {"periodCoverage": {n: at(each) for n, each in given.items() if each}, **more}


def dated(text: str) -> dict[str, Any]:
    return {"date": at(text)}


@pytest.mark.parametrize(
    ("rates", "start", "end", "ours"),
    [
        ([dated("2026-10-05T14:00")], "2026-10-05", "2026-10-06", True),
        ([dated("2026-10-05"), dated("2026-10-25")], "2026-10-05", "2026-10-26", True),
        ([over("2026-10-01", "2026-11-01")], "2026-10-01", "2026-11-01", False),
        ([over("2026-10-01", "2026-10-31T23:59")], "2026-10-01", "2026-10-31T23:59", False),
        ([over("2026-10-01", "2026-11-01"), dated("2026-11-02")], "2026-10-01", "2026-11-03", True),
        ([over("2026-10-01", "2026-11-01"), dated("2026-10-31")], "2026-10-01", "2026-11-01", True),
        ([over("2026-11-01", None, **dated("2026-10-25"))], "2026-11-01", "2026-11-02", True),
        ([over(None, "2026-11-01")], "2026-10-31", "2026-11-01", False),
        ([over("2026-10-05T09:00", "2026-10-05T09:00")], "2026-10-05", "2026-10-06", True),
        ([over("2026-11-01", "2026-10-01")], "2026-10-01", "2026-11-01", False),
        ([over("2026-10-01", "2026-11-01"), {}], "2026-10-01", "2026-11-01", False),
    ],
)
def test_a_period_is_of_whole_days_where_a_date_tells_and_never_reversed(
    rates: list[dict[str, Any]], start: str, end: str, ours: bool
) -> None:
    found = covered([rate(str(n), **each) for n, each in enumerate(rates)], ZURICH)
    assert found is not None
    assert found.period == {"startDateTime": at(start), "endDateTime": at(end)}
    assert found.ours == ours


def test_rates_that_do_not_say_when_they_are_of_cover_nothing() -> None:
    assert covered([rate()], ZURICH) is None


def test_a_day_at_the_end_of_the_calendar_is_its_instant() -> None:
    last = datetime(9999, 12, 31, 12, tzinfo=UTC)
    found = covered([rate(date=last)], ZURICH)
    assert found is not None
    assert found.period == {"startDateTime": last, "endDateTime": last}
