"""No client keeps the places of others for good: neither unread, nor gone, nor waiting."""

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pymongo
import pytest

from impl.store.documents import VERSION
from impl.store.embedded import Mongod
from tests.servers import ServerProcess, V4Server
from tests.waiting import until

BILLS = "customerBill"
PLACES, THREADS = 4, 2
IMPATIENT = """
import sys
from impl import gunicorn_worker
from impl.cli.main import main

gunicorn_worker.READ_SECONDS = 3
sys.exit(main())
"""


class Impatient(V4Server):
    """A server that soon ends a connection of whose answer nothing is taken."""

    program = ("-c", IMPATIENT)


@pytest.fixture(scope="module")
def client(mongod: Mongod) -> Iterator[pymongo.MongoClient[dict[str, Any]]]:
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as connected:
        yield connected


@pytest.fixture(scope="module")
def name() -> str:
    return f"places-{uuid4().hex}"


@pytest.fixture(scope="module")
def server(
    mongod: Mongod,
    client: pymongo.MongoClient[dict[str, Any]],
    name: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[ServerProcess]:
    log: Path = tmp_path_factory.mktemp("places") / "log"
    large = [{"_id": f"l{n}", "id": f"l{n}", VERSION: 1, "x": "x" * 1_000_000} for n in range(12)]
    client[name][BILLS].insert_many([*large, {"_id": "small", "id": "small", VERSION: 1}])
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": name}
    with Impatient(log, MAX_IN_PROGRESS=PLACES, THREADS=THREADS, **named) as running:
        yield running


@pytest.fixture
def api(server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.api + "/", timeout=60) as others:
        yield others


def asking(server: ServerProcess, open_: ExitStack, method: str, path: str, body: str = "") -> Any:
    """A connection on which something is asked."""
    made = open_.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=60))
    head = f"{method} {server.api.partition(str(server.port))[2]}/{path} HTTP/1.1\r\nHost: h\r\n"
    head += "Content-Type: application/merge-patch+json\r\n" if body else ""
    made.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    return made


def read(connection: Any) -> int:
    """How many bytes come until the connection ends."""
    taken = 0
    with suppress(ConnectionResetError):
        while piece := connection.recv(1 << 20):
            taken += len(piece)
    return taken


def test_answers_that_nobody_reads_give_their_places_back(
    server: ServerProcess, api: httpx.Client
) -> None:
    with ExitStack() as open_:
        unread = [asking(server, open_, "GET", BILLS) for _ in range(PLACES)]
        for each in unread:
            assert each.recv(12) == b"HTTP/1.1 200"
        assert api.get(f"{BILLS}/small").status_code == 503
        until(lambda: api.get(f"{BILLS}/small").status_code == 200)
        for each in unread:
            assert read(each) < 12_000_000


def test_a_slow_reader_gets_all(server: ServerProcess) -> None:
    with ExitStack() as open_:
        slow = asking(server, open_, "GET", f"{BILLS}?limit=5")
        taken = 0
        while taken < 5_000_000:
            taken += len(slow.recv(1 << 19))
            time.sleep(0.05)


def test_a_process_whose_threads_all_wait_is_not_ready_and_then_is_again(
    server: ServerProcess, api: httpx.Client, client: pymongo.MongoClient[dict[str, Any]], name: str
) -> None:
    """Both wait for the database, which waits for a transaction; one client leaves meanwhile."""
    assert api.get(f"{server.url}/health/ready").status_code == 200
    with client.start_session() as session, ThreadPoolExecutor(1) as pool:
        session.start_transaction()
        held = {"$set": {"x": 1}}
        client[name][BILLS].update_one({"_id": "small"}, held, session=session)
        with ExitStack() as open_:
            asking(server, open_, "PATCH", f"{BILLS}/small", '{"state":"sent"}')
            waits = pool.submit(api.patch, f"{BILLS}/small", json={"state": "onHold"})
            until(lambda: api.get(f"{server.url}/health/ready").status_code == 503)
            assert "threads" in api.get(f"{server.url}/health/ready").json()["status"]
            assert api.get(f"{server.url}/health/live").status_code == 200
            assert '"status":499' not in server.log.read_text()
        until(lambda: '"status":499' in server.log.read_text())
        session.abort_transaction()
        assert waits.result().status_code in (200, 503)
    until(lambda: api.get(f"{server.url}/health/ready").status_code == 200)
    assert api.get(f"{BILLS}/small").status_code == 200
