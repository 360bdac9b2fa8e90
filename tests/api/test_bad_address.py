"""Paths, ids and queries that no client should send: refused by name, or served rightly."""

from urllib.parse import quote

import httpx
import pytest

from tests.api.test_bad_input import the_error

IDS = ["😀", "a b", "%", "%2F", "?a#b", "'\"<>", "+", ";", "$where", "null", "{id}", "\\"]
IDS += ["a=b&c", "\ufeff", "...", "~", "é" * 128, "true", "undefined", '{"$ne":null}']


@pytest.mark.parametrize("id_", IDS, ids=ascii)
def test_an_odd_id_is_kept_and_found(own_api: httpx.Client, id_: str) -> None:
    path = "customerBill/" + quote(id_, safe="")
    the_error(own_api.get(path), 404, "60", "customerBill")
    made = own_api.post("customerBill", json={"id": id_})
    assert made.status_code == 201
    assert made.headers["Location"].isascii()
    assert own_api.get(made.headers["Location"]).json()["id"] == id_
    assert own_api.get(path).json()["href"] == made.headers["Location"]
    assert own_api.delete(path).status_code == 204


PATHS: dict[str, tuple[int, str, str]] = {
    "customerBill/a%00": (404, "60", "a\\x00"),
    "customerBill/%0A": (404, "60", "\\n"),
    "customerBill/%0D%0AX-Evil:1": (404, "60", "\\r\\nX-Evil:1"),
    "customerBill/%7F": (404, "60", "\\x7f"),
    "customerBill/a%2Fb": (404, "60", "a/b"),
    "customerBill/..%2F..%2Fetc%2Fpasswd": (404, "60", "passwd"),
    "customerBill/%2e%2e": (404, "60", "'..'"),
    "customerBill/%FF": (400, "20", "UTF-8"),
    "customerBill/%C0%80": (400, "20", "UTF-8"),
    "customerBill/%zz": (404, "60", "%zz"),
    "customerBill/" + "a" * 300: (404, "60", "aaa"),
    "customerBill/" + "a" * 10_240: (414, "414", "8190"),
    "customerBill?x=" + "a" * 10_240: (414, "414", "8190"),
    "/customerBill": (404, "60", "//customerBill"),
    "customerBill//1": (404, "60", "//1"),
    "customerBill/1/": (404, "60", "1/"),
    "": (404, "60", "v4"),
    "nothing": (404, "60", "nothing"),
}


@pytest.mark.parametrize("path", PATHS, ids=lambda each: each[:40] or "the base path")
def test_a_path_that_names_nothing_is_an_error_and_no_redirect(
    own_api: httpx.Client, path: str
) -> None:
    base = str(own_api.base_url).rstrip("/") + "/"
    answer = own_api.get(base + path)
    the_error(answer, *PATHS[path])
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/ui/nothing",
        "/ui/a/",
        "/ui//",
        "/ui/a/b",
        "/openapi.yaml/",
        "/health",
        "/tmf-api",
        "//",
    ],
)
def test_outside_the_base_path_it_is_the_same_error(own_api: httpx.Client, path: str) -> None:
    origin = str(own_api.base_url.copy_with(path="/")).rstrip("/")
    the_error(own_api.get(origin + path), 404, "60", path)


@pytest.mark.parametrize(
    "path", ["/", "/ui", "/ui/", "/ui/swagger-ui.css", "/openapi.json", "/openapi.yaml"]
)
def test_outside_the_base_path_405_is_the_same_too(own_api: httpx.Client, path: str) -> None:
    answer = own_api.post(str(own_api.base_url.copy_with(path=path)))
    the_error(answer, 405, "61", "POST")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


