"""The Error body at every door: its attribute, a body's faults, and the page that it leads to."""

import subprocess
from collections.abc import Collection
from typing import Any

import httpx
import orjson
import pytest

from impl.tmf678 import API
from openapi import errors_page
from tests.errors import the_shape
from tests.servers import ServerProcess

PATCH = "application/json-patch+json"
QUERY = "application/json-patch-query+json"
SECTIONS = errors_page.SOURCE.read_text("utf-8").split("\n## ")[1:]
EXAMPLES = {
    section.split()[0]: section.split("```")[1] for section in SECTIONS if "\n$ " in section
}


def test_the_catalogue_is_served_and_every_error_leads_to_its_section(
    server: ServerProcess, api: httpx.Client
) -> None:
    error = api.get("customerBill/nosuch").json()
    page, _, anchor = error["referenceError"].partition("#")
    assert page == f"{server.url}/errors"
    answer = httpx.get(page)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.text == errors_page.PAGE.read_text("utf-8")
    assert f'<h2 id="{anchor}">' in answer.text
    assert httpx.head(page).status_code == 200
    refused = httpx.post(page)
    assert (refused.status_code, refused.json()["code"]) == (405, "61")
    the_shape(refused.json())


@pytest.mark.parametrize("code", EXAMPLES)
def test_each_example_is_what_the_server_answers(server: ServerProcess, code: str) -> None:
    *commands, answer = EXAMPLES[code].splitlines()[1:]
    script = "\n".join(command.removeprefix("$ ").removeprefix("> ") for command in commands)
    done = subprocess.run(
        ["/bin/bash", "-c", f'curl() {{ command curl -sS "$@"; }}\n{script}'],
        env={"API": server.api},
        capture_output=True,
        check=True,
    )
    assert orjson.loads(done.stdout) == orjson.loads(answer.replace("http://...", server.url))


NEW = "customerBill"
BILL = f"{NEW}/errors-bill"
CASES: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "a filter": ("GET", "customerBill?amountDue.value.gt=x", {}, 400, "amountDue.value"),
    "a filter on nothing": ("GET", "customerBill?nosuch=1", {}, 400, "nosuch"),
    "JSONPath": ("GET", "customerBill?filter=$[?(@.amountDue.value=='x')]", {}, 400, "filter"),
    "JSONPath that is not translated": ("GET", "customerBill?filter=$..x", {}, 501, "filter"),
    "fields": ("GET", "customerBill?fields=x[?(@.y)]", {}, 501, "fields"),
    "fields of one bill": ("GET", f"{BILL}?fields=$.id", {}, 501, "fields"),
    "fields of a new bill": ("POST", f"{NEW}?fields=$.id", {"json": {"id": "new"}}, 501, "fields"),
    "fields of a patch": ("PATCH", f"{BILL}?fields=$.id", {"json": {}}, 501, "fields"),
    "limit": ("GET", "customerBill?limit=-1", {}, 400, "limit"),
    "sort": ("GET", "customerBill?sort=amountDue", {}, 400, "sort"),
    "cursor": ("GET", "customerBill?cursor=x", {}, 400, "cursor"),
    "Accept": ("GET", "customerBill", {"headers": {"Accept": "image/png"}}, 406, "Accept"),
    "Content-Type": ("POST", "customerBill", {"content": "{}"}, 415, "Content-Type"),
    "Content-Encoding": (
        *("POST", "customerBill"),
        {"json": {}, "headers": {"Content-Encoding": "br"}},
        *(415, "Content-Encoding"),
    ),
    "Idempotency-Key": (
        *("POST", "customerBill"),
        {"json": {}, "headers": {"Idempotency-Key": "k" * 256}},
        *(400, "Idempotency-Key"),
    ),
    "If-Match": ("PATCH", BILL, {"json": {}, "headers": {"If-Match": '"99"'}}, 412, "If-Match"),
    "an id that is taken": ("POST", "customerBill", {"json": {"id": "errors-bill"}}, 409, "id"),
    "what can't be patched": ("PATCH", BILL, {"json": {"billDate": None}}, 400, "billDate"),
    "a payment twice": (
        *("PATCH", BILL),
        {"json": {"appliedPayment": [{"payment": {"id": "1"}}] * 2}},
        *(409, "appliedPayment"),
    ),
    "an operation's path": (
        *("PATCH", BILL),
        {
            "content": '[{"op":"test","path":"/state","value":"new"},'
            '{"op":"remove","path":"/relatedParty/9"}]',
            "headers": {"Content-Type": PATCH},
        },
        *(409, "[1].path"),
    ),
    "an operation's pointer": (
        *("PATCH", BILL),
        {"content": '[{"op":"remove","path":"nosuch"}]', "headers": {"Content-Type": PATCH}},
        *(400, "[0].path"),
    ),
    "an operation's source": (
        *("PATCH", BILL),
        {
            "content": '[{"op":"copy","path":"/state","from":"/nosuch"}]',
            "headers": {"Content-Type": PATCH},
        },
        *(409, "[0].from"),
    ),
    "an operation's test": (
        *("PATCH", BILL),
        {
            "content": '[{"op":"test","path":"/id","value":1}]',
            "headers": {"Content-Type": PATCH},
        },
        *(409, "[0].value"),
    ),
    "a path with a query": (
        *("PATCH", BILL),
        {
            "content": '{"op":"replace","path":"/state?state=sent","value":"new"}',
            "headers": {"Content-Type": QUERY},
        },
        *(409, "path"),
    ),
    "a hub's query": (
        *("POST", "hub"),
        {"json": {"callback": "http://example.com/", "query": "eventType=Nosuch"}},
        *(400, "query"),
    ),
    "a callback": ("POST", "hub", {"json": {"callback": "http://10.0.0.1/"}}, 400, "callback"),
    "a cycle's specification": (
        *("POST", "billCycle"),
        {"json": {"billCycleSpecification": {"id": "nosuch"}}},
        *(409, "billCycleSpecification"),
    ),
    "an event that is none": ("GET", "events?after=nosuch", {}, 400, "after"),
    "Last-Event-ID": (
        *("GET", "events"),
        {"headers": {"Accept": "text/event-stream", "Last-Event-ID": "nosuch"}},
        *(400, "Last-Event-ID"),
    ),
}


