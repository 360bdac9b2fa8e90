"""NDJSON: every match as it comes, at the client's pace, in constant memory."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import orjson
import pymongo
import pytest

from impl.query.language import Every, Key, Query, Window
from impl.store import mongo
from impl.store.documents import VERSION
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.servers import BASE_PATH, ServerProcess, V4Server, memory
from tests.waiting import until

RATES = "appliedCustomerBillingRate"
LINES = "application/x-ndjson"
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
COUNT = 20_000
MOST_MIB = 24
"""Half of what the text of all lines takes: a server that held them would need more."""


def rate(number: int) -> dict[str, Any]:
    """A rate of about 2.4 kB; every third is unbilled, every tenth has no date."""
    dated = {"date": NOON - timedelta(minutes=number * 7919 % 100_000)} if number % 10 else {}
    return {
        "id": f"rate-{number:08}",
        "@type": "AppliedCustomerBillingRate",
        "isBilled": number % 3 != 0,
        "name": f"Fibre {number % 7}",
        "billingAccount": {"id": f"A-{number % 2000}", "name": "Household"},
        "bill": {"id": f"B-{number // 10}"},
        "taxIncludedAmount": {"unit": "EUR", "value": number % 100 + 0.5},
        "characteristic": [{"name": "note", "value": "x" * 2_100}],
        **dated,
    }


@pytest.fixture(scope="module")
def database(mongod: Mongod) -> Iterator[str]:
    """The name of a database of twenty thousand rates."""
    name = f"test-{uuid4().hex}"
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    with client:
        for at in range(0, COUNT, 5_000):
            made = [{**rate(n), "_id": f"rate-{n:08}", VERSION: 1} for n in range(at, at + 5_000)]
            client[name][RATES].insert_many(made)
        yield name
        client.drop_database(name)


@pytest.fixture(scope="module")
def server(
    mongod: Mongod, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """A server of four threads; with its answers checked it would hold each of them whole."""
    log: Path = tmp_path_factory.mktemp("streams") / "log"
    with V4Server(log, MONGODB_URI=mongod.uri, MONGODB_DB=database, THREADS=4) as running:
        yield running


@pytest.fixture(scope="module")
def api(server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.api + "/", timeout=30) as client:
        yield client


def lines(api: httpx.Client, query: str = "") -> list[dict[str, Any]]:
    """The documents of a whole stream."""
    answer = api.get(f"{RATES}?{query}", headers={"Accept": LINES})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, LINES), answer.text
    assert answer.content.endswith(b"\n") or not answer.content
    return [orjson.loads(line) for line in answer.content.splitlines()]


def pages(api: httpx.Client, query: str) -> list[dict[str, Any]]:
    """The same list, page by page."""
    found: list[dict[str, Any]] = []
    url = f"{RATES}?{query}&limit=1000"
    while url:
        answer = api.get(url)
        found += answer.json()
        url = answer.links.get("next", {}).get("url", "")
    return found


# ---------------------------------------------------------------- what comes


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("billingAccount.id=A-42", 10),
        ("isBilled=false&name=Fibre%203", 953),
        ("isBilled=false&name=Fibre%203&sort=-date", 953),
        ("name=Fibre%201&sort=date&fields=date,billingAccount.name", 2857),
        ("name=Fibre%201&sort=isBilled,-date&fields=none", 2857),
        ("filter=$[?(@.taxIncludedAmount.value>98)]&sort=-taxIncludedAmount.value", 400),
        ("billingAccount.id=nosuch", 0),
    ],
)
def test_a_stream_is_every_match_in_order(api: httpx.Client, query: str, count: int) -> None:
    found = lines(api, query)
    assert len(found) == count
    assert found == pages(api, query)


def test_a_stream_ends_where_it_was_told_to(api: httpx.Client) -> None:
    whole = pages(api, "billingAccount.id=A-42")
    assert lines(api, "billingAccount.id=A-42&limit=3") == whole[:3]
    assert lines(api, "billingAccount.id=A-42&limit=3&offset=8") == whole[8:]
    assert lines(api, "billingAccount.id=A-42&limit=0") == []
    page = api.get(f"{RATES}?billingAccount.id=A-42&limit=4")
    behind = page.links["next"]["url"].partition("?")[2].replace("limit=4", "limit=9")
    assert lines(api, behind) == whole[4:]


def test_what_is_wrong_with_a_stream_is_said_as_ever(api: httpx.Client) -> None:
    for query, name in [
        ("sort=nosuch", "sort"),
        ("isBilled=x", "isBilled"),
        ("filter=[", "filter"),
    ]:
        answer = api.get(f"{RATES}?{query}", headers={"Accept": f"{LINES}, application/json;q=0.1"})
        assert answer.status_code == 400
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.json()["message"].startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (LINES, LINES),
        ("Application/X-NDJSON", LINES),
        (f"{LINES}, application/json;q=0.9", LINES),
        (f"{LINES}, */*;q=0.1", LINES),
        (f"application/json;q=0, {LINES}", LINES),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        (f"application/json, {LINES}", "application/json"),
        (f"{LINES};q=0.5, application/json", "application/json"),
        (f"*/*, {LINES};q=0.5", "application/json"),
        ("text/html, */*;q=0.1", "application/json"),
    ],
)
def test_lines_are_for_who_asks_for_them(api: httpx.Client, accept: str, media_type: str) -> None:
    answer = api.get(f"{RATES}?billingAccount.id=A-42", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)


def test_json_is_for_who_says_nothing(api: httpx.Client) -> None:
    answer = api.send(httpx.Request("GET", f"{api.base_url}{RATES}?limit=1", headers={"Host": "x"}))
    assert answer.headers["Content-Type"] == "application/json"


# ---------------------------------------------------------------- what it costs


def test_twenty_thousand_lines_take_no_more_memory_than_a_few(
    server: ServerProcess, api: httpx.Client
) -> None:
    lines(api, "limit=1000")
    (worker,) = server.workers()
    before = most = memory(worker)
    count = 0
    with api.stream("GET", RATES, headers={"Accept": LINES}) as answer:
        for count, line in enumerate(answer.iter_lines(), start=1):
            if count % 500 == 0:
                most = max(most, memory(worker))
            assert line[0] + line[-1] == "{}"
    assert count == COUNT
    assert most - before < MOST_MIB


def test_a_client_that_does_not_read_fills_no_memory(
    server: ServerProcess, api: httpx.Client
) -> None:
    (worker,) = server.workers()
    before = memory(worker)
    with api.stream("GET", RATES, headers={"Accept": LINES}) as answer:
        chunks = answer.iter_raw()
        next(chunks)
        for _ in range(20):
            time.sleep(0.05)
            assert memory(worker) - before < MOST_MIB
        rest = sum(map(len, chunks))
    assert rest > COUNT * 2_250


# ---------------------------------------------------------------- those who leave


def asking(path: str, accept: str = LINES) -> bytes:
    """A request for a stream, on a connection of its own."""
    head = f"GET {BASE_PATH}/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    return f"{head}Accept: {accept}\r\n\r\n".encode()


def leave(server: ServerProcess, *, after: int) -> None:
    """Ask for the whole stream, read a part of it, and be gone."""
    split = urlsplit(server.url)
    with socket.create_connection((split.hostname, split.port), timeout=20) as gone:
        gone.sendall(asking(RATES))
        left = after
        while left > 0:
            left -= len(gone.recv(65536)) or left


@pytest.mark.parametrize("after", [0, 1, 1_000_000])
def test_clients_that_leave_hold_no_thread(
    server: ServerProcess, api: httpx.Client, after: int
) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: leave(server, after=after), range(8)))
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda n: api.get(f"{RATES}/rate-{n:08}"), range(8)))
    assert {answer.status_code for answer in answers} == {200}


# ---------------------------------------------------------------- longer than a query may take


@pytest.fixture
def hasty(mongod: Mongod, database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store that gives MongoDB a quarter of a second for anything."""
    monkeypatch.setattr(mongo, "WRITE_SECONDS", 0.25)
    store = Store(mongod.uri, database)
    store.ping()
    yield store
    store.close()


