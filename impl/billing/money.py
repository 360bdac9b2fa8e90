"""Amounts of money as exact decimals, and the minor units of ISO 4217.

A JSON number is read as the decimal that it was written as; no sum is computed in binary floats.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import cached_property, reduce
from typing import Any

import iso4217

LARGEST = Decimal(9_999_999_999_999)
"""The largest amount in the contract."""
_EXACT = Context(prec=400)


def exact(value: float | Decimal) -> Decimal:
    """The decimal that a JSON number was written as, up to the 17 digits that are stored."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def total(amounts: list[Decimal]) -> Decimal:
    """The exact sum."""
    return reduce(_EXACT.add, amounts, Decimal(0))


def plus(amount: Decimal, other: Decimal) -> Decimal:
    """The exact sum of two amounts."""
    return _EXACT.add(amount, other)


def minus(amount: Decimal, other: Decimal) -> Decimal:
    """The exact difference of two amounts."""
    return _EXACT.subtract(amount, other)


def minor_digits(unit: str) -> int | None:
    """The number of decimals of a currency (JPY 0, EUR 2, BHD 3); None if it is no currency."""
    try:
        return iso4217.Currency(unit).exponent
    except ValueError:
        return None


@dataclass(frozen=True)
class Currency:
    """A currency, which rounds amounts to its minor unit and makes JSON of them."""

    unit: str
    digits: int

    @cached_property
    def minor(self) -> Decimal:
        """One minor unit, such as 0.01 for EUR."""
        return Decimal(1).scaleb(-self.digits)

    @cached_property
    def largest(self) -> Decimal:
        """The largest amount: within the contract, and exact to the minor unit in 15 digits."""
        return min(LARGEST, Decimal(10) ** (15 - self.digits) - 1)

    def is_whole(self, amount: Decimal) -> bool:
        """Whether the amount has no digits below the minor unit."""
        return self.rounded(amount) == amount

    def rounded(self, amount: Decimal) -> Decimal:
        """The amount rounded to the minor unit, half up (away from zero)."""
        return amount.quantize(self.minor, ROUND_HALF_UP, _EXACT)

    def money(self, amount: Decimal) -> dict[str, Any]:
        """The amount, rounded, as the contract's Money."""
        return money(self.rounded(amount), self.unit)


def currency(unit: str) -> Currency:
    """The currency of a unit; one that is not in ISO 4217 gets two decimals."""
    digits = minor_digits(unit)
    return Currency(unit, 2 if digits is None else digits)


def in_words(amount: Decimal, unit: str) -> str:
    """An amount in its currency's digits, such as `1,234.50 EUR`."""
    return f"{currency(unit).rounded(amount):,} {unit}"


def money(amount: Decimal, unit: str) -> dict[str, Any]:
    """An amount as the contract's Money; zero is never negative."""
    return {"unit": unit, "value": float(amount) + 0.0}


def value_of(given: Any) -> Decimal | None:
    """The amount of a Money; None if it has none."""
    value = given.get("value") if isinstance(given, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return exact(value)
