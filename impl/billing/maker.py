"""Makes a bill from what an account has unbilled: the bill, and its rates marked with it.

All of it is written in the caller's transaction, so each rate ends on exactly one bill.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from ulid import ULID

from impl.billing.assemble import Occasion, assemble, own_document
from impl.billing.policy import Policy
from impl.errors import Conflict
from impl.query.language import Compare, Condition, Document
from impl.store.mongo import Store

BILLS = "customerBill"
RATES = "appliedCustomerBillingRate"


def is_prepaid(account: Mapping[str, Any], rates: Sequence[Document]) -> bool:
    """Whether the account is marked as prepaid, where a bill is asked for or where it was used."""
    accounts = [account, *(rate["billingAccount"] for rate in rates)]
    return any(each.get("ratingType") == "prepaid" for each in accounts)


class Reason(Protocol):
    """What tells why a bill is made, once its rates are known."""

    def __call__(self, rates: Sequence[Document]) -> Occasion:
        """The occasion of the bill of these rates."""


class Maker:
    """Makes bills in one store, by one policy."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self._store = store
        self._policy = policy

    def make(self, where: Condition, reason: Reason) -> Document:
        """The bill of the rates that the condition holds for, kept, and the rates marked with it.

        To be called in a transaction. Raises Rejected where there can be no bill.
        """
        rates = self._store.every(RATES, where)
        bill = self.preview(rates, reason)
        place = self._store.next_number(self._policy.sequence(bill["billDate"]))
        bill["billNo"] = self._policy.number(bill["billDate"], place)
        bill["billDocument"] = [own_document(bill)]
        made = self._store.insert(BILLS, bill)
        self._store.change_many(RATES, [(rate, _billed(rate, made["id"])) for rate in rates])
        return made

    def preview(self, rates: Sequence[Document], reason: Reason) -> dict[str, Any]:
        """The bill that these rates would make, without its number; Rejected."""
        return assemble(rates, reason(rates))

    def free(self, bill: Document) -> None:
        """Give a bill's rates back, as unbilled ones of its account, in the caller's transaction.

        Raises Conflict where a rate would have no account to go back to.
        """
        rates = self._store.every(RATES, Compare(("bill", "id"), (bill["id"],)))
        self._store.change_many(RATES, [(rate, _freed(rate, bill)) for rate in rates])


def new_id() -> str:
    """An id for a bill."""
    return str(ULID())


def now() -> datetime:
    """This instant, to the millisecond that is kept of it."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _billed(rate: Document, bill: str) -> dict[str, Any]:
    return {**rate, "isBilled": True, "bill": {"id": bill, "@referredType": "CustomerBill"}}


def _freed(rate: Document, bill: Document) -> dict[str, Any]:
    account = rate.get("billingAccount") or bill.get("billingAccount")
    if account is None:
        raise Conflict(f"billingAccount: the bill's rate {rate['id']!r} has none to go back to")
    kept = {name: value for name, value in rate.items() if name != "bill"}
    return {**kept, "isBilled": False, "billingAccount": account}
