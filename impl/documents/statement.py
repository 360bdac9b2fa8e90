"""What a bill says, as ready strings in the order of reading; templates only lay it out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from urllib.parse import quote

from impl.documents.formats import Formats
from impl.documents.lines import NO_PRODUCT, Line, left_of, lines, product, summed
from impl.documents.style import Style
from impl.documents.totals import Row, difference_name, settlement, sums
from impl.documents.values import Json, listed, money, name, text, total

RECEIVERS = ("bill receiver", "customer", "payer")
"""Roles of who a bill is for, the likeliest reader first."""


@dataclass(frozen=True)
class Fact:
    """One thing that the head of a bill says."""

    label: str
    value: str


@dataclass(frozen=True)
class Entry:
    """A charge or a credit: one line of the bill."""

    name: str
    description: str
    days: str
    net: str
    gross: str


@dataclass(frozen=True)
class Group:
    """The lines of one product; `detail` tells products of the same name apart.

    A subtotal is empty where not all lines have that amount in one unit.
    """

    name: str
    detail: str
    entries: tuple[Entry, ...]
    net: str
    gross: str


@dataclass(frozen=True)
class Seller:
    """Who sends the bill."""

    name: str = ""
    address: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A bill in words; what the bill does not say is an empty string or has no row."""

    language: str
    direction: str
    words: Mapping[str, str]
    title: str
    number: str
    account: str
    status: str
    seller: Seller
    parties: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    headline: Row | None
    currency: str
    groups: tuple[Group, ...]
    elsewhere: str
    """Where the lines are, where they are too many: then an entry is what a product adds up to."""

    rounding: Entry | None
    """What the lines' amounts lack to make the bill's totals, where they do."""

    sums: tuple[Row, ...]
    settlement: tuple[Row, ...]


@dataclass(frozen=True)
class StatementWriter:
    """Writes statements for one seller, in one language and locale."""

    formats: Formats
    language: str
    direction: str
    words: Mapping[str, str]
    seller: Seller
    itemised: int = Style.itemised
    rates: str = Style.rates

    def statement(self, bill: Json, rates: Iterable[Json]) -> Statement:
        """What the bill and the rates on it say; of many rates, few are in memory at a time."""
        rest = iter(rates)
        few = list(islice(rest, self.itemised + 1))
        unit, elsewhere = _unit(bill, few), ""
        if len(few) <= self.itemised:
            of = lines(bill, few)
            groups = tuple(self._groups(of, unit))
        else:
            counted = _Counted(chain(few, rest))
            of = summed(bill, counted, self.itemised)
            groups = (self._summary(of, unit),)
            elsewhere = self._elsewhere(bill, counted.count)
        rows = settlement(bill, self.formats, self.words)
        return Statement(
            language=self.language,
            direction=self.direction,
            words=self.words,
            title=self.words["credit_note" if _is_credit_note(bill) else "bill"],
            number=_number(bill),
            account=_account(bill),
            status=self.words["on_hold"] if bill.get("state") == "onHold" else "",
            seller=self.seller if self.seller.name else self._selling(bill),
            parties=tuple(self._parties(bill)),
            facts=tuple(fact for fact in self._facts(bill) if fact.value),
            headline=self._headline(bill, rows),
            currency=self.formats.symbol(unit),
            groups=groups,
            elsewhere=elsewhere,
            rounding=self._rounding(bill, of, unit),
            sums=sums(bill, of, self.formats, self.words),
            settlement=rows,
        )

    def _facts(self, bill: Json) -> Iterator[Fact]:
        words, day = self.words, self.formats.day
        yield Fact(words["number"], _number(bill))
        yield Fact(words["date"], day(bill.get("billDate")))
        ours = "billingPeriod" in getattr(bill, "derived", ())
        yield Fact(words["period"], self.formats.span(bill.get("billingPeriod"), ours=ours))
        due = "" if _is_credit_note(bill) else day(bill.get("paymentDueDate"))
        yield Fact(words["due_date"], due)
        yield Fact(words["account"], _account(bill))
        yield Fact(words["payment_method"], name(bill.get("paymentMethod")))
        category = text(bill.get("category"))
        told = _is_credit_note(bill) or category.lower() == "normal"
        yield Fact(words["category"], "" if told else category)

    def _parties(self, bill: Json) -> Iterator[Fact]:
        """Everyone whom the bill is for with their role, its likeliest reader first."""
        parties = [each for each in listed(bill.get("relatedParty")) if name(each)]
        for party in sorted(parties, key=_likely_reader):
            if _sells(party):
                continue
            role = text(party.get("role"))
            yield Fact(self.words.get(role.lower(), role), name(party))

    def _selling(self, bill: Json) -> Seller:
        """The party that the bill names as its seller, where no setting does."""
        parties = (each for each in listed(bill.get("relatedParty")) if _sells(each))
        return replace(self.seller, name=next(map(name, parties), ""))

    def _headline(self, bill: Json, rows: tuple[Row, ...]) -> Row | None:
        """What is to be paid and until when; of a settled bill, that it is paid."""
        if bill.get("state") == "settled":
            gross = self.formats.amount(money(bill.get("taxIncludedAmount")))
            return Row("paid", self.words["paid"], gross)
        if not rows:
            return None
        last = rows[-1]
        day = self.formats.day(bill.get("paymentDueDate")) if last.kind == "due" else ""
        return replace(last, detail=day and f"{self.words['due_date']}: {day}")

    def _groups(self, of: Sequence[Line], unit: str) -> Iterator[Group]:
        """The lines by product in the order that the products first come; the rest last."""
        products = _by_product(of)
        others = self.words["other_charges" if len(products) > 1 else "charges"]
        titles = Counter(title for title, _ in products)
        for (title, id_), own in products.items():
            yield self._group(title or others, id_ if titles[title] > 1 else "", own, unit)

    def _group(self, title: str, detail: str, of: Sequence[Line], unit: str) -> Group:
        net = self.formats.bare(total(line.net for line in of), unit)
        gross = self.formats.bare(total(line.gross for line in of), unit)
        return Group(title, detail, tuple(self._entry(line, unit) for line in of), net, gross)

    def _summary(self, of: Sequence[Line], unit: str) -> Group:
        """What each product adds up to, as the lines of one group."""
        products = _by_product(of)
        titles = Counter(title for title, _ in products)
        entries = (
            Entry(
                name=title or self.words["other_charges"],
                description=id_ if titles[title] > 1 else "",
                days="",
                net=self.formats.bare(total(line.net for line in own), unit),
                gross=self.formats.bare(total(line.gross for line in own), unit),
            )
            for (title, id_), own in products.items()
        )
        return replace(self._group(self.words["charges"], "", of, unit), entries=tuple(entries))

    def _elsewhere(self, bill: Json, count: int) -> str:
        address = f"{self.rates}?bill.id={quote(str(bill.get('id', '')), safe='')}"
        parts = {"{count}": self.formats.count(count), "{address}": address}
        return re.sub("{count}|{address}", lambda found: parts[found[0]], self.words["lines_at"])

    def _entry(self, line: Line, unit: str) -> Entry:
        rate = line.rate
        title, description = text(rate.get("name")), text(rate.get("description"))
        day = {"startDateTime": rate.get("date")}
        return Entry(
            name=title or description or text(rate.get("id")),
            description=description if title and description != title else "",
            days=self.formats.span(rate.get("periodCoverage")) or self.formats.span(day),
            net=self.formats.bare(line.net, unit),
            gross=self.formats.bare(line.gross, unit),
        )

    def _rounding(self, bill: Json, of: Sequence[Line], unit: str) -> Entry | None:
        """The row that closes both columns of the lines, where they miss the bill's totals."""
        net = left_of(money(bill.get("taxExcludedAmount")), (line.net for line in of))
        gross = left_of(money(bill.get("taxIncludedAmount")), (line.gross for line in of))
        off = [each for each in (net, gross) if each and each.value]
        if not off:
            return None
        largest = max(off, key=lambda each: abs(each.value))
        name = self.words[difference_name(largest)]
        return Entry(name, "", "", self.formats.bare(net, unit), self.formats.bare(gross, unit))


