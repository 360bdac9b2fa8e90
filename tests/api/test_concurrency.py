"""What holds when many clients do the same thing at the same time, or one does it twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx

ACCOUNT = {"billingAccount": {"id": "A-1"}}


def _at_once(work: Callable[[int], httpx.Response], count: int) -> list[httpx.Response]:
    with ThreadPoolExecutor(16) as threads:
        return list(threads.map(work, range(count)))


def test_200_patches_of_different_attributes_are_all_kept(api: httpx.Client) -> None:
    rate = api.post("appliedCustomerBillingRate", json=ACCOUNT).json()
    answers = _at_once(lambda n: api.patch(rate["href"], json={f"x-{n}": n}), 200)
    assert {answer.status_code for answer in answers} == {200}
    stored = api.get(rate["href"])
    assert {n: stored.json().get(f"x-{n}") for n in range(200)} == {n: n for n in range(200)}
    assert stored.headers["ETag"] == '"201"'


def test_of_50_patches_for_one_version_one_is_done(api: httpx.Client) -> None:
    rate = api.post("appliedCustomerBillingRate", json=ACCOUNT).json()
    tag = {"If-Match": '"1"'}
    answers = _at_once(lambda n: api.patch(rate["href"], json={"name": f"{n}"}, headers=tag), 50)
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 49


def test_100_creates_with_one_key_make_one_resource(api: httpx.Client) -> None:
    key, body = {"Idempotency-Key": uuid4().hex}, {"billNo": uuid4().hex}
    answers = _at_once(lambda _: api.post("customerBill", json=body, headers=key), 100)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(api.get("customerBill", params={"billNo": body["billNo"]}).json()) == 1
    again = [answer for answer in answers if "Idempotency-Replayed" in answer.headers]
    assert len(again) == 99


def test_a_create_sent_again_gets_the_first_answer(api: httpx.Client) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    first = api.post("billCycle", json={"name": "a", "x": {"p": 1, "q": 2}}, headers=key)
    again = api.post("billCycle", json={"x": {"q": 2, "p": 1}, "name": "a"}, headers=key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    for name in ("Location", "ETag"):
        assert again.headers[name] == first.headers[name]


def test_a_key_with_another_body_is_422_and_with_another_operation_its_own(
    api: httpx.Client,
) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    assert api.post("billCycle", json={"name": "a"}, headers=key).status_code == 201
    other = api.post("billCycle", json={"name": "b"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "2")
    assert "Idempotency-Key" in other.json()["message"]
    assert api.post("customerBill", json={"name": "a"}, headers=key).status_code == 201


def test_a_refused_create_keeps_no_answer(api: httpx.Client) -> None:
    key = {"Idempotency-Key": uuid4().hex}
    assert api.post("customerBill", json={"state": "paid"}, headers=key).status_code == 400
    answer = api.post("customerBill", json={"state": "new"}, headers=key)
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer.headers
    taken: dict[str, Any] = {"id": answer.json()["id"]}
    key = {"Idempotency-Key": uuid4().hex}
    assert api.post("customerBill", json=taken, headers=key).status_code == 409
    assert api.delete(answer.json()["href"]).status_code == 204
    assert api.post("customerBill", json=taken, headers=key).status_code == 201


def test_a_client_with_the_version_gets_304_without_a_body(api: httpx.Client) -> None:
    made = api.post("customerBill", json={}).json()
    for tag, status in {'"1"': 304, 'W/"1"': 304, '"9", "1"': 304, "*": 304, '"2"': 200}.items():
        answer = api.get(made["href"], headers={"If-None-Match": tag})
        assert answer.status_code == status
        assert answer.headers["ETag"] == '"1"'
        assert bool(answer.content) is (status == 200)
