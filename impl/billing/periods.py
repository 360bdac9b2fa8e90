"""Billing periods: how often one begins, and which day that is. Pure.

Days, months and years are those of a time zone; instants are given and returned aware.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_WORDS = {
    "daily": (1, "d"), "day": (1, "d"), "weekly": (1, "w"), "biweekly": (2, "w"),
    "fortnightly": (2, "w"), "monthly": (1, "m"), "bimonthly": (2, "m"), "quarterly": (3, "m"),
    "semiannually": (6, "m"), "semiannual": (6, "m"), "halfyearly": (6, "m"), "yearly": (1, "y"),
    "annually": (1, "y"), "annual": (1, "y"),
}  # fmt: skip
_COUNTED = re.compile(r"(?:every)?(\d{1,3})?(d|w|m|q|y)(?:ays?|eeks?|onths?|uarters?|ears?)?")
_ISO = re.compile(r"p(\d{1,3})(d|w|m|y)")
_UNITS = {"d": (0, 1), "w": (0, 7), "m": (1, 0), "q": (3, 0), "y": (12, 0)}
_MONTH = re.compile(r"(\d{4})-(\d\d)")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])")
_WEEK = re.compile(r"\d{4}-?W\d\d")
_YEAR = re.compile(r"\d{4}")


@dataclass(frozen=True)
class Frequency:
    """The distance from one period to the next: so many months, or so many days."""

    months: int
    days: int

    @classmethod
    def read(cls, *texts: str | None) -> "Frequency | None":
        """The first text that says one: `monthly`, `month`, `2 weeks`, `every 3 months`, `P1M`."""
        return next((each for each in map(_frequency, texts) if each), None)

    def after(self, anchor: datetime, count: int, zone: ZoneInfo) -> datetime:
        """The start of the period that many behind the anchor's, at the same hour of the day.

        A month that is too short has it on its last day, and the one after on the anchor's again.
        """
        local = anchor.astimezone(zone).replace(tzinfo=None)
        moved = _months_later(local, self.months * count) + timedelta(days=self.days * count)
        return moved.replace(tzinfo=zone)


def _frequency(text: str | None) -> Frequency | None:
    plain = re.sub(r"[\s_]|(?<=[a-z])-(?=[a-z])", "", (text or "").lower())
    found = _COUNTED.fullmatch(plain) or _ISO.fullmatch(plain)
    given = (int(found[1] or 1), found[2]) if found else _WORDS.get(plain)
    if given is None or given[0] == 0:
        return None
    months, days = _UNITS[given[1]]
    return Frequency(months * given[0], days * given[0])


def _months_later(day: datetime, months: int) -> datetime:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def named(text: str | None, zone: ZoneInfo) -> datetime | None:
    """The start of a period that its name tells: `2026`, `2026-Q4`, `2026-10` or `2026-W40`."""
    text = (text or "").strip().upper()
    try:
        if found := _MONTH.fullmatch(text):
            return datetime(int(found[1]), int(found[2]), 1, tzinfo=zone)
        if found := _QUARTER.fullmatch(text):
            return datetime(int(found[1]), int(found[2]) * 3 - 2, 1, tzinfo=zone)
        if _WEEK.fullmatch(text):
            return datetime.fromisoformat(f"{text}-1".replace("-", "")).replace(tzinfo=zone)
        return datetime(int(text), 1, 1, tzinfo=zone) if _YEAR.fullmatch(text) else None
    except ValueError:
        return None


def days_later(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same hour of the day, some days on."""
    local = start.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return local.replace(tzinfo=zone)


def next_start(
    start: datetime, frequency: Frequency, specification: Mapping[str, Any], zone: ZoneInfo
) -> datetime:
    """When the period behind the one that starts then begins.

    It is counted from the specification's own first day where that is on the same series, so that
    a period which starts on the 31st does not creep to the 28th for good.
    """
    anchor = (specification.get("validFor") or {}).get("startDateTime")
    if anchor is not None and frequency.months:
        elapsed = _months_between(anchor.astimezone(zone), start.astimezone(zone))
        count, rest = divmod(elapsed, frequency.months)
        if rest == 0 and count >= 0 and frequency.after(anchor, count, zone) == start:
            return frequency.after(anchor, count + 1, zone)
    return frequency.after(start, 1, zone)


def _months_between(first: datetime, second: datetime) -> int:
    return (second.year - first.year) * 12 + second.month - first.month
