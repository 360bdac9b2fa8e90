"""Pages: where the others are, which part this one is, and which attributes it shows."""

import re
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit
from uuid import uuid4

import httpx
import pymongo
import pytest

from generated import schemas
from impl.query import attributes
from impl.query.language import Key, Query, Window
from impl.query.project import project, selection
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.servers import BASE_PATH

BILLS = "customerBill"
COUNT = 23


def bill(number: int) -> dict[str, Any]:
    """Bills with ties, and some without a date."""
    dated = {"billDate": f"2026-10-{1 + number % 5:02}T00:00:00Z"} if number % 6 else {}
    return {
        "id": f"B-{number:02}",
        "billNo": ["a b", "c&d=é", "<e>", "f;g,h"][number % 4],
        "state": ["new", "sent"][number % 2],
        "billingAccount": {"id": "A-1", "name": "Household", "x": {"y": 1, "z": 2}},
        "relatedParty": [
            {"id": f"C-{number}", "role": "payer", "name": "Ann"},
            {"id": "S-1", "role": "seller"},
        ],
        "x-deep": [{"a": {"b": 1, "c": 2}}, {"a": 3}, 4, [{"a": {"b": 5}}]],
        **dated,
    }


@pytest.fixture(scope="module")
def bills(own_api: httpx.Client) -> httpx.Client:
    """A client of a server that holds these bills and no others."""
    for number in reversed(range(COUNT)):
        assert own_api.post(BILLS, json=bill(number)).status_code == 201
    return own_api


def ids(answer: httpx.Response) -> list[str]:
    assert answer.status_code in (200, 206), answer.text
    return [each["id"] for each in answer.json()]


ALL = [f"B-{number:02}" for number in range(COUNT)]


def links(answer: httpx.Response) -> dict[str, str]:
    """The URLs by relation. (httpx itself is misled by a semicolon in one.)"""
    found = re.findall(r'<([^>]*)>; rel="(\w+)"', answer.headers.get("Link", ""))
    assert len({relation for _, relation in found}) == len(found)
    return {relation: url for url, relation in found}


def walk(api: httpx.Client, url: str, relation: str) -> Iterator[httpx.Response]:
    """The page at a URL, and those that a relation leads to from it."""
    while True:
        answer = api.get(url)
        assert answer.status_code in (200, 206), answer.text
        yield answer
        if relation not in links(answer):
            return
        url = links(answer)[relation]


QUERIES = [
    "",
    "sort=billDate",
    "sort=-billDate",
    "sort=state,-billDate",
    "sort=%2BbillNo,-billDate",
    "state=sent",
    "state=sent&sort=-billDate&fields=state",
    "state=new&state=sent",
    "state=new;state=sent",
    "state=new;sent&sort=-id",
    "billNo=a%20b,c%26d%3D%C3%A9",
    "billNo=a+b",
    "billNo=%3Ce%3E&relatedParty.role=seller",
    "billNo=f%3Bg%2Ch&billNo=%22a%20b%22",
    "billDate.gte=2026-10-02&billDate.lt=2026-10-04T00:00:00%2B00:00",
    "billDate%3E2026-10-02",
    "filter=$%5B?(@.state=='sent'%20%26%26%20@.billNo!='x')%5D&sort=billNo",
    "relatedParty.id.regex=C-.$",
    "%73tate=sent&%73ort=-billDate",
]


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("limit", [1, 4, 22])
def test_next_and_previous_lead_through_the_whole_list(
    bills: httpx.Client, query: str, limit: int
) -> None:
    whole = ids(bills.get(f"{BILLS}?{query}"))
    url = f"{BILLS}?{query}&limit={limit}"
    pages = list(walk(bills, url, "next"))
    assert [id_ for page in pages for id_ in ids(page)] == whole
    if len(pages) > 1:
        back = list(walk(bills, links(pages[-1])["prev"], "prev"))[::-1]
        assert [id_ for page in back for id_ in ids(page)] == whole[: -len(ids(pages[-1]))]
        last = list(walk(bills, links(pages[0])["last"], "prev"))[::-1]
        assert [id_ for page in last for id_ in ids(page)] == whole
        assert {page.headers["X-Total-Count"] for page in pages + back + last} == {str(len(whole))}
        assert {links(page)["first"] for page in pages + last} == {
            str(bills.base_url.join(url)).replace("?&", "?")
        }
        for page in (*pages[:2], pages[-1]):
            assert ids(bills.get(links(page)["self"])) == ids(page)
            assert ids(bills.get(links(page)["first"])) == whole[:limit]
            assert ids(bills.get(links(page)["last"])) == whole[-limit:]