QUERIES: dict[str, str] = {
    "limit=-1": "limit",
    "limit=abc": "limit",
    "limit=1e3": "limit",
    "limit=1_000": "limit",
    "limit=%D9%A3": "limit",
    "limit=%205": "limit",
    "limit=0x10": "limit",
    "limit=1.0": "limit",
    "limit=1%00": "limit",
    "offset=-1": "offset",
    "offset=abc": "offset",
    "limit=1&limit=2": "limit",
    "offset=1&offset=1": "offset",
    "billDate=2024-02-30": "billDate",
    "billDate=2024-02-20T24:00:00Z": "billDate",
    "billDate=2016-12-31T23:59:60Z": "billDate",
    "billDate=0000-01-01T00:00:00Z": "billDate",
    "billDate=10000-01-01": "billDate",
    "billDate=2024-02-20T00:00:00%2B25:00": "billDate",
    "billDate=0001-01-01T00:00:00%2B05:00": "billDate",
    "billDate=%D9%A2%D9%A0%D9%A2%D9%A4-01-01": "billDate",
    "amountDue.value=abc": "amountDue.value",
    "amountDue.value=NaN": "amountDue.value",
    "amountDue.value=1e400": "amountDue.value",
    "amountDue.value=9223372036854775808": "amountDue.value",
    "x=%FF": "the query",
    "%C0%80=1": "the query",
    "x=%ED%A0%80": "the query",
}


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_that_is_wrong_is_refused_by_name(own_api: httpx.Client, query: str) -> None:
    base = str(own_api.base_url)
    the_error(own_api.get(f"{base}customerBill?{query}"), 400, "28", QUERIES[query])


LITERAL = ["billingAccount[$ne]=1", "state[$regex]=.*", "$where=1", "x=%00", "%00=1"]
LITERAL += ["_id=1", "_rev=1", "limit[]=1", "limit[$gt]=0", "=1", ".=1", "a..b=1", "x=%zz"]
LITERAL += ["x=1e400", "x=" + "9" * 5000, "&".join(f"x{each}=1" for each in range(60))]


@pytest.mark.parametrize("query", LITERAL, ids=lambda each: each[:40])
def test_a_filter_that_looks_like_more_is_the_name_of_no_attribute(
    own_api: httpx.Client, query: str
) -> None:
    own_api.post("customerBill", json={"billingAccount": {"id": "2"}, "state": "new"})
    answer = own_api.get(f"{own_api.base_url}customerBill?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "28")
    assert "is no attribute of any customerBill" in answer.json()["message"]


@pytest.mark.parametrize("query", ["id=%00", "billNo=%F0%9F%98%80%20%00"])
def test_a_text_that_looks_like_more_is_taken_literally(own_api: httpx.Client, query: str) -> None:
    answer = own_api.get(f"{own_api.base_url}customerBill?{query}")
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_literal_filter_finds_what_is_stored_under_its_name(own_api: httpx.Client) -> None:
    odd = {"$where": "w", "a\0": "n", "_id": "i", "": "e", "billNo": "x\0y"}
    made = own_api.post("customerBill", json=odd).json()
    for query in ("$where=w", "a%00=n", "_id=i", "=e", "billNo=x%00y"):
        found = own_api.get(f"{own_api.base_url}customerBill?{query}").json()
        assert [each["id"] for each in found] == [made["id"]], query


@pytest.mark.parametrize(
    "query", ["offset=99999999999999999999", "offset=1000000", "limit=0", "limit=0&offset=5"]
)
def test_a_page_beyond_the_end_is_empty(own_api: httpx.Client, query: str) -> None:
    own_api.post("customerBill", json={})
    answer = own_api.get(f"customerBill?{query}")
    assert (answer.status_code, answer.json()) == (206, [])


@pytest.mark.parametrize("query", ["limit=1000000", "limit=99999999999999999999"])
def test_a_limit_over_the_most_gives_the_most(own_api: httpx.Client, query: str) -> None:
    answer = own_api.get(f"customerBill?{query}")
    assert answer.status_code in (200, 206)
    assert int(answer.headers["X-Result-Count"]) <= 1000


@pytest.mark.parametrize("fields", ["_rev,_id,rev", "$where", ",".join("abcdef" * 100), "a,,b"])
def test_fields_show_nothing_of_the_stores_own(own_api: httpx.Client, fields: str) -> None:
    id_ = own_api.post("customerBill", json={}).json()["id"]
    answer = own_api.get(f"customerBill/{id_}?fields={fields}")
    assert answer.status_code == 200
    assert set(answer.json()) <= {"id", "href", "@type"}


DEEP = "x." * 300 + "x"


@pytest.mark.parametrize("query", [f"{DEEP}=1", f"fields={DEEP}", f"filter=$[?(@.{DEEP}==1)]"])
def test_a_name_too_deep_for_the_store_is_refused_or_found_nowhere(
    own_api: httpx.Client, query: str
) -> None:
    own_api.post("customerBill", json={})
    assert own_api.get(f"{own_api.base_url}customerBill?{query}").status_code in (200, 400)