def test_a_stream_may_take_longer_than_a_query(hasty: Store) -> None:
    count = 0
    for count, _ in enumerate(hasty.stream(RATES, Query()), start=1):
        if count % 10_000 == 0:
            time.sleep(0.3)  # longer, together, than a query may take
    assert count == COUNT


@pytest.mark.parametrize("order", [(), (Key(("date",)),), (Key(("date",), True),)])
@pytest.mark.parametrize("limit", [None])
def test_a_stream_goes_on_where_its_cursor_was_lost(
    mongod: Mongod, database: str, order: tuple[Key, ...], limit: int | None
) -> None:
    store = Store(mongod.uri, database)
    window = Window(limit=limit or 0, requested=limit is not None, offset=5)
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    found: list[str] = []
    with client:
        for document in store.stream(RATES, Query(Every(), order, window)):
            found.append(document["id"])
            if len(found) in (1, 700, 1400):
                lose_cursors(client, database)
    store.close()
    assert found == in_order(order)[5 : limit and 5 + limit]


def lose_cursors(client: pymongo.MongoClient[dict[str, Any]], database: str) -> None:
    """Kill the cursors that wait for their readers, as a restart of the database would."""
    open_ = client.admin.aggregate([{"$currentOp": {"idleCursors": True}}])
    lost = [
        each["cursor"]["cursorId"]
        for each in open_
        if each["type"] == "idleCursor" and each["ns"] == f"{database}.{RATES}"
    ]
    assert lost
    client[database].command("killCursors", RATES, cursors=lost)


