"""A bill that has every attribute that templates show, to try them on."""

from datetime import UTC, datetime
from typing import Any

_DAY = datetime(2026, 7, 1, tzinfo=UTC)
_PERIOD = {"startDateTime": _DAY, "endDateTime": datetime(2026, 8, 1, tzinfo=UTC)}


def _euro(value: float) -> dict[str, Any]:
    return {"unit": "EUR", "value": value}


def _rate(number: int, product: dict[str, Any]) -> dict[str, Any]:
    return product | {
        "id": f"{number}",
        "name": f"Charge {number}",
        "description": "For a month",
        "periodCoverage": _PERIOD,
        "taxExcludedAmount": _euro(10),
        "taxIncludedAmount": _euro(11.9),
    }


RATES = [
    *(_rate(number, {"product": {"id": "1", "name": "Product"}}) for number in (1, 2)),
    *(_rate(number, {"product": {"id": "2", "name": "Product"}}) for number in (3, 4)),
    _rate(5, {}),
]
BILL = {
    "id": "1",
    "billNo": "0001",
    "state": "onHold",
    "category": "normal",
    "billDate": _DAY,
    "paymentDueDate": datetime(2026, 7, 22, tzinfo=UTC),
    "billingPeriod": _PERIOD,
    "billingAccount": {"id": "1", "name": "Account"},
    "paymentMethod": {"id": "1", "name": "Bank transfer"},
    "billingAddress": {
        "contactName": "Contact",
        "street1": "Street 1",
        "street2": "Floor 2",
        "postCode": "1000",
        "city": "City",
        "country": "Country",
    },
    "taxNumber": "VAT 1",
    "electronicAddress": {"scheme": "EM", "value": "bills@customer.example"},
    "buyerReference": "Reference 1",
    "purchaseOrder": "Order 1",
    "mandateId": "Mandate 1",
    "relatedParty": [{"id": "1", "name": "Customer", "role": "payer"}],
    "taxExcludedAmount": _euro(50),
    "taxItem": [{"taxCategory": "VAT", "taxRate": 19, "taxAmount": _euro(9.5)}],
    "taxIncludedAmount": _euro(59.51),
    "amountDue": _euro(60),
    "appliedPayment": [{"payment": {"id": "1"}, "appliedAmount": _euro(20)}],
    "remainingAmount": _euro(40),
}
