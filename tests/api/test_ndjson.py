"""What a list as NDJSON promises: every match, in order, at the client's pace."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pymongo
import pytest

from impl.store.embedded import Mongod
from tests.servers import ServerProcess

RATES = 50_000
LINES = {"Accept": "application/x-ndjson"}


@pytest.fixture(scope="module")
def server(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with few threads over many rates."""
    client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(mongod.uri)
    client["stream"]["appliedCustomerBillingRate"].insert_many(
        {"_id": id_, "id": id_, "_rev": 1, "isBilled": n % 2 == 0, "name": "x" * 400}
        for n, id_ in ((n, f"rate-{n:07}") for n in range(RATES))
    )
    client.close()
    log = tmp_path_factory.mktemp("stream") / "log"
    with ServerProcess(log, MONGODB_URI=mongod.uri, MONGODB_DB="stream", THREADS=4) as running:
        yield running


def _resident(server: ServerProcess) -> int:
    """MiB that the worker holds in memory."""
    pages = Path(f"/proc/{server.workers()[0]}/statm").read_text().split()[1]
    return int(pages) * 4096 // 2**20


def test_every_match_comes_in_order_in_constant_memory(server: ServerProcess) -> None:
    url = f"{server.api}/appliedCustomerBillingRate?isBilled=true&fields=name"
    before = _resident(server)
    with httpx.stream("GET", url, headers=LINES, timeout=60) as answer:
        assert answer.headers["Content-Type"] == "application/x-ndjson"
        ids = [json.loads(line)["id"] for line in answer.iter_lines()]
    assert ids == [f"rate-{n:07}" for n in range(0, RATES, 2)]
    grown = _resident(server) - before
    print(f"{len(ids)} rates, {grown} MiB more")
    assert grown < 60


def test_clients_that_leave_take_no_thread_along(server: ServerProcess) -> None:
    url = f"{server.api}/appliedCustomerBillingRate"
    for _ in range(12):
        with httpx.stream("GET", url, headers=LINES, timeout=60) as answer:
            next(answer.iter_lines())
    assert httpx.get(f"{url}?limit=1", timeout=20).status_code == 206


def test_json_stays_what_a_client_gets_that_takes_anything(server: ServerProcess) -> None:
    answer = httpx.get(f"{server.api}/appliedCustomerBillingRate?limit=1")
    assert answer.headers["Content-Type"] == "application/json"


def test_a_query_that_can_not_be_read_is_an_error_and_no_stream(server: ServerProcess) -> None:
    url = f"{server.api}/appliedCustomerBillingRate?date=never"
    answer = httpx.get(url, headers={"Accept": "application/x-ndjson, application/json;q=0.1"})
    assert (answer.status_code, answer.json()["code"]) == (400, "28")
