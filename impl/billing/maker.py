"""Bills accounts: assembles numbered bills from their unbilled rates, and writes them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from impl.billing.account_records import records_of
from impl.billing.assemble import HeaderFor, HeaderOf, assemble, own_document
from impl.billing.charges import NothingToBill, Rejected, by_currency
from impl.billing.policy import Policy
from impl.billing.rate_state import billed_by
from impl.billing.register import used_for
from impl.document_limits import LONGEST_NUMBER
from impl.errors import ContentTooLarge
from impl.instants import now
from impl.query.language import Condition, Document
from impl.resources import BILLS, RATES, REGISTER
from impl.store.document_size import refuse_large
from impl.store.mongo import Store
from impl.store.sequences import Number, Sequences
from impl.store.writing import BulkChange

MOST_RATES, MOST_BYTES = 10_000, 8 * 1024 * 1024
"""The most rates, and bytes of them as stored, that one transaction bills.

On a machine with a load of 20, it takes 4 s for 10,000 rates, and its limit is 25 s.
"""


class TooManyRates(Exception):
    """The rates are over the limits: one transaction can't bill them all (large_accounts.py)."""


@dataclass(frozen=True)
class Draft:
    """A bill that is not written yet, with its rates, or the reason why there can be none."""

    currency: str
    rates: Sequence[Document]
    bill: Document
    refusal: Rejected | None = None
    number: Number | None = None
    """None for a refusal, and before the number is reserved."""

    @classmethod
    def refused(cls, why: Rejected, currency: str = "") -> "Draft":
        """The draft for an account, or for a currency of it, that can't be billed."""
        return cls(currency, (), Document({}), why)


class BillMaker:
    """Makes bills in one store, by one policy."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self.store = store
        self.policy = policy
        self.numbers = Sequences(store)

    def rates(self, where: Condition) -> list[Document]:
        """The rates that the condition selects, whole; TooManyRates if they are over the limits."""
        try:
            rates = self.store.whole(RATES, where, MOST_BYTES)
        except ContentTooLarge as large:
            raise TooManyRates(str(large)) from None
        if len(rates) > MOST_RATES:
            raise TooManyRates(f"there are {len(rates)}")
        return rates

    def drafts(
        self, rates: Sequence[Document], header: HeaderOf, *, split: bool = True
    ) -> Sequence[Draft]:
        """The drafts of an account's bills, without numbers.

        With `split` there is a bill for each currency, else one for all. An account or a currency
        that can't be billed gets a draft with the refusal.
        """
        if split and rates:
            return [self._draft(unit, own, header) for unit, own in by_currency(rates).items()]
        return [self._draft("", rates, header)]

    def _draft(self, unit: str, rates: Sequence[Document], header: HeaderOf) -> Draft:
        try:
            return Draft(unit, rates, self._assembled(unit, rates, header))
        except Rejected as why:
            return Draft.refused(why, unit)

    def _assembled(self, unit: str, rates: Sequence[Document], header: HeaderOf) -> Document:
        """The bill of these rates; Rejected if there can be none, or it is too large to store."""
        if not rates:
            raise NothingToBill("there is nothing to bill")
        return self.storable(assemble(rates, header(rates), unit))

    def storable(self, bill: Document) -> Document:
        """The bill; Rejected if it is too large to store once it has its number."""
        longest = {"billNo": "9" * LONGEST_NUMBER, "billDocument": [own_document(bill)]}
        try:
            refuse_large(self.store.bounds, BILLS, bill | longest)
        except ContentTooLarge as large:
            raise Rejected(str(large)) from None
        return bill


@dataclass
class BillBatch:
    """The bills of some accounts, made for a task: `write` them in its transaction, then `settle`.

    `holder` is the id of the task, which the bills' numbers are reserved for in between.
    """

    maker: BillMaker
    holder: str
    header: HeaderFor
    split: bool = False
    written: Sequence[Draft] = field(default=())

    def write(self, where: Condition, accounts: Sequence[str]) -> dict[str, Sequence[Draft]]:
        """Write the bills of the accounts' rates that the condition selects, and mark these rates
        as billed, in the caller's transaction.

        Returns each account's drafts, with the refusals. Raises TooManyRates, and then nothing is
        written.
        """
        rates: dict[str, list[Document]] = defaultdict(list)
        for rate in self.maker.rates(where):
            rates[rate["billingAccount"]["id"]].append(rate)
        headers = self.headers(accounts)
        drafts = {
            account: self.maker.drafts(rates[account], headers[account], split=self.split)
            for account in accounts
        }
        self.insert([each for own in drafts.values() for each in own if not each.refusal])
        return drafts

    def headers(self, accounts: Sequence[str]) -> dict[str, HeaderOf]:
        """Makes the headers of each account's bills, by its record; one query reads all records."""
        records = records_of(self.maker.store, accounts)
        return {each: partial(self.header, records.get(each, {})) for each in accounts}

    def insert(self, drafts: Sequence[Draft]) -> None:
        """Number the drafts' bills, write them, and mark their rates as billed, in the caller's
        transaction.
        """
        self.written = self._numbered(drafts)
        self._write(self.written)

    def settle(self) -> None:
        """After the transaction: give back the numbers that no bill has."""
        if self.written:
            used = [draft.number for draft in self.written if draft.number]
            self.maker.numbers.settle(self.holder, used)

    def _numbered(self, drafts: Sequence[Draft]) -> list[Draft]:
        """The drafts, their bills with numbers that are reserved for the holder."""
        policy = self.maker.policy
        drafts_of: dict[tuple[str, str], list[Draft]] = defaultdict(list)
        for draft in drafts:
            date = draft.bill["billDate"]
            drafts_of[policy.sequence(date), policy.day(date)].append(draft)
        numbered = []
        for (sequence, day), own in drafts_of.items():
            numbers = self.maker.numbers.reserve(sequence, self.holder, day, len(own))
            for draft, number in zip(own, numbers, strict=True):
                draft.bill["billNo"] = policy.number(draft.bill["billDate"], number.position)
                numbered.append(replace(draft, number=number))
        return numbered

    def _write(self, drafts: Sequence[Draft]) -> None:
        seller, used_at = self.maker.policy.seller, now()
        bills, register, changes = [], [], []
        for draft in drafts:
            if draft.number:
                draft.bill["billDocument"] = [own_document(draft.bill)]
                bills.append(draft.bill)
                register.append(used_for(draft.bill, draft.number, seller, used_at))
                changes.append(BulkChange(RATES, draft.rates, billed_by(draft.bill)))
        self.maker.store.writer.write_many({BILLS: bills, REGISTER: register}, changes)
