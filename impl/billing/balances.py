"""What the bills of accounts leave unpaid (TMF666, `accountBalance`)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from impl.auth.identity import as_server
from impl.billing.money import money, plus, value_of
from impl.query.language import Compare, Every, Not
from impl.resources import BILLS
from impl.store.mongo import Store

KIND = "receivableBalance"
"""The `balanceType` of a balance that the server computes."""

_READ = ("billingAccount", "amountDue", "remainingAmount", "lastUpdate")
NOT_SETTLED = Not(Compare(("state",), ("settled",)))


def balances(store: Store, accounts: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """For each account with bills that are not settled: what they leave, a balance a currency.

    A bill leaves its `remainingAmount`, or else its `amountDue`. An `AccountBalance` is
    valid from the last change of these bills on. It counts all bills of the account, including
    those that the caller may not see.
    """
    ids = tuple(accounts)
    unpaid: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    changed: dict[tuple[str, str], datetime] = {}
    with as_server():
        of_these = Compare(("billingAccount", "id"), ids)
        for bill in store.parts(BILLS, Every((of_these, NOT_SETTLED)), _READ):
            left = _left(bill)
            if left is None:
                continue
            key = bill["billingAccount"]["id"], left[0]
            unpaid[key] = plus(unpaid[key], left[1])
            if since := bill.get("lastUpdate"):  # which documents of others may lack
                changed[key] = max(changed.get(key, since), since)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for account, unit in sorted(unpaid):
        since = changed.get((account, unit))
        found[account].append(
            {
                "balanceType": KIND,
                "amount": money(unpaid[account, unit], unit),
                "validFor": {"startDateTime": since} if since else {},
                "@type": "AccountBalance",
            }
        )
    return found


def _left(bill: Mapping[str, Any]) -> tuple[str, Decimal] | None:
    """The currency and the amount that a bill leaves unpaid; None if it states no amount."""
    return _amount(bill.get("remainingAmount")) or _amount(bill.get("amountDue"))


def _amount(given: Any) -> tuple[str, Decimal] | None:
    """The currency and the value of a Money; None unless it has both."""
    value = value_of(given)
    return (given["unit"], value) if value is not None and given.get("unit") else None
