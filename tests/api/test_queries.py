"""What clients ask of lists, byte for byte as they send it, and what they get: queries.yaml."""

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import yaml

from impl.store.embedded import Mongod
from tests.servers import V4Server

TABLE: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("queries.yaml").read_text("utf-8"))
RESOURCES = ("customerBill", "appliedCustomerBillingRate", "customerBillOnDemand")
_LINK = re.compile(r'<([^>]*)>; rel="(\w+)"')


@dataclass(frozen=True)
class Request:
    """A row of the table."""

    get: str
    why: str = ""
    status: int = 200
    ids: list[str] | None = None
    shows: list[dict[str, Any]] | None = None
    says: str = ""
    total: int | None = None
    headers: dict[str, str] = field(default_factory=dict)


def rows(part: str) -> pytest.MarkDecorator:
    """Every row of a part of the table, named by its client and its query string."""
    return pytest.mark.parametrize(
        "request_",
        [
            pytest.param(Request(**row), id=f"{client}: {row['get']}")
            for client, requests in TABLE[part].items()
            for row in requests
        ],
    )


def loaded(api: httpx.Client) -> httpx.Client:
    for resource in RESOURCES:
        for document in TABLE[resource]:
            assert api.post(resource, json=document).status_code == 201, document["id"]
    return api


@pytest.fixture(scope="module")
def lists(own_api: httpx.Client) -> httpx.Client:
    """A client of a server that holds the table's data and no other."""
    return loaded(own_api)


