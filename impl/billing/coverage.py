"""What a bill on demand covers: from the earliest to the latest instant of its rates. Pure."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from impl.billing.periods import start_of_day


@dataclass(frozen=True)
class Coverage:
    """From `start` to before `end`; whether the end is one of ours, and not a client's own."""

    start: datetime
    end: datetime
    ours: bool

    @property
    def period(self) -> dict[str, datetime]:
        """The TimePeriod of the contract."""
        return {"startDateTime": self.start, "endDateTime": self.end}


def covered(rates: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Coverage | None:
    """What the rates cover together: each its `periodCoverage`, else the whole day of its `date`.

    Days are those of the zone. None where no rate says when it is of.
    """
    each = [found for rate in rates if (found := _covered(rate, zone))]
    if not each:
        return None
    end = max(one.end for one in each)
    return Coverage(min(one.start for one in each), end, any(o.ours for o in each if o.end == end))


def _covered(rate: Mapping[str, Any], zone: ZoneInfo) -> Coverage | None:
    coverage = rate.get("periodCoverage") or {}
    start, end = coverage.get("startDateTime"), coverage.get("endDateTime")
    if start and end and start != end:
        return Coverage(min(start, end), max(start, end), ours=False)
    if start or end:
        return _part(start, end, zone)
    date = rate.get("date")
    return _part(date, date, zone) if date else None


def _part(start: datetime | None, end: datetime | None, zone: ZoneInfo) -> Coverage:
    """The day that starts or ends at an instant; both are the same where both are given.

    An end at midnight stays. At the ends of the calendar a day is its instant.
    """
    instant = start or end
    if instant is None:
        raise ValueError("an instant is needed")
    with suppress(OverflowError):
        if start is None:
            before = start_of_day(instant - timedelta(microseconds=1), zone)
            return Coverage(before, instant, ours=False)
        begin = start if end is None else start_of_day(instant, zone)
        return Coverage(begin, start_of_day(instant, zone, 1), ours=True)
    return Coverage(instant, instant, ours=False)
