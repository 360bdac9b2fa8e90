"""Bills add up: to the cent, whatever the rates."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.billing.assemble import Occasion, assemble, covered, own_document
from impl.billing.charges import NothingToBill, Rejected
from impl.query.language import Document
from tests.unit.billing.rates import NOON, money, rate, tax

DUE = NOON + timedelta(days=14)
ON_DEMAND = Occasion(
    id="b", account={"id": "A"}, run_type="offCycle", date=NOON, due=DUE, made=NOON
)


def test_a_bill_says_what_its_occasion_and_its_rates_say() -> None:
    occasion = replace(ON_DEMAND, more={"relatedParty": [{"id": "C", "role": "payer"}]})
    bill = assemble(
        [rate("1", appliedTax=[tax(2)]), rate("2", taxIncludedAmount=money(5))], occasion
    )
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
        "taxItem": [tax(2)],
        "amountDue": money(17),
        "remainingAmount": money(17),
        "relatedParty": [{"id": "C", "role": "payer"}],
    }


def test_there_is_a_tax_item_for_each_category_and_rate() -> None:
    rates = [
        rate("1", appliedTax=[tax(2), tax(0.5, 5, "City tax")]),
        rate("2", appliedTax=[tax(1, 10), tax(1)]),
        rate("3", taxExcludedAmount=money(1), taxIncludedAmount=money(3)),
    ]
    named = [
        (t.get("taxCategory"), t.get("taxRate"), t["taxAmount"]["value"]) for t in taxes(rates)
    ]
    assert named == [("City tax", 5, 0.5), ("VAT", 10, 1), ("VAT", 20, 3), (None, None, 2)]


def taxes(rates: Sequence[Document]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = assemble(rates, ON_DEMAND)["taxItem"]
    return items


def test_amounts_are_summed_first_and_rounded_once() -> None:
    bill = assemble([rate(str(n), taxExcludedAmount=money(0.004)) for n in range(5)], ON_DEMAND)
    assert bill["amountDue"] == money(0.02)


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


def test_the_billing_period_is_what_the_rates_cover_or_are_of() -> None:
    day = timedelta(days=1)
    covering = rate(periodCoverage={"startDateTime": NOON - 3 * day, "endDateTime": NOON})
    rates = [covering, rate(date=NOON + day), rate(periodCoverage={"endDateTime": NOON + 2 * day})]
    assert covered(rates) == {"startDateTime": NOON - 3 * day, "endDateTime": NOON + 2 * day}
    assert covered([rate()]) == {}
    given_ = {"startDateTime": NOON, "endDateTime": NOON + day}
    assert assemble(rates, replace(ON_DEMAND, period=given_))["billingPeriod"] == given_


def test_no_rates_make_no_bill() -> None:
    with pytest.raises(NothingToBill):
        assemble([], ON_DEMAND)


def test_a_total_that_no_amount_can_hold_is_rejected() -> None:
    rates = [rate(str(n), taxExcludedAmount=money(9_999_999_999_999)) for n in range(2)]
    with pytest.raises(Rejected, match="more than an amount can hold"):
        assemble(rates, ON_DEMAND)


def test_the_own_document_is_named_by_the_number_and_known_by_the_bills_id() -> None:
    document = own_document({"id": "b", "billNo": "2026-1"})
    assert document == {"id": "b", "name": "2026-1.pdf", "mimeType": "application/pdf"}


cents = st.integers(-(10**9), 10**9).map(lambda n: n / 100)
"""As exact as a JSON number of two decimals can be; what it stands for is its shortest decimal."""

rates = st.lists(
    st.builds(
        lambda net, amounts: rate(
            taxExcludedAmount=money(net), appliedTax=[tax(a, r, c) for a, r, c in amounts]
        ),
        st.one_of(cents, st.integers(-9999, 9999).map(lambda n: n / 10000)),
        st.lists(
            st.tuples(cents, st.sampled_from([0, 5, 7.7, 20]), st.sampled_from("AB")), max_size=3
        ),
    ),
    min_size=1,
    max_size=40,
)


@given(rates)
def test_a_bills_sums_equal_exact_arithmetic(given_: list[Document]) -> None:
    def decimal(amount: dict[str, Any]) -> Decimal:
        return Decimal(str(amount["value"]))

    def cent(amount: Decimal) -> float:
        return float(amount.quantize(Decimal("0.01"), ROUND_HALF_UP)) + 0.0

    net = sum((decimal(each["taxExcludedAmount"]) for each in given_), Decimal(0))
    levied = [tax for each in given_ for tax in each["appliedTax"]]
    taxed = sum((decimal(tax["taxAmount"]) for tax in levied), Decimal(0))
    bill = assemble(given_, ON_DEMAND)
    assert bill["taxExcludedAmount"]["value"] == cent(net)
    assert bill["taxIncludedAmount"]["value"] == bill["amountDue"]["value"] == cent(net + taxed)
    kinds = {(tax["taxCategory"], tax["taxRate"]) for tax in levied}
    assert {(item["taxCategory"], item["taxRate"]) for item in bill["taxItem"]} == kinds
    for item in bill["taxItem"]:
        same = [
            decimal(tax["taxAmount"])
            for tax in levied
            if (tax["taxCategory"], tax["taxRate"]) == (item["taxCategory"], item["taxRate"])
        ]
        assert item["taxAmount"]["value"] == cent(sum(same, Decimal(0)))