def test_relations_are_there_where_they_lead_somewhere(bills: httpx.Client) -> None:
    first, *_, last = walk(bills, f"{BILLS}?limit=10", "next")
    assert links(first).keys() == {"self", "first", "next", "last"}
    assert links(last).keys() == {"self", "first", "prev", "last"}
    middle = bills.get(f"{BILLS}?limit=10&offset=5")
    assert links(middle).keys() == {"self", "first", "prev", "next", "last"}
    assert "Link" not in bills.get(BILLS).headers
    assert "Link" not in bills.get(f"{BILLS}?limit={COUNT}").headers
    assert "Link" not in bills.get(f"{BILLS}?billNo=nosuch").headers


def test_a_link_keeps_every_parameter_as_it_was_written(bills: httpx.Client) -> None:
    query = "state=new&state=sent&billNo=%22a%20b%22,c%26d%3D%C3%A9&fields=id,%20state&limit=2"
    answer = bills.get(f"{BILLS}?{query}&offset=1")
    assert links(answer)["first"].endswith(f"{BILLS}?{query}")
    for relation in ("prev", "next", "last"):
        assert links(answer)[relation].partition("?")[2].startswith(f"{query}&cursor=")
    assert links(answer)["self"].endswith(f"{BILLS}?{query}&offset=1")


def test_a_link_is_a_url_even_where_the_request_was_none(bills: httpx.Client) -> None:
    """Some clients send all that they are given as it is; what they follow must be right again."""
    split = urlsplit(str(bills.base_url))
    target = f'{BASE_PATH}/{BILLS}?billNo="<e>",["]&state>a&limit=2'
    with socket.create_connection((split.hostname, split.port), timeout=20) as raw:
        raw.sendall(f"GET {target} HTTP/1.0\r\nHost: {split.netloc}\r\n\r\n".encode())
        head = b"".join(iter(lambda: raw.recv(65536), b"")).partition(b"\r\n\r\n")[0].decode()
    (line,) = (each for each in head.splitlines() if each.lower().startswith("link:"))
    answer = httpx.Response(200, headers={"Link": line.partition(":")[2].strip()})
    assert links(answer).keys() == {"self", "first", "next", "last"}
    assert "%22%3Ce%3E%22,%5B%22%5D&state%3Ea&limit=2" in links(answer)["next"]
    found = [id_ for page in walk(bills, links(answer)["first"], "next") for id_ in ids(page)]
    assert found == [id_ for id_ in ALL if int(id_[2:]) % 4 == 2]


def test_links_begin_with_where_the_client_came_by(bills: httpx.Client) -> None:
    answer = bills.get(f"{BILLS}?limit=1", headers={"Host": "bills.example"})
    for url in links(answer).values():
        assert url.startswith(f"http://bills.example{BASE_PATH}/{BILLS}?limit=1")


def test_the_page_before_one_past_the_end_is_the_last(bills: httpx.Client) -> None:
    answer = bills.get(f"{BILLS}?limit=5&offset=100")
    assert (ids(answer), answer.headers["X-Total-Count"]) == ([], str(COUNT))
    assert ids(bills.get(links(answer)["prev"])) == ALL[-5:]
    assert "next" not in links(answer)


def test_the_page_before_one_near_the_beginning_is_what_is_before_it(bills: httpx.Client) -> None:
    answer = bills.get(f"{BILLS}?limit=5&offset=3")
    assert ids(bills.get(links(answer)["prev"])) == ALL[:3]


# ---------------------------------------------------------------- Range

RANGES = {
    "items=0-9": (0, 10),
    "items=5-5": (5, 1),
    "items=20-99": (20, 3),
    "items=20-": (20, 3),
    "items=1-99999": (1, 22),
}


@pytest.mark.parametrize("header", RANGES)
def test_a_range_is_a_page(bills: httpx.Client, header: str) -> None:
    first, count = RANGES[header]
    answer = bills.get(BILLS, headers={"Range": header})
    assert answer.status_code == 206
    assert ids(answer) == ALL[first : first + count]
    assert answer.headers["Content-Range"] == f"items {first}-{first + count - 1}/{COUNT}"
    assert answer.headers["X-Total-Count"] == str(COUNT)


