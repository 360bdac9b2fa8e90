"""What a bill adds up to, and what is left to pay of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from impl.documents.formats import Formats, rounded
from impl.documents.values import Json, Money, listed, money, name, number, text, total

ROUNDING = Decimal(1)
"""The most that is called rounding, in whole units of the currency."""
Words = Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A sum with its label; `kind` is for the layout.

    In the sums `net`, `tax`, `rounding` and `gross`; in the settlement `billed`, `payment`, and
    last `due`, `nothing` or `favour`; in the headline one of these last or `paid`.
    """

    kind: str
    label: str
    amount: str
    detail: str = ""


def sums(bill: Json, rates: Sequence[Json], formats: Formats, words: Words) -> tuple[Row, ...]:
    """The net total, the taxes on it, what rounding made of them, and the gross total."""
    net, gross = money(bill.get("taxExcludedAmount")), money(bill.get("taxIncludedAmount"))
    taxes = _taxes(bill, rates)
    difference = _difference(net, list(taxes.values()), gross)
    rows = [
        _row("net", words["net_total"], net, formats),
        *(_tax(each, amount, formats, words) for each, amount in taxes.items()),
        _row("rounding", words[_difference_name(difference)], difference, formats),
        _row("gross", words["gross_total"], gross, formats),
    ]
    return tuple(row for row in rows if row.amount)


def settlement(bill: Json, formats: Formats, words: Words) -> tuple[Row, ...]:
    """What was billed where it is not the gross total, what was paid, and what is left."""
    due, left = money(bill.get("amountDue")), money(bill.get("remainingAmount"))
    last = due if left is None else left
    payments = tuple(_payments(bill, formats, words))
    told = due in (last, money(bill.get("taxIncludedAmount")))
    billed = _row("billed", words["billed_amount"], None if told else due, formats)
    label = words["remaining" if payments else "amount_due"]
    rows = (billed, *payments, _final(last, label, formats, words))
    return tuple(row for row in rows if row.amount)


def _row(kind: str, label: str, amount: Money | None, formats: Formats) -> Row:
    return Row(kind, label, formats.amount(amount))


Levied = tuple[str, Decimal | None, str]
"""What makes two taxes the same: category, rate, and the unit of what they come to."""


def _taxes(bill: Json, rates: Sequence[Json]) -> dict[Levied, Money | None]:
    """The bill's taxes by category and rate; where it names none, those of its lines."""
    items = listed(bill.get("taxItem"))
    of_lines = (tax for rate in rates for tax in listed(rate.get("appliedTax")))
    taxes: dict[Levied, list[Money | None]] = {}
    for item in items or of_lines:
        amount = money(item.get("taxAmount"))
        unit = amount.unit if amount else ""
        same = (text(item.get("taxCategory")), number(item.get("taxRate")), unit)
        taxes.setdefault(same, []).append(amount)
    return {same: total(amounts) for same, amounts in taxes.items()}


def _tax(levied: Levied, amount: Money | None, formats: Formats, words: Words) -> Row:
    category, rate, _ = levied
    label = f"{category or words['tax']} {formats.percent(rate)}".strip()
    return _row("tax", label, amount, formats)


def _difference(
    net: Money | None, taxes: Sequence[Money | None], gross: Money | None
) -> Money | None:
    """What the gross total is off net and taxes, if it is and all of them are known."""
    parts = total([net, *taxes]) if taxes else None
    off = total([gross, -parts]) if parts else None
    return off if off and rounded(off) else None


def _difference_name(difference: Money | None) -> str:
    small = difference is None or abs(difference.value) <= ROUNDING
    return "rounding" if small else "adjustment"


def _payments(bill: Json, formats: Formats, words: Words) -> Iterator[Row]:
    """What was paid, taken off the bill."""
    for payment in listed(bill.get("appliedPayment")):
        amount = money(payment.get("appliedAmount"))
        if amount:
            label = f"{words['payment']} {name(payment.get('payment'))}".strip()
            yield _row("payment", label, -amount, formats)


def _final(last: Money | None, label: str, formats: Formats, words: Words) -> Row:
    """What is left to pay; what the customer is owed has no sign, for its label says so."""
    left = rounded(last) if last else Decimal(0)
    if last and left < 0:
        return _row("favour", words["in_favour"], -last, formats)
    return _row("due" if left else "nothing", label, last, formats)
