"""What the bills of accounts leave unpaid (TMF666, `accountBalance`)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from impl.auth.identity import as_server
from impl.billing.money import exact, money, plus
from impl.query.language import Compare, Every
from impl.resources import BILLS
from impl.store.mongo import Store

KIND = "receivableBalance"
"""The `balanceType` of a balance that the server computes."""

_READ = ("billingAccount", "amountDue", "remainingAmount", "state", "lastUpdate")


def balances(store: Store, accounts: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """For each account that has bills, what they leave unpaid: an `AccountBalance` a currency.

    A bill leaves its `remainingAmount`, or else its `amountDue`, unless it is settled. A balance is
    valid from the last change of these bills on. It counts all bills of the account, whichever of
    them the caller may see.
    """
    ids = tuple(accounts)
    unpaid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    changed: dict[tuple[str, str], datetime] = {}
    with as_server():
        for bill in store.parts(BILLS, Every((Compare(("billingAccount", "id"), ids),)), _READ):
            left = _left(bill)
            if left is None:
                continue
            key = bill["billingAccount"]["id"], left[0]
            unpaid[key] = plus(unpaid[key], left[1])
            changed[key] = max(changed.get(key, bill["lastUpdate"]), bill["lastUpdate"])
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for account, unit in sorted(unpaid):
        found[account].append(_balance(unpaid[account, unit], unit, changed[account, unit]))
    return found


def _left(bill: Mapping[str, Any]) -> tuple[str, Decimal] | None:
    """The currency and the amount that a bill leaves unpaid; None if it states no amount."""
    amount = bill.get("remainingAmount") or bill.get("amountDue") or {}
    unit, value = amount.get("unit"), amount.get("value")
    if not isinstance(unit, str) or isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    paid = "remainingAmount" not in bill and bill.get("state") == "settled"
    return unit, Decimal(0) if paid else exact(value)


def _balance(amount: Decimal, unit: str, since: datetime) -> dict[str, Any]:
    return {
        "balanceType": KIND,
        "amount": money(amount, unit),
        "validFor": {"startDateTime": since},
        "@type": "AccountBalance",
    }
