"""Makes bills from what an account has unbilled: the bills, and their rates marked with them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from ulid import ULID

from impl.billing.assemble import Occasion, assemble, own_document
from impl.billing.attempts import Attempts
from impl.billing.charges import NothingToBill, Rejected, by_currency
from impl.billing.policy import LONGEST_NUMBER, Policy
from impl.billing.register import used_for
from impl.documents import lines
from impl.documents.document import PDF, Renderer
from impl.errors import Conflict, ContentTooLarge
from impl.query.language import Compare, Condition, Document, Every, Exists, Not
from impl.resources import BILLS, RATES, REGISTER
from impl.store.bulk_update import Change, Outline, mark, outlines
from impl.store.document_size import refuse_large
from impl.store.mongo import Store
from impl.store.sequences import Number
from impl.store.tasks import Task

log = structlog.get_logger("billing")
READ = (*lines.READ, "billingAccount", "relatedParty")
"""What of a rate tells what its bill says, or its document."""

MOST_BYTES = 32 * 1024 * 1024
"""How much of that there may be in all, as it is stored."""

FREED = {"isBilled": False}
MOST_SIZE = 2**53
"""How long a document may be said to be."""


def is_prepaid(account: Mapping[str, Any], rates: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the account is marked as prepaid, where a bill is asked for or where it was used."""
    accounts = [account, *(rate["billingAccount"] for rate in rates)]
    return any(str(each.get("ratingType")).lower() == "prepaid" for each in accounts)


Reason = Callable[[Sequence[Document]], Occasion]
"""What tells why a bill is made, once its rates are known."""


@dataclass(frozen=True)
class Draft:
    """What is to become of rates of one currency: a bill, or why there can be none."""

    currency: str
    rates: Sequence[Document]
    bill: Document
    refusal: Rejected | None = None