@pytest.fixture(scope="module")
def lenient(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server with the same data, which takes filters on unknown attributes."""
    log = tmp_path_factory.mktemp("lenient") / "log"
    settings = {"MONGODB_URI": mongod.uri, "MONGODB_DB": f"lenient-{uuid4().hex}"}
    with (
        V4Server(log, UNKNOWN_FILTER="empty", **settings) as running,
        httpx.Client(base_url=running.api + "/", timeout=30) as client,
    ):
        yield loaded(client)


def ask(api: httpx.Client, target: str, headers: dict[str, str]) -> tuple[HTTPResponse, Any]:
    """The answer, and its JSON or its lines of JSON; HTTP clients would encode the target anew."""
    address = (api.base_url.host, api.base_url.port or 80)
    lines = [f"GET {api.base_url.path}{target} HTTP/1.1", f"Host: {address[0]}:{address[1]}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        answer = HTTPResponse(connection)
        answer.begin()
        text = answer.read().decode()
    if answer.headers["Content-Type"] == "application/x-ndjson":
        return answer, [json.loads(line) for line in text.splitlines()]
    return answer, json.loads(text)


def check(api: httpx.Client, request: Request) -> None:
    answer, content = ask(api, request.get, request.headers)
    assert answer.status == request.status, (content, request.why)
    if request.status >= 400:
        assert content["code"] == ("28" if request.status == 400 else str(request.status))
        assert request.says in content["message"]
        return
    assert all(each.pop("href").startswith("http") for each in content)
    if request.shows is not None:
        assert content == request.shows, request.why
    else:
        assert [each["id"] for each in content] == request.ids, request.why
    if request.total is not None:
        assert answer.headers["X-Total-Count"] == str(request.total)


@rows("requests")
def test_a_client_gets_what_it_means(lists: httpx.Client, request_: Request) -> None:
    check(lists, request_)


@rows("lenient")
def test_unknown_attributes_can_be_taken(lenient: httpx.Client, request_: Request) -> None:
    check(lenient, request_)


def walked(api: httpx.Client, url: str, way: str) -> list[list[str]]:
    """The ids of each page, from a URL on along the links of one name."""
    pages = []
    for _ in range(100):
        answer = api.get(url)
        assert answer.status_code in (200, 206), answer.text
        pages.append([each["id"] for each in answer.json()])
        links = {name: link for link, name in _LINK.findall(answer.headers.get("Link", ""))}
        if way not in links:
            return pages
        url = links[way]
    raise AssertionError("links lead in a circle")


@pytest.mark.parametrize("limit", [1, 3])
@pytest.mark.parametrize(
    "query",
    [
        "",
        "sort=-state",
        "sort=amountDue.unit,-amountDue.value",
        "sort=-amountDue.unit,amountDue.value",
        "sort=runType,state,-billDate",
        "sort=-id",
        "sort=-runType,-category,billNo",
        "state=new;sent&sort=-billDate",
        "amountDue.value>9&sort=%2Bcategory",
        "filter=$[?(@.state=='new'||@.state=='sent')]&sort=amountDue.value&fields=none",
    ],
)
def test_links_lead_through_the_whole_list_and_back(
    lists: httpx.Client, query: str, limit: int
) -> None:
    whole = [each["id"] for each in lists.get(f"customerBill?{query}").json()]
    url = f"customerBill?{query}{'&' if query else ''}limit={limit}"
    forth = walked(lists, url, "next")
    assert [id_ for page in forth for id_ in page] == whole
    last = lists.get(url).headers["Link"].rpartition("<")[2].partition(">")[0]
    back = walked(lists, last, "prev")
    assert [id_ for page in reversed(back) for id_ in page] == whole


def test_a_link_is_a_url_whatever_came_raw(lists: httpx.Client) -> None:
    answer, _ = ask(lists, "customerBill?amountDue.value>9&limit=1", {})
    links = {name: link for link, name in _LINK.findall(answer.headers["Link"])}
    assert list(links) == ["self", "first", "next", "last"]
    assert lists.get(links["next"]).json()[0]["id"] == "B,13"


def test_a_cursor_outlives_a_client_that_encodes_links_anew(lists: httpx.Client) -> None:
    query = "filter=$[?(@.state=='new')]&limit=1"
    link = walked_link(lists, f"customerBill?{query}", "next")
    target = link.partition("/v4/")[2].replace("'", "%27").replace("[", "%5B").replace("]", "%5D")
    answer, content = ask(lists, target, {})  # as fetch sends it
    assert (answer.status, [each["id"] for each in content]) == (206, ["B-01"])


def test_a_cursor_outlives_what_keeps_caches_from_answering(lists: httpx.Client) -> None:
    link = walked_link(lists, "customerBill?state=new&limit=1&_=1", "next")
    assert lists.get(link.replace("_=1", "_=2")).status_code == 206


def test_a_cursor_is_for_its_own_filter_and_sort(lists: httpx.Client) -> None:
    link = walked_link(lists, "customerBill?state=new&limit=1", "next")
    assert lists.get(link.replace("state=new", "state=sent")).status_code == 400
    assert lists.get(f"{link}&sort=-id").status_code == 400
    assert lists.get(link.replace("limit=1", "limit=2")).status_code == 206


def walked_link(api: httpx.Client, url: str, name: str) -> str:
    found = {rel: link for link, rel in _LINK.findall(api.get(url).headers["Link"])}
    return str(found[name])


def test_a_page_does_not_move_when_others_come_and_go(lists: httpx.Client) -> None:
    link = walked_link(lists, "customerBill?limit=5", "next")
    before = [each["id"] for each in lists.get(link).json()]
    made = lists.post("customerBill", json={"id": "A-00"}).json()
    assert [each["id"] for each in lists.get(link).json()] == before
    assert lists.delete(made["href"]).status_code == 204


def test_a_range_is_answered_with_its_place(lists: httpx.Client) -> None:
    answer = lists.get("customerBill", headers={"Range": "items=2-4"})
    assert (answer.status_code, answer.headers["Content-Range"]) == (206, "items 2-4/14")


PAGE = Path(__file__).parents[2] / "docs" / "querying.md"
_EXAMPLE = re.compile(r"^\| `(.+?)` \| (?:(\d{3}) )?(none|`.+?`) (?=\|)", re.MULTILINE)


def examples() -> Iterator[Request]:
    """The requests in the tables of the page on querying, with the answers that it gives."""
    for written, code, answer in _EXAMPLE.findall(PAGE.read_text("utf-8").partition("\n## ")[2]):
        get = written.replace("\\|", "|")
        get = get if get.startswith(RESOURCES) else f"customerBill?{get}"
        status, texts = int(code or 200), re.findall(r"`([^`]+)`", answer)
        if status >= 400:
            yield Request(get, status=status, says=texts[0])
        elif texts and texts[0].startswith("{"):
            yield Request(get, status=status, shows=list(map(json.loads, texts)))
        else:
            yield Request(get, status=status, ids=texts)


@pytest.mark.parametrize("request_", [pytest.param(each, id=each.get) for each in examples()])
def test_the_page_on_querying_gives_true_answers(lists: httpx.Client, request_: Request) -> None:
    check(lists, request_)
