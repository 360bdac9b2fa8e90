"""Every limit on what one request may bring or ask for, each with its 4xx (docs/limits.md)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from impl.document_limits import LONGEST_NUMBER, MAX_DEPTH, MAX_HOLDERS, MAX_MEMBERS, MAX_TEXT
from impl.patch.budget import MAX_OPERATIONS
from impl.query import jsonpath, regex
from impl.query.parse import MOST_KEYS, MOST_PARAMETERS
from impl.store.embedded import Mongod
from impl.web.request_checks import MAX_URI_BYTES
from tests.api.test_bad_input import nested, the_error
from tests.servers import ROOT, V4Server

BILLS, CYCLE = "/customerBill", "/billCycle/b"
MOST_BODY, MOST_PAGE, MOST_DOCUMENT = 1_200_000, 100_000, 1_200_000
NAMES = {f"x{number}": number for number in range(MAX_MEMBERS)}
RESOURCE = {"id": "b", "x": ["t" * 20_000], "full": [0] * MAX_MEMBERS, "names": NAMES}
JSON, PATCH = "application/json", "application/json-patch+json"
MERGE = "application/merge-patch+json"
Json = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A request that is over one limit, and how it is refused."""

    status: int
    code: str
    named: str
    query: str = ""
    body: Any = None
    media_type: str = JSON
    raw: bytes = field(default=b"", repr=False)

    @property
    def method(self) -> str:
        if self.body is None and not self.raw:
            return "GET"
        return "POST" if self.media_type == JSON else "PATCH"


def op(kind: str, path: str, **more: Any) -> Json:
    return {"op": kind, "path": path, **more}


def add(count: int) -> list[Json]:
    return [op("add", "/y", value=0)] * count


CASES = {
    "body": Case(413, "413", f"{MOST_BODY} bytes", raw=b" " * (MOST_BODY + 1)),
    "depth": Case(400, "22", f"{MAX_DEPTH} levels", raw=nested(MAX_DEPTH + 1)),
    "holders": Case(400, "22", f"{MAX_HOLDERS} objects", raw=b"[" * (MAX_HOLDERS + 1)),
    "text": Case(400, "24", f"x[0]: is over {MAX_TEXT}", body={"x": ["a" * (MAX_TEXT + 1)]}),
    "name": Case(400, "24", f"is over {MAX_TEXT} char", body={"x": {"a" * (MAX_TEXT + 1): 1}}),
    "members": Case(400, "24", f"x: has more than {MAX_MEMBERS}", body={"x": {**NAMES, "y": 1}}),
    "members of the body": Case(400, "24", "has more than", body={**NAMES, "y": 1}),
    "elements": Case(400, "24", "x.y: has more", body={"x": {"y": [0] * (MAX_MEMBERS + 1)}}),
    "number of a bill": Case(400, "24", "billNo: ", body={"billNo": "9" * (LONGEST_NUMBER + 1)}),
    "operations": Case(400, "22", f"than {MAX_OPERATIONS}", "", add(MAX_OPERATIONS + 1), PATCH),
    "copies": Case(400, "22", "copies too much", "",
                   [op("copy", f"/y{n}", **{"from": "/x"}) for n in range(60)], PATCH),
    "elements by patch": Case(409, "409", "/full would have more", "",
                              [op("add", "/full/-", value=0)], PATCH),
    "members by patch": Case(409, "409", "/names would have more", "",
                             [op("add", "/names/y", value=0)], PATCH),
    "members by merge": Case(409, "409", "would have more", "", {"names": {"y": 0}}, MERGE),
    "query length": Case(414, "414", f"{MAX_URI_BYTES} bytes", "name=" + "a" * MAX_URI_BYTES),
    "parameters": Case(400, "28", f"more than {MOST_PARAMETERS}",
                       "&".join(f"x{n}=1" for n in range(MOST_PARAMETERS + 1))),
    "parameters by or": Case(400, "28", f"more than {MOST_PARAMETERS}",
                             ";".join(f"x{n}=1" for n in range(MOST_PARAMETERS + 1))),
    "sort keys": Case(400, "28", f"more than {MOST_KEYS}", "sort=" + ",".join(
        ["billNo", "billDate", "state", "category", "runType", "lastUpdate", "nextBillDate",
         "paymentDueDate", "amountDue.value", "amountDue.unit", "remainingAmount.value",
         "remainingAmount.unit", "taxIncludedAmount.value", "taxIncludedAmount.unit",
         "taxExcludedAmount.value", "taxExcludedAmount.unit", "billingAccount.id"])),
    "pattern length": Case(400, "28", f"over {regex.MAX_LENGTH}",
                           "billNo.regex=" + "a" * (regex.MAX_LENGTH + 1)),
    "pattern cost": Case(400, "28", "billNo", "billNo.regex=(a%2B)%2B$"),
    "JSONPath length": Case(400, "28", f"longer than {jsonpath.MAX_LENGTH}",
                            "filter=" + "a" * (jsonpath.MAX_LENGTH + 1)),
    "page": Case(400, "28", "limit: ask for fewer resources", "limit=10"),
}  # fmt: skip