def test_a_range_is_followed_by_pages_as_long(bills: httpx.Client) -> None:
    answer = bills.get(f"{BILLS}?state=sent&sort=-id", headers={"Range": "items=2-4"})
    rest = list(walk(bills, links(answer)["next"], "next"))
    assert [len(ids(page)) for page in rest] == [3, 3]
    assert ids(answer) + [id_ for page in rest for id_ in ids(page)] == ALL[1::2][::-1][2:]
    assert ids(bills.get(links(answer)["prev"])) == ALL[1::2][::-1][:2]


@pytest.mark.parametrize(
    "header",
    ["items=5-2", "bytes=0-9", "items", "items=-5", "items=a-b", "items=0-1,3-4", "0-9", ""],
)
def test_another_range_asks_nothing(bills: httpx.Client, header: str) -> None:
    answer = bills.get(BILLS, headers={"Range": header})
    assert (answer.status_code, ids(answer)) == (200, ALL)
    assert "Content-Range" not in answer.headers


def test_a_range_that_is_all_is_no_part(bills: httpx.Client) -> None:
    answer = bills.get(BILLS, headers={"Range": "items=0-99"})
    assert (answer.status_code, ids(answer)) == (200, ALL)
    assert "Content-Range" not in answer.headers


def test_what_the_query_says_goes_before_the_range(bills: httpx.Client) -> None:
    answer = bills.get(f"{BILLS}?limit=2", headers={"Range": "items=5-9"})
    assert ids(answer) == ALL[:2]
    assert answer.headers["Content-Range"] == f"items 0-1/{COUNT}"


def test_a_part_says_which_one_it_is_where_that_is_known(bills: httpx.Client) -> None:
    answer = bills.get(f"{BILLS}?limit=5&offset=3")
    assert answer.headers["Content-Range"] == f"items 3-7/{COUNT}"
    following = bills.get(links(answer)["next"])
    assert following.status_code == 206
    assert "Content-Range" not in following.headers
    assert "Content-Range" not in bills.get(f"{BILLS}?offset=99").headers


# ---------------------------------------------------------------- cursors


def cursor(bills: httpx.Client, query: str = "state=sent&sort=-billDate&limit=2") -> str:
    (found,) = (
        value
        for name, value in parse_qsl(urlsplit(links(bills.get(f"{BILLS}?{query}"))["next"]).query)
        if name == "cursor"
    )
    return found


def refused(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.json()["code"]) == (400, "28"), answer.text
    message: str = answer.json()["message"]
    assert message.startswith("cursor: ")
    return message


@pytest.mark.parametrize(
    "path",
    [
        f"{BILLS}?state=new&sort=-billDate",
        f"{BILLS}?state=sent&sort=billDate",
        f"{BILLS}?state=sent",
        f"{BILLS}?sort=-billDate",
        f"{BILLS}?state=sent&sort=-billDate,id",
        f"{BILLS}?state=sent&sort=-billDate&x=1",
        f"{BILLS}?state=sent&sort=-billDate&filter=$.state",
        "customerBillOnDemand?state=done",
        "hub",
    ],
)
def test_a_cursor_of_another_list_400(bills: httpx.Client, path: str) -> None:
    mark = "&" if "?" in path else "?"
    refused(bills.get(f"{path}{mark}cursor={cursor(bills)}"))


def test_a_cursor_that_was_tampered_with_400(bills: httpx.Client) -> None:
    query = "state=sent&sort=-billDate"
    good = cursor(bills)
    for at in range(0, len(good), 5):
        bad = good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :]
        refused(bills.get(f"{BILLS}?{query}&cursor={bad}"))
    for bad in ("x", good[:-1], good + "A", good * 2, "%00", "é", "../..", "A" * 5000, "-", "."):
        refused(bills.get(f"{BILLS}?{query}&cursor={quote(bad, safe='%')}"))


def test_a_cursor_comes_once_and_an_empty_one_is_none(bills: httpx.Client) -> None:
    assert ids(bills.get(f"{BILLS}?cursor=")) == ALL
    good = cursor(bills, "limit=2")
    answer = bills.get(f"{BILLS}?cursor={good}&cursor={good}")
    assert refused(answer) == "cursor: comes more than once"


def test_a_cursor_shows_its_place_at_any_length_and_in_any_attributes(bills: httpx.Client) -> None:
    good = cursor(bills, "sort=-id&limit=2")
    for more in ("", "&limit=7", "&limit=7&fields=id"):
        answer = bills.get(f"{BILLS}?sort=-id&cursor={good}{more}")
        assert ids(answer) == ALL[::-1][2:][: 7 if more else COUNT]
        assert answer.headers["X-Total-Count"] == str(COUNT)


