"""Requests for bills on demand, of the demo data."""

from datetime import datetime, timedelta
from typing import Any

from impl.demo import bills
from impl.demo.accounts import ACCOUNTS
from impl.demo.cycles import month_before

Json = dict[str, Any]


def finished(today: datetime) -> list[Json]:
    """Two finished requests for a bill outside the cycle."""
    month, account = month_before(today, 1), ACCOUNTS[1]
    request = {
        "@type": "CustomerBillOnDemand",
        "lastUpdate": month + timedelta(days=bills.EXTRA_AFTER),
        "billingAccount": account.reference,
        "relatedParty": account.party | {"role": "payer"},
    }
    bill = {"id": f"bill-{account.number}-extra", "@referredType": "CustomerBill"}
    return [
        request
        | {
            "id": f"request-{account.number}-1",
            "name": "Bill for the work at the house",
            "description": "The customer wants to hand it to the landlord before the month ends.",
            "state": "done",
            "customerBill": bill,
        },
        request
        | {
            "id": f"request-{account.number}-2",
            "name": "Bill once more",
            "description": "Asked for twice; there was nothing left to bill.",
            "state": "rejected",
            "statusReason": "there is nothing to bill",
        },
    ]
