"""What /appliedCustomerBillingRate promises beyond what all resources do."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pymongo
import pytest

from impl.store.embedded import Mongod

BILL = {"id": "B-1"}
ACCOUNT = {"id": "A-1"}


@pytest.mark.parametrize(
    ("body", "attribute"),
    [
        ({}, "billingAccount"),
        ({"isBilled": False}, "billingAccount"),
        ({"isBilled": False, "bill": BILL}, "billingAccount"),
        ({"isBilled": True}, "bill"),
        ({"isBilled": True, "billingAccount": ACCOUNT}, "bill"),
    ],
)
def test_create_400_names_the_reference_that_is_needed(
    api: httpx.Client, body: dict[str, Any], attribute: str
) -> None:
    answer = api.post("appliedCustomerBillingRate", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "23")
    assert answer.json()["message"].startswith(f"{attribute}: ")


def test_create_201_is_unbilled_unless_said(api: httpx.Client) -> None:
    answer = api.post("appliedCustomerBillingRate", json={"billingAccount": ACCOUNT})
    assert answer.json()["isBilled"] is False


def test_a_bills_lines_are_found_by_its_id(api: httpx.Client) -> None:
    bill = {"id": uuid4().hex}
    made = [
        api.post("appliedCustomerBillingRate", json={"isBilled": True, "bill": bill}).json()["id"]
        for _ in range(3)
    ]
    found = api.get("appliedCustomerBillingRate", params={"bill.id": bill["id"]}).json()
    assert [rate["id"] for rate in found] == sorted(made)


@pytest.mark.parametrize("media_type", ["application/json", "application/merge-patch+json"])
@pytest.mark.parametrize("bill", [{}, {"bill": None}])
def test_patch_400_marks_nothing_billed_without_its_bill(
    api: httpx.Client, bill: dict[str, Any], media_type: str
) -> None:
    made = api.post("appliedCustomerBillingRate", json={"billingAccount": ACCOUNT}).json()
    body = {"isBilled": True} | bill
    answer = api.patch(made["href"], json=body, headers={"Content-Type": media_type})
    assert (answer.status_code, answer.json()["code"]) == (400, "23")
    assert answer.json()["message"] == "bill: is required on a rate that is billed"
    assert api.get(made["href"]).json() == made
    answer = api.patch(made["href"], json={"isBilled": True, "bill": BILL})
    assert answer.json()["bill"]["id"] == BILL["id"]


def test_a_bills_url_is_shown_with_the_reference_and_may_be_sent_back(api: httpx.Client) -> None:
    body = {"isBilled": True, "bill": BILL}
    made = api.post("appliedCustomerBillingRate", json=body).json()
    assert made["bill"]["href"] == f"{str(api.base_url).rstrip('/')}/customerBill/B-1"
    answer = api.patch(made["href"], json=made)
    assert answer.json() == made
    assert answer.headers["ETag"] == '"1"'
    theirs = {"id": "B-1", "href": "https://archive.example/B-1"}
    assert api.patch(made["href"], json={"bill": theirs}).json()["bill"] == theirs


def test_patch_409_when_what_is_stored_lacks_the_account(api: httpx.Client) -> None:
    made = api.post("appliedCustomerBillingRate", json={"isBilled": True, "bill": BILL}).json()
    answer = api.patch(made["href"], json={"isBilled": False, "bill": None})
    assert answer.status_code == 409
    assert answer.json()["message"].startswith("billingAccount: ")
    assert api.get(made["href"]).json() == made


def test_patch_200_changes_extension_attributes_too(api: httpx.Client) -> None:
    made = api.post(
        "appliedCustomerBillingRate", json={"billingAccount": ACCOUNT, "x-a": {"b": 1, "c": 2}}
    ).json()
    changed = api.patch(made["href"], json={"x-a": {"b": None, "d": 3}, "name": "n"}).json()
    assert changed["x-a"] == {"c": 2, "d": 3}


def test_an_unbilled_rate_names_no_bill(api: httpx.Client) -> None:
    body = {"billingAccount": ACCOUNT, "bill": BILL}
    refused = api.post("appliedCustomerBillingRate", json=body)
    assert (refused.status_code, refused.json()["attribute"]) == (400, "bill")
    made = api.post("appliedCustomerBillingRate", json={"billingAccount": ACCOUNT}).json()
    refused = api.patch(made["href"], json={"bill": BILL})
    assert (refused.status_code, refused.json()["attribute"]) == (409, "bill")


def test_a_rate_that_moves_to_another_bill_leads_there(api: httpx.Client) -> None:
    body = {"isBilled": True, "bill": {"id": uuid4().hex}}
    made = api.post("appliedCustomerBillingRate", json=body).json()
    other = uuid4().hex
    moved = api.patch(made["href"], json={"bill": {"id": other}}).json()
    assert moved["bill"]["href"].endswith(f"/customerBill/{other}")


def test_what_billing_sets_is_shown_at_once(api: httpx.Client, mongod: Mongod) -> None:
    """It changes rates by these attributes and the version alone."""
    account = {"id": uuid4().hex}
    made = api.post("appliedCustomerBillingRate", json={"billingAccount": account})
    href, tag = made.json()["href"], made.headers["ETag"]
    bill = {"id": uuid4().hex, "@referredType": "CustomerBill"}
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        rates = client["shared"]["appliedCustomerBillingRate"]
        update = {"$set": {"isBilled": True, "bill": bill}, "$inc": {"_rev": 1}}
        assert rates.update_many({"billingAccount.id": account["id"]}, update).modified_count == 1
    answer = api.get(href, headers={"If-None-Match": tag})
    expected = made.json() | {
        "isBilled": True,
        "bill": bill | {"href": f"{api.base_url}customerBill/{bill['id']}"},
    }
    assert (answer.status_code, answer.json()) == (200, expected)
    assert answer.headers["ETag"] != tag
    again = api.get(href, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    for sort in ("id", "bill.id", "-isBilled", "date"):
        query = {"billingAccount.id": account["id"], "sort": sort}
        listed = api.get("appliedCustomerBillingRate", params=query)
        lines = api.get(
            "appliedCustomerBillingRate", params=query, headers={"Accept": "application/x-ndjson"}
        )
        assert listed.json() == [json.loads(line) for line in lines.text.splitlines()] == [expected]
    chosen = api.get(href, params={"fields": "isBilled,bill.id"}).json()
    assert (chosen["isBilled"], chosen["bill"]["id"]) == (True, bill["id"])
    patched = api.patch(href, json={"name": "x"}, headers={"If-Match": answer.headers["ETag"]})
    assert patched.json() == expected | {"name": "x"}
    assert api.get(href).json() == patched.json()
