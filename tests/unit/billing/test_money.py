from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.billing.money import Currency, exact, minor_digits, money, total, value_of


@pytest.mark.parametrize(
    ("number", "decimal"),
    [
        (0.1, "0.1"),
        (12, "12"),
        (-2.99, "-2.99"),
        (1e-7, "1E-7"),
        (9999999999999.99, "9999999999999.99"),
    ],
)
def test_a_json_number_is_read_as_the_decimal_that_was_written(number: float, decimal: str) -> None:
    assert exact(number) == Decimal(decimal)


def test_no_cent_is_lost_where_binary_floats_lose_one() -> None:
    assert total([exact(0.1)] * 3) == Decimal("0.3") != Decimal(0.1 + 0.1 + 0.1)


@pytest.mark.parametrize(
    ("unit", "digits"),
    [("JPY", 0), ("EUR", 2), ("BHD", 3), ("eur", None), ("EURO", None), ("XXX", None)],
)
def test_minor_units_are_those_of_iso_4217(unit: str, digits: int | None) -> None:
    assert minor_digits(unit) == digits


@pytest.mark.parametrize(
    ("unit", "amount", "rounded"),
    [
        ("EUR", "0.005", "0.01"),
        ("EUR", "-0.005", "-0.01"),
        ("EUR", "1.0049999", "1.00"),
        ("JPY", "99.5", "100"),
        ("BHD", "0.0005", "0.001"),
    ],
)
def test_amounts_are_rounded_half_up_to_the_minor_unit(
    unit: str, amount: str, rounded: str
) -> None:
    currency = Currency(unit, minor_digits(unit) or 0)
    assert currency.rounded(Decimal(amount)) == Decimal(rounded)


def test_there_is_no_minus_zero() -> None:
    assert str(money(Decimal("-0.00"), "EUR")["value"]) == "0.0"


@pytest.mark.parametrize(
    "given_", [None, {}, {"value": True}, {"value": "12"}, 12, {"unit": "EUR"}]
)
def test_what_has_no_number_has_no_value(given_: object) -> None:
    assert value_of(given_) is None


@given(st.lists(st.decimals(-(10**13), 10**13, places=2), max_size=50))
def test_what_is_written_as_json_sums_as_it_was(amounts: list[Decimal]) -> None:
    written = [value_of(money(amount, "EUR")) for amount in amounts]
    assert sum(filter(None, written), Decimal(0)) == sum(amounts, Decimal(0))