@pytest.fixture(scope="module")
def client(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server with small pages, where ten bills are larger than one of them."""
    settings: Json = {"MAX_PAGE_BYTES": MOST_PAGE, "MAX_BODY_BYTES": MOST_BODY}
    settings |= {"MAX_DOCUMENT_BYTES": MOST_DOCUMENT}
    settings |= {"MONGODB_URI": mongod.uri, "MONGODB_DB": f"limits-{uuid4().hex}"}
    log: Path = tmp_path_factory.mktemp("limits") / "log"
    with (
        V4Server(log, **settings) as running,
        httpx.Client(base_url=running.api, timeout=30) as client,
    ):
        for number in range(9):
            assert client.post(BILLS, json={"x": ["t" * 20_000], "n": number}).status_code == 201
        assert client.post(BILLS, json=RESOURCE).status_code == 201
        assert client.post("/billCycle", json=RESOURCE).status_code == 201
        yield client


@pytest.mark.parametrize("limit", CASES)
def test_what_is_over_a_limit_is_refused_with_its_name(client: httpx.Client, limit: str) -> None:
    case = CASES[limit]
    path = CYCLE if case.method == "PATCH" else BILLS
    url = f"{path}?{case.query}" if case.query else path
    content = case.raw or (json.dumps(case.body).encode() if case.body is not None else None)
    headers = {"Content-Type": case.media_type} if content is not None else {}
    before = client.get(CYCLE).content
    answer = client.request(case.method, url, content=content, headers=headers)
    the_error(answer, case.status, case.code, case.named)
    assert client.get(CYCLE).content == before


def test_what_is_just_within_the_limits_is_served(client: httpx.Client) -> None:
    made = client.post(BILLS, json=RESOURCE | {"id": "c", "x": ["a" * MAX_TEXT]})
    assert made.status_code == 201
    assert client.get(f"{BILLS}/c").json()["x"] == ["a" * MAX_TEXT]
    filters = "&".join(f"x{number}.ne=1" for number in range(MOST_PARAMETERS - 1))
    assert client.get(f"{BILLS}?{filters}&limit=1").status_code in (200, 206)
    assert client.delete(f"{BILLS}/c").status_code == 204


PARTS = {"id": "d", "x": ["t" * 500_000] * 2, "parts": [{"id": str(n)} for n in range(3)]}
GROWN: dict[str, tuple[str, str, Any]] = {
    "create": ("POST", JSON, {"id": "e", "x": [[[0] * 900] * 100] * 2}),
    "merge patch": ("PATCH", MERGE, {"y": "t" * 300_000}),
    "JSON Patch": ("PATCH", PATCH, [op("add", f"/y{n}", value="t" * 30_000) for n in range(9)]),
    "JSON Patch by query": (
        "PATCH",
        "application/json-patch-query+json",
        [op("add", "$.parts[*].x", value="t" * 100_000)],
    ),
}


@pytest.mark.parametrize("way", GROWN)
def test_no_operation_makes_a_resource_larger_than_it_may_be(
    client: httpx.Client, way: str
) -> None:
    method, media, body = GROWN[way]
    path = "/billCycle/d" if method == "PATCH" else "/billCycle"
    assert client.post("/billCycle", json=PARTS).status_code == 201
    before = client.get("/billCycle").content
    content = json.dumps(body).encode()
    answer = client.request(method, path, content=content, headers={"Content-Type": media})
    after = client.get("/billCycle").content
    assert client.delete("/billCycle/d").status_code == 204
    the_error(answer, 413, "413", f"at most {MOST_DOCUMENT} are allowed")
    assert re.search(r"the billCycle would take (1[2-9]|2\d)\d{5} bytes", answer.text)
    assert after == before


def test_a_page_may_be_large_where_it_shows_little_or_one(client: httpx.Client) -> None:
    assert len(client.get(BILLS + "?limit=10&fields=billNo").json()) == 10
    assert len(client.get(BILLS + "?limit=1").json()) == 1
    lines = client.get(BILLS, headers={"Accept": "application/x-ndjson"})
    assert lines.text.count("\n") == 10


def test_the_documentation_names_each_limit() -> None:
    text = re.sub(r"[ ,]", "", (ROOT / "docs/limits.md").read_text())
    for number in (MAX_DEPTH, MAX_MEMBERS, MAX_OPERATIONS, MAX_URI_BYTES, MOST_PARAMETERS):
        assert f"|{number}" in text, number