class Maker:
    """Makes bills in one store, by one policy."""

    def __init__(self, store: Store, policy: Policy, documents: Renderer | None = None) -> None:
        self.store = store
        self.policy = policy
        self._documents = documents

    def make(
        self,
        attempts: Attempts,
        task: Task,
        where: Condition,
        reason: Reason,
        also: Callable[[Sequence[Draft]], object],
        *,
        split: bool = False,
    ) -> None:
        """End the task with the bill of the rates that the condition holds for.

        In one transaction the bill is kept, its rates are marked with it, and what `also` does is
        done. Raises Rejected where there can be no bill; then nothing is written. With `split`
        there is a bill for each currency, and one that there can't be keeps no other from being
        made; then it raises NothingToBill alone.
        """
        rates = self.rates(where)
        drafts = self._drafts(rates, reason, split=split)
        numbers = self._numbered(attempts, task, drafts)
        sizes = [self._size(draft) for draft in drafts]
        used: list[Number] = []

        def made() -> None:
            found, measured, own = drafts, sizes, numbers
            there = outlines(self.store, RATES, where)
            if [(each.id, each.version) for each in there] != _versions(rates):
                found = self._drafts(self.rates(where), reason, split=split)
                measured, own = [None] * len(found), self._numbered(attempts, task, found)
            for draft, size in zip(found, measured, strict=True):
                if draft.refusal is None:
                    self._keep(draft, size, own[draft.currency], there)
            used[:] = own.values()
            also(found)

        attempts.end(task, made)
        for number in used:
            attempts.numbers.strike(number.sequence, [number.position])
        if {*used} != {*numbers.values()}:
            attempts.numbers.settle(task.id)

    def rates(self, where: Condition) -> list[Document]:
        """What bills and their documents tell of rates; Rejected where that is too much to hold."""
        try:
            return self.store.parts(RATES, where, READ, MOST_BYTES)
        except ContentTooLarge as large:
            raise Rejected(f"the rates to bill are too large: {large}") from None

    def drafts(self, rates: Sequence[Document], reason: Reason) -> list[Draft]:
        """What is to become of an account's rates: a bill for each currency, without its number.

        Raises NothingToBill.
        """
        if not rates:
            raise NothingToBill("there is nothing to bill")
        return [self._draft(unit, own, reason) for unit, own in by_currency(rates).items()]

    def _drafts(self, rates: Sequence[Document], reason: Reason, *, split: bool) -> Sequence[Draft]:
        if split:
            return self.drafts(rates, reason)
        return [Draft("", rates, self._assembled(rates, reason))]

    def _draft(self, unit: str, rates: Sequence[Document], reason: Reason) -> Draft:
        try:
            return Draft(unit, rates, self._assembled(rates, reason))
        except Rejected as why:
            return refused(why, unit)

    def _assembled(self, rates: Sequence[Document], reason: Reason) -> Document:
        """The bill of these rates; Rejected where there can be none, or none so large."""
        bill = assemble(rates, reason(rates))
        longest = {"billNo": "9" * LONGEST_NUMBER, "billDocument": [own_document(bill, MOST_SIZE)]}
        try:
            refuse_large(self.store.bounds, BILLS, bill | longest)
        except ContentTooLarge as large:
            raise Rejected(str(large)) from None
        return bill

    def _numbered(
        self, attempts: Attempts, task: Task, drafts: Sequence[Draft]
    ) -> dict[str, Number]:
        """The task's numbers for the drafts' bills, by currency; the bills get them."""
        numbers = {}
        for draft in drafts:
            if draft.refusal is None:
                date = draft.bill["billDate"]
                sequence, day = self.policy.sequence(date), self.policy.day(date)
                number = attempts.numbers.reserve(sequence, task.id, day, draft.currency)
                draft.bill["billNo"] = self.policy.number(date, number.position)
                numbers[draft.currency] = number
        return numbers

    def _size(self, draft: Draft) -> int | None:
        """How long the bill's document is; not known where none is made, for a bill goes before."""
        if draft.refusal or not self._documents:
            return None
        try:
            return len(self._documents.render(PDF, draft.bill, draft.rates))
        except Exception as fault:
            log.error("document", bill=draft.bill["billNo"], exc_info=fault)
            return None

    def _keep(
        self, draft: Draft, size: int | None, number: Number, there: Sequence[Outline]
    ) -> None:
        """Keep the draft's bill and the row of its number, and mark its rates with the bill.

        These are written as they are in this transaction: of the same version as in the draft,
        they may have been told of meanwhile.
        """
        draft.bill["billDocument"] = [own_document(draft.bill, size)]
        self.store.insert(BILLS, draft.bill)
        self.store.insert(REGISTER, used_for(draft.bill, number, self.policy.seller, now()))
        ids = {rate["id"] for rate in draft.rates}
        billed = Change({"isBilled": True, "bill": reference_to(draft.bill)})
        mark(self.store, RATES, [rate for rate in there if rate.id in ids], billed)

    def free(self, bill: Document) -> None:
        """Give a bill's rates back, as unbilled ones of its account, in the caller's transaction.

        Raises Conflict where a rate would have no account to go back to.
        """
        of_bill = Compare(("bill", "id"), (bill["id"],))
        homeless = outlines(self.store, RATES, Every((of_bill, Not(Exists(("billingAccount",))))))
        account = bill.get("billingAccount")
        if homeless and account is None:
            why = f"the bill's rate {homeless[0].id!r} has no billing account"
            raise Conflict(why, attribute="billingAccount")
        others = [each for each in outlines(self.store, RATES, of_bill) if each not in homeless]
        mark(self.store, RATES, others, Change(FREED, ("bill",)))
        mark(self.store, RATES, homeless, Change({**FREED, "billingAccount": account}, ("bill",)))


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


def refused(why: Rejected, currency: str = "") -> Draft:
    """What becomes of an account, or of a currency of it, that there can be no bill for."""
    return Draft(currency, (), Document({}), why)


def _versions(rates: Sequence[Document]) -> list[tuple[str, int]]:
    return [(rate["id"], rate.version) for rate in rates]
