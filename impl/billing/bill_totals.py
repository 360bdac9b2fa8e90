"""The sums of charges, rounded such that net and taxes always make the gross total. Pure.

EN 16931 (BR-CO-15) and the law require that. Charges are summed in groups, each of one set of taxes
and one price basis. Within a group each amount is summed exactly and rounded once, half up.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from impl.billing.charges import Charge, PriceBasis, Tax
from impl.billing.money import Currency, total
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


def sums(charges: Sequence[Charge], currency: Currency) -> Sums:
    """The sums of charges in one currency."""
    bases: dict[Kind, list[Decimal]] = defaultdict(list)
    amounts: dict[Kind, list[Decimal]] = defaultdict(list)
    nets: list[Decimal] = []
    for basis, group in _groups(charges, currency.minor):
        taxes = _taxes(group, currency)
        net = _net(basis, group, taxes, currency)
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
        stated=total([charge.stated for charge in charges]),
    )


def _groups(charges: Sequence[Charge], minor: Decimal) -> Iterator[tuple[PriceBasis, list[Charge]]]:
    """The charges of each set of taxes and each price basis, with tax rates in percent."""
    levied = (
        Levied(tax.category, tax.rate, charge.excluded, tax.amount)
        for charge in charges
        for tax in charge.taxes
    )
    percents = Percents(levied, minor)
    groups: dict[tuple[PriceBasis, frozenset[Kind]], list[Charge]] = defaultdict(list)
    for charge in charges:
        taxes = tuple(_read(tax, percents) for tax in charge.taxes)
        kinds = frozenset((tax.category, tax.rate) for tax in taxes)
        read = charge if taxes == charge.taxes else replace(charge, taxes=taxes)
        groups[charge.basis, kinds].append(read)
    for (basis, _), group in groups.items():
        yield basis, group


def _read(tax: Tax, percents: Percents) -> Tax:
    return Tax(tax.category, percents.of(tax.category, tax.rate), tax.amount)


def _taxes(group: Sequence[Charge], currency: Currency) -> dict[Kind, Decimal]:
    amounts: dict[Kind, list[Decimal]] = defaultdict(list)
    for tax in (tax for charge in group for tax in charge.taxes):
        amounts[tax.category, tax.rate].append(tax.amount)
    return {kind: currency.rounded(total(each)) for kind, each in amounts.items()}


def _net(
    basis: PriceBasis, group: Sequence[Charge], taxes: dict[Kind, Decimal], currency: Currency
) -> Decimal:
    """The group's net amount, rounded; of gross prices, the rounded gross amount less the taxes."""
    if basis == "net":
        return currency.rounded(total([charge.excluded for charge in group]))
    gross = currency.rounded(total([charge.included for charge in group]))
    return total([gross, *(-amount for amount in taxes.values())])


def _place(item: Item) -> tuple[bool, str, bool, Decimal]:
    return (
        item.category is None,
        item.category or "",
        item.percent is None,
        item.percent or Decimal(0),
    )
