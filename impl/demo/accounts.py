"""The seller, the accounts and the charges of the demo data. All names are invented."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

RECURRING, USAGE, ONCE = "recurringCharge", "usageCharge", "oneTimeCharge"
CREDIT, PENALTY = "appliedBillingCredit", "appliedPenaltyCharge"
SINCE = {"startDateTime": datetime(2020, 1, 1, tzinfo=UTC)}
FORMAT = {"id": "detailed", "@type": "BillFormat", "name": "Detailed"}
MEDIA = (
    {"id": "paper", "@type": "BillPresentationMedia", "name": "Paper"},
    {"id": "email", "@type": "BillPresentationMedia", "name": "E-mail"},
)
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
    address: dict[str, str]
    email: str
    buyer: dict[str, Any]

    @property
    def parties(self) -> list[dict[str, Any]]:
        """The payer, and a company's receiver of bills."""
        company = self.party["name"]
        is_company = self.party["@referredType"] == "Organization"
        return [self.party | {"role": "payer"}, *([_clerk(company)] if is_company else [])]

    @property
    def record(self) -> dict[str, Any]:
        """The account's record (TMF666), which its bills take their addressee from."""
        reader = self.parties[-1]
        media: list[dict[str, Any]] = [
            {"mediumType": "postalAddress", "preferred": True, "characteristic": self.address},
            {"mediumType": "email", "characteristic": {"emailAddress": self.email}},
        ]
        contact = {"contactType": "billing", "contactName": reader["name"], "validFor": SINCE}
        return {
            "id": self.reference["id"],
            "@type": "BillingAccount",
            "name": self.reference["name"],
            "state": "Active",
            "lastModified": SINCE["startDateTime"],
            "relatedParty": self.parties,
            "contact": [contact | {"contactMedium": media}],
            "billStructure": {
                "cycleSpecification": _reference({"id": "monthly", "name": "Monthly"}),
                "format": _reference(FORMAT),
                "presentationMedia": [_reference(each) for each in MEDIA],
            },
            "defaultPaymentMethod": {"id": f"method-{self.number}", "name": self.payment},
            **self.buyer,
        }

    @property
    def reference(self) -> dict[str, Any]:
        """The account as bills and rates refer to it."""
        return {
            "id": f"account-{self.number}",
            "name": f"Account of {self.party['name']}",
            "@referredType": "BillingAccount",
        }


def _clerk(company: str) -> dict[str, Any]:
    return {
        "id": "party-2002",
        "name": f"Ines Quillmark, {company}",
        "role": "bill receiver",
        "@referredType": "Individual",
    }


def _reference(to: dict[str, str]) -> dict[str, Any]:
    return {"id": to["id"], "name": to["name"], "isRef": True}


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
        {"street1": "Lindenweg 4", "postCode": "20095", "city": "Hamburg", "country": "Germany"},
        "ada@brookfen.example",
        {"mandateId": "LW-1001-1"},
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
        {
            "street1": "Am Mühlbach 12",
            "street2": "Top floor",
            "postCode": "90402",
            "city": "Nürnberg",
            "country": "Germany",
        },
        "milo@tarnwood.example",
        {},
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
        {"street1": "Velogasse 3", "postCode": "8004", "city": "Zürich", "country": "Switzerland"},
        "bills@hollin-vane.example",
        {
            "language": "en",
            "taxNumber": "CHE-000.000.000 MWST",
            "electronicAddress": {"scheme": "EM", "value": "bills@hollin-vane.example"},
            "buyerReference": "Workshop",
            "purchaseOrder": "HV-2026-17",
        },
    ),
)
ON_DEMAND = (
    Line("Installation of a second socket", ONCE, "79.83", "19"),
    Line("Router, refurbished", ONCE, "54.62", "19"),
)