def test_a_cursor_outlives_what_it_stood_at(bills: httpx.Client) -> None:
    made = bills.post(BILLS, json={"id": "B-04x"}).json()
    good = cursor(bills, "limit=6")
    assert bills.delete(made["href"]).status_code == 204
    assert ids(bills.get(f"{BILLS}?limit=3&cursor={good}")) == ALL[5:8]


# ---------------------------------------------------------------- fields

FIELDS = [
    "state",
    "billingAccount.name",
    "billingAccount.x.y,billNo",
    "relatedParty.role",
    "relatedParty,relatedParty.role",
    "relatedParty.nosuch",
    "x-deep.a.b",
    "x-deep",
    "none",
    "state.deeper",
    "id,href,nosuch",
]


@pytest.mark.parametrize("fields", FIELDS)
def test_fields_show_the_same_in_a_list_a_create_and_a_patch(
    bills: httpx.Client, fields: str
) -> None:
    whole = bills.get(f"{BILLS}/B-07").json()
    one = bills.get(f"{BILLS}/B-07", params={"fields": fields}).json()
    assert bills.get(BILLS, params={"id": "B-07", "fields": fields}).json() == [one]
    assert one.keys() <= {"id", "href", *(name.partition(".")[0] for name in fields.split(","))}
    body = {name: value for name, value in whole.items() if name not in ("id", "href")}
    made = bills.post(BILLS, json=body, params={"fields": fields})
    assert made.status_code == 201, made.text
    same = {"id", "href"}
    assert {k: v for k, v in made.json().items() if k not in same} == {
        k: v for k, v in one.items() if k not in same
    }
    assert made.headers["Location"] == made.json()["href"]
    patched = bills.patch(made.json()["href"], json={"state": "sent"}, params={"fields": fields})
    assert patched.status_code == 200, patched.text
    assert patched.json() == bills.get(made.json()["href"], params={"fields": fields}).json()
    assert bills.delete(made.json()["href"]).status_code == 204


def test_nested_fields_keep_what_holds_them_and_what_it_needs(bills: httpx.Client) -> None:
    def shown(fields: str) -> Any:
        answer = bills.get(f"{BILLS}/B-07", params={"fields": fields})
        return {name: v for name, v in answer.json().items() if name not in ("id", "href")}

    assert shown("billingAccount.name") == {"billingAccount": {"id": "A-1", "name": "Household"}}
    assert shown("billingAccount.x.y") == {"billingAccount": {"id": "A-1", "x": {"y": 1}}}
    assert shown("relatedParty.role")["relatedParty"][1].items() >= {"role": "seller"}.items()
    assert "name" not in shown("relatedParty.role")["relatedParty"][0]


@pytest.mark.parametrize("fields", FIELDS)
@pytest.mark.parametrize("sort", ["id", "-billDate", "state,billNo"])
def test_a_sorted_page_shows_the_fields_of_the_whole(
    bills: httpx.Client, fields: str, sort: str
) -> None:
    whole = bills.get(BILLS, params={"sort": sort}).json()
    shown = [
        bill
        for page in walk(bills, f"{BILLS}?sort={sort}&fields={quote(fields)}&limit=5", "next")
        for bill in page.json()
    ]
    assert [each["id"] for each in shown] == [each["id"] for each in whole]
    for each, all_of_it in zip(shown, whole, strict=True):
        one = bills.get(f"{BILLS}/{each['id']}", params={"fields": fields}).json()
        assert each == one
        assert each.keys() <= all_of_it.keys()


@pytest.mark.parametrize("sort", [(), (Key(("state",)),), (Key(("state",)), Key(("billNo",)))])
def test_only_what_is_shown_and_sorted_by_leaves_the_database(
    mongod: Mongod, sort: tuple[Key, ...]
) -> None:
    name = f"test-{uuid4().hex}"
    store = Store(mongod.uri, name)
    for number in range(3):
        store.insert(BILLS, bill(number) | {"x-large": "x" * 100_000})
    fields = selection("billingAccount.name", attributes.of(schemas.CustomerBill))
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    with client:
        client[name].command("profile", 2)
        page = store.find(BILLS, Query(order=sort, fields=fields, window=Window(limit=2)))
        client[name].command("profile", 0)
        sent = [each["responseLength"] for each in client[name]["system.profile"].find()]
    assert list(page.items) == [project(store.get(BILLS, each["id"]), fields) for each in page]
    assert len(page.items) == 2
    assert sum(sent) < 10_000
    store.close()
