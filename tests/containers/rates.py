"""Rates of accounts, as lines to import: a bill of 82.36 EUR for each account."""

import json
from collections.abc import Iterable
from typing import Any

AMOUNT = 82.36
RATE_AMOUNT = 41.18


def rates(account: str) -> list[dict[str, Any]]:
    """Two rates of one account."""
    return [
        {
            "id": f"{account}-{number}",
            "@type": "AppliedCustomerBillingRate",
            "name": "Fibre 250",
            "billingAccount": {"id": account},
            "taxExcludedAmount": {"unit": "EUR", "value": RATE_AMOUNT},
        }
        for number in range(2)
    ]


def lines(accounts: Iterable[str]) -> str:
    """The rates of these accounts, one a line."""
    return "".join(f"{json.dumps(rate)}\n" for account in accounts for rate in rates(account))
