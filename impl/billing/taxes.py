"""Tax rates as they are meant: whether 0.5 is half a percent or a half. Pure.

The standard does not say which, and its own samples have both. The amounts tell.
"""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple


class Levied(NamedTuple):
    """A tax as it was levied somewhere: its category and rate as written, on what, how much.

    `base` is None where it is not known.
    """

    category: str | None
    rate: Decimal | None
    base: Decimal | None
    amount: Decimal


class Percents:
    """The tax rates of one bill in percent, each read by all amounts that it was levied with."""

    def __init__(self, levied: Iterable[Levied]) -> None:
        self._sums: dict[tuple[str | None, Decimal], list[Decimal]] = defaultdict(
            lambda: [Decimal(0), Decimal(0)]
        )
        for tax in levied:
            if tax.rate is not None and tax.base is not None:
                sums = self._sums[tax.category, tax.rate]
                sums[0] += abs(tax.base)
                sums[1] += abs(tax.amount)

    def of(self, category: str | None, rate: Decimal | None) -> Decimal | None:
        """The rate in percent: 19 for both 19 and 0.19.

        A rate from -1 to 1 may be a percentage or a fraction: it is the one that its amounts are
        nearer to. Where they tell nothing, it is a fraction, and 1 is 1 %.
        """
        if rate is None or abs(rate) > 1:
            return rate
        base, amount = self._sums.get((category, rate), (Decimal(0), Decimal(0)))
        if not base:
            return rate if abs(rate) == 1 else rate * 100
        share = amount / base * 100
        return min(rate, rate * 100, key=lambda percent: abs(abs(percent) - share))
