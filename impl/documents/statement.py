"""A bill as strings in the order of reading; templates only lay them out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from urllib.parse import quote

from impl.documents.address_lines import address_lines, contact_name, electronic_address
from impl.documents.bill_values import Json, listed, money, name, text, total
from impl.documents.lines import NO_PRODUCT, Line, product, product_lines, rate_lines, remainder
from impl.documents.locale_formats import Formats
from impl.documents.style import Style
from impl.documents.totals import Row, difference_name, settlement, sums

RECEIVERS = ("bill receiver", "customer", "payer")
"""The roles of parties that receive bills, the likeliest reader first."""

OF_RECORD = {
    "tax_number": "taxNumber",
    "buyer_reference": "buyerReference",
    "purchase_order": "purchaseOrder",
    "mandate": "mandateId",
}
"""The labels of attributes that a bill takes from its account's record."""


@dataclass(frozen=True)
class Fact:
    """A label and a value in the head of a bill."""

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
    """The lines of one product; `detail` is its id if products have the same name.

    A subtotal is blank unless all lines have that amount in one unit.
    """

    name: str
    detail: str
    entries: tuple[Entry, ...]
    net: str
    gross: str


@dataclass(frozen=True)
class Seller:
    """The sender of the bill."""

    name: str = ""
    address: tuple[str, ...] = ()


