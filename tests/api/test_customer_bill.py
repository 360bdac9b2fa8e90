"""What /customerBill promises its clients."""

from uuid import uuid4

import httpx

BILL = {
    "billNo": "2026-00042",
    "billDate": "2026-10-01T12:00:00+02:00",
    "amountDue": {"unit": "EUR", "value": 12.5},
    "relatedParty": [{"id": "42", "role": "payer", "@referredType": "Individual"}],
    "taxItem": [],
    "x-channel": {"paper": False, "copies": 2, "": None, "a.b": {"$ref": 1}},
}


def test_create_201_gives_back_what_was_sent_with_location_and_version(api: httpx.Client) -> None:
    answer = api.post("customerBill", json=BILL | {"href": "http://elsewhere/1"})
    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == made["href"]
    assert answer.headers["ETag"] == '"1"'
    assert made["billDate"] == "2026-10-01T10:00:00Z"
    assert made["@type"] == "CustomerBill"
    assert "lastUpdate" in made
    assert {k: made[k] for k in BILL if k != "billDate"} == {
        k: v for k, v in BILL.items() if k != "billDate"
    }
    assert api.get(made["href"]).json() == made


def test_create_409_when_the_clients_own_id_is_taken(api: httpx.Client) -> None:
    id_ = f"urn:ngsi-ld:customer-bill:{uuid4()}"
    assert api.post("customerBill", json={"id": id_}).json()["id"] == id_
    again = api.post("customerBill", json={"id": id_})
    assert again.status_code == 409
    assert again.json()["message"].startswith("id: ")
