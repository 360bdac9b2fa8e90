"""Tax rates in percent: decides if 0.5 means half a percent or a half. Pure.

The standard does not say which, and its own samples have both. The amounts decide.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
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


class Percents:
    """The tax rates of one bill in percent, each decided by all amounts that have it."""

    def __init__(self, levied: Iterable[Levied], minor: Decimal) -> None:
        """`minor` is the minor unit of the currency, to which the amounts may be rounded."""
        taxes: dict[tuple[str | None, Decimal], list[Levied]] = defaultdict(list)
        for tax in levied:
            if tax.rate is not None:
                taxes[tax.category, tax.rate].append(tax)
        self._percents = {
            (category, rate): _percent(rate, [tax for tax in same if tax.base is not None], minor)
            for (category, rate), same in taxes.items()
        }

    def of(self, category: str | None, rate: Decimal | None) -> Decimal | None:
        """The rate in percent: 19 for both 19 and 0.19.

        A rate from -1 to 1 may be a percentage or a fraction. It is the one that fits the rounded
        amounts, else the one that is nearer to them. If both fit, or no tax was levied, it is a
        fraction, and 1 is 1 %.
        """
        if rate is None or (category, rate) not in self._percents:
            return rate if rate is None else _percent(rate, [], Decimal(0))
        return self._percents[category, rate]


def _percent(rate: Decimal, same: Sequence[Levied], minor: Decimal) -> Decimal:
    """The rate in percent, decided by the taxes that have it."""
    if abs(rate) > 1:
        return rate
    base = sum((abs(tax.base) for tax in same if tax.base), Decimal(0))
    amount = sum((abs(tax.amount) for tax in same), Decimal(0))
    likely, other = (rate, rate * 100) if abs(rate) == 1 else (rate * 100, rate)
    off, other_off = (abs(base * abs(each) / 100 - amount) for each in (likely, other))
    most = minor * len(same) / 2
    if (off <= most) != (other_off <= most):
        return likely if off <= most else other
    return other if amount and off > most and other_off < off else likely
