"""Bills add up: to the cent, whatever the rates."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from impl.billing.assemble import BillHeader, assemble, own_document
from impl.billing.bill_warnings import warnings
from impl.billing.charges import NothingToBill, Rejected
from impl.query.language import Document
from tests.unit.billing.rates import NOON, money, rate, tax

DUE = NOON + timedelta(days=14)
ON_DEMAND = BillHeader(
    id="b", account={"id": "A"}, run_type="offCycle", date=NOON, due=DUE, made=NOON
)


def item(amount: float, base: float, percent: float | None = 20, **more: Any) -> dict[str, Any]:
    rated = {} if percent is None else {"taxRate": percent}
    return {"taxAmount": money(amount), "taxableAmount": money(base), **rated, **more}


def vat(amount: float, base: float, percent: float = 20) -> dict[str, Any]:
    return item(amount, base, percent, taxCategory="VAT")


def amounts(bill: dict[str, Any]) -> list[Any]:
    """Net, taxes and gross."""
    taxes = [each["taxAmount"]["value"] for each in bill["taxItem"]]
    return [bill["taxExcludedAmount"]["value"], taxes, bill["taxIncludedAmount"]["value"]]


def test_a_bill_says_what_its_header_and_its_rates_say() -> None:
    header = replace(ON_DEMAND, more={"relatedParty": [{"id": "C", "role": "payer"}]})
    bill = assemble([rate("1", appliedTax=[tax(2)]), rate("2", taxIncludedAmount=money(5))], header)
    assert bill == {
        "id": "b",
        "@type": "CustomerBill",
        "runType": "offCycle",
        "category": "normal",
        "state": "new",
        "billingAccount": {"id": "A"},
        "billDate": NOON,
        "paymentDueDate": DUE,
        "lastUpdate": NOON,
        "taxExcludedAmount": money(15),
        "taxIncludedAmount": money(17),
        "taxItem": [vat(2, 10), item(0, 5, 0)],
        "amountDue": money(17),
        "remainingAmount": money(17),
        "relatedParty": [{"id": "C", "role": "payer"}],
    }


def test_there_is_a_tax_item_for_each_category_and_rate_with_what_it_is_levied_on() -> None:
    rates = [
        rate("1", appliedTax=[tax(2), tax(0.5, 5, "City tax")]),
        rate("2", appliedTax=[tax(1, 10), tax(1)]),
        rate("3", taxExcludedAmount=money(1), taxIncludedAmount=money(3)),
    ]
    assert taxes(rates) == [
        item(0.5, 10, 5, taxCategory="City tax"),
        vat(1, 10, 10),
        vat(3, 20),
        item(2, 1, None),
    ]


def taxes(rates: Sequence[Document]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = assemble(rates, ON_DEMAND)["taxItem"]
    return items


def many(count: int, **attributes: Any) -> list[Document]:
    return [rate(str(number), **attributes) for number in range(count)]


def test_gross_is_net_plus_taxes_where_each_rate_rounds_its_own() -> None:
    bill = assemble(
        many(
            300,
            taxExcludedAmount=money(1),
            taxIncludedAmount=money(1.2),
            appliedTax=[tax(0.19, 19)],
        ),
        ON_DEMAND,
    )
    assert amounts(bill) == [300, [57], 357]
    assert bill["amountDue"] == bill["remainingAmount"] == money(357)
    assert bill["roundingDifference"] == money(3)
    assert warnings(bill) == [
        "roundingDifference: 3.00 EUR; the rates' own gross amounts come to 360.00 EUR,"
        " and the bill to 357.00 EUR"
    ]


def test_a_consumers_price_stays_what_it_is() -> None:
    price: dict[str, Any] = {
        "taxExcludedAmount": money(8.325),
        "taxIncludedAmount": money(9.99),
        "appliedTax": [tax(1.665)],
    }
    assert amounts(assemble([rate(**price)], ON_DEMAND)) == [8.32, [1.67], 9.99]
    assert amounts(assemble(many(2, **price), ON_DEMAND)) == [16.65, [3.33], 19.98]
    assert "roundingDifference" not in assemble(many(3, **price), ON_DEMAND)


def test_a_net_price_has_its_taxes_on_top() -> None:
    price: dict[str, Any] = {"taxExcludedAmount": money(8.325), "appliedTax": [tax(1.665)]}
    assert amounts(assemble(many(2, **price), ON_DEMAND)) == [16.65, [3.33], 19.98]
    assert amounts(assemble([rate(**price)], ON_DEMAND)) == [8.33, [1.67], 10.0]


def test_a_given_price_basis_is_the_bills_too() -> None:
    price: dict[str, Any] = {"taxExcludedAmount": money(8.33), "taxIncludedAmount": money(9.99)}
    taxed = [rate(**price, appliedTax=[tax(1.67)])]
    assert amounts(assemble(taxed, ON_DEMAND)) == [8.33, [1.67], 10.0]
    gross = assemble(taxed, replace(ON_DEMAND, basis="gross"))
    assert (amounts(gross), gross["priceBasis"]) == ([8.32, [1.67], 9.99], "gross")
    assert "priceBasis" not in assemble(taxed, ON_DEMAND)


def test_net_and_gross_prices_are_summed_apart() -> None:
    net = rate("1", taxExcludedAmount=money(0.004), appliedTax=[tax(0.0008)])
    gross = rate("2", taxIncludedAmount=money(9.99), appliedTax=[tax(1.665)])
    bill = assemble([net, gross], ON_DEMAND)
    assert amounts(bill) == [8.32, [1.67], 9.99]
    assert bill["taxItem"] == [vat(1.67, 8.32)]


def test_amounts_are_summed_first_and_rounded_once() -> None:
    bill = assemble(many(5, taxExcludedAmount=money(0.004)), ON_DEMAND)
    assert bill["amountDue"] == money(0.02)


def test_19_and_0_19_on_one_bill_are_one_tax() -> None:
    rates = [
        rate("1", taxExcludedAmount=money(100), appliedTax=[tax(19, 19)]),
        rate("2", taxExcludedAmount=money(10), appliedTax=[tax(1.9, 0.19)]),
    ]
    assert taxes(rates) == [vat(20.9, 110, 19)]


@pytest.mark.parametrize(
    ("written", "base", "amount", "percent"),
    [
        (0.5, 100, 0.5, 0.5),
        (0.5, 100, 50, 50),
        (0.5, 100, 0.6, 0.5),  # neither fits, and one is nearer
        (0.19, 100, 18, 19),
        (1, 100, 1, 1),
        (1, 10, 10, 100),
        (0.5, 0, 0, 50),
        (0.19, 0.02, 0, 19),  # both fit what is rounded to 0.00
        (0.2, 100, 0, 20),  # neither fits, and no tax was levied
        (-0.15, 100, -15, -15),
    ],
)
def test_the_amounts_tell_whether_a_tax_rate_is_a_fraction(
    written: float, base: float, amount: float, percent: float
) -> None:
    rates = [rate(taxExcludedAmount=money(base), appliedTax=[tax(amount, written)])]
    assert [each["taxRate"] for each in taxes(rates)] == [percent]


def test_a_tax_that_is_far_off_its_rate_is_noted() -> None:
    near = assemble([rate(taxExcludedAmount=money(100), appliedTax=[tax(19.99)])], ON_DEMAND)
    far = assemble([rate(taxExcludedAmount=money(100), appliedTax=[tax(19)])], ON_DEMAND)
    assert warnings(near) == []
    assert warnings(far) == [
        "taxItem: VAT 20 % of 100.00 EUR is 19.00 EUR, which is 1.00 EUR too little"
    ]


def test_a_bill_that_is_due_before_its_date_is_noted() -> None:
    early = replace(ON_DEMAND, due=datetime(2026, 9, 30, tzinfo=UTC))
    assert warnings(assemble([rate()], early)) == [
        "paymentDueDate: 2026-09-30T00:00:00+00:00 is before the billDate, "
        "2026-10-01T12:00:00+00:00"
    ]


def test_yen_have_no_fraction_and_dinars_three_digits() -> None:
    yen = assemble([rate(taxExcludedAmount=money(10.5, "JPY"))], ON_DEMAND)
    dinars = assemble([rate(taxExcludedAmount=money(1.0005, "BHD"))], ON_DEMAND)
    assert (yen["amountDue"]["value"], dinars["amountDue"]["value"]) == (11, 1.001)


def test_a_total_below_zero_makes_a_credit_note() -> None:
    rates = [rate("1"), rate("2", type="appliedBillingCredit", taxExcludedAmount=money(12))]
    bill = assemble(rates, ON_DEMAND)
    assert (bill["category"], bill["amountDue"], bill["state"]) == ("credit note", money(-2), "new")


def test_a_prepaid_bill_is_born_paid() -> None:
    bill = assemble([rate()], replace(ON_DEMAND, prepaid=True))
    assert bill["state"] == "settled"
    assert bill["remainingAmount"] == money(0)
    assert bill["appliedPayment"] == [{"appliedAmount": bill["amountDue"]}]


@pytest.mark.parametrize("prepaid", [True, False])
def test_a_bill_of_zero_is_born_settled_without_a_payment(prepaid: bool) -> None:
    rates = [rate("1"), rate("2", type="rebate")]
    bill = assemble(rates, replace(ON_DEMAND, prepaid=prepaid))
    assert (bill["state"], bill["remainingAmount"]) == ("settled", money(0))
    assert "appliedPayment" not in bill


def test_the_billing_period_is_the_occasions_and_never_that_of_the_rates() -> None:
    period = {"startDateTime": NOON, "endDateTime": NOON + timedelta(days=30)}
    rates = [rate(date=NOON - timedelta(days=400))]
    bill = assemble(rates, replace(ON_DEMAND, period=period, derived_period=True))
    assert bill["billingPeriod"] == period
    assert bill.derived == {"billingPeriod"}
    assert "billingPeriod" not in assemble(rates, ON_DEMAND)


def test_no_rates_make_no_bill() -> None:
    with pytest.raises(NothingToBill):
        assemble([], ON_DEMAND)


@pytest.mark.parametrize(
    "rates",
    [
        many(2, taxExcludedAmount=money(9_999_999_999_999)),
        [
            rate("1", taxExcludedAmount=money(0), appliedTax=[tax(9_999_999_999_999, 1)]),
            rate("2", taxExcludedAmount=money(0), appliedTax=[tax(9_999_999_999_999, 1)]),
            rate("3", taxExcludedAmount=money(0), appliedTax=[tax(-9_999_999_999_999, 2)] * 2),
        ],
        [rate(taxExcludedAmount=money(9_999_999_999_999, "BHD"))],
    ],
    ids=["gross", "a tax", "three digits"],
)
def test_a_total_that_no_amount_can_hold_is_rejected(rates: list[Document]) -> None:
    with pytest.raises(Rejected, match="more than an amount can hold"):
        assemble(rates, ON_DEMAND)


def test_the_own_document_is_named_by_the_number_and_known_by_the_bills_id() -> None:
    document = own_document({"id": "b", "billNo": "2026-1"})
    assert document == {"id": "b", "name": "2026-1.pdf", "mimeType": "application/pdf"}
