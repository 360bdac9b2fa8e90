"""The calendar of billing periods: their frequency, starts, ends and names. Pure.

Days, months and years are those of a time zone. Instants are given with a time zone and come back
in UTC, because Python compares two instants of one time zone by the wall clock, which is wrong when
clocks go back. An instant beyond the years 1 to 9999 raises OverflowError.
"""

import re
from calendar import monthrange
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from impl.instants import first_instant


@dataclass(frozen=True)
class Frequency:
    """The distance from the start of one period to the next: months, days, or halves of a month.

    Two of the three are zero.
    """

    months: int = 0
    days: int = 0
    half_months: int = 0

    @classmethod
    def read(cls, *texts: str | None) -> "Frequency | None":
        """The first frequency in the texts: `monthly`, `every two weeks`, `half of year`, `P1Y6M`.

        Case, blanks, underscores and hyphens do not count. Two words have two meanings in
        English: here `bimonthly` is every two months, and `biweekly` every two weeks. No frequency
        is zero, negative, a mix of months and days, or as long as 1000 months or 1000 days.
        """
        return next((each for each in map(_frequency, texts) if each), None)

    def after(self, anchor: datetime, count: int, zone: ZoneInfo) -> datetime:
        """The start of the period that is `count` after the anchor's, at the same hour of the day.

        A negative count goes back.
        """
        wall = _wall(anchor, zone)
        return _instant(self.day(wall.date(), count), wall.time(), zone)

    def day(self, first: date, count: int) -> date:
        """The first day of the period that is `count` after the one that starts on `first`.

        In a month that is too short it is the last day; the next month has the number of `first`
        again. Half months from day 1 start on 1 and 16, from day 15 on 15 and 30, from day 31 on
        31 and 16.
        """
        months, half = divmod((2 * self.months + self.half_months) * count, 2)
        number = first.day
        if half:
            months, number = (months, number + 15) if number <= 15 else (months + 1, number - 15)
        years, month = divmod(first.month - 1 + months, 12)
        year = first.year + years
        if not date.min.year <= year <= date.max.year:
            raise OverflowError("a period starts beyond the years 1 to 9999")
        last = monthrange(year, month + 1)[1]
        return date(year, month + 1, min(number, last)) + timedelta(days=self.days * count)

    def place(self, first: date, day: date) -> int:
        """The number of periods from the one that starts on `first` to the one that has the day."""
        if self.days:
            return (day - first).days // self.days
        months = (day.year - first.year) * 12 + day.month - first.month
        count = (2 * months + 1) // (2 * self.months + self.half_months)
        while self.day(first, count) > day:
            count -= 1
        return count

    def longest(self) -> int:
        """The days of the longest period: 31 for a month, 16 for half a month, 366 for a year."""
        starts = (date(2000 + m // 12, m % 12 + 1, number) for m in range(48) for number in (1, 16))
        return max((self.day(start, 1) - start).days for start in starts)


_EACH = r"(?:every|each|per|once(?:a|every|per))?"
_NUMBERS = {
    "one": 1, "two": 2, "other": 2, "second": 2, "three": 3, "third": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_COUNT = rf"([0-9]{{1,3}}|{'|'.join(_NUMBERS)})?"
_HALF = r"(?:semi|half(?:of)?a?|twice(?:a|per|each|every))"
_PATTERNS = [
    (re.compile(f"{_EACH}{_COUNT}(?:{unit})"), frequency)
    for unit, frequency in (
        (r"d(?:ays?|aily)?", Frequency(days=1)),
        (r"w(?:eek(?:s|ly)?)?", Frequency(days=7)),
        (r"biweekly|fortnight(?:s|ly)?", Frequency(days=14)),
        (rf"{_HALF}month(?:s|ly)?", Frequency(half_months=1)),
        (r"m(?:onth(?:s|ly)?)?", Frequency(1)),
        (r"bimonthly", Frequency(2)),
        (r"q(?:uarter(?:s|ly|(?:of)?a?year)?)?", Frequency(3)),
        (rf"{_HALF}(?:year(?:s|ly)?|annual(?:ly)?)|biannual(?:ly)?", Frequency(6)),
        (r"y(?:ear(?:s|ly)?)?|annual(?:ly)?|annum", Frequency(12)),
        (r"biennial(?:ly)?", Frequency(24)),
    )
]
_ISO = re.compile(r"p(?:([0-9]{1,4})y)?(?:([0-9]{1,4})m)?(?:([0-9]{1,4})w)?(?:([0-9]{1,4})d)?")
_HYPHEN = re.compile(r"(?<=[a-z0-9])\s*-\s*(?=[a-z])|(?<=[a-z]{2})-(?=[0-9])")
"""A hyphen between words, but no minus."""


def _frequency(text: str | None) -> Frequency | None:
    plain = re.sub(r"\s+", "", _HYPHEN.sub("", (text or "").lower().replace("_", " ")))
    readings = (_duration(plain), *(_worded(plain, *each) for each in _PATTERNS))
    first = next(filter(None, readings), None)
    return first if first and 0 < first.months + first.days + first.half_months < 1000 else None


def _duration(plain: str) -> Frequency | None:
    """The frequency of a duration of ISO 8601; None if it mixes months and days."""
    parts = _ISO.fullmatch(plain)
    if parts is None:
        return None
    years, months, weeks, days = (int(part or 0) for part in parts.groups())
    frequency = Frequency(12 * years + months, 7 * weeks + days)
    return None if frequency.months and frequency.days else frequency


def _worded(plain: str, pattern: re.Pattern[str], unit: Frequency) -> Frequency | None:
    words = pattern.fullmatch(plain)
    if words is None:
        return None
    count = _NUMBERS.get(words[1]) or int(words[1] or 1)
    return Frequency(unit.months * count, unit.days * count, unit.half_months * count)


@dataclass(frozen=True)
class Series:
    """Successive periods, counted from an anchor, or else from the start that is given.

    The anchor counts if its series has a period that starts on the day of the given start, in the
    time zone, whatever the anchor's hour. So periods from the 31st do not slip to the 28th. All
    starts have the hour of the given one.
    """

    frequency: Frequency
    zone: ZoneInfo
    anchor: datetime | None = None

    def moved(self, start: datetime, count: int) -> datetime:
        """The start of the period that is `count` after the one that starts then, or before it."""
        first, place = self._origin(start)
        return self._at(first, place + count, start)

    def end(self, start: datetime, moment: datetime) -> datetime:
        """The end of the period that has the moment, in the series of this start."""
        first, _ = self._origin(start)
        place = self.frequency.place(first, moment.astimezone(self.zone).date())
        begins = self._at(first, place, start)
        return begins if begins > moment else self._at(first, place + 1, start)

    def _origin(self, start: datetime) -> tuple[date, int]:
        """The day that periods are counted from, and the number of periods from it to the start."""
        day = _wall(start, self.zone).date()
        if self.anchor is not None:
            first = self.anchor.astimezone(self.zone).date()
            place = self.frequency.place(first, day)
            if self._at(first, place, start) == start:
                return first, place
        return day, 0

    def _at(self, first: date, place: int, like: datetime) -> datetime:
        """The start of the period that is `place` after the first, at the hour of `like`."""
        wall = _wall(like, self.zone)
        return _instant(self.frequency.day(first, place), wall.time(), self.zone)


_NAMES: tuple[tuple[str, str, Callable[[str], str], Frequency], ...] = (
    (r"\d{4}", "year such as 2026", lambda text: f"{text}-01-01", Frequency(12)),
    (
        r"\d{4}-H\d\d?",
        "half of a year such as 2026-H2",
        lambda text: f"{text[:4]}-{int(text[6:]) * 6 - 5:02}-01",
        Frequency(6),
    ),
    (
        r"\d{4}-Q\d\d?",
        "quarter such as 2026-Q4",
        lambda text: f"{text[:4]}-{int(text[6:]) * 3 - 2:02}-01",
        Frequency(3),
    ),
    (r"\d{4}-\d\d?", "month such as 2026-10", lambda text: f"{text}-01", Frequency(1)),
    (r"\d{4}-W\d\d?", "week such as 2026-W40", lambda text: f"{text}-1", Frequency(days=7)),
    (r"\d{4}-\d\d?-\d\d?", "day such as 2026-10-16", str, Frequency(days=1)),
)
"""Forms of names, each with its meaning, its first day (ISO 8601), and its length."""


def named(text: str | None, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Start and end of the period that a text names; None for other words, which are a label.

    Names are those of a year (`2026`), a half (`2026-H2`), a quarter (`2026-Q4`), a month
    (`2026-10`), a week of ISO 8601 (`2026-W40`) and a day (`2026-10-16`). Raises ValueError,
    which says what is wrong, for a text that looks like a name and names no period, such as
    `2026-13`.
    """
    name = re.sub(r"^(\d{4})(?=[HQW])", r"\1-", (text or "").strip().upper())
    for pattern, unit, first, length in _NAMES:
        if re.fullmatch(pattern, name, re.ASCII):
            with suppress(ValueError, OverflowError):
                day = date.fromisoformat(first(name))
                ends = (length.day(day, count) for count in (0, 1))
                start, end = (_instant(each, time.min, zone) for each in ends)
                if start < end:
                    return start, end
            raise ValueError(f"{name} is no {unit}")
    return None


def name_of(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """The shortest name of exactly this period, or else the date of its first day."""
    first = _wall(start, zone).date()
    week = first.isocalendar()
    for name in (
        f"{first.year:04}",
        f"{first.year:04}-H{(first.month + 5) // 6}",
        f"{first.year:04}-Q{(first.month + 2) // 3}",
        f"{first.year:04}-{first.month:02}",
        f"{week.year:04}-W{week.week:02}",
    ):
        with suppress(ValueError):
            if named(name, zone) == (start, end):
                return name
    return first.isoformat()


def start_of_day(moment: datetime, zone: ZoneInfo, days: int = 0) -> datetime:
    """The first instant of the moment's day in the zone, or of the day that many days later.

    It is not midnight if clocks go forward then.
    """
    return first_instant(moment.astimezone(zone).date() + timedelta(days=days), zone)


def days_later(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """The same hour of the day, so many days later."""
    wall = _wall(start, zone)
    return _instant(wall.date() + timedelta(days=days), wall.time(), zone)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    """The time on clocks of the zone; midnight for the start of a day that has no midnight."""
    if start_of_day(moment, zone) == moment:
        return datetime.combine(moment.astimezone(zone).date(), time.min)
    return moment.astimezone(zone).replace(tzinfo=None)


def _instant(day: date, hour: time, zone: ZoneInfo) -> datetime:
    """The instant when clocks show that; if they skip it, as long after the last one before."""
    return datetime.combine(day, hour, zone).astimezone(UTC)
