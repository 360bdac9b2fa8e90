"""Assembles a bill from its rates and its header. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

from impl.billing.bill_totals import Item, Sums, sums
from impl.billing.billing_account import Record
from impl.billing.charges import NothingToBill, PriceBasis, Rate, Rejected, currency_of, read
from impl.billing.money import Currency, total
from impl.query.language import Document

PDF = "application/pdf"


@dataclass(frozen=True, kw_only=True)
class BillHeader:
    """All of a bill that does not follow from its rates."""

    id: str
    account: dict[str, Any]
    run_type: str
    date: datetime
    due: datetime
    made: datetime
    period: Mapping[str, datetime] | None = None
    derived_period: bool = False
    """Whether the server derived the period, so that its end is certainly not part of it."""

    basis: PriceBasis | None = None
    """The price basis of rates that name none."""

    prepaid: bool = False
    last: bool = False
    """Whether the account is closed."""

    more: dict[str, Any] = field(default_factory=dict)
    """Other attributes of the bill."""


HeaderOf: TypeAlias = Callable[[Sequence[Rate]], BillHeader]
"""Makes the header of a bill of these rates; Rejected if the account can't be billed."""

HeaderFor: TypeAlias = Callable[[Record, Sequence[Rate]], BillHeader]
"""The same, for the account of this record."""


def assemble(rates: Sequence[Rate], header: BillHeader, unit: str = "") -> Document:
    """The CustomerBill of these rates, without its number; Rejected if there can be none.

    `unit` is the one currency of all rates, if it is known.
    """
    if not rates:
        raise NothingToBill("there is nothing to bill")
    currency = currency_of(rates, unit)
    charges = (read(rate, currency, header.basis) for rate in rates)
    return bill_of(sums(charges, currency), currency, header)


def bill_of(totals: Sums, unit: Currency, header: BillHeader) -> Document:
    """The CustomerBill of these totals, without its number.

    Gross is net plus taxes; `bill_totals.py` sums and rounds the amounts. A bill of zero is
    settled. Raises Rejected if an amount is too large.
    """
    _refuse_too_large(totals, unit)
    bill = {
        "id": header.id,
        "@type": "CustomerBill",
        "runType": header.run_type,
        "category": _category(totals.gross, header),
        "billingAccount": header.account,
        "billDate": header.date,
        "paymentDueDate": header.due,
        "lastUpdate": header.made,
        "taxExcludedAmount": unit.money(totals.net),
        "taxIncludedAmount": unit.money(totals.gross),
        "taxItem": [_tax_item(item, unit) for item in totals.items],
        "amountDue": unit.money(totals.gross),
        **_payment(totals.gross, header, unit),
        **header.more,
    }
    if header.period:
        bill["billingPeriod"] = dict(header.period)
    if header.basis:
        bill["priceBasis"] = header.basis
    difference = total([totals.stated, -totals.gross])
    if abs(difference) >= unit.minor:
        bill["roundingDifference"] = unit.money(difference)
    return Document(bill, derived={"billingPeriod"} if header.derived_period else ())


def reference_to(bill: Mapping[str, Any]) -> dict[str, str]:
    """A reference to a bill, as rates, requests and outcomes have it."""
    return {"id": bill["id"], "@referredType": "CustomerBill"}


def own_document(bill: Mapping[str, Any]) -> dict[str, Any]:
    """The entry in `billDocument` for the document that is served for the bill.

    It has the bill's own id. The server adds its `url` when it shows the bill.
    """
    name = f"{bill.get('billNo', bill['id'])}.pdf"
    return {"id": bill["id"], "name": name, "mimeType": PDF}


def _refuse_too_large(totals: Sums, unit: Currency) -> None:
    amounts = [totals.net, totals.gross, *(item.amount for item in totals.items)]
    if max(map(abs, [*amounts, *(item.base for item in totals.items)])) > unit.largest:
        raise Rejected("the total is more than an amount can hold")


def _category(gross: Decimal, header: BillHeader) -> str:
    """A total below zero makes a credit note, of a closed account, too."""
    if gross < 0:
        return "credit note"
    return "last" if header.last else "normal"


def _payment(gross: Decimal, header: BillHeader, unit: Currency) -> dict[str, Any]:
    """State and amount left to pay: all, or nothing for a bill of zero or a prepaid account."""
    nothing = {"state": "settled", "remainingAmount": unit.money(Decimal(0))}
    if not gross:
        return nothing
    if header.prepaid:
        return nothing | {"appliedPayment": [{"appliedAmount": unit.money(gross)}]}
    return {"state": "new", "remainingAmount": unit.money(gross)}


def _tax_item(item: Item, unit: Currency) -> dict[str, Any]:
    """The TaxItem; its rate is in percent."""
    tax: dict[str, Any] = {
        "taxAmount": unit.money(item.amount),
        "taxableAmount": unit.money(item.base),
    }
    if item.category is not None:
        tax["taxCategory"] = item.category
    if item.percent is not None:
        tax["taxRate"] = float(item.percent)
    return tax
