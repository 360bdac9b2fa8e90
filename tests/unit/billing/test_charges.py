from decimal import Decimal
from typing import Any

import pytest

from impl.billing.charges import Charge, Rejected, Tax, currency_of, read
from impl.billing.money import Currency
from tests.unit.billing.rates import money, rate, tax

EUR = Currency("EUR", 2)
VAT = Tax("VAT", Decimal(20), Decimal(2))


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
    assert charge == Charge(Decimal(10), Decimal(12), (VAT,))


def test_a_rate_without_taxes_is_as_much_net_as_gross() -> None:
    assert read(rate(taxIncludedAmount=money(7.5)), EUR) == Charge(
        Decimal("7.5"), Decimal("7.5"), ()
    )


def test_net_and_gross_without_a_tax_charge_one_that_has_no_name() -> None:
    charge = read(rate(taxExcludedAmount=money(10), taxIncludedAmount=money(12)), EUR)
    assert charge.taxes == (Tax(None, None, Decimal(2)),)


def test_a_rate_may_be_off_by_one_minor_unit() -> None:
    amounts: dict[str, Any] = {"taxExcludedAmount": money(10), "taxIncludedAmount": money(12.01)}
    assert read(rate(**amounts, appliedTax=[tax(2)]), EUR).included == Decimal("12.01")


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
    ],
)
def test_a_rate_that_contradicts_itself_is_rejected_by_name(
    attributes: dict[str, Any], trouble: str
) -> None:
    with pytest.raises(Rejected, match=rf"rate 'odd': .*{trouble}"):
        read(rate("odd", **attributes), EUR)


@pytest.mark.parametrize("type_", ["appliedBillingCredit", "rebate", "productAlteration"])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_credit_is_negative_however_it_is_written(type_: str, sign: int) -> None:
    amounts: dict[str, Any] = {"taxIncludedAmount": money(sign * 12), "appliedTax": [tax(sign * 2)]}
    charge = read(rate(type=type_, **amounts), EUR)
    assert [charge.excluded, charge.included, charge.taxes[0].amount] == [-10, -12, -2]


def test_all_rates_are_in_one_currency() -> None:
    assert currency_of([rate(), rate()]) == EUR
    with pytest.raises(Rejected, match="several currencies: CHF, EUR"):
        currency_of([rate(), rate(appliedTax=[tax(1, unit="CHF")])])


def test_a_unit_that_is_no_currency_is_rejected_by_name() -> None:
    with pytest.raises(Rejected, match=r"rate 'odd': unit: 'EURO' is no currency"):
        currency_of([rate("odd", taxExcludedAmount=money(1, "EURO"))])
    with pytest.raises(Rejected, match=r"rate 'odd': unit: none of its amounts"):
        currency_of([rate("odd", taxExcludedAmount={"value": 1})])
