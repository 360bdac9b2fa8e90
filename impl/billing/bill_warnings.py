"""What an operator should check on a bill before it is sent. Pure."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from impl.billing.money import exact, in_words

NOTABLE = Decimal(1)
"""A tax this far off its base times its rate is reported; in currency units."""


def warnings(bill: Mapping[str, Any]) -> list[str]:
    """Sentences on what an operator should check before the bill is sent.

    They are about a rounding difference, taxes that are 1.00 or more off their base times their
    rate, and a due date before the bill's date.
    """
    return [*_rounding_warnings(bill), *_tax_warnings(bill), *_date_warnings(bill)]


def _rounding_warnings(bill: Mapping[str, Any]) -> Iterator[str]:
    difference, gross = bill.get("roundingDifference"), bill["taxIncludedAmount"]
    if difference:
        stated = gross | {"value": exact(gross["value"]) + exact(difference["value"])}
        yield (
            f"roundingDifference: {_text(difference)}; the rates' own gross amounts come to"
            f" {_text(stated)}, and the bill to {_text(gross)}"
        )


def _tax_warnings(bill: Mapping[str, Any]) -> Iterator[str]:
    for item in bill["taxItem"]:
        if "taxRate" not in item:
            continue
        amount, base = item["taxAmount"], item["taxableAmount"]
        percent = exact(item["taxRate"])
        off = exact(amount["value"]) - exact(base["value"]) * percent / 100
        if abs(off) >= NOTABLE:
            label = f"{item.get('taxCategory', 'tax')} {item['taxRate']:g} %"
            miss = f"{_text(amount | {'value': abs(off)})} too {'much' if off > 0 else 'little'}"
            yield f"taxItem: {label} of {_text(base)} is {_text(amount)}, which is {miss}"


def _date_warnings(bill: Mapping[str, Any]) -> Iterator[str]:
    due, date = bill["paymentDueDate"], bill["billDate"]
    if due < date:
        yield f"paymentDueDate: {due.isoformat()} is before the billDate, {date.isoformat()}"


def _text(money: Mapping[str, Any]) -> str:
    return in_words(exact(money["value"]), money["unit"])
