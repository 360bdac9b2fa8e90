"""Makes a bill from what an account has unbilled: the bill, and its rates marked with it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import structlog
from ulid import ULID

from impl.billing.assemble import Occasion, assemble, own_document
from impl.billing.attempts import Attempts
from impl.billing.policy import Policy
from impl.documents.document import Documents
from impl.errors import Conflict
from impl.query.language import Compare, Condition, Document
from impl.store.mongo import Store
from impl.store.tasks import Task

log = structlog.get_logger("billing")
BILLS = "customerBill"
RATES = "appliedCustomerBillingRate"


def is_prepaid(account: Mapping[str, Any], rates: Sequence[Document]) -> bool:
    """Whether the account is marked as prepaid, where a bill is asked for or where it was used."""
    accounts = [account, *(rate["billingAccount"] for rate in rates)]
    return any(each.get("ratingType") == "prepaid" for each in accounts)


Reason = Callable[[Sequence[Document]], Occasion]
"""What tells why a bill is made, once its rates are known."""


class Maker:
    """Makes bills in one store, by one policy."""

    def __init__(self, store: Store, policy: Policy, documents: Documents | None = None) -> None:
        self.store = store
        self.policy = policy
        self._documents = documents

    def make(
        self,
        attempts: Attempts,
        task: Task,
        where: Condition,
        reason: Reason,
        also: Callable[[Document], object],
    ) -> None:
        """End the task with the bill of the rates that the condition holds for.

        In one transaction the bill is kept, its rates are marked with it, and what `also` does is
        done. Raises Rejected where there can be no bill; then nothing is written.
        """
        rates = self.store.every(RATES, where)
        occasion = reason(rates)
        bill = assemble(rates, occasion)
        sequence = self.policy.sequence(occasion.date)
        place = attempts.numbers.reserve(sequence, task.id)
        bill["billNo"] = self.policy.number(occasion.date, place)
        size = self._size(bill, rates)

        def made() -> None:
            also(self._made(where, occasion, bill, size))

        attempts.end(task, made)
        attempts.numbers.settle(task.id)

    def _size(self, bill: dict[str, Any], rates: Sequence[Document]) -> int | None:
        """How long the bill's document is; not known where none is made, for a bill goes before."""
        try:
            return len(self._documents.pdf(bill, rates)) if self._documents else None
        except Exception as fault:
            log.error("document", bill=bill["billNo"], exc_info=fault)
            return None

    def _made(
        self, where: Condition, occasion: Occasion, expected: dict[str, Any], size: int | None
    ) -> Document:
        """The bill, of the rates that there are now; its document's size if it is as expected."""
        rates = self.store.every(RATES, where)
        bill = assemble(rates, occasion) | {"billNo": expected["billNo"]}
        document = own_document(bill, size if bill == expected else None)
        made = self.store.insert(BILLS, bill | {"billDocument": [document]})
        self.store.change_many(RATES, [(rate, _billed(rate, made)) for rate in rates])
        return made

    def preview(self, rates: Sequence[Document], reason: Reason) -> dict[str, Any]:
        """The bill that these rates would make, without its number; Rejected."""
        return assemble(rates, reason(rates))

    def free(self, bill: Document) -> None:
        """Give a bill's rates back, as unbilled ones of its account, in the caller's transaction.

        Raises Conflict where a rate would have no account to go back to.
        """
        rates = self.store.every(RATES, Compare(("bill", "id"), (bill["id"],)))
        self.store.change_many(RATES, [(rate, _freed(rate, bill)) for rate in rates])


def new_id() -> str:
    """An id for a bill."""
    return str(ULID())


def now() -> datetime:
    """This instant, to the millisecond that is kept of it."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def reference_to(bill: Mapping[str, Any]) -> dict[str, str]:
    """A reference to a bill, as rates and requests hold it."""
    return {"id": bill["id"], "@referredType": "CustomerBill"}


def _billed(rate: Document, bill: Document) -> dict[str, Any]:
    return {**rate, "isBilled": True, "bill": reference_to(bill)}


def _freed(rate: Document, bill: Document) -> dict[str, Any]:
    account = rate.get("billingAccount") or bill.get("billingAccount")
    if account is None:
        raise Conflict(f"billingAccount: the bill's rate {rate['id']!r} has none to go back to")
    kept = {name: value for name, value in rate.items() if name != "bill"}
    return {**kept, "isBilled": False, "billingAccount": account}
