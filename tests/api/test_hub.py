"""/hub: who is told of events, and what is said of it."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

HEALTH = {"state": "active", "delivered": 0, "pending": 0, "failed": 0}


def subscribe(api: httpx.Client, **body: Any) -> httpx.Response:
    return api.post("hub", json={"callback": f"https://crm.example/{uuid4()}"} | body)


def test_post_201_shows_the_secret_once(api: httpx.Client) -> None:
    made = subscribe(api)
    shown = made.json()
    assert made.status_code == 201
    assert made.headers["Location"] == shown["href"]
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", shown.pop("secret"))
    again = api.get(shown["href"])
    assert again.json() == shown
    assert shown.items() >= HEALTH.items()
    listed = api.get("hub", params={"callback": shown["callback"]})
    assert listed.json() == [shown]
    lines = api.get(listed.url, headers={"Accept": "application/x-ndjson"})
    assert "whsec_" not in listed.text + lines.text
    assert lines.json() == shown


def test_what_is_the_servers_to_say_is_ignored(api: httpx.Client) -> None:
    said = {"state": "x", "delivered": 7, "secret": "mine", "lastError": [], "x-mine": 1}
    shown = subscribe(api, **said).json()
    assert shown.items() >= (HEALTH | {"x-mine": 1}).items()
    assert "lastError" not in shown
    assert shown["secret"].startswith("whsec_")


@pytest.mark.parametrize(
    "query",
    [
        "eventType=CustomerBillStateChangeEvent&event.customerBill.state=onHold",
        " ? eventType = CustomerBillCreateEvent ; eventType=CustomerBillDeleteEvent ",
        "eventType=CustomerBillCreateEvent%2CCustomerBillDeleteEvent",
        "customerBill.state=onHold,new&fields=eventType,customerBill.id",
        "filter=$[?(@.event.customerBill.amountDue.value>5)]",
        *("", "?", " ", "&", "_=1"),
    ],
)
def test_query_is_kept_as_it_was_sent(api: httpx.Client, query: str) -> None:
    made = subscribe(api, query=query)
    assert (made.status_code, made.json()["query"]) == (201, query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("eventType=", "query: eventType: is a filter without a value"),
        ("eventType=NoSuchEvent", "query: eventType: 'NoSuchEvent' is none of Cust"),
        (
            "eventType.ne=NoSuchEvent",
            "query: eventType: 'NoSuchEvent' is none of Cust",
        ),
        ("eventType=CustomerBillCreateEvent,No", "query: eventType: 'No' is none of Cust"),
        (
            "filter=$[?(@.eventType=='No')]",
            "query: filter: eventType: 'No' is none of Cust",
        ),
        ("eventtype=CustomerBillCreateEvent", "query: eventtype: is no attribute of any event"),
        ("customerBill.nosuch=1", "query: event.customerBill.nosuch: is no attribute"),
        ("event.customerBill.nosuch=1", "query: event.customerBill.nosuch: is no attribute"),
        ("nosuch.state=new", "query: nosuch.state: is no attribute"),
        ("event.customerBill.state=paid", "query: event.customerBill.state: 'paid' is none of new"),
        ("fields=event[?(@.x)]", "query: fields: JSONPath"),
        ("filter=$[?(", "query: filter: "),
        ("filter=$..state", "query: filter: '..'"),
        ("customerBill.billNo.regex=(a+)+$", "query: customerBill.billNo: "),
        ("sort=eventTime", "query: sort: is for lists only"),
        ("sort=nosuch", "query: sort: is for lists only"),
        ("=new", "query: '': is no attribute of any event"),
        ("x" * 2049, "query: "),
    ],
)
def test_post_400_for_a_query_that_can_t_be_read(
    api: httpx.Client, query: str, message: str
) -> None:
    answer = subscribe(api, query=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith(message)


@pytest.mark.parametrize(
    "callback",
    [
        *("http://127.0.0.1/", "http://localhost:8080/x", "http://[::1]/", "http://2130706433/"),
        *("http://169.254.169.254/latest", "http://10.0.0.1/", "http://metadata.google.internal/"),
        *("http://u:p@crm.example/", "http://crm.example/#x", "http://crm.example:22/", "crm"),
        "http://crm.example/" + "x" * 2000,
    ],
)
def test_post_400_for_a_callback_that_events_are_not_posted_to(
    api: httpx.Client, callback: str
) -> None:
    answer = api.post("hub", json={"callback": callback})
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith("callback: ")


def test_post_409_names_the_subscription_that_is_there(api: httpx.Client) -> None:
    body = {"callback": f"https://crm.example/{uuid4()}", "query": "priority=1"}
    first = subscribe(api, **body).json()["id"]
    again = subscribe(api, **body)
    assert again.status_code == 409
    assert first in again.json()["message"]
    assert subscribe(api, **body | {"query": "priority=2"}).status_code == 201


def test_delete_204_and_with_an_old_version_412(api: httpx.Client) -> None:
    made = subscribe(api)
    href, etag = made.json()["href"], made.headers["ETag"]
    assert api.get(href, headers={"If-None-Match": etag}).status_code == 304
    assert api.delete(href, headers={"If-Match": '"1"'}).status_code == 412
    assert api.delete(href, headers={"If-Match": etag}).status_code == 204
    assert api.delete(href).status_code == 404
    assert api.post(f"{href}/redeliver").status_code == 404


def test_redeliver_200(api: httpx.Client) -> None:
    made = subscribe(api).json()
    answer = api.post(f"{made['href']}/redeliver")
    assert answer.status_code == 200
    assert answer.json().items() >= HEALTH.items()


@pytest.mark.parametrize("query", ["state=active", "sort=-failed", "secret.regex=^w"])
def test_get_400_for_a_search_in_what_is_found_out_as_it_is_shown(
    api: httpx.Client, query: str
) -> None:
    assert api.get(f"hub?{query}").status_code == 400


def test_fields(api: httpx.Client) -> None:
    made = subscribe(api).json()
    shown = api.get(f"{made['href']}?fields=pending").json()
    assert shown.keys() == {"id", "href", "callback", "pending"}
