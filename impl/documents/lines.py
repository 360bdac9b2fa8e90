"""The lines of a bill: what each rate counts on it, in all its digits, so that they add up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from impl.billing.charges import PriceBasis, Rejected, price_basis, read, sign
from impl.billing.money import currency, exact
from impl.billing.taxes import Levied
from impl.documents.formats import rounded
from impl.documents.values import Json, Money, listed, money, number, text, total

FINEST = Decimal(1).scaleb(-8)
"""The last digit of a line that is shown; what is finer is left to the row of rounding."""

AMOUNTS = ("taxExcludedAmount", "taxIncludedAmount")
LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """A rate, with its amounts as they count on the bill; None for one that is not known."""

    rate: Json
    net: Money | None
    gross: Money | None
    unit: str = ""
    taxes: tuple[Levied, ...] = ()


def lines(bill: Json, rates: Sequence[Json]) -> list[Line]:
    """The rates as lines, in the order of their dates, then of their ids; undated ones last."""
    basis = price_basis(bill.get("priceBasis"))
    return [_line(rate, basis) for rate in sorted(listed(list(rates)), key=_place)]


def left_of(amount: Money | None, of_lines: Iterable[Money | None]) -> Money | None:
    """What the lines' amounts lack to make the bill's; None where that can't be said."""
    summed = total(of_lines)
    if amount is None or summed is None or amount.unit != summed.unit:
        return None
    return Money(rounded(amount) - summed.value, amount.unit)


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
    """The line of a rate that can't be read as a charge: as it says, its taxes if in one unit."""
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
    """What of a rate tells its amounts, where it is what the contract says."""
    taxes = [
        {
            "taxCategory": text(tax.get("taxCategory")) or None,
            "taxRate": number(tax.get("taxRate")),
            "taxAmount": _json(tax.get("taxAmount")),
        }
        for tax in listed(rate.get("appliedTax"))
    ]
    amounts = {name: _json(rate.get(name)) for name in AMOUNTS}
    kept = {name: rate.get(name) for name in ("id", "type", "priceBasis")}
    return {**kept, **amounts, "appliedTax": [tax for tax in taxes if tax["taxAmount"]]}


def _json(given: Any) -> dict[str, Any] | None:
    amount = money(given)
    return {"unit": amount.unit, "value": float(amount.value)} if amount else None


def _place(rate: Json) -> tuple[datetime, str]:
    coverage = rate.get("periodCoverage")
    start = coverage.get("startDateTime") if isinstance(coverage, dict) else None
    day = next((each for each in (rate.get("date"), start) if isinstance(each, datetime)), LAST)
    return day if day.tzinfo else day.replace(tzinfo=UTC), text(rate.get("id"))
