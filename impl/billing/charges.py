"""The exact net, gross and tax amounts of a rate, of which it may give only some. Pure."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, NamedTuple, TypeVar

from impl.billing.money import Currency, exact, minor_digits, minus, plus, total, value_of

Rate = Mapping[str, Any]
R = TypeVar("R", bound=Rate)
PriceBasis = Literal["net", "gross"]

CREDIT = "(?i)^(appliedBillingCredit|rebate|productAlteration)$"
"""Types of rates that reduce a bill: the standard's credit, and its two kinds."""

ZERO = Decimal(0)


class Rejected(Exception):
    """There can be no bill; the message says why, and names the rate that is the reason, if any."""


class NothingToBill(Rejected):
    """There are no rates to bill."""


class Tax(NamedTuple):
    """A tax; its category or its tax rate is None if the rate that charges it gives none."""

    category: str | None
    rate: Decimal | None
    amount: Decimal


class Charge(NamedTuple):
    """One rate's exact amounts, as they count on a bill; a credit's are negative.

    Net plus taxes is always the gross amount. `stated` is the gross amount that the rate gives, or
    that follows from the amounts it gives.
    """

    excluded: Decimal
    included: Decimal
    taxes: tuple[Tax, ...]
    basis: PriceBasis
    stated: Decimal


def is_credit(rate: Rate) -> bool:
    """Whether a rate of this type reduces a bill; case does not matter."""
    return _is_type_of_credit(str(rate.get("type", "")))


@lru_cache
def _is_type_of_credit(type_: str) -> bool:
    return re.search(CREDIT, type_) is not None


def price_basis(given: Any) -> PriceBasis | None:
    """The price basis that an attribute names, in any case; None for anything else."""
    match given.lower() if isinstance(given, str) else None:
        case "net":
            return "net"
        case "gross":
            return "gross"
    return None


def by_currency(rates: Sequence[R]) -> dict[str, list[R]]:
    """The rates by the currency of their amounts; rates with none or several are under ""."""
    groups: dict[str, list[R]] = defaultdict(list)
    for rate in rates:
        groups[unit_of(rate)].append(rate)
    return dict(sorted(groups.items()))


def unit_of(rate: Rate) -> str:
    """The one currency of a rate's amounts; blank if they have none or several."""
    units = units_of(rate)
    return units.pop() if len(units) == 1 else ""


def units_of(rate: Rate) -> set[str]:
    """The currencies of a rate's amounts."""
    moneys = [rate.get("taxExcludedAmount"), rate.get("taxIncludedAmount")]
    moneys += [tax.get("taxAmount") for tax in rate.get("appliedTax") or () if tax]
    return {money["unit"] for money in moneys if money and money.get("unit") is not None}


def currency_of(rates: Sequence[Rate], unit: str = "") -> Currency:
    """The one currency of the rates; Rejected if there are several, or none.

    `unit` is that of all of them (`by_currency`), if it is known.
    """
    first_by_unit = {unit: rates[0]} if unit else _first_by_unit(rates)
    if len(first_by_unit) > 1:
        raise Rejected(f"rates in several currencies: {', '.join(sorted(first_by_unit))}")
    for code, rate in first_by_unit.items():
        digits = minor_digits(code)
        if digits is None:
            raise Rejected(f"rate {rate['id']!r}: unit: {code!r} is no currency of ISO 4217")
        return Currency(code, digits)
    raise Rejected(f"rate {rates[0]['id']!r}: unit: none of its amounts has one")


def _first_by_unit(rates: Sequence[Rate]) -> dict[str, Rate]:
    return {unit: rate for rate in reversed(rates) for unit in units_of(rate)}


def read(rate: Rate, currency: Currency, basis: PriceBasis | None = None) -> Charge:
    """The charge of a rate; if it lacks its net or gross amount, that follows from its taxes.

    If it gives both and no tax, their difference is a tax without a category; a rate with only one
    of them and no tax is taxed at 0. `basis` is the price basis of rates that name none.

    Raises Rejected with the rate's id if it gives neither net nor gross, if net and taxes differ
    from gross by more than a minor unit, or if a credit's net and taxes have different signs.
    """
    net, gross = value_of(rate.get("taxExcludedAmount")), value_of(rate.get("taxIncludedAmount"))
    if net is None and gross is None:
        raise _rejected(rate, "taxExcludedAmount or taxIncludedAmount is needed")
    taxes = _taxes(rate) or [_difference(net, gross)]
    taxed = total([tax.amount for tax in taxes])
    excluded = minus(gross or ZERO, taxed) if net is None else net
    included = plus(excluded, taxed)
    stated = included if gross is None else gross
    if abs(minus(included, stated)) > currency.minor:
        amounts = f"taxExcludedAmount {excluded} and taxes of {taxed}"
        raise _rejected(rate, f"{amounts} are not its taxIncludedAmount {stated}")
    if excluded * taxed < 0 and is_credit(rate):
        amounts = f"taxExcludedAmount {excluded} and taxes of {taxed}"
        raise _rejected(rate, f"{amounts} have different signs, and it is a credit")
    basis = price_basis(rate.get("priceBasis")) or basis or _basis(net, gross, taxes, currency)
    if basis == "gross":
        excluded, included = minus(stated, taxed), stated
    charge = Charge(excluded, included, tuple(taxes), basis, stated)
    return charge if sign(rate, included) > 0 else _negated(charge)


def _negated(charge: Charge) -> Charge:
    taxes = tuple(tax._replace(amount=-tax.amount) for tax in charge.taxes)
    return Charge(-charge.excluded, -charge.included, taxes, charge.basis, -charge.stated)


def sign(rate: Rate, amount: Decimal) -> int:
    """-1 for a credit with a positive amount, else 1: a credit always counts as negative."""
    return -1 if amount > 0 and is_credit(rate) else 1


def _basis(
    net: Decimal | None, gross: Decimal | None, taxes: Sequence[Tax], currency: Currency
) -> PriceBasis:
    """The price basis of a rate for which none is given.

    It is gross-priced if its gross amount is in whole minor units, its net amount or a tax is not,
    and they add up; else it is net-priced.
    """
    if gross is None or not currency.is_whole(gross):
        return "net"
    if net is None:
        return "gross"
    amounts = [net, *(tax.amount for tax in taxes)]
    if all(map(currency.is_whole, amounts)):
        return "net"
    return "gross" if abs(total([*amounts, -gross])) * 10 <= currency.minor else "net"


def _difference(net: Decimal | None, gross: Decimal | None) -> Tax:
    """The tax of a rate that gives no taxes: its gross amount less its net amount."""
    amount = ZERO if net is None or gross is None else minus(gross, net)
    return Tax(None, None if amount else ZERO, amount)


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


def _rejected(rate: Rate, trouble: str) -> Rejected:
    return Rejected(f"rate {rate.get('id')!r}: {trouble}")