def _number(bill: Json) -> str:
    return text(bill.get("billNo")) or text(bill.get("id"))


def _is_credit_note(bill: Json) -> bool:
    return re.sub(r"[\W_]", "", text(bill.get("category"))).lower() == "creditnote"


def _account(bill: Json) -> str:
    """The account's name, and its id in brackets."""
    account = bill.get("billingAccount")
    title, id_ = name(account), text(account.get("id")) if isinstance(account, Mapping) else ""
    return f"{title} ({id_})" if id_ and title != id_ else title


def _likely_reader(party: Json) -> int:
    role = text(party.get("role")).lower()
    return RECEIVERS.index(role) if role in RECEIVERS else len(RECEIVERS)


def _sells(party: Json) -> bool:
    return text(party.get("role")).lower() == "seller"


def _by_product(of: Sequence[Line]) -> dict[tuple[str, str], list[Line]]:
    """Lines by the name and id of their product; those without one come last."""
    products: dict[tuple[str, str], list[Line]] = {}
    for line in of:
        products.setdefault(product(line.rate.get("product")), []).append(line)
    rest = products.pop(NO_PRODUCT, None)
    return products | ({NO_PRODUCT: rest} if rest else {})


class _Counted(Iterator[Json]):
    """The rates one by one, and how many they were."""

    def __init__(self, rates: Iterator[Json]) -> None:
        self._rates = rates
        self.count = 0

    def __next__(self) -> Json:
        rate = next(self._rates)
        self.count += 1
        return rate


def _unit(bill: Json, rates: Sequence[Json]) -> str:
    """The unit of the bill's total, or of the first amount that there is."""
    amounts = ("taxIncludedAmount", "taxExcludedAmount", "amountDue", "remainingAmount")
    given = (money(each.get(amount)) for each in (bill, *rates) for amount in amounts)
    return next((each.unit for each in given if each), "")
