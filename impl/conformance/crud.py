"""Tests of each resource of this plug-in's API over HTTP, by what its contract declares.

A module of tests imports `client` and the tests that it wants.
"""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from impl.api import Operation
from impl.conformance import server
from impl.conformance.samples import Samples
from impl.resources import BY_NAME, EVENTS, HUB
from impl.served import API

JSON = "application/json"
EVENT_SECONDS = 30
_SAMPLES = Samples(API.contract.document)
_OPERATIONS: dict[str, dict[str, Operation]] = {}
for _each in API.operations:
    if _each.standard and _each.resource not in (HUB, EVENTS):
        _OPERATIONS.setdefault(_each.resource, {})[_each.standard] = _each
CREATED = sorted(name for name, known in _OPERATIONS.items() if "create" in known)
"""The resources that clients create."""


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """A client of a server of its own, with the API's URL as its base."""
    with (
        server.running(VALIDATE_RESPONSES="1") as url,
        httpx.Client(base_url=API.url(url), timeout=60) as opened,
    ):
        yield opened


def create(client: httpx.Client, resource: str) -> Any:
    """A new resource of this kind, as the server shows it."""
    schema = _OPERATIONS[resource]["create"].request[JSON] or ""
    body = _SAMPLES.body(schema, BY_NAME[resource].schema)
    answer = client.post(f"/{resource}", json=body)
    assert answer.status_code == httpx.codes.CREATED, answer.text
    shown = answer.json()
    assert answer.headers["location"] == shown["href"]
    assert body.items() <= shown.items()
    return shown


@pytest.mark.parametrize("resource", CREATED)
def test_resource_is_created_and_read(client: httpx.Client, resource: str) -> None:
    """By its id, as a client that has it already, and in lists with filters, sort and fields."""
    made, known = create(client, resource), _OPERATIONS[resource]
    path = f"/{resource}/{made['id']}"
    if "retrieve" in known:
        read = client.get(path)
        assert (read.status_code, read.json()) == (200, made)
        again = client.get(path, headers={"If-None-Match": read.headers["etag"]})
        assert again.status_code == httpx.codes.NOT_MODIFIED
    if "list" in known:
        query = {"id": made["id"], "sort": "-id", "fields": "id"}
        listed = client.get(f"/{resource}", params=query)
        assert [each["id"] for each in listed.json()] == [made["id"]], listed.text
        unknown = client.get(f"/{resource}", params={"noSuchAttribute": "1"})
        assert unknown.status_code == httpx.codes.BAD_REQUEST


@pytest.mark.parametrize("resource", [r for r in CREATED if "patch" in _OPERATIONS[r]])
def test_resource_is_changed(client: httpx.Client, resource: str) -> None:
    """In the version that the client has, and in no other."""
    path = f"/{resource}/{create(client, resource)['id']}"
    operation = _OPERATIONS[resource]["patch"]
    change = _SAMPLES.change(operation.request[JSON] or "")
    tag = {"If-Match": '"1"', "Content-Type": JSON}
    changed = client.patch(path, json=change, headers=tag)
    assert changed.status_code == httpx.codes.OK, changed.text
    assert change.items() <= changed.json().items()
    stale = client.patch(path, json=dict.fromkeys(change, "other"), headers=tag)
    assert stale.status_code == (httpx.codes.PRECONDITION_FAILED if change else 200), stale.text
    wrong = client.patch(path, json={"id": "another"})
    assert wrong.status_code == httpx.codes.BAD_REQUEST


@pytest.mark.parametrize("resource", [r for r in CREATED if "delete" in _OPERATIONS[r]])
def test_resource_is_deleted(client: httpx.Client, resource: str) -> None:
    """Once; then it is gone."""
    path = f"/{resource}/{create(client, resource)['id']}"
    assert client.delete(path).status_code == httpx.codes.NO_CONTENT
    assert client.delete(path).status_code == httpx.codes.NOT_FOUND


@pytest.mark.parametrize("resource", CREATED)
def test_resource_is_created_once_for_a_key(client: httpx.Client, resource: str) -> None:
    """A retry gets the first answer; the same key with another body is refused."""
    schema = _OPERATIONS[resource]["create"].request[JSON] or ""
    body = _SAMPLES.body(schema, BY_NAME[resource].schema)
    key = {"Idempotency-Key": f"{resource} once"}
    first, second = (client.post(f"/{resource}", json=body, headers=key) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["idempotency-replayed"] == "true"
    other = client.post(f"/{resource}", json={**body, "id": "another"}, headers=key)
    assert other.status_code == httpx.codes.UNPROCESSABLE_ENTITY


@pytest.mark.parametrize("resource", [r for r in CREATED if BY_NAME[r].events])
def test_writes_are_published(client: httpx.Client, resource: str) -> None:
    """In their order, and with the resource under its name."""
    made, known = create(client, resource), _OPERATIONS[resource]
    expected = ["CreateEvent"]
    if "delete" in known:
        client.delete(f"/{resource}/{made['id']}")
        expected.append("DeleteEvent")
    deadline = time.monotonic() + EVENT_SECONDS
    found: list[Any] = []
    while len(found) < len(expected) and time.monotonic() < deadline:
        time.sleep(0.1)
        found = client.get("/events", params={f"event.{resource}.id": made["id"]}).json()
    schema = BY_NAME[resource].schema
    assert [each["eventType"] for each in found] == [f"{schema}{each}" for each in expected]
    assert found[0]["event"][resource]["href"] == made["href"]
    if "@type" in API.event.members:
        assert found[0]["@type"] == found[0]["eventType"]


@pytest.mark.skipif(HUB not in BY_NAME, reason="the document has no /hub")
def test_events_are_subscribed_to(client: httpx.Client) -> None:
    """A subscription is made, seen and ended; a wrong query is refused."""
    (operation,) = (each for each in API.operations if (each.method, each.path) == ("POST", "/hub"))
    body = _SAMPLES.body(operation.request[JSON] or "", BY_NAME[HUB].schema)
    made = client.post("/hub", json=body)
    assert made.status_code == httpx.codes.CREATED, made.text
    assert made.json()["secret"].startswith("whsec_")
    id_ = made.json()["id"]
    assert [each["id"] for each in client.get("/hub").json()] == [id_]
    wrong = client.post("/hub", json={**body, "query": "no.such=1"})
    assert (wrong.status_code, wrong.json()["attribute"]) == (400, "query")
    assert client.delete(f"/hub/{id_}").status_code == httpx.codes.NO_CONTENT
    assert client.get(f"/hub/{id_}").status_code == httpx.codes.NOT_FOUND
