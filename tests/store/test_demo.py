"""The demo data: complete, true to the contract, and right to the cent."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pytest

from impl import demo
from impl.billing import bill_headers
from impl.billing.assemble import assemble
from impl.billing.eligible import in_cycle
from impl.billing.policy import Policy
from impl.contract.json_schema import COMPONENTS
from impl.demo.accounts import ACCOUNTS
from impl.query.evaluate import holds
from impl.query.language import Compare, Document, Every, Query, Window
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.tmf666 import API as TMF666
from impl.tmf678 import API
from tests.databases import Databases

Json = dict[str, Any]
SCHEMAS = {
    "customerBill": "CustomerBill",
    "customerBillOnDemand": "CustomerBillOnDemand",
    "appliedCustomerBillingRate": "AppliedCustomerBillingRate",
    "billCycle": "BillCycle",
    "billCycleAccount": "BillCycleAccount",
    "billNumber": "BillNumber",
    "billCycleSpecification": "BillCycleSpecification",
}
RECORDS = {account.record["id"]: account.record for account in ACCOUNTS}
UTC_ZONE = ZoneInfo("UTC")
CHANGED = {"state", "remainingAmount", "lastUpdate", "billNo"}
"""What becomes of a bill after it is made."""

STATES = {"new", "onHold", "validated", "sent", "partiallyPaid", "settled"}
DAYS = [
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
    datetime(2026, 3, 31, 12, tzinfo=UTC),
    datetime(2026, 12, 31, tzinfo=UTC),
    datetime.now(UTC),
]


def made(resource: str, day: datetime = DAYS[-1]) -> list[Json]:
    return [document for name, document in demo.documents(day) if name == resource]


def cents(money: Json) -> int:
    exact = Decimal(str(money["value"])) * 100
    assert exact == int(exact)
    return int(exact)


@pytest.fixture(scope="module")
def filled(mongod: Mongod, databases: Databases) -> Iterator[Store]:
    """A store with the demo data, which tests only read."""
    with databases.lent() as name, closing(Store(mongod.uri, name)) as store:
        demo.load(store)
        yield store


def total(items: Sequence[Json], name: str) -> int:
    return sum(cents(item[name]) for item in items)


def everything(store: Store, resource: str) -> list[Json]:
    return list(store.find(resource, Query(window=Window(limit=1000))))


def test_load_fills_an_empty_database(store: Store) -> None:
    demo.load(store)
    counts = {resource: len(everything(store, resource)) for resource in SCHEMAS}
    assert counts == {
        "customerBill": 24,
        "customerBillOnDemand": 2,
        "appliedCustomerBillingRate": 120,
        "billCycle": 8,
        "billCycleAccount": 23,
        "billNumber": 24,
        "billCycleSpecification": 1,
    }
    assert {bill["state"] for bill in everything(store, "customerBill")} == STATES
    assert everything(store, "customerBill")[-1]["state"] == "validated"


def test_load_twice_changes_nothing(store: Store) -> None:
    demo.load(store)
    before = {resource: everything(store, resource) for resource in SCHEMAS}
    demo.load(store)
    assert {resource: everything(store, resource) for resource in SCHEMAS} == before


def test_load_leaves_a_database_with_a_bill_alone(store: Store) -> None:
    store.insert("customerBill", {"id": "mine"})
    demo.load(store)
    assert {resource: len(everything(store, resource)) for resource in SCHEMAS} == (
        dict.fromkeys(SCHEMAS, 0) | {"customerBill": 1}
    )


def test_load_finishes_what_an_earlier_one_left_without_bills(store: Store) -> None:
    for resource, document in list(demo.documents(DAYS[-1]))[:50]:
        store.insert(resource, document)
    demo.load(store)
    assert len(everything(store, "appliedCustomerBillingRate")) == 120
    assert len(everything(store, "customerBill")) == 24


@pytest.mark.parametrize("resource", SCHEMAS)
def test_stored_documents_are_what_the_contract_promises(filled: Store, resource: str) -> None:
    contract = API.contract
    for document in everything(filled, resource):
        shown = orjson.loads(orjson.dumps(document | {"href": "http://localhost/"}))
        assert contract.response_fault(COMPONENTS + SCHEMAS[resource], shown) is None
        assert shown["@type"] == SCHEMAS[resource]


@pytest.mark.parametrize(
    ("resource", "schema"),
    [
        ("billingAccount", "BillingAccount"),
        ("billFormat", "BillFormat"),
        ("billPresentationMedia", "BillPresentationMedia"),
    ],
)
def test_records_of_accounts_are_what_tmf666_promises(
    filled: Store, resource: str, schema: str
) -> None:
    documents = everything(filled, resource)
    assert documents
    for document in documents:
        shown = orjson.loads(orjson.dumps(document | {"href": "http://localhost/"}))
        assert TMF666.contract.response_fault(COMPONENTS + schema, shown) is None
        assert shown["@type"] == schema


def test_a_record_refers_to_documents_of_the_demo_and_its_bills_have_its_address() -> None:
    ids = {(resource, document["id"]) for resource, document in demo.documents(DAYS[-1])}
    records = {record["id"]: record for record in made("billingAccount")}
    assert len(records) == 3
    for record in records.values():
        structure = record["billStructure"]
        assert ("billCycleSpecification", structure["cycleSpecification"]["id"]) in ids
        assert ("billFormat", structure["format"]["id"]) in ids
        assert {
            ("billPresentationMedia", each["id"]) for each in structure["presentationMedia"]
        } <= ids
    for bill in made("customerBill"):
        record = records[bill["billingAccount"]["id"]]
        address = record["contact"][0]["contactMedium"][0]["characteristic"]
        assert bill["billingAddress"].items() > address.items()
        assert bill["paymentMethod"] == record["defaultPaymentMethod"]


@pytest.mark.parametrize("day", DAYS)
def test_bills_sums_are_those_of_their_rates(day: datetime) -> None:
    rates = made("appliedCustomerBillingRate", day)
    for bill in made("customerBill", day):
        on_it = [rate for rate in rates if rate.get("bill", {}).get("id") == bill["id"]]
        assert on_it
        assert cents(bill["taxExcludedAmount"]) == total(on_it, "taxExcludedAmount")
        assert cents(bill["taxIncludedAmount"]) == total(on_it, "taxIncludedAmount")
        tax = total(bill["taxItem"], "taxAmount")
        assert tax == total([item for rate in on_it for item in rate["appliedTax"]], "taxAmount")
        assert cents(bill["taxIncludedAmount"]) == cents(bill["taxExcludedAmount"]) + tax
        assert bill["amountDue"] == bill["taxIncludedAmount"]


@pytest.mark.parametrize("day", DAYS)
def test_what_remains_is_what_was_not_paid_and_the_state_says_so(day: datetime) -> None:
    for bill in made("customerBill", day):
        due, remaining = cents(bill["amountDue"]), cents(bill["remainingAmount"])
        assert remaining == due - total(bill["appliedPayment"], "appliedAmount")
        assert due > 0
        match bill["state"]:
            case "settled":
                assert remaining == 0
            case "partiallyPaid":
                assert 0 < remaining < due
            case _:
                assert not bill["appliedPayment"]


def test_each_rates_tax_is_its_rate_of_the_net_amount() -> None:
    for rate in made("appliedCustomerBillingRate"):
        (tax,) = rate["appliedTax"]
        net, gross = cents(rate["taxExcludedAmount"]), cents(rate["taxIncludedAmount"])
        assert gross == net + cents(tax["taxAmount"])
        assert abs(cents(tax["taxAmount"]) - net * tax["taxRate"] / 100) <= 0.5


@pytest.mark.parametrize("day", DAYS)
def test_bills_come_from_this_month_back_and_nothing_is_of_the_future(day: datetime) -> None:
    bills = made("customerBill", day)
    newest = day.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    last_month = (newest - timedelta(days=1)).month
    assert max(bill["billDate"] for bill in bills) == newest
    assert Counter(bill["billDate"].month for bill in bills)[newest.month] == 3
    assert Counter(bill["billDate"].month for bill in bills)[last_month] == 4
    assert len({(bill["billDate"].year, bill["billDate"].month) for bill in bills}) == 8
    assert all(bill["billDate"] <= bill["lastUpdate"] <= day for bill in bills)
    assert all(rate["date"] <= day for rate in made("appliedCustomerBillingRate", day))


def test_three_accounts_two_at_home_in_euros_and_a_business_in_another_currency() -> None:
    bills = made("customerBill")
    accounts = {
        (
            bill["billingAccount"]["id"],
            bill["relatedParty"][0]["@referredType"],
            bill["amountDue"]["unit"],
        )
        for bill in bills
    }
    assert accounts == {
        ("account-1001", "Individual", "EUR"),
        ("account-1002", "Individual", "EUR"),
        ("account-2001", "Organization", "CHF"),
    }
    rates = made("appliedCustomerBillingRate")
    currencies = {(r["billingAccount"]["id"], r["taxIncludedAmount"]["unit"]) for r in rates}
    assert currencies == {(account, currency) for account, _, currency in accounts}


def test_each_account_has_charges_of_this_month_to_be_billed(filled: Store) -> None:
    for number in ("1001", "1002", "2001"):
        wanted = (Compare(("isBilled",), (False,)), _account(f"account-{number}"))
        unbilled = list(filled.find("appliedCustomerBillingRate", Query(Every(wanted))))
        assert len(unbilled) == 4
        assert total(unbilled, "taxIncludedAmount") > 0
        assert not any("bill" in rate for rate in unbilled)


def _account(id_: str) -> Compare:
    return Compare(("billingAccount", "id"), (id_,))


def test_credits_are_negative_and_charges_are_not() -> None:
    rates = made("appliedCustomerBillingRate")
    negative = {rate["type"] for rate in rates if cents(rate["taxExcludedAmount"]) < 0}
    positive = {rate["type"] for rate in rates if cents(rate["taxExcludedAmount"]) >= 0}
    assert negative == {"appliedBillingCredit"}
    assert negative.isdisjoint(positive)


def test_every_bill_has_a_document_a_number_a_payer_and_a_period() -> None:
    bills = made("customerBill")
    assert len({bill["billNo"] for bill in bills}) == len({bill["id"] for bill in bills}) == 24
    registered = {number["bill"]["id"]: number["number"] for number in made("billNumber")}
    assert registered == {bill["id"]: bill["billNo"] for bill in bills}
    for bill in bills:
        (document,) = bill["billDocument"]
        assert document["mimeType"] == "application/pdf"
        assert document["id"]
        assert bill["relatedParty"][0]["role"] == "payer"
        assert bill["billingPeriod"]["startDateTime"] < bill["billingPeriod"]["endDateTime"]
        assert bill["paymentDueDate"] > bill["billDate"]


def test_every_bill_charge_and_number_names_the_same_seller() -> None:
    sellers = [
        party["name"]
        for resource in ("customerBill", "appliedCustomerBillingRate")
        for document in made(resource)
        for party in document["relatedParty"]
        if party["role"] == "seller"
    ]
    assert len(sellers) == 24 + 120
    assert {*sellers, *(row["seller"] for row in made("billNumber"))} == {sellers[0]}


def test_amounts_are_the_same_on_any_day() -> None:
    def amounts(day: datetime) -> list[Any]:
        bills = [(bill["billNo"], bill["amountDue"]) for bill in made("customerBill", day)]
        charges = [
            (rate["name"], rate["taxIncludedAmount"])
            for rate in made("appliedCustomerBillingRate", day)
        ]
        return [*bills, *charges]

    first, *others = map(amounts, DAYS)
    assert all(other == first for other in others)


def test_the_request_that_is_done_names_its_bill_and_none_waits_for_a_worker() -> None:
    requests = {request["state"]: request for request in made("customerBillOnDemand")}
    assert requests.keys() == {"done", "rejected"}
    (extra,) = [bill for bill in made("customerBill") if bill["runType"] == "offCycle"]
    assert requests["done"]["customerBill"]["id"] == extra["id"]
    assert requests["done"]["billingAccount"] == extra["billingAccount"]


@pytest.mark.parametrize("day", DAYS)
def test_each_bill_is_what_a_run_of_its_cycle_makes_of_all_rates(day: datetime) -> None:
    (specification,) = made("billCycleSpecification", day)
    rates = made("appliedCustomerBillingRate", day)
    unbilled = [rate | {"isBilled": False} for rate in rates if "extra" not in rate["id"]]
    cycles = sorted(made("billCycle", day), key=lambda cycle: cycle["billingDate"])
    bills = {
        (bill["billCycle"]["id"], bill["billingAccount"]["id"]): bill
        for bill in made("customerBill", day)
        if "billCycle" in bill
    }
    for cycle in cycles:
        where = in_cycle(cycle, specification, day, UTC_ZONE)
        taken = [rate for rate in unbilled if holds(where, rate)]
        assert taken, "each run bills somebody"
        unbilled = [rate for rate in unbilled if rate not in taken]
        for account in {rate["billingAccount"]["id"] for rate in taken}:
            own = [rate for rate in taken if rate["billingAccount"]["id"] == account]
            bill = bills.pop((cycle["id"], account))
            header = bill_headers.in_cycle(
                Document(cycle), specification, Policy(), bill["lastUpdate"]
            )(RECORDS[account], own)
            again = assemble(own, replace(header, id=bill["id"]))
            assert {name: bill[name] for name in again.keys() - CHANGED} == {
                name: again[name] for name in again.keys() - CHANGED
            }
            assert bill["billingPeriod"]["endDateTime"] == cycle["billingDate"]
    assert not bills
    assert {rate["id"].split("-")[1] for rate in unbilled} == {"unbilled"}


def test_documents_are_the_same_on_the_same_day() -> None:
    morning, evening = (datetime(2026, 5, 17, hour, tzinfo=UTC) for hour in (1, 23))
    assert list(demo.documents(morning)) == list(demo.documents(evening))
