"""Amounts of money as exact decimals, and the minor units of ISO 4217.

A JSON number is read as the decimal that it was written as; no sum is ever made in binary floats.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

import iso4217

LARGEST = Decimal(9_999_999_999_999)
"""What the contract lets an amount be."""
_EXACT = Context(prec=400)


def exact(value: float | Decimal) -> Decimal:
    """The decimal that a JSON number was written as, to the 17 digits that it is stored with."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


def total(amounts: list[Decimal]) -> Decimal:
    """The sum, with every digit of it."""
    with localcontext(_EXACT):
        return sum(amounts, Decimal(0))


def minor_digits(unit: str) -> int | None:
    """How many decimals a currency has (JPY 0, EUR 2, BHD 3); None for what is no currency."""
    try:
        return iso4217.Currency(unit).exponent
    except ValueError:
        return None


@dataclass(frozen=True)
class Currency:
    """One currency's amounts, as JSON and rounded to its minor unit."""

    unit: str
    digits: int

    @property
    def minor(self) -> Decimal:
        """One minor unit, such as 0.01 for EUR."""
        return Decimal(1).scaleb(-self.digits)

    @property
    def largest(self) -> Decimal:
        """What an amount may be: within the contract, and exact in 15 digits, minor units too."""
        return min(LARGEST, Decimal(10) ** (15 - self.digits) - 1)

    def is_whole(self, amount: Decimal) -> bool:
        """Whether the amount has no digits below the minor unit."""
        return self.rounded(amount) == amount

    def rounded(self, amount: Decimal) -> Decimal:
        """The amount to the minor unit, half up (away from zero)."""
        with localcontext(_EXACT):
            return amount.quantize(self.minor, ROUND_HALF_UP)

    def money(self, amount: Decimal) -> dict[str, Any]:
        """The amount, rounded, as the contract's Money."""
        return money(self.rounded(amount), self.unit)


def currency(unit: str) -> Currency:
    """The currency of a unit; one that ISO 4217 does not have gets two digits."""
    digits = minor_digits(unit)
    return Currency(unit, 2 if digits is None else digits)


def in_words(amount: Decimal, unit: str) -> str:
    """An amount in its currency's digits, such as `1,234.50 EUR`."""
    return f"{currency(unit).rounded(amount):,} {unit}"


def money(amount: Decimal, unit: str) -> dict[str, Any]:
    """An amount as the contract's Money; it has no minus zero."""
    return {"unit": unit, "value": float(amount) + 0.0}


def value_of(given: Any) -> Decimal | None:
    """The amount that a Money holds; None where it has none."""
    value = given.get("value") if isinstance(given, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return exact(value)
