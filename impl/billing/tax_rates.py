"""Tax rates in percent: decides if 0.5 means half a percent or a half. Pure.

The standard does not say which, and its own samples have both. The amounts decide.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple


class Levied(NamedTuple):
    """A tax on a rate: its category and tax rate as written, its base, and its amount.

    `base` is None if it is not known.
    """

    category: str | None
    rate: Decimal | None
    base: Decimal | None
    amount: Decimal


@dataclass
class _Sums:
    """Sums over all taxes of one category and tax rate, without their signs."""

    count: int = 0
    base: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)


class Percents:
    """The tax rates of one bill in percent, each decided by all amounts that have it."""

    def __init__(self, levied: Iterable[Levied], minor: Decimal) -> None:
        """`minor` is the minor unit of the currency, to which the amounts may be rounded."""
        self._minor = minor
        self._levied: dict[tuple[str | None, Decimal], _Sums] = defaultdict(_Sums)
        self._decided: dict[tuple[str | None, Decimal], Decimal] = {}
        for tax in levied:
            self.add(tax)

    def add(self, tax: Levied) -> None:
        """Take a tax into account."""
        if tax.rate is not None and tax.base is not None:
            sums = self._levied[tax.category, tax.rate]
            sums.count += 1
            sums.base += abs(tax.base)
            sums.amount += abs(tax.amount)
            self._decided.clear()

    def of(self, category: str | None, rate: Decimal | None) -> Decimal | None:
        """The rate in percent: 19 for both 19 and 0.19.

        A rate from -1 to 1 may be a percentage or a fraction. It is the one that fits the rounded
        amounts, else the one that is nearer to them. If both fit, or no tax was levied, it is a
        fraction, and 1 is 1 %.
        """
        if rate is None or abs(rate) > 1:
            return rate
        if (category, rate) not in self._decided:
            sums = self._levied.get((category, rate), _Sums())
            self._decided[category, rate] = _percent(rate, sums, self._minor)
        return self._decided[category, rate]


def _percent(rate: Decimal, sums: _Sums, minor: Decimal) -> Decimal:
    """The rate in percent, decided by the sums of the taxes that have it."""
    base, amount = sums.base, sums.amount
    likely, other = (rate, rate * 100) if abs(rate) == 1 else (rate * 100, rate)
    off, other_off = (abs(base * abs(each) / 100 - amount) for each in (likely, other))
    most = minor * sums.count / 2
    if (off <= most) != (other_off <= most):
        return likely if off <= most else other
    return other if amount and off > most and other_off < off else likely
