"""The period of a bill on demand: from the earliest to the latest instant of its rates. Pure."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from impl.billing.periods import start_of_day


@dataclass(frozen=True)
class Coverage:
    """From `start` to before `end`; `ours` if the server derived the end, and no client gave it."""

    start: datetime
    end: datetime
    ours: bool

    @property
    def period(self) -> dict[str, datetime]:
        """The TimePeriod of the contract."""
        return {"startDateTime": self.start, "endDateTime": self.end}


def covered(rates: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> Coverage | None:
    """The span of all rates: of each its `periodCoverage`, else the whole day of its `date`.

    Days are those of the zone. None if no rate has either.
    """
    spans = [span for rate in rates if (span := _covered(rate, zone))]
    if not spans:
        return None
    end = max(span.end for span in spans)
    ours = any(span.ours for span in spans if span.end == end)
    return Coverage(min(span.start for span in spans), end, ours)


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
    """The day of a start alone, of an end alone, or of one instant given as both.

    An end at midnight stays. At the ends of the calendar the day is only that instant.
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
