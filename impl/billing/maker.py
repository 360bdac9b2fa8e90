"""Bills an account: assembles numbered bills from its unbilled rates, and writes them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import structlog

from impl.billing.assemble import BillHeader, assemble, own_document
from impl.billing.charges import NothingToBill, Rejected, by_currency
from impl.billing.policy import Policy
from impl.billing.rate_state import billed_by
from impl.billing.register import used_for
from impl.document_limits import LONGEST_NUMBER
from impl.documents import lines
from impl.documents.document import PDF, Renderer
from impl.errors import Conflict, ContentTooLarge
from impl.instants import now
from impl.query.language import Compare, Condition, Document, Every, Exists, Not
from impl.resources import BILLS, RATES, REGISTER
from impl.store.bulk_update import BulkChange, Outline, mark, outlines
from impl.store.document_size import refuse_large
from impl.store.mongo import Store
from impl.store.sequences import Number, Sequences

log = structlog.get_logger("billing")
READ = (*lines.READ, "billingAccount", "relatedParty")
"""The attributes of rates that a bill and its document are made from."""

MOST_BYTES = 32 * 1024 * 1024
"""The most bytes, as stored, that these attributes of all rates of a bill may have."""

MOST_SIZE = 2**53
"""The largest size in bytes that a bill can give for its document."""

HeaderOf = Callable[[Sequence[Document]], BillHeader]
"""Makes the header of a bill of these rates."""


@dataclass(frozen=True)
class Draft:
    """A bill that is not written yet, with its rates, or the reason why there can be none."""

    currency: str
    rates: Sequence[Document]
    bill: Document
    refusal: Rejected | None = None
    number: Number | None = None
    """None for a refusal, and before the number is reserved."""

    size: int | None = None
    """Bytes of the bill's PDF; None if it was not rendered."""

    @classmethod
    def refused(cls, why: Rejected, currency: str = "") -> "Draft":
        """The draft for an account, or for a currency of it, that can't be billed."""
        return cls(currency, (), Document({}), why)


class BillMaker:
    """Makes bills in one store, by one policy."""

    def __init__(self, store: Store, policy: Policy, documents: Renderer | None = None) -> None:
        self.store = store
        self.policy = policy
        self.numbers = Sequences(store)
        self._documents = documents

    def prepare(
        self, holder: str, where: Condition, header: HeaderOf, *, split: bool = False
    ) -> "BillBatch":
        """Make the bills of the rates that the condition selects, ready to be written.

        The bills' numbers are reserved for `holder`, the id of a task, until the batch is settled.
        Raises Rejected if there can be no bill. With `split` there is a bill for each currency; a
        currency that can't be billed gets a draft with the refusal, and only NothingToBill is
        raised.
        """
        rates = self.rates(where)
        drafts = self.numbered(self.drafts(rates, header, split=split), holder)
        rendered = [replace(draft, size=self._size(draft)) for draft in drafts]
        versions = [(rate["id"], rate.version) for rate in rates]
        return BillBatch(self, holder, where, header, split, versions, rendered)

    def rates(self, where: Condition) -> list[Document]:
        """The rates, with the attributes in READ; Rejected if these are over MOST_BYTES."""
        try:
            return self.store.parts(RATES, where, READ, MOST_BYTES)
        except ContentTooLarge as large:
            raise Rejected(f"the rates to bill are too large: {large}") from None

    def drafts(
        self, rates: Sequence[Document], header: HeaderOf, *, split: bool = True
    ) -> Sequence[Draft]:
        """The drafts of an account's bills, without numbers; raises as `prepare`."""
        if not split:
            return [Draft("", rates, self._assembled(rates, header))]
        if not rates:
            raise NothingToBill("there is nothing to bill")
        return [self._draft(unit, own, header) for unit, own in by_currency(rates).items()]

    def _draft(self, unit: str, rates: Sequence[Document], header: HeaderOf) -> Draft:
        try:
            return Draft(unit, rates, self._assembled(rates, header))
        except Rejected as why:
            return Draft.refused(why, unit)

    def _assembled(self, rates: Sequence[Document], header: HeaderOf) -> Document:
        """The bill of these rates; Rejected if there can be none, or it is too large to store."""
        bill = assemble(rates, header(rates))
        longest = {"billNo": "9" * LONGEST_NUMBER, "billDocument": [own_document(bill, MOST_SIZE)]}
        try:
            refuse_large(self.store.bounds, BILLS, bill | longest)
        except ContentTooLarge as large:
            raise Rejected(str(large)) from None
        return bill

    def numbered(self, drafts: Sequence[Draft], holder: str) -> list[Draft]:
        """The drafts, their bills with the numbers that are reserved for the holder."""
        return [each if each.refusal else self._numbered(each, holder) for each in drafts]

    def _numbered(self, draft: Draft, holder: str) -> Draft:
        date = draft.bill["billDate"]
        sequence, day = self.policy.sequence(date), self.policy.day(date)
        number = self.numbers.reserve(sequence, holder, day, draft.currency)
        draft.bill["billNo"] = self.policy.number(date, number.position)
        return replace(draft, number=number)

    def _size(self, draft: Draft) -> int | None:
        """Bytes of the bill's PDF; None if it can't be rendered, which must not stop the bill."""
        if draft.refusal or not self._documents:
            return None
        try:
            return len(self._documents.render(PDF, draft.bill, draft.rates))
        except Exception as fault:
            log.error("document", bill=draft.bill["billNo"], exc_info=fault)
            return None


