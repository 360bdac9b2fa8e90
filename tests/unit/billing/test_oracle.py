"""Bills and their documents against exact arithmetic that shares no code with them."""

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from hypothesis import example, given, settings
from hypothesis import strategies as st

from impl.billing.assemble import assemble
from impl.documents.assets import assets
from impl.documents.locale_formats import Formats
from impl.documents.statement import Seller, Statement, StatementWriter
from impl.query.language import Document
from tests.sizes import examples
from tests.unit.billing.rates import money
from tests.unit.billing.test_assemble import ON_DEMAND

Json = dict[str, Any]
DIGITS = {"JPY": 0, "EUR": 2, "BHD": 3}
CREDITS = {"appliedbillingcredit", "rebate", "productalteration"}
TYPES = ["usageCharge", "recurringCharge", "rebate", "Appliedbillingcredit", "productAlteration"]
RATES = {"VAT": [20, 7, 0.2, 19, 0.19, 0], "City": [1, 2.5]}
CLERK = StatementWriter(
    Formats(Locale.parse("en_GB"), ZoneInfo("UTC")), "en", "ltr", assets(None).words["en"], Seller()
)


def fraction(amount: Json | None) -> Fraction:
    return Fraction(repr(amount["value"])) if amount else Fraction(0)


@st.composite
def rates_of(draw: st.DrawFn, unit: str) -> Json:
    """A rate that is right in itself: its net amount and taxes, its gross amount, or both."""
    finest = draw(st.sampled_from([DIGITS[unit], 5]))
    step = Decimal(1).scaleb(-finest)
    net = draw(st.integers(-(10**6), 10**6)) * step
    sign = -1 if net < 0 else 1
    taxes = []
    for category in draw(st.lists(st.sampled_from(list(RATES)), max_size=2, unique=True)):
        written = draw(st.sampled_from(RATES[category]))
        percent = Decimal(repr(written)) * (100 if 0 < written < 1 else 1)
        amount = (abs(net) * percent / 100).quantize(step) * sign
        taxes.append((category, written, amount))
    gross = net + sum((amount for _, _, amount in taxes), Decimal(0))
    given = draw(st.sampled_from([{"net"}, {"gross"}, {"net", "gross"}]))
    rate = {
        "type": draw(st.sampled_from(TYPES)),
        "priceBasis": draw(st.sampled_from([None, None, "net", "gross"])),
        "taxExcludedAmount": money(float(net), unit) if "net" in given else None,
        "taxIncludedAmount": money(float(gross), unit) if "gross" in given else None,
        "product": draw(st.sampled_from([None, {"id": "1", "name": "one"}, {"id": "2"}])),
        "appliedTax": [
            {"taxCategory": category, "taxRate": written, "taxAmount": money(float(amount), unit)}
            for category, written, amount in taxes
        ],
    }
    return {name: value for name, value in rate.items() if value is not None}


bills = st.sampled_from(list(DIGITS)).flatmap(
    lambda unit: st.lists(rates_of(unit), min_size=1, max_size=12)
)


def documents(rates: list[Json]) -> list[Document]:
    account = {"billingAccount": {"id": "A"}, "isBilled": False}
    return [Document({"id": str(n), **account, **rate}, 1) for n, rate in enumerate(rates)]


def rounded(amount: Fraction, digits: int) -> Fraction:
    """Half away from zero."""
    scaled = abs(amount) * 10**digits
    whole = Fraction(int(scaled + Fraction(1, 2)), 10**digits)
    return whole if amount >= 0 else -whole


def is_gross_priced(rate: Json, digits: int) -> bool:
    if "priceBasis" in rate:
        return bool(rate["priceBasis"] == "gross")
    if "taxIncludedAmount" not in rate:
        return False
    gross = fraction(rate["taxIncludedAmount"])
    if rounded(gross, digits) != gross:
        return False
    if "taxExcludedAmount" not in rate:
        return True
    parts = [fraction(rate["taxExcludedAmount"])]
    parts += [fraction(tax["taxAmount"]) for tax in rate["appliedTax"]]
    finer = any(rounded(part, digits) != part for part in parts)
    return finer and abs(sum(parts) - gross) <= Fraction(1, 10 ** (digits + 1))


def kind(tax: Json) -> tuple[str | None, Fraction]:
    rate = Fraction(repr(tax["taxRate"]))
    return tax["taxCategory"], rate * 100 if 0 < rate < 1 else rate


