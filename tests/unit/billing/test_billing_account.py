"""What a bill takes from the record of its account."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from impl.billing import bill_headers
from impl.billing.billing_account import addressee, billing_address, is_billed_by
from impl.billing.parties import account_of, parties_by_record
from impl.billing.policy import Policy
from impl.query.language import Document
from tests.unit.billing.rates import NOON, rate

DAY = timedelta(days=1)


def postal(street: str, **more: Any) -> dict[str, Any]:
    return {"mediumType": "postalAddress", "characteristic": {"street1": street}, **more}


def contact(*media: dict[str, Any], **more: Any) -> dict[str, Any]:
    since = {"startDateTime": datetime(2020, 1, 1, tzinfo=UTC)}
    return {"contactType": "billing", "validFor": since, "contactMedium": list(media), **more}


def street(*contacts: dict[str, Any]) -> str | None:
    return billing_address({"contact": list(contacts)}, NOON).get("street1")


def test_the_preferred_postal_address_is_taken_or_else_the_first() -> None:
    assert street(contact(postal("first"), postal("second"))) == "first"
    assert street(contact(postal("first"), postal("second", preferred=True))) == "second"
    assert street(contact(postal("first")), contact(postal("last", preferred=True))) == "last"
    email = {"preferred": True, "mediumType": "email", "characteristic": {"emailAddress": "a@b.c"}}
    assert street(contact(email, postal("first"))) == "first"


def test_an_address_counts_only_while_it_and_its_contact_are_valid_on_the_bills_date() -> None:
    ended = {"startDateTime": NOON - 9 * DAY, "endDateTime": NOON}
    begins = {"startDateTime": NOON}
    later = {"startDateTime": NOON + DAY}
    assert street(contact(postal("ended", validFor=ended, preferred=True))) is None
    assert street(contact(postal("later", validFor=later), postal("now", validFor=begins))) == "now"
    assert street(contact(postal("ended"), validFor=ended), contact(postal("now"))) == "now"
    assert street(contact(postal("open", validFor={}))) == "open"


def test_an_address_is_a_name_and_lines_and_nothing_else_of_the_medium() -> None:
    lines = {"street1": "Lindenweg 4", "postCode": "20095", "city": "Hamburg", "country": "DE"}
    medium = {"characteristic": lines | {"phoneNumber": "1", "street2": ""}, "preferred": True}
    record = {"contact": [contact(medium, contactName="Ada")]}
    assert billing_address(record, NOON) == {"contactName": "Ada", **lines}
    assert billing_address({}, NOON) == billing_address({"contact": [contact()]}, NOON) == {}


def test_a_bill_takes_what_an_invoice_states_of_its_buyer() -> None:
    own = {
        "language": "de-AT",
        "taxNumber": "ATU0",
        "electronicAddress": {"scheme": "EM", "value": "a@b.example"},
        "buyerReference": "04011000-1234512345-06",
        "purchaseOrder": "PO-1",
        "mandateId": "M-1",
    }
    method = {"id": "method-1", "name": "Direct debit"}
    record = {**own, "defaultPaymentMethod": method, "description": "VIP", "creditLimit": {}}
    assert addressee(record, NOON) == {**own, "paymentMethod": method}
    assert addressee({}, NOON) == {}


OLD, NEW = {"id": "old", "role": "owner"}, {"id": "new", "role": "customer"}
SHOP, USER = {"id": "shop", "role": "Seller"}, {"id": "user", "role": "user"}


@pytest.mark.parametrize(
    ("own", "wanted"),
    [
        ([NEW], [NEW, SHOP]),
        ([NEW, USER], [NEW, SHOP]),
        ([], [OLD, SHOP]),
        ([USER], [SHOP]),
        ([NEW, SHOP], [NEW, SHOP]),
    ],
)
def test_the_records_parties_replace_those_of_the_rates_but_for_the_seller(
    own: list[Any], wanted: list[Any]
) -> None:
    rates = [rate(relatedParty=[OLD, SHOP, USER])]
    assert parties_by_record({"relatedParty": own}, rates) == wanted
    assert parties_by_record({"relatedParty": own}, rates, ["customer", "owner"]) == [
        party for party in wanted if party is not SHOP
    ]


def test_a_requests_party_is_named_if_the_record_names_none() -> None:
    asks = {"id": "asks"}
    assert parties_by_record({}, [rate()], first=[asks]) == [asks]
    assert parties_by_record({"relatedParty": [NEW]}, [rate()], first=[asks]) == [NEW]


def test_the_name_of_the_account_is_the_records() -> None:
    rates = [rate(billingAccount={"id": "A", "name": "Old", "@referredType": "BillingAccount"})]
    named = {"id": "A", "name": "New", "@referredType": "BillingAccount"}
    assert account_of(rates, {"name": "New", "state": "Active"}) == named
    assert account_of(rates, {})["name"] == "Old"


def test_a_bill_on_demand_and_one_of_a_cycle_are_addressed_alike() -> None:
    record = {"name": "New", "relatedParty": [NEW], "contact": [contact(postal("Lindenweg 4"))]}
    request = {"billingAccount": {"id": "A", "name": "asked"}, "relatedParty": {"id": "asks"}}
    rates = [rate(relatedParty=[OLD])]
    cycle = Document({"id": "c", "billingDate": NOON})
    header = bill_headers.in_cycle(cycle, {}, Policy(), NOON)
    for made in (
        bill_headers.on_demand(request, Policy(), NOON, record, rates),
        header(record, rates),
    ):
        assert made.account == {"id": "A", "name": "New"}
        assert made.more["billingAddress"] == {"street1": "Lindenweg 4"}
        assert made.more["relatedParty"] == [NEW]


@pytest.mark.parametrize(
    ("record", "own", "other", "none"),
    [
        ({}, True, True, True),
        ({"billStructure": {}}, True, True, True),
        ({"billStructure": {"cycleSpecification": {"name": "own"}}}, True, True, True),
        ({"billStructure": {"cycleSpecification": {"id": "own"}}}, True, False, False),
    ],
)
def test_a_specification_named_bills_the_account_alone(
    record: Any, *, own: bool, other: bool, none: bool
) -> None:
    assert [is_billed_by(record, each) for each in ("own", "other", "")] == [own, other, none]
