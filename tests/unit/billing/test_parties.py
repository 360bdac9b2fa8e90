"""Whom a bill names."""

from typing import Any

from impl.billing.parties import account_of, parties_of
from tests.unit.billing.rates import rate


def named(*parties: Any, **more: Any) -> list[dict[str, str]]:
    return parties_of([rate(relatedParty=list(parties))], **more)


def test_a_request_s_party_comes_first_and_once() -> None:
    asked = {"id": "P", "role": "payer", "name": "Ada"}
    assert named({"id": "C", "role": "owner"}, {"id": "P", "role": "PAYER"}, first=[asked]) == [
        asked,
        {"id": "C", "role": "owner"},
    ]


def test_a_request_s_party_is_named_whatever_its_role() -> None:
    assert named(first=[{"id": "G", "role": "guardian"}]) == [{"id": "G", "role": "guardian"}]


def test_a_user_of_a_line_stays_on_the_line_unless_they_are_more() -> None:
    assert named({"id": "U", "role": "User"}) == []
    assert named({"id": "U", "role": "user"}, {"id": "U", "role": "payer"}) == [
        {"id": "U", "role": "payer"}
    ]


def test_what_is_no_text_of_the_contract_is_left_out() -> None:
    assert named({"id": "C", "name": 7, "x": {"y": 1}, "@referredType": "Individual"}) == [
        {"id": "C", "@referredType": "Individual"}
    ]


def test_the_accounts_name_is_that_of_any_rate_that_has_one() -> None:
    rates = [
        rate("1", billingAccount={"id": "A", "@referredType": "BillingAccount"}),
        rate("2", billingAccount={"id": "A", "name": "Home"}),
    ]
    assert account_of(rates) == {"id": "A", "@referredType": "BillingAccount", "name": "Home"}
    assert account_of([]) == {}
