"""What an operator decides about bills: their numbers, terms, lifecycle and time zone. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from zoneinfo import ZoneInfo

from impl.billing.charges import PriceBasis
from impl.billing.parties import ROLES
from impl.billing.periods import days_later

UTC = ZoneInfo("UTC")
LONGEST_NUMBER = 64
"""Characters of a `billNo`, as the contract has it for new ones."""

LAST_PLACE = 2**63 - 1
"""No sequence goes beyond: what counts it has 64 bits."""

_PARTS = {"year", "month", "day", "seq"}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The settings that bills are made by."""

    number_format: str = "{year}-{seq:08d}"
    terms_days: int = 14
    strict: bool = False
    zone: ZoneInfo = UTC
    basis: PriceBasis | None = None
    """The price basis of rates that nothing else tells it of."""

    party_roles: tuple[str, ...] = ROLES
    """Roles of parties that a bill names."""

    seller: str = ""
    """Who sells, as the register of bill numbers names them; blank for nobody."""

    def sequence(self, date: datetime) -> str:
        """The sequence that a bill of that date is numbered in, named by its number's fixed part.

        So a format with the year begins at 1 each year.
        """
        parts = Formatter().parse(self.number_format)
        return "|".join(text + self._dated(name, form, date) for text, name, form, _ in parts)

    def _dated(self, name: str | None, form: str | None, date: datetime) -> str:
        day = self._date(date)
        return format(day[name], form or "") if name in day else ""

    def number(self, date: datetime, place: int) -> str:
        """The `billNo` of the bill that has this place in its sequence."""
        return self.number_format.format(**self._date(date), seq=place)

    def day(self, date: datetime) -> str:
        """The calendar day of a bill's date."""
        return date.astimezone(self.zone).date().isoformat()

    def number_of_day(self, day: str, place: int) -> str:
        """The `billNo` that `number` makes of a calendar day; without one, the place alone."""
        if not day:
            return str(place)
        return self.number(datetime.fromisoformat(day).replace(tzinfo=self.zone), place)

    def due(self, date: datetime) -> datetime:
        """When a bill of that date is to be paid, where nothing else says: calendar days later.

        At the end of the calendar that is at once.
        """
        try:
            return days_later(date, self.terms_days, self.zone)
        except OverflowError:
            return date

    def _date(self, date: datetime) -> dict[str, int]:
        local = date.astimezone(self.zone)
        return {"year": local.year, "month": local.month, "day": local.day}


def is_number_format(text: str) -> bool:
    """Whether bills can be numbered by a format.

    It has `{seq}`, nothing that is unknown, and makes no number of over LONGEST_NUMBER characters.
    """
    try:
        parts = [(name, form) for _, name, form, _ in Formatter().parse(text) if name is not None]
        if not all(_is_narrow(form or "") for _, form in parts):
            return False
        longest = text.format(year=9999, month=12, day=31, seq=LAST_PLACE)
    except (ValueError, KeyError, IndexError, AttributeError, OverflowError):
        return False
    names = {name for name, _ in parts}
    return "seq" in names and names <= _PARTS and len(longest) <= LONGEST_NUMBER


def _is_narrow(form: str) -> bool:
    """Whether a part is written in few characters: a width is made room for before it is judged."""
    return "{" not in form and all(int(n) <= LONGEST_NUMBER for n in re.findall(r"\d+", form))
