"""The outcomes of a cycle's run: one for each account, or for each currency of an account."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from impl.billing.assemble import reference_to
from impl.billing.bill_headers import new_id
from impl.billing.bill_warnings import warnings
from impl.billing.charges import NothingToBill, Rejected
from impl.billing.maker import Draft
from impl.query.language import Compare, Condition, Document, Every, Exists
from impl.resources import BILLS, OF_ACCOUNT, OUTCOMES
from impl.store.group_tally import tally_groups
from impl.store.mongo import Store

COUNTS = {
    "accountsBilled": "billed",
    "accountsFailed": "failed",
    "accountsSkipped": "skipped",
    "accountsCancelled": "cancelled",
}
"""The attributes of a cycle that count its accounts, each with the outcome that it counts."""

UNBILLED_STATES = ("failed", "cancelled")
"""Outcomes of accounts that a retry bills."""

NO_CURRENCY = "XXX"
"""The code of ISO 4217 for no currency."""

WORST_FIRST = ("failed", "cancelled", "billed", "skipped")
"""An account with several outcomes is counted by the first of these."""


class Cancelled(Rejected):
    """The run was cancelled before the account's turn."""

    def __init__(self) -> None:
        super().__init__("the run was cancelled before the account's turn")


class Outcomes:
    """The outcomes of all runs in one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def progress(self, cycle: str) -> dict[str, int]:
        """The number of accounts with each outcome, by the attribute that counts it.

        An account with several currencies counts once, by its worst outcome.
        """
        store, state = self._store, ("state",)
        several = Every((of_run(cycle), Exists(("currency",))))
        counts = Counter(store.tally(OUTCOMES, of_run(cycle), state))
        counts.subtract(store.tally(OUTCOMES, several, state))
        counts.update(tally_groups(store, OUTCOMES, several, OF_ACCOUNT, state, WORST_FIRST))
        return {name: counts[state] for name, state in COUNTS.items()}

    def without_bill(self, cycle: str, accounts: Condition) -> list[str]:
        """Those of the accounts that failed, were cancelled, or whose bill was deleted; sorted."""
        outcomes = self._store.every(OUTCOMES, Every((of_run(cycle), accounts)))
        named = tuple(each["customerBill"]["id"] for each in outcomes if "customerBill" in each)
        bills = {id_ for id_, _ in self._store.versions(BILLS, Compare(("id",), named))}
        lacking = [
            each["billingAccount"]["id"]
            for each in outcomes
            if each["state"] in UNBILLED_STATES
            or ("customerBill" in each and each["customerBill"]["id"] not in bills)
        ]
        return sorted({*lacking})

    def known(self, cycle: str, accounts: Iterable[str]) -> set[str]:
        """Those of the accounts that have an outcome already."""
        outcomes = self._store.every(OUTCOMES, _of(cycle, *accounts))
        return {outcome["billingAccount"]["id"] for outcome in outcomes}

    def write(
        self, cycle: str, account: str, drafts: Sequence[Draft], *, beside: bool = False
    ) -> None:
        """Store an account's outcomes, one for each currency.

        With outcomes `beside` these, "nothing to bill" is no outcome.
        """
        self._insert(_documents(cycle, account, drafts, beside=beside))

    def write_all(self, cycle: str, drafts: Mapping[str, Sequence[Draft]]) -> None:
        """Store the outcomes of accounts that have none yet."""
        self._insert([each for item in drafts.items() for each in _documents(cycle, *item)])

    def _insert(self, outcomes: Sequence[Document]) -> None:
        self._store.writer.write_many({OUTCOMES: outcomes}, [])

    def cancel(self, cycle: str, accounts: Sequence[str]) -> None:
        """Store the outcome of accounts whose turn did not come before the run was cancelled."""
        cancelled = _outcome(Draft.refused(Cancelled()))
        self._insert([_document(cycle, account, cancelled) for account in accounts])

    def clear(self, cycle: str, account: str) -> bool:
        """Delete an account's outcomes, except those whose bill exists; return if there are any."""
        outcomes = self._store.every(OUTCOMES, _of(cycle, account))
        without_bill = [each for each in outcomes if not self._has_bill(each)]
        for outcome in without_bill:
            self._store.delete(OUTCOMES, outcome["id"])
        return len(without_bill) < len(outcomes)

    def _has_bill(self, outcome: Document) -> bool:
        bill = outcome.get("customerBill")
        return bill is not None and self._store.has(BILLS, bill["id"])


def of_run(cycle: str) -> Condition:
    """Selects the outcomes of a cycle's run."""
    return Compare(("billCycle", "id"), (cycle,))


def _of(cycle: str, *accounts: str) -> Condition:
    return Every((of_run(cycle), Compare(("billingAccount", "id"), accounts)))


def _documents(
    cycle: str, account: str, drafts: Sequence[Draft], *, beside: bool = False
) -> list[Document]:
    documents = []
    for draft in drafts:
        if beside and isinstance(draft.refusal, NothingToBill):
            continue
        outcome = _outcome(draft)
        if beside or len(drafts) > 1:
            outcome["currency"] = draft.currency or NO_CURRENCY
        documents.append(_document(cycle, account, outcome))
    return documents


def _outcome(draft: Draft) -> dict[str, Any]:
    """The state of a draft, with its bill and warnings, or the reason why there is none."""
    if draft.refusal is not None:
        return {"state": _state(draft.refusal), "statusReason": str(draft.refusal)}
    outcome: dict[str, Any] = {"state": "billed", "customerBill": reference_to(draft.bill)}
    if "roundingDifference" in draft.bill:
        outcome["roundingDifference"] = draft.bill["roundingDifference"]
    if sentences := warnings(draft.bill):
        outcome["warning"] = sentences
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
