"""What /customerBill promises beyond what all resources do."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pymongo
import pytest

from impl.document_limits import LONGEST_NUMBER
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.pending_events import EVENT, STAMP

BILL: dict[str, Any] = {
    "billNo": "2026-00042",
    "billDate": "2026-10-01T12:00:00+02:00",
    "amountDue": {"unit": "EUR", "value": 12.5},
    "remainingAmount": {"unit": "EUR", "value": 12},
    "relatedParty": [{"id": "42", "role": "payer", "@referredType": "Individual"}],
    "taxItem": [],
    "x-channel": {"paper": False, "copies": 2, "": None, "a.b": [{"$ref": 1, "$id": "\0"}]},
    "_id": "theirs",
    "_rev": 7,
}


def test_create_201_gives_back_what_was_sent(api: httpx.Client) -> None:
    made = api.post("customerBill", json=BILL | {"href": "http://elsewhere/1"}).json()
    assert made["billDate"] == "2026-10-01T10:00:00Z"
    assert made["@type"] == "CustomerBill"
    same = BILL.keys() - {"billDate"}
    assert {name: made[name] for name in same} == {name: BILL[name] for name in same}
    assert '"value":12}' in api.get(made["href"]).text, "an integer stays one"


def test_create_201_sets_last_update_itself(api: httpx.Client) -> None:
    made = api.post("customerBill", json={"lastUpdate": "1999-01-01T00:00:00Z"}).json()
    assert made["lastUpdate"] > "2026"


@pytest.mark.parametrize(
    "patch",
    [
        {"state": "settled"},
        {"amountDue": {"value": 3}},
        {"remainingAmount": {"unit": "EUR", "value": 0}},
        {"appliedPayment": [{"appliedAmount": {"unit": "EUR", "value": 12.5}}]},
        {"billDocument": [{"id": "d1"}]},
        {"paymentMethod": {"id": "p1"}},
        {"paymentDueDate": "2026-12-24T00:00:00Z"},
        {"relatedParty": [{"id": "43"}]},
        {"billNo": "1"},
    ],
    ids=lambda patch: next(iter(patch)),
)
def test_patch_200_changes_what_billing_clients_change(
    api: httpx.Client, patch: dict[str, Any]
) -> None:
    made = api.post("customerBill", json=BILL).json()
    changed = api.patch(made["href"], json=patch).json()
    for name, value in patch.items():
        before = made.get(name)
        merged = before | value if isinstance(value, dict) and before else value
        assert changed[name] == merged


@pytest.mark.parametrize("name", ["billDate", "category", "taxItem", "billingAccount", "x-new"])
def test_patch_400_keeps_the_rest_of_a_bill_as_it_was_made(api: httpx.Client, name: str) -> None:
    made = api.post("customerBill", json=BILL).json()
    answer = api.patch(made["href"], json={"state": "sent", name: "2026-11-11T11:11:11Z"})
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith(f"{name}: ")
    assert api.get(made["href"]).json() == made


def test_patch_200_accepts_an_unpatchable_attribute_with_the_stored_value(
    api: httpx.Client,
) -> None:
    made = api.post("customerBill", json=BILL).json()
    answer = api.patch(made["href"], json={"state": "sent", "billDate": made["billDate"]})
    assert (answer.status_code, answer.json()["state"]) == (200, "sent")


@pytest.mark.parametrize("told", [True, False], ids=["told of", "its event waits"])
def test_patch_200_shows_what_is_stored_then_and_of_it_what_is_asked_for(
    api: httpx.Client, mongod: Mongod, *, told: bool
) -> None:
    more = {"state": "new", "billCycle": {"id": "c1"}, "billDocument": [{"id": "d1"}]}
    made = api.post("customerBill", json=BILL | more).json()
    if told:
        _tell(mongod, made["id"])
    whole = api.patch(made["href"], json={"state": "sent"})
    assert (whole.headers["ETag"], whole.json()["state"]) == ('"2"', "sent")
    assert whole.json() == api.get(made["href"]).json()
    assert whole.json().keys() == made.keys()
    again = api.post("customerBill", json=BILL | more).json()
    if told:
        _tell(mongod, again["id"])
    fields = {"fields": "state,billCycle"}
    part = api.patch(again["href"], json={"state": "settled"}, params=fields).json()
    assert part == api.get(again["href"], params=fields).json()
    assert (part["state"], part["billCycle"]) == ("settled", made["billCycle"])


def _tell(mongod: Mongod, id_: str) -> None:
    """Leave a bill as it is once a worker has come by."""
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        bills = client["shared"]["customerBill"]
        bills.update_one({"_id": id_}, {"$unset": {STAMP: 1, EVENT: 1}})


def test_patch_200_removes_with_null(api: httpx.Client) -> None:
    made = api.post("customerBill", json=BILL).json()
    changed = api.patch(made["href"], json={"billNo": None, "amountDue": {"unit": None}}).json()
    assert "billNo" not in changed
    assert changed["amountDue"] == {"value": 12.5}


def test_patch_400_names_an_unpatchable_attribute_even_to_remove_nothing(
    api: httpx.Client,
) -> None:
    made = api.post("customerBill", json={}).json()
    answer = api.patch(made["href"], json={"x-new": None})
    assert (answer.status_code, answer.json()["message"]) == (400, "x-new: can't be patched")


@pytest.mark.parametrize("media_type", ["application/json", "application/json-patch+json"])
def test_a_hold_remembers_the_state_before_it_however_it_comes(
    api: httpx.Client, media_type: str
) -> None:
    href = api.post("customerBill", json={"state": "new"}).json()["href"]

    def become(state: str, **more: str) -> Any:
        body: Any = {"state": state, **more}
        if "patch" in media_type:
            body = [{"op": "add", "path": f"/{k}", "value": v} for k, v in body.items()]
        headers = {"Content-Type": media_type}
        answer = api.patch(href, content=orjson.dumps(body), headers=headers)
        assert answer.status_code == 200, answer.text
        bill = answer.json()
        assert api.get(href).json() == bill
        return bill["state"], bill.get("stateBeforeHold"), bill.get("holdReason")

    assert become("sent") == ("sent", None, None)
    assert become("onHold") == ("onHold", "sent", None)
    assert become("onHold") == ("onHold", "sent", None)
    assert become("validated") == ("validated", None, None)
    assert become("onHold", holdReason="fraud?") == ("onHold", "validated", "fraud?")
    assert become("onHold", holdReason="fraud!") == ("onHold", "validated", "fraud!")
    assert become("settled") == ("settled", None, None)


def test_a_bill_is_brought_in_with_what_it_says_of_its_hold(api: httpx.Client) -> None:
    held = {"state": "onHold", "stateBeforeHold": "sent", "holdReason": "disputed"}
    made = api.post("customerBill", json=held).json()
    assert made | held == made
    made = api.post("customerBill", json=held | {"state": "sent"}).json()
    assert "stateBeforeHold" not in made


PAID = {"payment": {"id": "P-1"}, "appliedAmount": {"unit": "EUR", "value": 1}}


def test_409_for_a_payment_that_is_applied_twice(api: httpx.Client) -> None:
    bill = BILL | {"appliedPayment": [PAID]}
    made = api.post("customerBill", json=bill).json()
    for answer in (
        api.post("customerBill", json=bill | {"appliedPayment": [PAID, PAID]}),
        api.patch(made["href"], json={"appliedPayment": [PAID, PAID]}),
    ):
        assert (answer.status_code, answer.json()["message"]) == (
            409,
            "appliedPayment: the payment 'P-1' is applied twice",
        )
    assert api.get(made["href"]).json() == made


def test_patch_400_for_a_state_that_there_is_not(api: httpx.Client) -> None:
    made = api.post("customerBill", json=BILL).json()
    for wrong in ("paid", None, 1):
        answer = api.patch(made["href"], json={"state": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "24")


def test_patch_409_when_the_stored_bill_lacks_what_the_patch_builds_on(api: httpx.Client) -> None:
    made = api.post("customerBill", json={}).json()
    answer = api.patch(made["href"], json={"paymentMethod": {"name": "card"}})
    assert answer.status_code == 409
    assert "paymentMethod.id" in answer.json()["message"]


def test_patch_200_merges_into_a_reference_that_is_stored(api: httpx.Client) -> None:
    made = api.post("customerBill", json={"paymentMethod": {"id": "p1", "name": "a"}}).json()
    changed = api.patch(made["href"], json={"paymentMethod": {"name": "card"}}).json()
    assert changed["paymentMethod"] == {"id": "p1", "name": "card"}


# ---------------------------------------------------------------- numbers

LONG = "9" * (LONGEST_NUMBER + 1)


def patches(number: str) -> dict[str, Any]:
    """A patch that gives a bill a number, in each format."""
    operation = {"op": "add", "path": "/billNo", "value": number}
    return {
        "application/json": {"billNo": number, "state": "sent"},
        "application/merge-patch+json": {"billNo": number, "state": "sent"},
        "application/json-patch+json": [operation],
        "application/json-patch-query+json": [operation],
    }


FORMATS = list(patches(""))


@pytest.fixture
def old(mongod: Mongod) -> Iterator[str]:
    """The path of a bill whose number is longer than a new one may be."""
    store = Store(mongod.uri, "shared")
    id_ = f"old-{uuid4().hex}"
    yield (
        "customerBill/"
        + store.insert(
            "customerBill",
            {"id": id_, "billNo": LONG * 200, "state": "new", "@type": "CustomerBill"},
        )["id"]
    )
    store.close()


def test_create_400_where_the_number_is_too_long(api: httpx.Client) -> None:
    id_ = uuid4().hex
    answer = api.post("customerBill", json={"id": id_, "billNo": LONG})
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith("billNo: ")
    assert len(answer.json()["message"]) < 300
    assert api.get(f"customerBill/{id_}").status_code == 404
    made = api.post("customerBill", json={"id": id_, "billNo": "é" * LONGEST_NUMBER})
    assert (made.status_code, made.json()["billNo"]) == (201, "é" * LONGEST_NUMBER)


@pytest.mark.parametrize("media_type", FORMATS)
def test_patch_400_where_the_number_is_too_long(api: httpx.Client, media_type: str) -> None:
    made = api.post("customerBill", json={"billNo": "1"}).json()
    headers = {"Content-Type": media_type}
    answer = api.patch(made["href"], json=patches(LONG)[media_type], headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith("billNo: ")
    assert api.get(made["href"]).json() == made
    longest = patches(LONG[1:])[media_type]
    assert api.patch(made["href"], json=longest, headers=headers).json()["billNo"] == LONG[1:]


@pytest.mark.parametrize("media_type", FORMATS)
def test_patch_200_repeats_a_long_number_that_is_stored(
    api: httpx.Client, old: str, media_type: str
) -> None:
    headers = {"Content-Type": media_type}
    same = api.patch(old, json=patches(LONG * 200)[media_type], headers=headers)
    assert (same.status_code, same.json()["billNo"]) == (200, LONG * 200)
    other = api.patch(old, json=patches(LONG * 199)[media_type], headers=headers)
    assert (other.status_code, other.json()["code"]) == (400, "24")


def test_a_bill_with_a_long_number_is_served_and_patched_as_any_other(
    api: httpx.Client, old: str
) -> None:
    whole = api.get(old).json()
    assert whole["billNo"] == LONG * 200
    assert api.get("customerBill", params={"id": whole["id"]}).json() == [whole]
    changed = api.patch(old, json={"state": "sent"}).json()
    assert (changed["state"], changed["billNo"]) == ("sent", LONG * 200)
    operation = [{"op": "replace", "path": "/state", "value": "onHold"}]
    headers = {"Content-Type": "application/json-patch+json"}
    assert api.patch(old, json=operation, headers=headers).json()["state"] == "onHold"
    assert api.patch(old, json={"billNo": "1"}).json()["billNo"] == "1"


@pytest.mark.parametrize("media_type", ["application/pdf", "text/html"])
def test_a_bill_with_a_long_number_has_its_document(
    api: httpx.Client, old: str, media_type: str
) -> None:
    answer = api.get(f"{old}/document", headers={"Accept": media_type})
    assert (answer.status_code, media_type in answer.headers["Content-Type"]) == (200, True)
    assert len(answer.headers["Content-Disposition"]) < 300
    assert "9" * 70 in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("bill", "disposition"),
    [
        ({"billNo": "2026-1"}, "inline; filename=\"2026-1.pdf\"; filename*=UTF-8''2026-1.pdf"),
        (
            {"billNo": "Zoë/../1\u202e\r\n"},
            "inline; filename=\"Zoe_.._1.pdf\"; filename*=UTF-8''Zo%C3%AB_.._1.pdf",
        ),
        ({"billNo": "CON"}, "inline; filename=\"_CON.pdf\"; filename*=UTF-8''_CON.pdf"),
        ({"billNo": "/"}, "inline; filename=\"document.pdf\"; filename*=UTF-8''document.pdf"),
    ],
)
def test_a_document_is_a_file_with_a_safe_name(
    api: httpx.Client, bill: dict[str, Any], disposition: str
) -> None:
    made = api.post("customerBill", json=bill).json()
    answer = api.get(f"{made['href']}/document")
    assert answer.headers["Content-Disposition"] == disposition


@pytest.mark.parametrize("bill", [{}, {"billNo": ""}])
def test_a_document_of_a_bill_without_a_number_is_named_by_its_id(
    api: httpx.Client, bill: dict[str, Any]
) -> None:
    made = api.post("customerBill", json=bill).json()
    answer = api.get(f"{made['href']}/document")
    assert f'filename="{made["id"]}.pdf"' in answer.headers["Content-Disposition"]
