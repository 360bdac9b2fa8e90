"""The seller, the accounts and the charges of the demo data. All names are invented."""

from dataclasses import dataclass
from typing import Any

RECURRING, USAGE, ONCE = "recurringCharge", "usageCharge", "oneTimeCharge"
CREDIT, PENALTY = "appliedBillingCredit", "appliedPenaltyCharge"
SELLER = {"id": "party-1", "name": "Lumen & Wave Telecom", "@referredType": "Organization"}


@dataclass(frozen=True)
class Line:
    """A charge or a credit; for usage, `amount` is for one unit and `quantity` the least used."""

    name: str
    kind: str
    amount: str
    tax: str
    unit: str = ""
    quantity: int = 1


@dataclass(frozen=True)
class Account:
    """A billing account, its charges, and the state of each month's bill, the newest first.

    `once` are charges of the month so many months ago; `unbilled` are those of this month.
    """

    number: str
    party: dict[str, Any]
    currency: str
    payment: str
    lines: tuple[Line, ...]
    once: dict[int, Line]
    unbilled: tuple[Line, ...]
    states: tuple[str, ...]

    @property
    def reference(self) -> dict[str, Any]:
        """The account as bills and rates refer to it."""
        return {
            "id": f"account-{self.number}",
            "name": f"Account of {self.party['name']}",
            "@referredType": "BillingAccount",
        }


ACCOUNTS = (
    Account(
        "1001",
        {"id": "party-1001", "name": "Ada Brookfen", "@referredType": "Individual"},
        "EUR",
        "Direct debit",
        (
            Line("Mobile plan M", RECURRING, "21.00", "19"),
            Line("Daily paper, e-edition", RECURRING, "7.90", "7"),
            Line("Data beyond the plan", USAGE, "1.37", "19", "GB", 2),
            Line("Calls abroad", USAGE, "0.29", "19", "min", 5),
        ),
        {
            3: Line("Goodwill for an outage", CREDIT, "-10.00", "19"),
            6: Line("Replacement SIM", ONCE, "8.32", "19"),
        },
        (
            Line("Day pass abroad", ONCE, "4.99", "19"),
            Line("Credit for a returned handset case", CREDIT, "-2.51", "19"),
        ),
        ("new", "sent", *["settled"] * 6),
    ),
    Account(
        "1002",
        {"id": "party-1002", "name": "Milo Tarnwood", "@referredType": "Individual"},
        "EUR",
        "Bank transfer",
        (
            Line("Fibre 250", RECURRING, "33.57", "19"),
            Line("Television, family", RECURRING, "10.49", "19"),
            Line("Landline calls", USAGE, "0.07", "19", "min", 31),
        ),
        {4: Line("Late payment fee", PENALTY, "5.00", "0")},
        (
            Line("Film: The Lighthouse Keeper's Cat", ONCE, "4.19", "19"),
            Line("Film: Nine Bridges", ONCE, "3.35", "19"),
            Line("Credit for a film that stalled", CREDIT, "-3.35", "19"),
        ),
        ("new", "partiallyPaid", *["settled"] * 5),
    ),
    Account(
        "2001",
        {"id": "party-2001", "name": "Hollin & Vane Bicycles", "@referredType": "Organization"},
        "CHF",
        "Bank transfer",
        (
            Line("Mobile lines, 12 cards", RECURRING, "348.00", "8.1"),
            Line("Leased line, 1 Gbit/s", RECURRING, "489.50", "8.1"),
            Line("Cloud telephone system", RECURRING, "118.80", "8.1"),
            Line("Static addresses", RECURRING, "16.00", "8.1"),
            Line("Data abroad", USAGE, "2.45", "8.1", "GB", 9),
            Line("Calls", USAGE, "0.11", "8.1", "min", 263),
        ),
        {
            2: Line("Volume discount of the quarter", CREDIT, "-87.33", "8.1"),
            5: Line("Credit below the agreed availability", CREDIT, "-48.95", "8.1"),
        },
        (
            Line("Technician on site", ONCE, "180.00", "8.1"),
            Line("Credit below the agreed availability", CREDIT, "-24.45", "8.1"),
        ),
        ("validated", "onHold", "sent", "settled", "partiallyPaid", *["settled"] * 3),
    ),
)
ON_DEMAND = (
    Line("Installation of a second socket", ONCE, "79.83", "19"),
    Line("Router, refurbished", ONCE, "54.62", "19"),
)
