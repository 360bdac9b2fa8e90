"""Amounts, percentages and dates in the format of a locale."""

import copy
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_interval, format_skeleton
from babel.numbers import NumberPattern, get_currency_symbol, get_minus_sign_symbol
from iso4217 import Currency

from impl.billing.money import currency
from impl.documents.bill_values import Money

CURRENCIES = {each.code for each in Currency}
LETTER_BEFORE_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")


@dataclass(frozen=True)
class Formats:
    """The formats of one locale, with dates in one time zone."""

    locale: Locale
    zone: ZoneInfo

    def amount(self, amount: Money | None) -> str:
        """The amount with its currency; a unit that is not in ISO 4217 stands behind it."""
        if amount is None:
            return ""
        if amount.unit not in CURRENCIES:
            return f"{self._signed(self.figure(amount))}\u00a0{amount.unit}".strip()
        pattern = _to_digits(self.locale.currency_formats["standard"], minor_digits(amount.unit))
        written: str = pattern.apply(
            rounded(amount), self.locale, currency=amount.unit, currency_digits=False
        )
        return self._signed(LETTER_BEFORE_DIGIT.sub("\u00a0", written))

    def bare(self, amount: Money | None, unit: str) -> str:
        """The amount under a heading that names the unit; with its own unit if it has another.

        Digits below the minor unit are shown.
        """
        if amount is None or amount.unit != unit:
            return self.amount(amount)
        digits = max(minor_digits(unit), _decimals(amount.value))
        return self._signed(self._figure(amount.value, digits))

    def _signed(self, written: str) -> str:
        """The text with the locale's minus; in Arabic and Hebrew it stays before the digits."""
        return written.replace("-", get_minus_sign_symbol(self.locale), 1)

    def figure(self, amount: Money) -> str:
        """The amount without its currency."""
        return self._figure(rounded(amount), minor_digits(amount.unit))

    def _figure(self, value: Decimal, digits: int) -> str:
        written: str = _to_digits(self.locale.decimal_formats[None], digits).apply(
            value + 0, self.locale
        )
        return written

    def count(self, number: int) -> str:
        """A whole number."""
        return self._figure(Decimal(number), 0)

    def symbol(self, unit: str) -> str:
        """The currency's symbol in the locale, such as €; any other unit as it is."""
        return get_currency_symbol(unit, self.locale) if unit in CURRENCIES else unit

    def percent(self, percent: Decimal | None) -> str:
        """A tax rate, given in percent."""
        if percent is None:
            return ""
        pattern = copy.copy(self.locale.percent_formats[None])
        pattern.frac_prec = (0, 4)
        written: str = pattern.apply(percent / 100, self.locale)
        return written

    def day(self, moment: Any) -> str:
        """The date of a moment, its month in words."""
        day = self._day(moment)
        return format_date(day, "long", self.locale) if day else ""

    def span(self, period: Any, *, ours: bool = False) -> str:
        """The days from a period's start to its end, or the one of them that it has.

        An end at midnight is exclusive: always if this server made the period (`ours`). Clients
        also send the last day itself, so theirs is exclusive only if the period spans whole months:
        to the same day of a month, or to the first.
        """
        if not isinstance(period, Mapping):
            return ""
        start, end = (
            self._local(period.get("startDateTime")),
            self._local(period.get("endDateTime")),
        )
        if start and end and _excludes_its_end(start, end, ours=ours):
            end -= timedelta(days=1)
        return _span(start.date() if start else None, end.date() if end else None, self.locale)

    def _day(self, moment: Any) -> date | None:
        local = self._local(moment)
        return local.date() if local else None

    def _local(self, moment: Any) -> datetime | None:
        """The moment in the time zone; unchanged if it falls out of the calendar there."""
        if not isinstance(moment, datetime):
            return None
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        try:
            return aware.astimezone(self.zone)
        except (OverflowError, ValueError):
            return aware


def _excludes_its_end(start: datetime, end: datetime, *, ours: bool) -> bool:
    midnight = (end.hour, end.minute, end.second) == (0, 0, 0)
    return midnight and end.date() > start.date() and (ours or end.day in (1, start.day))


@lru_cache(4096)
def _span(start: date | None, end: date | None, locale: Locale) -> str:
    if start and end and start < end:
        return format_interval(start, end, "yMMMd", locale=locale)
    only = start or end
    return format_skeleton("yMMMd", only, locale=locale) if only else ""


def rounded(amount: Money) -> Decimal:
    """The value, rounded to its currency's minor unit, half away from zero; zero has no sign."""
    return amount.value.quantize(Decimal(1).scaleb(-minor_digits(amount.unit)), ROUND_HALF_UP) + 0


def minor_digits(unit: str) -> int:
    """The decimals of amounts in the unit."""
    return currency(unit).digits


def _decimals(value: Decimal) -> int:
    """The decimals of the value, without trailing zeros."""
    exponent = value.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


@lru_cache(256)
def _to_digits(pattern: NumberPattern, digits: int) -> NumberPattern:
    """The pattern, with so many decimals."""
    own = copy.copy(pattern)
    own.frac_prec = (digits, digits)
    return own
