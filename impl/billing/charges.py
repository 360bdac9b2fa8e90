"""What a rate charges, exactly: net, gross and taxes, whichever of them it says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from impl.billing.money import Currency, exact, minor_digits, total, value_of

Rate = Mapping[str, Any]
CREDITS = frozenset({"appliedBillingCredit", "rebate", "productAlteration"})
"""Types of rates that take from a bill: the standard's credit, and its two kinds."""


class Rejected(Exception):
    """There can be no bill; the message says why, and names the rate where one is the reason."""


class NothingToBill(Rejected):
    """No rate is there to be billed."""


@dataclass(frozen=True)
class Tax:
    """A tax of one category and rate; None where the rate that charges it does not say."""

    category: str | None
    rate: Decimal | None
    amount: Decimal


@dataclass(frozen=True)
class Charge:
    """One rate's exact amounts; a credit's are negative."""

    excluded: Decimal
    included: Decimal
    taxes: tuple[Tax, ...]


def currency_of(rates: Sequence[Rate]) -> Currency:
    """The one currency that the rates are in; Rejected where there are several, or none."""
    units = {unit: rate for rate in reversed(rates) for unit in _units(rate)}
    if len(units) > 1:
        raise Rejected(f"rates in several currencies: {', '.join(sorted(units))}")
    for unit, rate in units.items():
        digits = minor_digits(unit)
        if digits is None:
            raise Rejected(f"rate {rate['id']!r}: unit: {unit!r} is no currency of ISO 4217")
        return Currency(unit, digits)
    raise Rejected(f"rate {rates[0]['id']!r}: unit: none of its amounts has one")


def read(rate: Rate, currency: Currency) -> Charge:
    """What the rate charges. Where it lacks net or gross, that follows from its taxes.

    A rate that gives both and no tax charges the difference as a tax that it does not name.
    Raises Rejected where it gives neither, or where net and taxes differ from gross by more than a
    minor unit.
    """
    taxes = _taxes(rate)
    taxed = total([tax.amount for tax in taxes])
    excluded = value_of(rate.get("taxExcludedAmount"))
    included = value_of(rate.get("taxIncludedAmount"))
    if excluded is None and included is None:
        raise _rejected(rate, "taxExcludedAmount or taxIncludedAmount is needed")
    if excluded is not None and included is not None and not taxes and excluded != included:
        taxes = [Tax(None, None, total([included, -excluded]))]
        taxed = taxes[0].amount
    net = total([included or Decimal(0), -taxed]) if excluded is None else excluded
    gross = total([net, taxed]) if included is None else included
    if abs(total([net, taxed, -gross])) > currency.minor:
        said = f"taxExcludedAmount {net} and taxes of {taxed}"
        raise _rejected(rate, f"{said} are not its taxIncludedAmount {gross}")
    return _signed(rate, Charge(net, gross, tuple(taxes)))


def _signed(rate: Rate, charge: Charge) -> Charge:
    """A credit as negative amounts, however it is written."""
    if rate.get("type") not in CREDITS or charge.included < 0 or charge.excluded < 0:
        return charge
    taxes = tuple(Tax(tax.category, tax.rate, -tax.amount) for tax in charge.taxes)
    return Charge(-charge.excluded, -charge.included, taxes)


def _taxes(rate: Rate) -> list[Tax]:
    return [
        _tax(rate, each, place) for place, each in enumerate(rate.get("appliedTax") or ()) if each
    ]


def _tax(rate: Rate, given: Mapping[str, Any], place: int) -> Tax:
    amount = value_of(given.get("taxAmount"))
    if amount is None:
        raise _rejected(rate, f"appliedTax.{place}.taxAmount is needed")
    percent = given.get("taxRate")
    return Tax(given.get("taxCategory"), None if percent is None else exact(percent), amount)


def _units(rate: Rate) -> Iterable[str]:
    moneys = [rate.get("taxExcludedAmount"), rate.get("taxIncludedAmount")]
    moneys += [tax.get("taxAmount") for tax in rate.get("appliedTax") or ()]
    return {money["unit"] for money in moneys if money and money.get("unit") is not None}


def _rejected(rate: Rate, trouble: str) -> Rejected:
    return Rejected(f"rate {rate['id']!r}: {trouble}")
