"""`Idempotency-Key`: a request that is sent again has one effect, and the same answer."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pymongo
import pytest

from impl.store.embedded import Mongod
from tests.api.resources import Resource, each_resource
from tests.servers import NO_TLS, ServerProcess, V4Server

BILLS, RATES = "customerBill", "appliedCustomerBillingRate"
JSON = {"Content-Type": "application/json"}
ANSWER = ("ETag", "Location", "Content-Type")


@pytest.fixture
def key() -> str:
    return uuid4().hex


def post(api: httpx.Client, path: str, body: Any, key: str, **more: Any) -> httpx.Response:
    return api.post(path, json=body, headers={"Idempotency-Key": key}, **more)


def repeated(first: httpx.Response, again: httpx.Response) -> bool:
    """Whether the second answer is the first one, given again and marked so."""
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers.get("Idempotency-Replayed") in (None, "true")
    same = (first.status_code, first.content) == (again.status_code, again.content)
    shown = [first.headers[name] == again.headers[name] for name in ANSWER]
    return same and all(shown) and "Idempotency-Replayed" in again.headers


def bills_of(api: httpx.Client, account: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(BILLS, params={"billingAccount.id": account}).json()
    return found


@each_resource
def test_the_same_request_gets_the_first_answer_again(
    api: httpx.Client, resource: Resource, key: str
) -> None:
    first = post(api, resource.name, resource.body, key)
    assert first.status_code == 201
    assert first.headers["Location"] == first.json()["href"]
    for _ in range(3):
        again = post(api, resource.name, resource.body, key)
        assert repeated(first, again)
        assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]


def test_a_subscription_is_made_once(api: httpx.Client, key: str) -> None:
    body = {"callback": f"https://receiver.example/{key}"}
    first = post(api, "hub", body, key)
    assert first.status_code == 201
    assert repeated(first, post(api, "hub", body, key))
    assert post(api, "hub", body, f"{key}-2").status_code == 409


def test_409_for_a_subscription_under_an_id_that_is_taken(api: httpx.Client, key: str) -> None:
    body = {"id": key, "callback": f"https://receiver.example/{key}"}
    assert post(api, "hub", body, key).status_code == 201
    refused = post(api, "hub", body | {"callback": "https://other.example/"}, f"{key}-2")
    assert (refused.status_code, refused.json()["attribute"]) == (409, "id")


def test_the_first_answer_is_given_again_whatever_happened_since(
    api: httpx.Client, key: str
) -> None:
    first = post(api, BILLS, {"state": "new"}, key)
    api.patch(first.json()["href"], json={"state": "sent"})
    assert repeated(first, post(api, BILLS, {"state": "new"}, key))
    assert api.get(first.json()["href"]).json()["state"] == "sent"
    api.delete(first.json()["href"])
    assert repeated(first, post(api, BILLS, {"state": "new"}, key))
    assert api.get(first.json()["href"]).status_code == 404


@pytest.mark.parametrize("body", [{"state": "sent"}, {}, {"state": "new", "x": 1}])
def test_422_for_another_body_under_the_same_key(
    api: httpx.Client, key: str, body: dict[str, Any]
) -> None:
    first = post(api, BILLS, {"state": "new"}, key)
    other = post(api, BILLS, body, key)
    assert (other.status_code, other.json()["code"]) == (422, "2")
    assert other.json()["message"].startswith("Idempotency-Key: ")
    assert repeated(first, post(api, BILLS, {"state": "new"}, key))


def test_the_order_of_members_does_not_matter_and_that_of_elements_does(
    api: httpx.Client, key: str
) -> None:
    headers = JSON | {"Idempotency-Key": key}
    first = api.post(BILLS, content=b'{"a":{"x":1,"y":[1,2]},"b":2}', headers=headers)
    same = api.post(BILLS, content=b' {"b" : 2, "a": {"y": [1, 2], "x": 1}}', headers=headers)
    assert repeated(first, same)
    other = api.post(BILLS, content=b'{"a":{"x":1,"y":[2,1]},"b":2}', headers=headers)
    assert other.status_code == 422


def test_a_key_is_for_one_operation(api: httpx.Client, key: str) -> None:
    body = {"billingAccount": {"id": f"A-{key}"}}
    made = [post(api, path, body, key) for path in (BILLS, RATES, "customerBillOnDemand")]
    assert [each.status_code for each in made] == [201] * 3
    assert not any("Idempotency-Replayed" in each.headers for each in made)
    assert len({each.json()["id"] for each in made}) == 3


def test_other_keys_and_none_are_requests_of_their_own(api: httpx.Client, key: str) -> None:
    body = {"billingAccount": {"id": f"A-{key}"}}
    for each in (key, f"{key}!", f'"{key}"', f"{key}, {key}"):
        assert post(api, BILLS, body, each).status_code == 201
    api.post(BILLS, json=body)
    api.post(BILLS, json=body)
    assert len(bills_of(api, f"A-{key}")) == 6


@pytest.mark.parametrize("bad", ["", "k" * 256])
def test_400_for_what_is_no_key(api: httpx.Client, bad: str) -> None:
    answer = post(api, BILLS, {}, bad)
    assert (answer.status_code, answer.json()["code"]) == (400, "26")
    assert answer.json()["message"].startswith("Idempotency-Key: ")


def test_what_is_refused_is_not_remembered(api: httpx.Client, key: str) -> None:
    assert post(api, BILLS, {"state": "nosuch"}, key).status_code == 400
    assert post(api, RATES, {}, key).status_code == 400
    taken = api.post(BILLS, json={}).json()["id"]
    assert post(api, BILLS, {"id": taken}, key).status_code == 409
    assert post(api, BILLS, {"id": taken}, key).status_code == 409
    api.delete(f"{BILLS}/{taken}")
    first = post(api, BILLS, {"id": taken}, key)
    assert first.status_code == 201
    assert repeated(first, post(api, BILLS, {"id": taken}, key))


def test_a_client_may_choose_what_it_is_shown(api: httpx.Client, key: str) -> None:
    first = post(api, BILLS, {"state": "new"}, key, params={"fields": "state"})
    assert first.json().keys() == {"id", "href", "state"}
    assert repeated(first, post(api, BILLS, {"state": "new"}, key, params={"fields": "state"}))


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_key_means_nothing_to_what_is_idempotent(
    api: httpx.Client, key: str, method: str
) -> None:
    made = api.post(RATES, json={"billingAccount": {"id": "A-1"}}).json()
    answer = api.request(method, made["href"], headers={"Idempotency-Key": key})
    assert answer.status_code in (200, 204)
    assert "Idempotency-Replayed" not in answer.headers


# ---------------------------------------------------------------- patches

MERGE = "application/merge-patch+json"
APPEND = [{"op": "add", "path": "/x-tags/-", "value": "c"}]


def patch(
    api: httpx.Client, href: str, body: Any, key: str, media: str = MERGE, **headers: str
) -> httpx.Response:
    named = {"Content-Type": media, "Idempotency-Key": key} | headers
    return api.patch(href, content=orjson.dumps(body), headers=named)


def replayed(first: httpx.Response, again: httpx.Response) -> bool:
    """Whether the second answer is the first one, given again and marked so."""
    assert "Idempotency-Replayed" not in first.headers
    same = (first.status_code, first.content) == (again.status_code, again.content)
    return same and (first.headers["ETag"], "true") == (
        again.headers["ETag"],
        again.headers.get("Idempotency-Replayed"),
    )


@each_resource
def test_a_patch_that_is_sent_again_has_one_effect(
    api: httpx.Client, resource: Resource, key: str
) -> None:
    href = api.post(resource.name, json=resource.body).json()["href"]
    first = patch(api, href, resource.patch, key)
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    assert replayed(first, patch(api, href, resource.patch, key))
    assert api.get(href).headers["ETag"] == '"2"'


@pytest.mark.parametrize(
    "media", ["application/json-patch+json", "application/json-patch-query+json"]
)
def test_what_a_patch_appends_is_there_once(api: httpx.Client, key: str, media: str) -> None:
    rate = {"billingAccount": {"id": "A-1"}, "x-tags": ["a"]}
    href = api.post(RATES, json=rate).json()["href"]
    first = patch(api, href, APPEND, key, media)
    assert replayed(first, patch(api, href, APPEND, key, media))
    assert api.get(href).json()["x-tags"] == ["a", "c"]
    assert patch(api, href, APPEND, f"{key}-2", media).json()["x-tags"] == ["a", "c", "c"]


def test_a_patch_that_is_sent_again_gets_its_first_answer_whatever_its_if_match(
    api: httpx.Client, key: str
) -> None:
    href = api.post(BILLS, json={"state": "new"}).json()["href"]
    late = patch(api, href, {"billNo": "1"}, key, **{"If-Match": '"7"'})
    assert late.status_code == 412
    first = patch(api, href, {"billNo": "1"}, key, **{"If-Match": '"1"'})
    assert (first.status_code, first.headers["ETag"]) == (200, '"2"')
    for named in ({"If-Match": '"1"'}, {"If-Match": '"2"'}, {}):
        assert replayed(first, patch(api, href, {"billNo": "1"}, key, **named))


def test_422_for_another_patch_under_the_same_key(api: httpx.Client, key: str) -> None:
    href = api.post(BILLS, json={"state": "new"}).json()["href"]
    first = patch(api, href, {"state": "sent"}, key)
    for body, media in (({"state": "validated"}, MERGE), ({"state": "sent"}, "application/json")):
        other = patch(api, href, body, key, media)
        assert (other.status_code, other.json()["code"]) == (422, "2")
    assert replayed(first, patch(api, href, {"state": "sent"}, key))


@pytest.mark.parametrize("bad", ["", "k" * 256])
def test_400_for_a_patch_with_what_is_no_key(api: httpx.Client, bad: str) -> None:
    href = api.post(BILLS, json={}).json()["href"]
    answer = patch(api, href, {"billNo": "1"}, bad)
    assert (answer.status_code, answer.json()["code"]) == (400, "26")


# ---------------------------------------------------------------- many at once


@pytest.mark.parametrize("named", [False, True])
def test_of_a_hundred_requests_with_one_key_one_has_an_effect(
    api: httpx.Client, key: str, named: bool
) -> None:
    body = {"billingAccount": {"id": f"A-{key}"}} | ({"id": key} if named else {})
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda _: post(api, BILLS, body, key), range(100)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len(bills_of(api, f"A-{key}")) == 1
    assert ["Idempotency-Replayed" in a.headers for a in answers].count(False) == 1


def test_a_hundred_requests_with_keys_of_their_own_all_have_an_effect(
    api: httpx.Client, key: str
) -> None:
    body = {"billingAccount": {"id": f"A-{key}"}}
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda n: post(api, BILLS, body, f"{key}-{n}"), range(100)))
    assert {answer.status_code for answer in answers} == {201}
    assert len(bills_of(api, f"A-{key}")) == 100


def test_of_fifty_patches_with_one_key_one_has_an_effect(api: httpx.Client, key: str) -> None:
    rate = {"billingAccount": {"id": "A-1"}, "x-tags": []}
    href = api.post(RATES, json=rate).json()["href"]
    media = "application/json-patch+json"
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda _: patch(api, href, APPEND, key, media), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert api.get(href).json()["x-tags"] == ["c"]


def test_of_two_bodies_with_one_key_one_has_an_effect(api: httpx.Client, key: str) -> None:
    def send(number: int) -> httpx.Response:
        return post(api, BILLS, {"billingAccount": {"id": f"A-{key}"}, "x": number % 2}, key)

    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(send, range(50)))
    assert sorted({answer.status_code for answer in answers}) == [201, 422]
    (kept,) = bills_of(api, f"A-{key}")
    assert [a.status_code for a in answers] == [
        201 if n % 2 == kept["x"] else 422 for n in range(50)
    ]


# ---------------------------------------------------------------- what is kept, and how long


def test_answers_are_kept_for_24_hours(api: httpx.Client, mongod: Mongod, key: str) -> None:
    post(api, BILLS, {}, key)
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    with client:
        kept = client["shared"]["idempotency"]
        (index,) = (i for i in kept.index_information().values() if "expireAfterSeconds" in i)
        assert index["expireAfterSeconds"] == 24 * 3600
        ((name, _),) = index["key"]
        assert {type(each[name]).__name__ for each in kept.find()} == {"datetime"}
        assert not kept.count_documents({"_id": {"$regex": key}})  # no key is kept as it came


# ---------------------------------------------------------------- kill -9


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[ServerProcess]:
    """A server over a mongod that soon gives up a transaction whose client is dead.

    Till then what it began is locked, and who sends it again is told to wait.
    """
    with (
        Mongod(tmp_path / "data", transaction_seconds=1) as own,
        V4Server(tmp_path / "log", MONGODB_URI=own.uri, MONGODB_DB="fragile") as running,
    ):
        yield running


def persist(api: str, number: int) -> httpx.Response:
    """Create a bill, and ask again until there is an answer."""
    while True:
        with suppress(httpx.TransportError):
            answer = httpx.post(
                f"{api}/{BILLS}",
                json={"billNo": f"{number}"},
                headers={"Idempotency-Key": f"key-{number}"},
                timeout=20,
                verify=NO_TLS,
            )
            if answer.status_code == 201:
                return answer
            assert answer.status_code == 503, answer.text
        time.sleep(0.02)


def test_what_a_crash_cut_off_has_one_effect_when_it_is_sent_again(fragile: ServerProcess) -> None:
    """Whenever some are answered the worker is killed; clients send until all are answered."""
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(persist, fragile.api, number) for number in range(60)]
        for mark in range(15, 60, 15):
            while sum(each.done() for each in sent) < mark:
                wait(sent, timeout=0.02, return_when=FIRST_COMPLETED)
            for pid in fragile.workers():
                os.kill(pid, signal.SIGKILL)
        ids = {each.result().json()["id"] for each in sent}
    found = httpx.get(f"{fragile.wait_until_ready().api}/{BILLS}?limit=1000").json()
    assert sorted(int(bill["billNo"]) for bill in found) == list(range(60))
    assert {bill["id"] for bill in found} == ids