def in_order(order: tuple[Key, ...]) -> list[str]:
    """The ids of all rates, sorted."""
    rates = [rate(number) for number in range(COUNT)]
    falling = bool(order) and order[0].descending
    rates.sort(key=lambda each: each["id"], reverse=falling)
    if order:
        dated = [each for each in rates if "date" in each]
        dated.sort(key=lambda each: each["date"], reverse=falling)
        rates = dated + [each for each in rates if "date" not in each]
    return [each["id"] for each in rates]


def test_other_requests_are_served_while_streams_are_read_slowly(
    server: ServerProcess, api: httpx.Client
) -> None:
    begun = threading.Barrier(4)
    done = threading.Event()

    def read() -> int:
        with api.stream("GET", RATES, headers={"Accept": LINES}) as answer:
            chunks = answer.iter_raw()
            size = len(next(chunks))
            begun.wait(30)
            done.wait(30)
            return size + sum(map(len, chunks))

    with ThreadPoolExecutor(3) as pool:
        sizes = [pool.submit(read) for _ in range(3)]
        begun.wait(30)
        for number in range(20):
            assert api.get(f"{RATES}/rate-{number:08}").status_code == 200
        done.set()
    assert len({each.result() for each in sizes}) == 1


# ---------------------------------------------------------------- those who do not read


@pytest.fixture
def unread(mongod: Mongod, tmp_path: Path) -> Iterator[ServerProcess]:
    """A server of 16 streams and as many threads, with 200 rates of 300 kB."""
    name = f"test-{uuid4().hex}"
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    large = {"characteristic": [{"name": "note", "value": "x" * 300_000}]}
    with (
        client,
        V4Server(tmp_path / "log", MONGODB_URI=mongod.uri, MONGODB_DB=name, THREADS=16) as running,
    ):
        made = [{**rate(n), **large, "_id": f"rate-{n:08}", VERSION: 1} for n in range(200)]
        client[name][RATES].insert_many(made)
        yield running
        client.drop_database(name)


def test_streams_that_nobody_reads_leave_room_for_others_and_take_little_memory(
    unread: ServerProcess,
) -> None:
    (worker,) = unread.workers()
    place = ("127.0.0.1", unread.port)
    asked = [(RATES, LINES)] * 12 + [("events", "text/event-stream")] * 4
    with ExitStack() as open_, httpx.Client(base_url=unread.api + "/", timeout=30) as others:
        assert others.get(f"{RATES}/rate-00000001").status_code == 200
        before = memory(worker)
        for path, accept in asked:
            stream = open_.enter_context(socket.create_connection(place, timeout=20))
            stream.sendall(asking(path, accept))
            assert stream.recv(12) == b"HTTP/1.1 200"
        for path, accept in (asked[0], asked[-1]):
            refused = others.get(path, headers={"Accept": accept})
            assert (refused.status_code, "retry-after" in refused.headers) == (503, True)
        for number in range(40):
            began = time.monotonic()
            assert others.get(f"{RATES}/rate-{number:08}").status_code == 200
            assert time.monotonic() - began < 20
        assert others.get(f"{unread.url}/health/ready").status_code == 200
        assert memory(worker, "VmHWM") - before < 16 * 20
    url = f"{unread.api}/{RATES}?limit=1"
    until(lambda: httpx.get(url, headers={"Accept": LINES}).status_code == 200)


def test_one_thread_leaves_room_for_a_stream_and_for_others(mongod: Mongod, tmp_path: Path) -> None:
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": f"test-{uuid4().hex}", "THREADS": 1}
    with (
        V4Server(tmp_path / "log", **named) as running,
        httpx.Client(base_url=running.api + "/", timeout=10) as api,
        api.stream("GET", "events", headers={"Accept": "text/event-stream"}) as live,
    ):
        assert next(live.iter_lines()).startswith(":")
        assert api.get(RATES).status_code == 200
        assert api.get("events", headers={"Accept": LINES}).status_code == 503
