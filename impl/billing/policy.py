"""The operator's settings for bills: numbers, terms, lifecycle and time zone. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from zoneinfo import ZoneInfo

from impl.billing.charges import PriceBasis
from impl.billing.parties import ROLES
from impl.billing.periods import days_later
from impl.document_limits import LONGEST_NUMBER

UTC = ZoneInfo("UTC")

LAST_POSITION = 2**63 - 1
"""The last number of a sequence, which MongoDB counts in 64 bits."""

_PARTS = {"year", "month", "day", "seq"}


@dataclass(frozen=True, kw_only=True)
class Policy:
    """The settings that bills are made by."""

    number_format: str = "{year}-{seq:08d}"
    terms_days: int = 14
    strict: bool = False
    zone: ZoneInfo = UTC
    basis: PriceBasis | None = None
    """The price basis of rates if neither the rate nor the cycle's specification gives one."""

    party_roles: tuple[str, ...] = ROLES
    """Roles of parties that a bill names."""

    seller: str = ""
    """The seller in the register of bill numbers; blank for none."""

    def sequence(self, date: datetime) -> str:
        """The name of the sequence that numbers a bill of that date: its number's fixed part.

        So with the year in the format, numbers begin at 1 each year.
        """
        parts = Formatter().parse(self.number_format)
        return "|".join(text + self._dated(name, form, date) for text, name, form, _ in parts)

    def _dated(self, name: str | None, form: str | None, date: datetime) -> str:
        day = self._date(date)
        return format(day[name], form or "") if name in day else ""

    def number(self, date: datetime, position: int) -> str:
        """The `billNo` of a bill of that date at this position of its sequence."""
        return self.number_format.format(**self._date(date), seq=position)

    def day(self, date: datetime) -> str:
        """The calendar day of a bill's date."""
        return date.astimezone(self.zone).date().isoformat()

    def number_of_day(self, day: str, position: int) -> str:
        """The `billNo` for a calendar day; the position alone if the day is blank."""
        if not day:
            return str(position)
        return self.number(datetime.fromisoformat(day).replace(tzinfo=self.zone), position)

    def due(self, date: datetime) -> datetime:
        """The default due date of a bill: `terms_days` calendar days after its date.

        At the end of the calendar it is the date itself.
        """
        try:
            return days_later(date, self.terms_days, self.zone)
        except OverflowError:
            return date

    def _date(self, date: datetime) -> dict[str, int]:
        local = date.astimezone(self.zone)
        return {"year": local.year, "month": local.month, "day": local.day}


def is_number_format(text: str) -> bool:
    """Whether bills can be numbered by this format.

    It has `{seq}`, no unknown parts, and makes no number of over LONGEST_NUMBER characters.
    """
    try:
        parts = [(name, form) for _, name, form, _ in Formatter().parse(text) if name is not None]
        if not all(_is_narrow(form or "") for _, form in parts):
            return False
        longest = text.format(year=9999, month=12, day=31, seq=LAST_POSITION)
    except (ValueError, KeyError, IndexError, AttributeError, OverflowError):
        return False
    names = {name for name, _ in parts}
    return "seq" in names and names <= _PARTS and len(longest) <= LONGEST_NUMBER


def _is_narrow(form: str) -> bool:
    """Whether a part has a small width: formatting with a huge one would take the memory for it."""
    return "{" not in form and all(int(n) <= LONGEST_NUMBER for n in re.findall(r"\d+", form))
