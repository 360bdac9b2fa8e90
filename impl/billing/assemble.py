"""A bill assembled from rates: its sums, its taxes, its dates. Pure."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from impl.billing.charges import Charge, NothingToBill, Rate, Rejected, Tax, currency_of, read
from impl.billing.money import LARGEST, Currency, total

PDF = "application/pdf"


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """Why and when a bill is made: all of it that does not follow from its rates."""

    id: str
    account: dict[str, Any]
    run_type: str
    date: datetime
    due: datetime
    made: datetime
    period: dict[str, datetime] | None = None
    """The billing period; without it, what the rates cover."""

    prepaid: bool = False
    more: dict[str, Any] = field(default_factory=dict)
    """Other attributes, as they stand on the bill."""


def assemble(rates: Sequence[Rate], occasion: Occasion) -> dict[str, Any]:
    """The CustomerBill of these rates, without its number.

    Sums are exact, and each amount is rounded once, half up, to the currency's minor unit; so net
    and taxes may differ from gross by a rounding. Raises Rejected where there can be no bill.
    """
    if not rates:
        raise NothingToBill("there is nothing to bill")
    currency = currency_of(rates)
    charges = [read(rate, currency) for rate in rates]
    gross = total([charge.included for charge in charges])
    if abs(gross) > LARGEST:
        raise Rejected("the total is more than an amount can hold")
    bill = {
        "id": occasion.id,
        "@type": "CustomerBill",
        "runType": occasion.run_type,
        "category": "normal" if currency.rounded(gross) >= 0 else "credit note",
        "billingAccount": occasion.account,
        "billDate": occasion.date,
        "paymentDueDate": occasion.due,
        "lastUpdate": occasion.made,
        "taxExcludedAmount": currency.money(total([charge.excluded for charge in charges])),
        "taxIncludedAmount": currency.money(gross),
        "taxItem": _tax_items(charges, currency),
        "amountDue": currency.money(gross),
        **_payment(gross, occasion, currency),
        **occasion.more,
    }
    period = occasion.period or covered(rates)
    return bill | ({"billingPeriod": period} if period else {})


def own_document(bill: dict[str, Any], size: int | None = None) -> dict[str, Any]:
    """The entry in `billDocument` for the document that is served for the bill.

    It has the bill's own id; its `url` is made when it is shown. `size` is in bytes.
    """
    document = {"id": bill["id"], "name": f"{bill.get('billNo', bill['id'])}.pdf"}
    sized = {} if size is None else {"size": {"amount": size, "units": "bytes"}}
    return {**document, "mimeType": PDF, **sized}


def covered(rates: Sequence[Rate]) -> dict[str, datetime]:
    """The TimePeriod from the first to the last instant that the rates cover, or else are of."""
    starts, ends = [], []
    for rate in rates:
        coverage = rate.get("periodCoverage") or {}
        starts.append(coverage.get("startDateTime") or rate.get("date"))
        ends.append(coverage.get("endDateTime") or rate.get("date"))
    begin = min((start for start in starts if start), default=None)
    end = max((end for end in ends if end), default=None)
    given = {"startDateTime": begin, "endDateTime": end}
    return {name: instant for name, instant in given.items() if instant}


def _payment(gross: Decimal, occasion: Occasion, currency: Currency) -> dict[str, Any]:
    """What is left to pay: all of it, or for a prepaid account nothing."""
    if not occasion.prepaid:
        return {"state": "new", "remainingAmount": currency.money(gross)}
    payment = {"appliedAmount": currency.money(gross)}
    settled = {"state": "settled", "remainingAmount": currency.money(Decimal(0))}
    return settled | {"appliedPayment": [payment]}


def _tax_items(charges: Sequence[Charge], currency: Currency) -> list[dict[str, Any]]:
    """One item a category and rate, in their order."""
    amounts: dict[tuple[str | None, Decimal | None], list[Decimal]] = defaultdict(list)
    for tax in (tax for charge in charges for tax in charge.taxes):
        amounts[tax.category, tax.rate].append(tax.amount)
    sums = [Tax(*kind, total(each)) for kind, each in amounts.items()]
    return [_tax_item(tax, currency) for tax in sorted(sums, key=_place)]


def _tax_item(tax: Tax, currency: Currency) -> dict[str, Any]:
    item: dict[str, Any] = {"taxAmount": currency.money(tax.amount)}
    if tax.category is not None:
        item["taxCategory"] = tax.category
    if tax.rate is not None:
        item["taxRate"] = float(tax.rate)
    return item


def _place(tax: Tax) -> tuple[bool, str, Decimal]:
    return tax.category is None, tax.category or "", tax.rate or Decimal(0)
