"""Versions: who changes what they have not seen is told, and no change is lost."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.api.resources import Resource, each_resource

RATES = "appliedCustomerBillingRate"
RATE = {"billingAccount": {"id": "A-1001"}}
THREADS = 16


@pytest.fixture
def rate(api: httpx.Client) -> dict[str, Any]:
    made: dict[str, Any] = api.post(RATES, json=RATE).json()
    return made


def etag(api: httpx.Client, made: dict[str, Any]) -> str:
    """The tag that the resource has now."""
    tag: str = api.get(made["href"]).headers["ETag"]
    return tag


# ---------------------------------------------------------------- If-Match


@each_resource
def test_every_change_has_a_tag_of_its_own(api: httpx.Client, resource: Resource) -> None:
    made = api.post(resource.name, json=resource.body)
    tags = [made.headers["ETag"]]
    name = next(iter(resource.patch))
    for value in (resource.patch[name], resource.body.get(name, "x"), resource.patch[name]):
        answer = api.patch(made.json()["href"], json={name: value})
        assert answer.status_code == 200, answer.text
        assert api.get(made.json()["href"]).headers["ETag"] == answer.headers["ETag"]
        assert api.get(f"{made.json()['href']}?fields=id").headers["ETag"] == answer.headers["ETag"]
        tags.append(answer.headers["ETag"])
    assert len(set(tags)) == len(tags)
    assert all(tag[0] == tag[-1] == '"' for tag in tags)


@each_resource
def test_what_changes_nothing_keeps_the_tag(api: httpx.Client, resource: Resource) -> None:
    made = api.post(resource.name, json=resource.body)
    echoes: list[dict[str, object]] = [{}, made.json()]
    for patch in echoes:
        answer = api.patch(made.json()["href"], json=patch)
        assert (answer.status_code, answer.json()) == (200, made.json())
        assert answer.headers["ETag"] == made.headers["ETag"]


STALE = [
    '"7"', 'W/"7"', 'w/"1"', 'W/ "1"', '"01"', '"1 "', '""', "1", '"7", "8"', 'W/"8", "7"', '"x,1"',
    '"1', '1"',
    '"-1"', '"' + "1" * 5000 + '"', '"1.0"', '"+1"', '"*"', '"1";"7"', '"a", "x,21"', "x1x",
]  # fmt: skip
FRESH = [
    '"1"', 'W/"1"', 'W/"1", "7"', '"7",W/"1"', "*", '"7","1"',
    '"7" , "1"', 'W/"1", "1"', '"x,7", "1"', '"1","1"',
]  # fmt: skip


@pytest.mark.parametrize("tag", STALE)
def test_412_changes_nothing_under_another_tag(
    api: httpx.Client, rate: dict[str, Any], tag: str
) -> None:
    headers = {"If-Match": tag}
    for answer in (
        api.patch(rate["href"], json={"name": "x"}, headers=headers),
        api.patch(rate["href"], json={}, headers=headers),
        api.delete(rate["href"], headers=headers),
    ):
        assert (answer.status_code, answer.json()["code"]) == (412, "412")
    now = api.get(rate["href"])
    assert (now.json(), now.headers["ETag"]) == (rate, '"1"')


@pytest.mark.parametrize("tag", FRESH)
def test_200_changes_under_the_tag_that_it_has(
    api: httpx.Client, rate: dict[str, Any], tag: str
) -> None:
    answer = api.patch(rate["href"], json={"name": "x"}, headers={"If-Match": tag})
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert api.get(rate["href"]).json()["name"] == "x"
    assert api.delete(rate["href"], headers={"If-Match": tag.replace("1", "2")}).status_code == 204


def test_any_tag_of_what_is_not_there_is_not_found(api: httpx.Client) -> None:
    for tag in ("*", '"1"'):
        answer = api.patch(f"{RATES}/nosuch", json={}, headers={"If-Match": tag})
        assert answer.status_code == 404


def test_every_way_shows_an_instant_to_the_millisecond(api: httpx.Client) -> None:
    given = RATE | {"date": "2026-10-01T10:00:00.7970001+02:00"}
    made = api.post(RATES, json=given)
    changed = api.patch(made.json()["href"], json={"name": "y"})
    where = {"id": made.json()["id"]}
    lines = api.get(RATES, params=where, headers={"Accept": "application/x-ndjson"})
    fields = api.get(RATES, params=where | {"fields": "date,lastUpdate"})
    for text in (made.text, changed.text, api.get(made.json()["href"]).text, lines.text):
        assert '"date":"2026-10-01T08:00:00.797Z"' in text
    assert '"date":"2026-10-01T08:00:00.797Z"' in fields.text
    events = api.get("events", params={"event.appliedCustomerBillingRate.id": where["id"]})
    for text in (made.text, changed.text, lines.text, fields.text, events.text):
        assert not re.search(r"\.[0-9]{6}Z", text)


# ---------------------------------------------------------------- If-None-Match

KNOWN = ['"1"', 'W/"1"', "*", '"7", "1"', 'W/"7" , W/"1"']
UNKNOWN = ['"7"', 'W/"2"', '"01"', "", '"11"', '"x,1"']


@pytest.mark.parametrize("tag", KNOWN)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_304_shows_nothing_to_who_has_it(
    api: httpx.Client, rate: dict[str, Any], method: str, tag: str
) -> None:
    answer = api.request(method, rate["href"], headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == '"1"'
    assert "Content-Type" not in answer.headers
    assert answer.headers.get("Content-Length", "0") == "0"
    assert answer.headers["X-Request-Id"]


@pytest.mark.parametrize("tag", UNKNOWN)
def test_200_shows_it_to_who_has_another(api: httpx.Client, rate: dict[str, Any], tag: str) -> None:
    answer = api.get(rate["href"], headers={"If-None-Match": tag})
    assert (answer.status_code, answer.json()) == (200, rate)
    shown = api.head(rate["href"], headers={"If-None-Match": tag})
    assert (shown.status_code, shown.content) == (200, b"")
    assert shown.headers["Content-Length"] == answer.headers["Content-Length"]


@each_resource
def test_304_until_it_changes(api: httpx.Client, resource: Resource) -> None:
    made = api.post(resource.name, json=resource.body)
    href, headers = made.json()["href"], {"If-None-Match": made.headers["ETag"]}
    assert api.get(href, headers=headers).status_code == 304
    assert api.get(f"{href}?fields=id", headers=headers).status_code == 304
    api.patch(href, json=resource.patch)
    assert api.get(href, headers=headers).status_code == 200


def test_if_none_match_is_for_reading_only(api: httpx.Client, rate: dict[str, Any]) -> None:
    headers = {"If-None-Match": '"1"'}
    assert api.patch(rate["href"], json={"name": "x"}, headers=headers).status_code == 200
    assert api.get(RATES, params={"id": rate["id"]}, headers=headers).status_code == 200


# ---------------------------------------------------------------- many at once


def test_200_concurrent_changes_lose_nothing(api: httpx.Client, rate: dict[str, Any]) -> None:
    def change(number: int) -> int:
        return api.patch(rate["href"], json={f"x-{number}": number}).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(change, range(200))) == {200}
    now = api.get(rate["href"])
    assert now.json() == rate | {f"x-{number}": number for number in range(200)}
    assert now.headers["ETag"] == '"201"'


def test_concurrent_changes_in_every_format_lose_nothing(
    api: httpx.Client, rate: dict[str, Any]
) -> None:
    def change(number: int) -> int:
        name = f"x-{number}"
        operation = {"op": "add", "path": f"/{name}", "value": number}
        body, media_type = [
            ({name: number}, "application/merge-patch+json"),
            ([operation], "application/json-patch+json"),
            (operation, "application/json-patch-query+json"),
        ][number % 3]
        headers = {"Content-Type": media_type}
        return api.patch(rate["href"], json=body, headers=headers).status_code

    with ThreadPoolExecutor(THREADS) as pool:
        assert set(pool.map(change, range(60))) == {200}
    assert api.get(rate["href"]).json() == rate | {f"x-{n}": n for n in range(60)}


def test_of_fifty_changes_to_one_version_exactly_one_is_made(
    api: httpx.Client, rate: dict[str, Any]
) -> None:
    tag = etag(api, rate)

    def change(number: int) -> httpx.Response:
        return api.patch(rate["href"], json={"name": f"{number}"}, headers={"If-Match": tag})

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(change, range(50)))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: 49}
    (won,) = (answer for answer in answers if answer.status_code == 200)
    assert api.get(rate["href"]).json() == won.json()
    assert etag(api, rate) == '"2"'


def test_of_a_change_and_a_removal_of_one_version_exactly_one_is_made(api: httpx.Client) -> None:
    for _ in range(20):
        made = api.post(RATES, json=RATE).json()
        headers = {"If-Match": '"1"'}
        with ThreadPoolExecutor(2) as pool:
            changed = pool.submit(api.patch, made["href"], json={"name": "x"}, headers=headers)
            removed = pool.submit(api.delete, made["href"], headers=headers)
        statuses = (changed.result().status_code, removed.result().status_code)
        assert statuses in {(200, 412), (412, 204), (404, 204)}
        assert api.get(made["href"]).status_code == (200 if statuses[0] == 200 else 404)