@dataclass
class BillBatch:
    """An account's bills, prepared for a task: `write` them in its transaction, then `settle`."""

    maker: BillMaker
    holder: str
    where: Condition
    header: HeaderOf
    split: bool
    versions: Sequence[tuple[str, int]]
    drafts: Sequence[Draft]
    written: Sequence[Draft] = field(default=())

    def write(self) -> Sequence[Draft]:
        """Write the bills, and mark their rates as billed, in the caller's transaction.

        Returns the drafts written. They are assembled anew if rates came, went or changed since
        they were prepared, and then without the size of the document. Raises as `prepare`.
        """
        rates = outlines(self.maker.store, RATES, self.where)
        self.written = self.drafts
        if [(rate.id, rate.version) for rate in rates] != self.versions:
            anew = self.maker.drafts(self.maker.rates(self.where), self.header, split=self.split)
            self.written = self.maker.numbered(anew, self.holder)
        for draft in self.written:
            if draft.number:
                self._write(draft, draft.number, rates)
        return self.written

    def _write(self, draft: Draft, number: Number, rates: Sequence[Outline]) -> None:
        """Write the bill and its number's row in the register, and mark its rates.

        `rates` are as they are in this transaction: a rate of the same version may have had its
        event published since it was read, which moves the event out of the document.
        """
        store, seller = self.maker.store, self.maker.policy.seller
        draft.bill["billDocument"] = [own_document(draft.bill, draft.size)]
        store.insert(BILLS, draft.bill)
        store.insert(REGISTER, used_for(draft.bill, number, seller, now()))
        ids = {rate["id"] for rate in draft.rates}
        mark(
            store,
            RATES,
            [rate for rate in rates if rate.id in ids],
            BulkChange(billed_by(draft.bill)),
        )

    def settle(self) -> None:
        """After the transaction: strike the numbers that bills have from the reserved ones, and
        give back the others.
        """
        used, reserved = _numbers(self.written), _numbers(self.drafts)
        for number in used:
            self.maker.numbers.strike(number.sequence, [number.position])
        if {*used} != {*reserved}:
            self.maker.numbers.settle(self.holder)


def release_rates(store: Store, bill: Document) -> None:
    """Make a bill's rates unbilled rates of its account, in the caller's transaction.

    Raises Conflict if neither a rate nor the bill names an account.
    """
    of_bill = Compare(("bill", "id"), (bill["id"],))
    without_account = outlines(store, RATES, Every((of_bill, Not(Exists(("billingAccount",))))))
    account = bill.get("billingAccount")
    if without_account and account is None:
        why = f"the bill's rate {without_account[0].id!r} has no billing account"
        raise Conflict(why, attribute="billingAccount")
    others = [each for each in outlines(store, RATES, of_bill) if each not in without_account]
    unbilled = {"isBilled": False}
    mark(store, RATES, others, BulkChange(unbilled, ("bill",)))
    mark(
        store,
        RATES,
        without_account,
        BulkChange({**unbilled, "billingAccount": account}, ("bill",)),
    )


def _numbers(drafts: Sequence[Draft]) -> list[Number]:
    return [draft.number for draft in drafts if draft.number]
