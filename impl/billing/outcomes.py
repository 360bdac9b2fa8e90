"""What became of each account in a run: kept one an account, or one a currency of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from impl.billing.assemble import reference_to, warnings
from impl.billing.charges import NothingToBill, Rejected
from impl.billing.maker import BILLS, Draft, new_id
from impl.query.language import Compare, Condition, Document, Every, Exists
from impl.store.bulk_insert import insert_many, ready
from impl.store.mongo import Store

OUTCOMES = "billCycleAccount"
COUNTS = {
    "accountsBilled": "billed",
    "accountsFailed": "failed",
    "accountsSkipped": "skipped",
    "accountsCancelled": "cancelled",
}
"""Which attribute of a cycle counts which outcome of its accounts."""

NO_CURRENCY = "XXX"
"""The code of ISO 4217 for where there is none."""

WORST_FIRST = ("failed", "cancelled", "billed", "skipped")
"""Which outcome an account counts by that has several."""


class Cancelled(Rejected):
    """The run was cancelled before the account's turn."""

    def __init__(self) -> None:
        super().__init__("the run was cancelled before the account's turn")


class Outcomes:
    """The outcomes of all runs in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def progress(self, cycle: str) -> dict[str, int]:
        """How many accounts of a run came to which outcome, by the attribute that counts it.

        An account with an outcome for each of its currencies counts once, by the worst.
        """
        here = Compare(("billCycle", "id"), (cycle,))
        counts = Counter(self._store.tally(OUTCOMES, here, ("state",)))
        for states in self._of_several(here):
            counts.subtract(states)
            counts[min(states, key=WORST_FIRST.index)] += 1
        return {name: counts[state] for name, state in COUNTS.items()}

    def _of_several(self, here: Condition) -> list[list[str]]:
        """The states of each account that has several currencies."""
        states: dict[str, list[str]] = defaultdict(list)
        for each in self._store.every(OUTCOMES, Every((here, Exists(("currency",))))):
            states[each["billingAccount"]["id"]].append(each["state"])
        return list(states.values())

    def known(self, cycle: str, accounts: Iterable[str]) -> set[str]:
        """Those of the accounts of which it is known already what became of them."""
        found = self._store.every(OUTCOMES, _of(cycle, *accounts))
        return {each["billingAccount"]["id"] for each in found}

    def write(
        self, cycle: str, account: str, drafts: Sequence[Draft], *, beside: bool = False
    ) -> None:
        """Keep what became of an account's rates: an outcome for each currency that it has.

        Where there are bills of it `beside`, it is not said that nothing was left to bill.
        """
        several = beside or len(drafts) > 1
        for draft in drafts:
            if beside and isinstance(draft.refusal, NothingToBill):
                continue
            outcome = _outcome(draft)
            if several:
                outcome["currency"] = draft.currency or NO_CURRENCY
            self._store.insert(OUTCOMES, _document(cycle, account, outcome))

    def cancel(self, cycle: str, accounts: Sequence[str]) -> None:
        """Keep that accounts were not billed, for the run was cancelled before their turn."""
        why = _outcome(Draft.refused(Cancelled()))
        made = [_document(cycle, account, why) for account in accounts]
        if made:
            new = [ready(self._store, OUTCOMES, each) for each in made]
            insert_many(self._store, OUTCOMES, new)

    def clear(self, cycle: str, account: str) -> bool:
        """Forget what became of an account, but for bills that are there; whether there are any."""
        found = self._store.every(OUTCOMES, _of(cycle, account))
        kept = [each["id"] for each in found if self._has_bill(each)]
        for each in found:
            if each["id"] not in kept:
                self._store.delete(OUTCOMES, each["id"])
        return bool(kept)

    def _has_bill(self, outcome: Document) -> bool:
        bill = outcome.get("customerBill")
        return bill is not None and self._store.has(BILLS, bill["id"])


def _of(cycle: str, *accounts: str) -> Condition:
    here = Compare(("billCycle", "id"), (cycle,))
    return Every((here, Compare(("billingAccount", "id"), accounts)))


def _outcome(draft: Draft) -> dict[str, Any]:
    """A draft's state, and what there is to say of it."""
    if draft.refusal is not None:
        return {"state": _state(draft.refusal), "statusReason": str(draft.refusal)}
    outcome: dict[str, Any] = {"state": "billed", "customerBill": reference_to(draft.bill)}
    if "roundingDifference" in draft.bill:
        outcome["roundingDifference"] = draft.bill["roundingDifference"]
    if noted := warnings(draft.bill):
        outcome["warning"] = noted
    return outcome


def _state(why: Rejected) -> str:
    if isinstance(why, Cancelled):
        return "cancelled"
    return "skipped" if isinstance(why, NothingToBill) else "failed"


def _document(cycle: str, account: str, outcome: Mapping[str, Any]) -> Document:
    return Document(
        {
            "id": new_id(),
            "@type": "BillCycleAccount",
            "billCycle": {"id": cycle},
            "billingAccount": {"id": account},
            **outcome,
        }
    )
