"""What an operator decides about bills: their numbers, terms, lifecycle and time zone. Pure."""

from dataclasses import dataclass
from datetime import datetime
from string import Formatter
from zoneinfo import ZoneInfo

from impl.billing.charges import PriceBasis
from impl.billing.parties import ROLES
from impl.billing.periods import days_later

UTC = ZoneInfo("UTC")
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
    """Whether bills can be numbered by a format: it has `{seq}`, and nothing that is unknown."""
    try:
        names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        text.format(year=2026, month=1, day=1, seq=1)
    except (ValueError, KeyError, IndexError, AttributeError):
        return False
    return "seq" in names and names <= _PARTS
