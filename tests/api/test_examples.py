"""A client that is made of the contract's examples, such as a collection for Postman, against the
demo data: what it sends succeeds.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from impl import demo
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.tmf678 import API
from openapi.members import resolve
from tests.servers import V4Server

Json = dict[str, Any]
DOCUMENT = API.contract.document
OPERATIONS = [
    (method, path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
]
READS = {o["operationId"]: (path, o) for method, path, o in OPERATIONS if method == "get"}
WRITES = {
    f"{o['operationId']} {media}": (method, path, o, media)
    for method, path, o in OPERATIONS
    if method in ("post", "patch")
    for media in o.get("requestBody", {}).get("content", ())
}


@pytest.fixture(scope="module")
def api(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server over the demo data, with the subscription that the contract shows."""
    database = f"examples-{uuid4().hex}"
    store = Store(mongod.uri, database)
    demo.load(store)
    store.close()
    log: Path = tmp_path_factory.mktemp("examples") / "log"
    with (
        V4Server(log, MONGODB_URI=mongod.uri, MONGODB_DB=database, VALIDATE_RESPONSES=1) as run,
        httpx.Client(base_url=run.api, timeout=60) as client,
    ):
        subscription = DOCUMENT["paths"]["/hub"]["post"]["requestBody"]["content"]
        made = client.post("/hub", json=subscription["application/json"]["example"])
        assert made.status_code == 201
        yield client


def request(method: str, path: str, operation: Json) -> Json:
    """A request with the example of each parameter, for httpx."""
    made: dict[str, Any] = {"method": method, "params": {}, "headers": {}}
    for each in operation.get("parameters", ()):
        parameter = resolve(DOCUMENT, each)
        name, example = parameter["name"], parameter["example"]
        match parameter["in"]:
            case "path":
                path = path.replace(f"{{{name}}}", example)
            case "query" if isinstance(example, dict):
                made["params"] |= example  # style: form, explode: true
            case "query":
                made["params"][name] = example
            case "header":
                made["headers"][name] = example
    return made | {"url": path}


@pytest.mark.parametrize("name", READS)
def test_a_read_with_every_parameters_example_succeeds(api: httpx.Client, name: str) -> None:
    path, operation = READS[name]
    for accept in ("*/*", "application/json"):
        asked = request("GET", path, operation)
        asked["headers"]["Accept"] = accept
        answer = api.request(**asked)
        assert answer.status_code in (200, 206), answer.text
        assert answer.content not in (b"", b"[]") or path == "/events"


@pytest.mark.parametrize("name", WRITES)
def test_a_write_of_each_example_succeeds(api: httpx.Client, name: str) -> None:
    method, path, operation, media = WRITES[name]
    asked = request(method, path, operation)
    asked["headers"] |= {"Idempotency-Key": uuid4().hex, "Content-Type": media}
    body = operation["requestBody"]["content"][media]["example"]
    if path == "/hub":
        body = body | {"id": uuid4().hex, "query": f"event.customerBill.id={uuid4().hex}"}
    answer = api.request(**asked, json=body)
    assert answer.status_code in (200, 201), answer.text


def test_the_example_of_an_idempotency_key_repeats_the_answer(api: httpx.Client) -> None:
    asked = request("post", "/customerBill", DOCUMENT["paths"]["/customerBill"]["post"])
    first, again = (api.request(**asked, json={"billNo": "once"}) for _ in range(2))
    assert (first.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"


FILTERS = {
    "one": ({"billNo": "00004731"}, {"bill-1002-extra"}),
    "several, with an operator": (
        {"billingAccount.id": "account-1002", "amountDue.value.gt": "100"},
        {"bill-1002-extra"},
    ),
    "several values": ({"state": "sent,onHold"}, {"bill-1002-extra"}),
    "none that matches": ({"billNo": "none"}, set()),
}


@pytest.mark.parametrize("case", FILTERS)
def test_the_members_of_filters_are_attribute_filters(api: httpx.Client, case: str) -> None:
    """They are sent as `style: form` and `explode: true` say, each name and value encoded."""
    filters, ids = FILTERS[case]
    answer = api.get("/customerBill", params=filters | {"fields": "id"})
    assert answer.status_code == 200
    found = {each["id"] for each in answer.json()}
    assert ids <= found if ids else not found
    assert len(found) < 24


@pytest.mark.parametrize("text", ['{"state": "sent"}', "state=sent", ""])
def test_filters_under_its_own_name_is_told(api: httpx.Client, text: str) -> None:
    """A client that sends the object as one parameter learns that it does."""
    answer = api.get("/customerBill", params={"filters": text})
    assert (answer.status_code, answer.json()["code"]) == (400, "28")
    assert answer.json()["message"].startswith("filters: ")


@pytest.mark.parametrize("id_", ["a/b", ".", "", "x" * 129])
def test_a_subscriptions_id_is_as_any_other(api: httpx.Client, id_: str) -> None:
    answer = api.post("/hub", json={"id": id_, "callback": "https://crm.example/"})
    assert (answer.status_code, answer.json()["code"]) == (400, "24")
    assert answer.json()["message"].startswith("id: ")
