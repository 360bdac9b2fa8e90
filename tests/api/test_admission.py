"""What each answer says to browsers and caches, and who gets none: rates, room, other origins."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pymongo
import pytest

from impl.store.embedded import Mongod
from tests.api.test_bad_input import the_error
from tests.servers import V4Server

PORTAL = "https://portal.example.com"
SECURE = {
    "x-content-type-options": "nosniff",
    "server": "tmf678",
}


@contextmanager
def serving(mongod: Mongod, folder: Path, **settings: object) -> Iterator[httpx.Client]:
    """A client of a server with these settings, its base URL the API's."""
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": "admission"} | settings
    with (
        V4Server(folder / "log", **named) as running,
        httpx.Client(base_url=running.api + "/", timeout=30) as client,
    ):
        yield client


# ---- headers


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "customerBill"),
        ("HEAD", "customerBill"),
        ("OPTIONS", "customerBill"),
        ("GET", "customerBill/none"),
        ("POST", "customerBill"),
        ("GET", "/health/live"),
        ("GET", "/ui"),
        ("GET", "/ui/swagger-ui.css"),
        ("GET", "/openapi.json"),
        ("GET", "/nothing"),
    ],
)
def test_every_answer_is_safe_in_a_browser_and_names_no_version(
    api: httpx.Client, method: str, path: str
) -> None:
    url = path if not path.startswith("/") else api.base_url.copy_with(path=path)
    answer = api.request(method, url)
    assert {name: answer.headers[name] for name in SECURE} == SECURE
    if "json" not in answer.headers.get("Content-Type", "json"):
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "default-src" in answer.headers["Content-Security-Policy"]
    assert "gunicorn" not in str(answer.headers).lower()
    kept = answer.headers["Cache-Control"]
    assert kept.startswith("private") or kept == "no-store" or path == "/ui/swagger-ui.css"


def test_a_bill_is_kept_by_nobody_but_its_client_and_asked_for_anew(api: httpx.Client) -> None:
    made = api.post("customerBill", json={})
    read = api.get(made.headers["Location"])
    assert read.headers["Cache-Control"] == "private, no-cache"
    again = api.get(made.headers["Location"], headers={"If-None-Match": read.headers["ETag"]})
    assert again.status_code == 304
    assert again.headers["Cache-Control"] == "private, no-cache"


def test_a_document_and_the_documentation_have_policies_of_their_own(api: httpx.Client) -> None:
    page = api.get(api.base_url.copy_with(path="/ui"))
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self' 'sha256-" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    assert "frame-ancestors 'none'" in policy


# ---- rates and room


def test_a_client_over_its_rate_gets_429_and_is_served_when_it_has_waited(
    mongod: Mongod, tmp_path: Path
) -> None:
    with serving(mongod, tmp_path, RATE_LIMIT="5/minute", TRUSTED_PROXIES="127.0.0.1") as client:
        mine = {"X-Forwarded-For": "198.51.100.7"}
        found = [client.get("customerBill", headers=mine) for _ in range(7)]
        assert [each.status_code for each in found] == [200] * 5 + [429] * 2
        the_error(found[-1], 429, "429", "try again in")
        assert 0 < int(found[-1].headers["Retry-After"]) <= 12
        other = {"X-Forwarded-For": "198.51.100.8"}
        assert client.get("customerBill", headers=other).status_code == 200
        health = client.base_url.copy_with(path="/health/ready")
        assert [client.get(health, headers=mine).status_code for _ in range(9)] == [200] * 9


def test_nobody_gets_a_rate_of_its_own_by_a_header(mongod: Mongod, tmp_path: Path) -> None:
    with serving(mongod, tmp_path, RATE_LIMIT="3/hour") as client:
        found = [
            client.get("customerBill", headers={"X-Forwarded-For": f"198.51.100.{number}"})
            for number in range(5)
        ]
        assert [each.status_code for each in found] == [200] * 3 + [429] * 2


def test_where_there_is_no_room_the_answer_is_503_and_health_goes_on(
    mongod: Mongod, tmp_path: Path
) -> None:
    database: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(mongod.uri)
    held = threading.Event()

    def stream(client: httpx.Client) -> int:
        """Hold a place for as long as the test wants."""
        accept = {"Accept": "text/event-stream"}
        with client.stream("GET", "events", headers=accept) as answer:
            next(answer.iter_bytes())
            held.set()
            finished.wait(30)
            return answer.status_code

    finished = threading.Event()
    with (
        database,
        serving(mongod, tmp_path, MAX_IN_PROGRESS=1) as client,
        ThreadPoolExecutor() as pool,
    ):
        try:
            holder = pool.submit(stream, client)
            assert held.wait(30)
            refused = client.get("customerBill")
            the_error(refused, 503, "503", "1 requests are in progress")
            assert int(refused.headers["Retry-After"]) > 0
            health = client.base_url.copy_with(path="/health/ready")
            assert client.get(health).status_code == 200
        finally:
            finished.set()
        assert holder.result(30) == 200


# ---- other origins


def preflight(client: httpx.Client, origin: str, method: str = "PATCH") -> httpx.Response:
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    asked["Access-Control-Request-Headers"] = "authorization, if-match, content-type"
    return client.options("customerBill/1", headers=asked)


def test_pages_of_other_origins_may_do_nothing_by_default(api: httpx.Client) -> None:
    assert "Access-Control-Allow-Origin" not in preflight(api, PORTAL).headers
    read = api.get("customerBill", headers={"Origin": PORTAL})
    assert "Access-Control-Allow-Origin" not in read.headers


def test_pages_of_the_origins_that_are_named_may_use_the_api(
    mongod: Mongod, tmp_path: Path
) -> None:
    with serving(mongod, tmp_path, CORS_ORIGINS=f"{PORTAL}, http://localhost:3000") as client:
        told = preflight(client, PORTAL)
        assert told.status_code == 204
        assert told.headers["Access-Control-Allow-Origin"] == PORTAL
        assert "PATCH" in told.headers["Access-Control-Allow-Methods"]
        assert "if-match" in told.headers["Access-Control-Allow-Headers"].lower()
        assert "Origin" in told.headers["Vary"]
        assert {name: told.headers[name] for name in SECURE} == SECURE

        for path in ("customerBill", "customerBill/none"):
            read = client.get(path, headers={"Origin": PORTAL})
            assert read.headers["Access-Control-Allow-Origin"] == PORTAL
            assert "Origin" in read.headers["Vary"]
            readable = read.headers["Access-Control-Expose-Headers"].lower().split(", ")
            assert {"etag", "link", "location", "x-total-count", "retry-after"} <= set(readable)
        assert "Origin" in client.get("customerBill").headers["Vary"]

        for refused in (
            preflight(client, "https://evil.example"),
            preflight(client, PORTAL, "PUT"),
        ):
            assert refused.status_code == 204
            assert "Access-Control-Allow-Origin" not in refused.headers
        read = client.get("customerBill", headers={"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in read.headers
        assert client.options("customerBill").headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_any_origin_is_a_star(mongod: Mongod, tmp_path: Path) -> None:
    with serving(mongod, tmp_path, CORS_ORIGINS="*") as client:
        assert preflight(client, PORTAL).headers["Access-Control-Allow-Origin"] == "*"
        read = client.get("customerBill", headers={"Origin": PORTAL})
        assert read.headers["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in read.headers