def expected(rates: list[Json], digits: int) -> tuple[Fraction, dict[Any, Fraction], Fraction]:
    """Net, taxes and gross, group by group."""
    groups: dict[Any, list[Json]] = {}
    for rate in rates:
        kinds = frozenset(map(kind, rate["appliedTax"])) or frozenset({(None, Fraction(0))})
        groups.setdefault((is_gross_priced(rate, digits), kinds), []).append(rate)
    net, taxes = Fraction(0), dict[Any, Fraction]()
    for (gross_priced, kinds), group in groups.items():
        nets, grosses, taxed = Fraction(0), Fraction(0), dict.fromkeys(kinds, Fraction(0))
        for rate in group:
            own = {each: Fraction(0) for each in kinds}
            for tax in rate["appliedTax"]:
                own[kind(tax)] += fraction(tax["taxAmount"])
            total = sum(own.values(), Fraction(0))
            excluded = fraction(rate.get("taxExcludedAmount"))
            included = fraction(rate.get("taxIncludedAmount"))
            excluded = excluded if "taxExcludedAmount" in rate else included - total
            included = included if "taxIncludedAmount" in rate else excluded + total
            sign = -1 if rate["type"].lower() in CREDITS and included > 0 else 1
            nets, grosses = nets + sign * excluded, grosses + sign * included
            taxed = {each: taxed[each] + sign * own[each] for each in kinds}
        levied = {each: rounded(amount, digits) for each, amount in taxed.items()}
        for each, amount in levied.items():
            taxes[each] = taxes.get(each, Fraction(0)) + amount
        whole = rounded(grosses, digits) - sum(levied.values())
        net += whole if gross_priced else rounded(nets, digits)
    return net, taxes, net + sum(taxes.values())


CONSUMER = {
    "type": "usageCharge",
    "taxExcludedAmount": money(8.325),
    "taxIncludedAmount": money(9.99),
    "appliedTax": [{"taxCategory": "VAT", "taxRate": 20, "taxAmount": money(1.665)}],
}
PRICED_GROSS = {
    "type": "usageCharge",
    "priceBasis": "gross",
    "taxIncludedAmount": money(9.99),
    "appliedTax": [{"taxCategory": "VAT", "taxRate": 0.2, "taxAmount": money(1.665)}],
}


@settings(max_examples=examples(300))
@given(bills)
@example([CONSUMER])
@example([CONSUMER, PRICED_GROSS])
@example([PRICED_GROSS, PRICED_GROSS])
def test_a_bill_is_what_exact_arithmetic_makes_of_its_rates(rates: list[Json]) -> None:
    bill = assemble(documents(rates), ON_DEMAND)
    digits = DIGITS[bill["amountDue"]["unit"]]
    net, taxes, gross = expected(rates, digits)
    items = bill["taxItem"]
    assert fraction(bill["taxExcludedAmount"]) == net
    assert {(t.get("taxCategory"), Fraction(repr(t["taxRate"]))) for t in items} == taxes.keys()
    for item in items:
        each = item.get("taxCategory"), Fraction(repr(item["taxRate"]))
        assert fraction(item["taxAmount"]) == taxes[each]
    paid = sum((fraction(item["taxAmount"]) for item in items), Fraction(0))
    assert fraction(bill["taxIncludedAmount"]) == gross == net + paid
    assert bill["amountDue"] == bill["remainingAmount"] == bill["taxIncludedAmount"]
    assert (bill["state"] == "settled") == (gross == 0)


def printed(text: str) -> Decimal:
    """The amount that a reader sees."""
    return Decimal(re.sub(r"[^0-9.\-]", "", text))


@settings(max_examples=examples(200))
@given(bills)
@example([CONSUMER])
@example([CONSUMER | {"taxExcludedAmount": money(0.0037), "appliedTax": []}] * 40)
def test_printed_lines_add_up_to_subtotals_and_with_the_rounding_to_the_printed_totals(
    rates: list[Json],
) -> None:
    bill = assemble(documents(rates), ON_DEMAND)
    itemised = CLERK.statement(bill, documents(rates))
    hold_to_its_sums(itemised)
    if len(rates) > 1:
        summed = replace(CLERK, itemised=1).statement(bill, iter(documents(rates)))
        hold_to_its_sums(summed)
        assert summed.elsewhere
        assert (summed.sums, summed.rounding) == (itemised.sums, itemised.rounding)


def hold_to_its_sums(statement: Statement) -> None:
    for column in ("net", "gross"):
        lines = Decimal(0)
        for group in statement.groups:
            own = sum((printed(getattr(each, column)) for each in group.entries), Decimal(0))
            assert printed(getattr(group, column)) == own
            lines += own
        closing = statement.rounding
        lines += printed(getattr(closing, column)) if closing else 0
        (total,) = (row for row in statement.sums if row.kind == column)
        assert printed(total.amount) == lines
    by_kind = {row.kind: printed(row.amount) for row in statement.sums}
    taxes = sum(printed(row.amount) for row in statement.sums if row.kind == "tax")
    assert by_kind["gross"] == by_kind["net"] + taxes
    assert "rounding" not in by_kind