@dataclass(frozen=True)
class Statement:
    """A bill in words; what the bill does not have is a blank string or has no row."""

    language: str
    direction: str
    words: Mapping[str, str]
    title: str
    number: str
    account: str
    status: str
    seller: Seller
    parties: tuple[Fact, ...]
    address: tuple[str, ...]
    """The lines of the postal address, below the name of the first party."""

    facts: tuple[Fact, ...]
    headline: Row | None
    currency: str
    groups: tuple[Group, ...]
    elsewhere: str
    """Where to find the lines if they are too many; an entry is then the sum of a product."""

    rounding: Entry | None
    """The difference of the bill's totals and its lines, if there is one."""

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
        """The statement of a bill and its rates; of many rates, few are in memory at a time."""
        rest = iter(rates)
        first = list(islice(rest, self.itemised + 1))
        unit, elsewhere = _unit(bill, first), ""
        if len(first) <= self.itemised:
            lines = rate_lines(bill, first)
            groups = tuple(self._groups(lines, unit))
        else:
            counter = _Counter(chain(first, rest))
            lines = product_lines(bill, counter, self.itemised)
            groups = (self._summary(lines, unit),)
            elsewhere = self._elsewhere(bill, counter.count)
        rows = settlement(bill, self.formats, self.words)
        parties = tuple(self._parties(bill))
        return Statement(
            language=self.language,
            direction=self.direction,
            words=self.words,
            title=self.words["credit_note" if _is_credit_note(bill) else "bill"],
            number=_number(bill),
            account=_account(bill),
            status=self.words["on_hold"] if bill.get("state") == "onHold" else "",
            seller=self.seller if self.seller.name else self._bill_seller(bill),
            parties=parties,
            address=tuple(
                address_lines(bill.get("billingAddress"), {each.value for each in parties})
            ),
            facts=tuple(fact for fact in self._facts(bill) if fact.value),
            headline=self._headline(bill, rows),
            currency=self.formats.symbol(unit),
            groups=groups,
            elsewhere=elsewhere,
            rounding=self._rounding(bill, lines, unit),
            sums=sums(bill, lines, self.formats, self.words),
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
        for label, attribute in OF_RECORD.items():
            yield Fact(words[label], text(bill.get(attribute)))
        yield Fact(words["electronic_address"], electronic_address(bill.get("electronicAddress")))
        category = text(bill.get("category"))
        hidden = _is_credit_note(bill) or category.lower() == "normal"
        kind = words["last"] if category.lower() == "last" else category
        yield Fact(words["category"], "" if hidden else kind)

    def _parties(self, bill: Json) -> Iterator[Fact]:
        """The parties with their roles, but for sellers; the likeliest reader first.

        A party that the postal address names comes before all others. An address without a party is
        that of the account.
        """
        address = bill.get("billingAddress")
        contact = contact_name(address)
        parties = sorted(_parties(bill), key=lambda each: (name(each) != contact, _rank(each)))
        for party in parties:
            role = text(party.get("role"))
            yield Fact(self.words.get(role.lower(), role), name(party))
        if address and not parties:
            yield Fact("", contact or name(bill.get("billingAccount")))

    def _bill_seller(self, bill: Json) -> Seller:
        """The party that the bill names as its seller, used without BILL_SELLER_NAME."""
        parties = (each for each in listed(bill.get("relatedParty")) if _sells(each))
        return replace(self.seller, name=next(map(name, parties), ""))

    def _headline(self, bill: Json, rows: tuple[Row, ...]) -> Row | None:
        """The sum to pay and its due date; for a settled bill, that it is paid."""
        if bill.get("state") == "settled":
            gross = self.formats.amount(money(bill.get("taxIncludedAmount")))
            return Row("paid", self.words["paid"], gross)
        if not rows:
            return None
        last = rows[-1]
        day = self.formats.day(bill.get("paymentDueDate")) if last.kind == "due" else ""
        return replace(last, detail=day and f"{self.words['due_date']}: {day}")

    def _groups(self, lines: Sequence[Line], unit: str) -> Iterator[Group]:
        """A group for each product, in the order of their first lines; other lines last."""
        products = _by_product(lines)
        others = self.words["other_charges" if len(products) > 1 else "charges"]
        titles = Counter(title for title, _ in products)
        for (title, id_), own in products.items():
            yield self._group(title or others, id_ if titles[title] > 1 else "", own, unit)

    def _group(self, title: str, detail: str, lines: Sequence[Line], unit: str) -> Group:
        net = self.formats.bare(total(line.net for line in lines), unit)
        gross = self.formats.bare(total(line.gross for line in lines), unit)
        return Group(title, detail, tuple(self._entry(line, unit) for line in lines), net, gross)

    def _summary(self, lines: Sequence[Line], unit: str) -> Group:
        """One group with the sum of each product as an entry."""
        products = _by_product(lines)
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
        return replace(self._group(self.words["charges"], "", lines, unit), entries=tuple(entries))

    def _elsewhere(self, bill: Json, count: int) -> str:
        address = f"{self.rates}?bill.id={quote(str(bill.get('id', '')), safe='')}"
        parts = {"{count}": self.formats.count(count), "{address}": address}
        return re.sub("{count}|{address}", lambda match: parts[match[0]], self.words["lines_at"])

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

    def _rounding(self, bill: Json, lines: Sequence[Line], unit: str) -> Entry | None:
        """The row that makes both columns add up to the bill's totals; None if they do."""
        net = remainder(money(bill.get("taxExcludedAmount")), (line.net for line in lines))
        gross = remainder(money(bill.get("taxIncludedAmount")), (line.gross for line in lines))
        differences = [each for each in (net, gross) if each and each.value]
        if not differences:
            return None
        largest = max(differences, key=lambda each: abs(each.value))
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


def _parties(bill: Json) -> list[Json]:
    """The parties that have a name, but for sellers."""
    return [each for each in listed(bill.get("relatedParty")) if name(each) and not _sells(each)]


def _rank(party: Json) -> int:
    role = text(party.get("role")).lower()
    return RECEIVERS.index(role) if role in RECEIVERS else len(RECEIVERS)


def _sells(party: Json) -> bool:
    return text(party.get("role")).lower() == "seller"


def _by_product(lines: Sequence[Line]) -> dict[tuple[str, str], list[Line]]:
    """The lines by the name and id of their product; those without one last."""
    products: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        products.setdefault(product(line.rate.get("product")), []).append(line)
    rest = products.pop(NO_PRODUCT, None)
    return products | ({NO_PRODUCT: rest} if rest else {})


class _Counter(Iterator[Json]):
    """Iterates over the rates and counts them."""

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
    present = (money(each.get(name)) for each in (bill, *rates) for name in amounts)
    return next((each.unit for each in present if each), "")
