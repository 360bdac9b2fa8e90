"""The bills of any number of rates, which are read twice and not held in memory. Pure.

The first reading finds what all of a bill follows from except its amounts: its currency, account,
parties and period. Few rates decide on these. The second reading adds up the amounts.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from impl.billing.assemble import HeaderOf, bill_of
from impl.billing.bill_totals import Totals
from impl.billing.charges import Rejected, currency_of, read, unit_of, units_of
from impl.billing.coverage import Coverage, covered
from impl.billing.parties import MOST_PARTIES, is_prepaid, key_of, parties_of
from impl.billing.policy import Policy
from impl.query.language import Document

READ = (
    *("taxExcludedAmount", "taxIncludedAmount", "appliedTax", "priceBasis", "type"),
    *("billingAccount", "relatedParty", "date", "periodCoverage"),
)
"""The attributes of rates that bills follow from."""


def bills(
    rates: Callable[[], Iterable[Document]],
    header: HeaderOf,
    policy: Policy,
    *,
    split: bool,
) -> dict[str, Document | Rejected]:
    """The bills, without numbers, or why there can be none, by currency.

    With `split` there is a bill for each currency, else one for all, under a blank currency. Both
    readings of `rates` have to yield the same, in the same order.
    """
    deciding: dict[str, Deciding] = defaultdict(lambda: Deciding(policy))
    for rate in rates():
        deciding[unit_of(rate) if split else ""].add(rate)
    sums = {unit: _Sum(each.rates, header) for unit, each in sorted(deciding.items())}
    for rate in rates():
        if unfinished := sums.get(unit_of(rate) if split else ""):
            unfinished.add(rate)
    return {unit: each.bill() for unit, each in sums.items()}


class Deciding:
    """Collects those rates from which the header of a bill follows, as from all of them."""

    def __init__(self, policy: Policy) -> None:
        self._roles = policy.party_roles
        self._zone = policy.zone
        self._news: list[Document] = []
        self._known: dict[str, set[Hashable]] = defaultdict(set)
        self._ends: dict[str, tuple[Coverage, Document]] = {}

    @property
    def rates(self) -> list[Document]:
        """The rates that decide, the first one first."""
        return [*self._news, *(rate for _, rate in self._ends.values())]

    def add(self, rate: Document) -> None:
        """Collect the rate if it decides on anything."""
        news = [
            (kind, fact)
            for kind, fact in self._facts(rate)
            if fact not in self._known[kind] and len(self._known[kind]) < MOST_PARTIES
        ]
        for kind, fact in news:
            self._known[kind].add(fact)
        if news:
            self._news.append(rate)
        if coverage := covered([rate], self._zone):
            first, last = self._ends.get("first"), self._ends.get("last")
            if first is None or coverage.start < first[0].start:
                self._ends["first"] = coverage, rate
            if last is None or (coverage.end, coverage.ours) > (last[0].end, last[0].ours):
                self._ends["last"] = coverage, rate

    def _facts(self, rate: Document) -> Iterator[tuple[str, Hashable]]:
        account = rate["billingAccount"]
        yield "first", True
        yield "named", bool(account.get("name"))
        yield "prepaid", is_prepaid(account, ())
        for unit in units_of(rate):
            yield "unit", unit
        for party in parties_of([rate], self._roles):
            yield "party", key_of(party)


class _Sum:
    """A bill in the making; the first reason why there can be none ends it."""

    def __init__(self, deciding: Sequence[Document], header: HeaderOf) -> None:
        self._refusal: Rejected | None = None
        try:
            self._header = header(deciding)
            self._currency = currency_of(deciding)
            self._totals = Totals(self._currency)
        except Rejected as why:
            self._refusal = why

    def add(self, rate: Document) -> None:
        """Add a rate's amounts."""
        if self._refusal is None:
            try:
                self._totals.add(read(rate, self._currency, self._header.basis))
            except Rejected as why:
                self._refusal = why

    def bill(self) -> Document | Rejected:
        """The bill of all that were added, or why there can be none."""
        if self._refusal is not None:
            return self._refusal
        try:
            return bill_of(self._totals.sums(), self._currency, self._header)
        except Rejected as why:
            return why
