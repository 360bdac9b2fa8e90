"""The sums of a bill, and what is left to pay of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from impl.billing.money import currency
from impl.billing.tax_rates import Levied, Percents
from impl.documents.bill_values import Json, Money, listed, money, name, number, text, total
from impl.documents.lines import Line
from impl.documents.locale_formats import Formats, rounded

MAX_ROUNDING = Decimal(1)
"""The largest difference that is called rounding, in whole units of the currency."""
Words = Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A sum with its label; templates lay it out by its `kind`.

    The sums are of the kinds `net`, `tax`, `rounding` and `gross`; the settlement has `billed` and
    `payment`, and at its end `due`, `nothing` or `favour`; the headline has one of those or `paid`.
    """

    kind: str
    label: str
    amount: str
    detail: str = ""


def sums(bill: Json, lines: Sequence[Line], formats: Formats, words: Words) -> tuple[Row, ...]:
    """The net total, its taxes, the rounding difference, and the gross total."""
    net, gross = money(bill.get("taxExcludedAmount")), money(bill.get("taxIncludedAmount"))
    taxes = _taxes(bill, lines)
    difference = _difference(net, [tax.amount for tax in taxes], gross)
    rows = [
        _row("net", words["net_total"], net, formats),
        *(_tax(each, formats, words, based=len(taxes) > 1) for each in taxes),
        _row("rounding", words[difference_name(difference)], difference, formats),
        _row("gross", words["gross_total"], gross, formats),
    ]
    return tuple(row for row in rows if row.amount)


def settlement(bill: Json, formats: Formats, words: Words) -> tuple[Row, ...]:
    """The billed amount if it is not the gross total, the payments, and what is left to pay."""
    due, left = money(bill.get("amountDue")), money(bill.get("remainingAmount"))
    last = due if left is None else left
    payments = tuple(_payments(bill, formats, words))
    shown = due in (last, money(bill.get("taxIncludedAmount")))
    billed = _row("billed", words["billed_amount"], None if shown else due, formats)
    label = words["remaining" if payments else "amount_due"]
    rows = (billed, *payments, _final(last, label, formats, words))
    return tuple(row for row in rows if row.amount)


def _row(kind: str, label: str, amount: Money | None, formats: Formats) -> Row:
    return Row(kind, label, formats.amount(amount))


@dataclass(frozen=True)
class _Tax:
    """A tax of a bill: its rate in percent, and the amount it is levied on, if the bill says so."""

    category: str
    percent: Decimal | None
    amount: Money | None
    base: Money | None


def _taxes(bill: Json, lines: Sequence[Line]) -> list[_Tax]:
    """The bill's taxes by category and rate; those of its lines if it has none itself."""
    items = [_item(each) for each in listed(bill.get("taxItem"))] or [
        _Tax(tax.category or "", tax.rate, Money(tax.amount, line.unit), None)
        for line in lines
        for tax in line.taxes
        if tax.rate or tax.amount
    ]
    unit = next((item.amount.unit for item in items if item.amount), "")
    levied = [*_based(items)] or [*_levied(bill, items, lines)]
    percents = Percents(levied, currency(unit).minor)
    taxes: dict[tuple[str, Decimal | None, str], list[_Tax]] = {}
    for item in items:
        percent = percents.of(item.category, item.percent)
        unit = item.amount.unit if item.amount else ""
        taxes.setdefault((item.category, percent, unit), []).append(item)
    return [
        _Tax(
            category,
            percent,
            total(each.amount for each in same),
            total(each.base for each in same),
        )
        for (category, percent, _), same in taxes.items()
    ]


def _item(given: Json) -> _Tax:
    amount, base = money(given.get("taxAmount")), money(given.get("taxableAmount"))
    return _Tax(text(given.get("taxCategory")), number(given.get("taxRate")), amount, base)


def _based(items: Sequence[_Tax]) -> Iterator[Levied]:
    """The bill's own taxes with their bases, which show how rates are written."""
    for item in items:
        if item.amount and item.base:
            yield Levied(item.category, item.percent, item.base.value, item.amount.value)


def _levied(bill: Json, items: Sequence[_Tax], lines: Sequence[Line]) -> Iterator[Levied]:
    """The taxes of the lines with their bases; of a bill with one tax also that one."""
    net = money(bill.get("taxExcludedAmount"))
    if len(items) == 1 and net and items[0].amount and not items[0].base:
        yield Levied(items[0].category, items[0].percent, net.value, items[0].amount.value)
    for tax in (tax for line in lines for tax in line.taxes):
        yield tax._replace(category=tax.category or "")


def _tax(tax: _Tax, formats: Formats, words: Words, *, based: bool) -> Row:
    label = f"{tax.category or words['tax']} {formats.percent(tax.percent)}".strip()
    if based and tax.base:
        parts = {"{tax}": label, "{base}": formats.amount(tax.base)}
        label = re.sub("{tax}|{base}", lambda match: parts[match[0]], words["tax_on"])
    return _row("tax", label, tax.amount, formats)


def _difference(
    net: Money | None, taxes: Sequence[Money | None], gross: Money | None
) -> Money | None:
    """The gross total minus net and taxes; None if it is zero, or one of them is unknown."""
    parts = total([net, *taxes]) if taxes else None
    difference = total([gross, -parts]) if parts else None
    return difference if difference and rounded(difference) else None


def difference_name(difference: Money | None) -> str:
    """The word for a difference: rounding up to one unit of the currency, else adjustment."""
    small = difference is None or abs(difference.value) <= MAX_ROUNDING
    return "rounding" if small else "adjustment"


def _payments(bill: Json, formats: Formats, words: Words) -> Iterator[Row]:
    """A row for each payment, with a minus."""
    for payment in listed(bill.get("appliedPayment")):
        amount = money(payment.get("appliedAmount"))
        if amount:
            label = f"{words['payment']} {name(payment.get('payment'))}".strip()
            yield _row("payment", label, -amount, formats)


def _final(last: Money | None, label: str, formats: Formats, words: Words) -> Row:
    """The amount left to pay. An amount in the customer's favour has no sign: the label says so."""
    left = rounded(last) if last else Decimal(0)
    if last and left < 0:
        return _row("favour", words["in_favour"], -last, formats)
    return _row("due" if left else "nothing", label, last, formats)
