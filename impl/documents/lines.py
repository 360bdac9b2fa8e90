"""The lines of a bill: the amounts of each rate, in all their digits, so that they add up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from impl.billing.charges import PriceBasis, Rejected, price_basis, read, sign
from impl.billing.money import currency, exact
from impl.billing.tax_rates import Levied
from impl.documents.bill_values import Json, Money, listed, money, name, number, text, total
from impl.documents.locale_formats import rounded

FINEST = Decimal(1).scaleb(-8)
"""The last digit of an amount that a line shows; the row of rounding has finer differences."""

AMOUNTS = ("taxExcludedAmount", "taxIncludedAmount")
READ = (
    *("id", "name", "description", "type", "product", "date", "periodCoverage"),
    *(*AMOUNTS, "appliedTax", "priceBasis"),
)
"""The attributes of a rate that its line shows."""

NO_PRODUCT = ("", "")
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """A rate with its signed amounts on the bill; None for an amount that is not known."""

    rate: Json
    net: Money | None
    gross: Money | None
    unit: str = ""
    taxes: tuple[Levied, ...] = ()


def rate_lines(bill: Json, rates: Sequence[Json]) -> list[Line]:
    """A line for each rate, sorted by date, then id; undated ones last."""
    basis = price_basis(bill.get("priceBasis"))
    return [_line(rate, basis) for rate in sorted(listed(list(rates)), key=_position)]


def product_lines(bill: Json, rates: Iterable[Json], most: int) -> list[Line]:
    """A line for each product, in the order of their first rates.

    A product has a line for each combination of known and unknown amounts and their units. The
    `rate` of a line has only the product. Past `most` products, rates count as without one.
    """
    basis = price_basis(bill.get("priceBasis"))
    sums: dict[tuple[str, str], dict[tuple[str | None, ...], _Sum]] = {}
    first: dict[tuple[str, str], tuple[datetime, str]] = {}
    for rate in rates:
        line, key = _line(rate, basis), product(rate.get("product"))
        if len(sums) >= most and key not in sums:
            key = NO_PRODUCT
        position = _position(rate)
        first[key] = min(position, first.get(key, position))
        units = (line.unit, *(each.unit if each else None for each in (line.net, line.gross)))
        sums.setdefault(key, {}).setdefault(units, _Sum(key, line.unit)).add(line)
    return [
        each.line() for key in sorted(sums, key=first.__getitem__) for each in sums[key].values()
    ]


class _Sum:
    """The sum of lines of one product and the same units."""

    def __init__(self, key: tuple[str, str], unit: str) -> None:
        self._rate = {"product": dict(zip(("name", "id"), key, strict=True))}
        self._unit = unit
        self._net: Money | None = None
        self._gross: Money | None = None
        self._taxes: dict[tuple[object, ...], Levied] = {}

    def add(self, line: Line) -> None:
        self._net = line.net and _plus(self._net, line.net)
        self._gross = line.gross and _plus(self._gross, line.gross)
        for tax in line.taxes:
            # Only of one sign: tax rates are read from amounts without their signs.
            base = None if tax.base is None else tax.base < 0
            key = (tax.category, tax.rate, base, tax.amount < 0)
            self._taxes[key] = _more(self._taxes.get(key), tax)

    def line(self) -> Line:
        return Line(self._rate, self._net, self._gross, self._unit, tuple(self._taxes.values()))


def _plus(first: Money | None, second: Money) -> Money:
    return second if first is None else Money(first.value + second.value, first.unit)


def _more(first: Levied | None, second: Levied) -> Levied:
    if first is None:
        return second
    base = None if first.base is None or second.base is None else first.base + second.base
    return second._replace(base=base, amount=first.amount + second.amount)


def product(reference: Any) -> tuple[str, str]:
    """A product's name and id, if a reference has one of them; else NO_PRODUCT."""
    title = name(reference)
    return (title, text(reference.get("id"))) if title else NO_PRODUCT


def remainder(amount: Money | None, of_lines: Iterable[Money | None]) -> Money | None:
    """The bill's amount minus those of the lines; None if one is unknown, or units differ."""
    sum_ = total(of_lines)
    if amount is None or sum_ is None or amount.unit != sum_.unit:
        return None
    return Money(rounded(amount) - sum_.value, amount.unit)


def _line(rate: Json, basis: PriceBasis | None) -> Line:
    clean = _clean(rate)
    taxes = [tax["taxAmount"] for tax in clean["appliedTax"]]
    units = {amount["unit"] for amount in (*map(clean.get, AMOUNTS), *taxes) if amount}
    if len(units) == 1:
        unit = units.pop()
        try:
            charge = read(clean, currency(unit), basis)
        except Rejected:
            return _as_written(rate, clean, unit)
        levied = (Levied(t.category, t.rate, charge.excluded, t.amount) for t in charge.taxes)
        net, gross = _shown(charge.excluded, unit), _shown(charge.included, unit)
        return Line(rate, net, gross, unit, tuple(levied))
    return _as_written(rate, clean, "")


def _as_written(rate: Json, clean: Json, unit: str) -> Line:
    """The line of a rate that is no valid charge: its own amounts, its taxes if in one unit."""
    net, gross = (_signed(rate, money(rate.get(name))) for name in AMOUNTS)
    taxes = [
        Levied(tax["taxCategory"], tax["taxRate"], None, exact(tax["taxAmount"]["value"]))
        for tax in clean["appliedTax"]
        if unit
    ]
    return Line(rate, net, gross, unit, tuple(taxes))


def _signed(rate: Json, amount: Money | None) -> Money | None:
    return amount and _shown(sign(rate, amount.value) * amount.value, amount.unit)


def _shown(value: Decimal, unit: str) -> Money:
    return Money(value.quantize(FINEST, ROUND_HALF_UP), unit)


def _clean(rate: Json) -> dict[str, Any]:
    """The attributes of a rate that its amounts depend on, without values of a wrong type."""
    taxes = [
        {
            "taxCategory": text(tax.get("taxCategory")) or None,
            "taxRate": number(tax.get("taxRate")),
            "taxAmount": _json(tax.get("taxAmount")),
        }
        for tax in listed(rate.get("appliedTax"))
    ]
    amounts = {name: _json(rate.get(name)) for name in AMOUNTS}
    others = {name: rate.get(name) for name in ("id", "type", "priceBasis")}
    return {**others, **amounts, "appliedTax": [tax for tax in taxes if tax["taxAmount"]]}


def _json(given: Any) -> dict[str, Any] | None:
    amount = money(given)
    return {"unit": amount.unit, "value": float(amount.value)} if amount else None


def _position(rate: Json) -> tuple[datetime, str]:
    coverage = rate.get("periodCoverage")
    start = coverage.get("startDateTime") if isinstance(coverage, dict) else None
    day = next((each for each in (rate.get("date"), start) if isinstance(each, datetime)), LAST)
    return day if day.tzinfo else day.replace(tzinfo=UTC), text(rate.get("id"))
