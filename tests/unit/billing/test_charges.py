"""What one rate charges: as it is written, or refused by its name."""

from decimal import Decimal
from typing import Any

import pytest

from impl.billing.charges import PriceBasis, Rejected, Tax, by_currency, currency_of, read
from impl.billing.money import Currency
from tests.unit.billing.rates import money, rate, tax

EUR = Currency("EUR", 2)
VAT = Tax("VAT", Decimal(20), Decimal(2))
NOT_TAXED = Tax(None, Decimal(0), Decimal(0))


@pytest.mark.parametrize(
    "amounts",
    [
        {"taxExcludedAmount": money(10)},
        {"taxIncludedAmount": money(12)},
        {"taxExcludedAmount": money(10), "taxIncludedAmount": money(12)},
    ],
)
def test_net_and_gross_follow_from_each_other_and_the_taxes(amounts: dict[str, Any]) -> None:
    charge = read(rate("r", **amounts, appliedTax=[tax(2)]), EUR)
    assert [charge.excluded, charge.included, charge.stated] == [10, 12, 12]
    assert charge.taxes == (VAT,)


def test_a_rate_without_taxes_is_taxed_at_0() -> None:
    charge = read(rate(taxIncludedAmount=money(7.5)), EUR)
    assert (charge.excluded, charge.included, charge.taxes) == (
        Decimal("7.5"),
        Decimal("7.5"),
        (NOT_TAXED,),
    )


def test_net_and_gross_without_a_tax_charge_one_that_has_no_name() -> None:
    charge = read(rate(taxExcludedAmount=money(10), taxIncludedAmount=money(12)), EUR)
    assert charge.taxes == (Tax(None, None, Decimal(2)),)


def test_a_rate_may_be_off_by_one_minor_unit_and_counts_its_net_and_taxes() -> None:
    amounts: dict[str, Any] = {"taxExcludedAmount": money(10), "taxIncludedAmount": money(12.01)}
    charge = read(rate(**amounts, appliedTax=[tax(2)]), EUR)
    assert [charge.included, charge.stated] == [12, Decimal("12.01")]


@pytest.mark.parametrize(
    ("net", "taxed", "gross", "basis"),
    [
        (1, 0.19, 1.20, "net"),  # they miss the gross amount by a minor unit
        (10, 2, 12, "net"),  # all in whole minor units
        (8.325, 1.665, 9.99, "gross"),  # net and tax have more digits
        (8.33, 1.665, 9.99, "net"),  # and miss the gross amount by half a minor unit
        (8.326, 1.665, 9.99, "gross"),  # by a tenth of a minor unit
        (8.3261, 1.665, 9.99, "net"),  # by more than that
        (None, 1.665, 9.99, "gross"),
        (None, 2, 12, "gross"),
        (None, 1.665, 9.995, "net"),  # the gross amount is in no whole minor units
        (8.325, 1.665, None, "net"),
    ],
)
def test_the_price_basis_follows_from_the_amounts_where_nothing_says(
    net: float | None, taxed: float, gross: float | None, basis: PriceBasis
) -> None:
    amounts = {"taxExcludedAmount": net, "taxIncludedAmount": gross}
    given: dict[str, Any] = {n: money(each) for n, each in amounts.items() if each is not None}
    assert read(rate(**given, appliedTax=[tax(taxed)]), EUR).basis == basis


def test_the_price_basis_is_the_rates_own_or_else_the_given_one() -> None:
    amounts: dict[str, Any] = {"taxIncludedAmount": money(9.99), "appliedTax": [tax(1.665)]}
    assert read(rate(**amounts), EUR, "net").basis == "net"
    assert read(rate(**amounts, priceBasis="Net"), EUR, "gross").basis == "net"
    assert read(rate(taxExcludedAmount=money(10), priceBasis="gross"), EUR).basis == "gross"
    assert read(rate(**amounts, priceBasis="whatever"), EUR).basis == "gross"


@pytest.mark.parametrize(
    ("attributes", "trouble"),
    [
        (
            {"taxIncludedAmount": {"unit": "EUR"}},
            "taxExcludedAmount or taxIncludedAmount is needed",
        ),
        ({"appliedTax": [{"taxRate": 20}]}, "appliedTax.0.taxAmount is needed"),
        (
            {
                "taxExcludedAmount": money(10),
                "taxIncludedAmount": money(12.02),
                "appliedTax": [tax(2)],
            },
            "are not its taxIncludedAmount",
        ),
        (
            {
                "type": "Rebate",
                "taxExcludedAmount": money(-10),
                "appliedTax": [tax(1.9, 19)],
            },
            "taxExcludedAmount -10 and taxes of 1.9 have different signs",
        ),
    ],
)
def test_a_rate_that_contradicts_itself_is_rejected_by_name(
    attributes: dict[str, Any], trouble: str
) -> None:
    with pytest.raises(Rejected, match=rf"rate 'odd': .*{trouble}"):
        read(rate("odd", **attributes), EUR)


@pytest.mark.parametrize(
    "type_", ["appliedBillingCredit", "rebate", "productAlteration", "Rebate", "PRODUCTALTERATION"]
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_credit_is_negative_however_it_is_written(type_: str, sign: int) -> None:
    amounts: dict[str, Any] = {"taxIncludedAmount": money(sign * 12), "appliedTax": [tax(sign * 2)]}
    charge = read(rate(type=type_, **amounts), EUR)
    assert [charge.excluded, charge.included, charge.taxes[0].amount] == [-10, -12, -2]


def test_a_tax_that_is_withheld_has_its_own_sign_in_a_credit_too() -> None:
    taxes = [tax(21, 21), tax(-15, -15, "withheld")]
    charge = read(rate(type="rebate", taxExcludedAmount=money(100), appliedTax=taxes), EUR)
    assert [charge.included, *(each.amount for each in charge.taxes)] == [-106, -21, 15]


def test_all_rates_of_a_bill_are_in_one_currency() -> None:
    assert currency_of([rate(), rate()]) == EUR
    with pytest.raises(Rejected, match="several currencies: CHF, EUR"):
        currency_of([rate(), rate(appliedTax=[tax(1, unit="CHF")])])


def test_rates_are_told_apart_by_currency() -> None:
    given = [
        rate("1"),
        rate("2", taxExcludedAmount=money(1, "CHF")),
        rate("3", appliedTax=[tax(1, unit="CHF")]),
        rate("4", taxExcludedAmount={"value": 1}),
    ]
    found = {unit: [each["id"] for each in own] for unit, own in by_currency(given).items()}
    assert found == {"": ["3", "4"], "CHF": ["2"], "EUR": ["1"]}


def test_a_unit_that_is_no_currency_is_rejected_by_name() -> None:
    with pytest.raises(Rejected, match=r"rate 'odd': unit: 'EURO' is no currency"):
        currency_of([rate("odd", taxExcludedAmount=money(1, "EURO"))])
    with pytest.raises(Rejected, match=r"rate 'odd': unit: none of its amounts"):
        currency_of([rate("odd", taxExcludedAmount={"value": 1})])
