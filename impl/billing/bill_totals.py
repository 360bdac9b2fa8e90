"""The sums of charges, rounded such that net and taxes always make the gross total. Pure.

EN 16931 (BR-CO-15) and the law require that. Charges are summed in groups, each of one set of taxes
and one price basis. Within a group each amount is summed exactly and rounded once, half up.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from impl.billing.charges import ZERO, Charge, PriceBasis
from impl.billing.money import Currency, plus, total
from impl.billing.tax_rates import Levied, Percents

Kind = tuple[str | None, Decimal | None]
"""The category of a tax and its rate in percent: two taxes with the same ones are one tax."""


@dataclass(frozen=True)
class Item:
    """A tax of a bill: its rate in percent, the base that it is levied on, and its amount."""

    category: str | None
    percent: Decimal | None
    base: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Sums:
    """The sums of charges in whole minor units; `gross` is `net` plus the taxes.

    `stated` is the exact sum of the gross amounts that the charges state themselves.
    """

    net: Decimal
    gross: Decimal
    items: tuple[Item, ...]
    stated: Decimal


def sums(charges: Iterable[Charge], currency: Currency) -> Sums:
    """The sums of charges in one currency."""
    totals = Totals(currency)
    for charge in charges:
        totals.add(charge)
    return totals.sums()


class Totals:
    """Adds up charges in one currency, one by one; any number of them takes constant memory."""

    def __init__(self, currency: Currency) -> None:
        self._currency = currency
        self._percents = Percents((), currency.minor)
        self._groups: dict[_Key, _Group] = defaultdict(_Group)
        self._stated = ZERO

    def add(self, charge: Charge) -> None:
        """Add a charge."""
        for tax in charge.taxes:
            self._percents.add(Levied(tax.category, tax.rate, charge.excluded, tax.amount))
        kinds = frozenset((tax.category, tax.rate) for tax in charge.taxes)
        group = self._groups[charge.basis, kinds]
        group.add(charge.excluded, charge.included)
        for tax in charge.taxes:
            group.add_tax((tax.category, tax.rate), tax.amount)
        self._stated = plus(self._stated, charge.stated)

    def sums(self) -> Sums:
        """The sums of all that were added."""
        bases: dict[Kind, list[Decimal]] = defaultdict(list)
        amounts: dict[Kind, list[Decimal]] = defaultdict(list)
        nets: list[Decimal] = []
        for (basis, _), group in self._groups_in_percent().items():
            taxes = {kind: self._currency.rounded(each) for kind, each in group.taxes.items()}
            net = group.net(basis, taxes, self._currency)
            nets.append(net)
            for kind, amount in taxes.items():
                bases[kind].append(net)
                amounts[kind].append(amount)
        items = [Item(*kind, total(bases[kind]), total(each)) for kind, each in amounts.items()]
        net = total(nets)
        return Sums(
            net=net,
            gross=total([net, *(item.amount for item in items)]),
            items=tuple(sorted(items, key=_place)),
            stated=self._stated,
        )

    def _groups_in_percent(self) -> "Mapping[_Key, _Group]":
        """The groups by tax rates in percent: taxes written as 19 and as 0.19 are one."""
        merged: dict[_Key, _Group] = defaultdict(_Group)
        for (basis, kinds), group in self._groups.items():
            percents = {kind: (kind[0], self._percents.of(*kind)) for kind in kinds}
            whole = merged[basis, frozenset(percents.values())]
            whole.add(group.excluded, group.included)
            for kind, amount in group.taxes.items():
                whole.add_tax(percents[kind], amount)
        return merged


_Key = tuple[PriceBasis, frozenset[Kind]]
"""What the charges of a group share: a price basis and a set of taxes."""


@dataclass
class _Group:
    """The exact sums of the charges of a group."""

    excluded: Decimal = ZERO
    included: Decimal = ZERO
    taxes: dict[Kind, Decimal] = field(default_factory=dict)

    def add(self, excluded: Decimal, included: Decimal) -> None:
        self.excluded = plus(self.excluded, excluded)
        self.included = plus(self.included, included)

    def add_tax(self, kind: Kind, amount: Decimal) -> None:
        self.taxes[kind] = plus(self.taxes.get(kind, ZERO), amount)

    def net(self, basis: PriceBasis, taxes: Mapping[Kind, Decimal], currency: Currency) -> Decimal:
        """The net amount, rounded; of gross prices, the rounded gross amount less the taxes."""
        if basis == "net":
            return currency.rounded(self.excluded)
        gross = currency.rounded(self.included)
        return total([gross, *(-amount for amount in taxes.values())])


def _place(item: Item) -> tuple[bool, str, bool, Decimal]:
    return (
        item.category is None,
        item.category or "",
        item.percent is None,
        item.percent or Decimal(0),
    )
