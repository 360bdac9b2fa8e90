"""Rates to make bills of, as short as they can be."""

from datetime import UTC, datetime
from typing import Any

from impl.query.language import Document

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def money(value: float, unit: str = "EUR") -> dict[str, Any]:
    return {"unit": unit, "value": value}


def tax(
    amount: float, rate: float = 20, category: str = "VAT", unit: str = "EUR"
) -> dict[str, Any]:
    return {"taxCategory": category, "taxRate": rate, "taxAmount": money(amount, unit)}


def rate(id_: str = "r", **attributes: Any) -> Document:
    """An unbilled rate of the account A, with a net amount of 10 unless said."""
    if not attributes.keys() & {"taxExcludedAmount", "taxIncludedAmount"}:
        attributes["taxExcludedAmount"] = money(10)
    fixed = {"id": id_, "isBilled": False, "billingAccount": {"id": "A"}, "type": "usageCharge"}
    return Document(fixed | attributes, 1)