@pytest.fixture(scope="module", autouse=True)
def bill(api: httpx.Client) -> None:
    api.post("customerBill", json={"id": "errors-bill", "state": "new"})


@pytest.mark.parametrize("case", CASES)
def test_an_error_names_its_attribute(api: httpx.Client, case: str) -> None:
    method, path, request, status, attribute = CASES[case]
    answer = api.request(method, path, **request)
    assert answer.status_code == status, answer.text
    the_shape(answer.json())
    assert answer.json()["attribute"] == attribute
    assert str(status) in declared(method, path), "is not in the contract"


def declared(method: str, path: str) -> Collection[str]:
    """The statuses that the contract gives an operation."""
    resource, _, id_ = path.partition("?")[0].partition("/")
    operations = API.contract.document["paths"][f"/{resource}/{{id}}" if id_ else f"/{resource}"]
    statuses: Collection[str] = operations[method.lower()]["responses"].keys()
    return statuses


def test_a_write_that_is_refused_for_its_fields_writes_nothing(api: httpx.Client) -> None:
    assert api.post(f"{NEW}?fields=$.id", json={"id": "unwritten"}).status_code == 501
    assert api.get(f"{NEW}/unwritten").status_code == 404
    before = api.get(BILL)
    assert api.patch(f"{BILL}?fields=$.id", json={"state": "sent"}).status_code == 501
    assert api.get(BILL).headers["ETag"] == before.headers["ETag"]


SEVERAL: dict[str, tuple[str, str, dict[str, Any], set[str]]] = {
    "a new bill": (
        *("POST", "customerBill"),
        {"billNo": 1, "state": "lost", "relatedParty": [{}]},
        {"billNo", "state", "relatedParty[0].id"},
    ),
    "a patch": (
        *("PATCH", BILL),
        {"billDate": "2026-01-01T00:00:00Z", "category": "x", "taxItem": []},
        {"billDate", "category", "taxItem"},
    ),
    "a specification": (
        *("POST", "billCycleSpecification"),
        {"name": "x", "recurring": True, "recurringInAdvance": True},
        {"recurring", "recurringInAdvance"},
    ),
}


@pytest.mark.parametrize("case", SEVERAL)
def test_all_faults_of_a_body_are_told(api: httpx.Client, case: str) -> None:
    method, path, body, attributes = SEVERAL[case]
    answer = api.request(method, path, json=body)
    assert answer.status_code == 400
    the_shape(answer.json())
    assert {each["attribute"] for each in answer.json()["errors"]} == attributes


def test_all_that_a_patch_may_not_remove_is_told_in_order(api: httpx.Client) -> None:
    patch = [{"op": "remove", "path": f"/{name}"} for name in ("state", "@type")]
    answer = api.patch(BILL, content=orjson.dumps(patch), headers={"Content-Type": PATCH})
    assert answer.status_code == 409
    told = [each["attribute"] for each in answer.json()["errors"]]
    assert (told, answer.json()["attribute"]) == (["@type", "state"], "@type")
