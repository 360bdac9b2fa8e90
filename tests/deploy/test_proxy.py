"""The shipped proxy configuration, by a real nginx before two real servers."""

import json
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from ulid import ULID

from impl.store import bulk_insert as insert
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.deploy.proxy import NGINX, Proxy
from tests.servers import BASE_PATH, ServerProcess, WorkerProcess, free_port
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    NGINX is None or shutil.which("openssl") is None,
    reason="nginx and openssl are missing: apt-get install nginx-light openssl",
)
BILLS = f"{BASE_PATH}/customerBill"
QUICK = [("client_header_timeout 10s", "client_header_timeout 1s")]
QUICK += [("client_body_timeout 10s", "client_body_timeout 1s")]


class Setting:
    """Two servers and a worker over one database, and a proxy before them."""

    def __init__(self, folder: Path, uri: str) -> None:
        self.database = f"proxied-{uuid4().hex}"
        self.port = free_port()
        public = {"PUBLIC_URL": "https://bills.example", "THREADS": 4}
        named = {"MONGODB_URI": uri, "MONGODB_DB": self.database} | public
        self.servers = [ServerProcess(folder / f"server-{n}", **named) for n in (1, 2)]
        self.worker = WorkerProcess(folder / "worker", uri, self.database)
        for server in self.servers:
            server.wait_until_ready()
        self.proxy = Proxy(folder, [server.port for server in self.servers], *QUICK)

    def close(self) -> None:
        self.worker.kill()
        for server in self.servers:
            server.kill()


@pytest.fixture(scope="module")
def setting(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setting]:
    made = Setting(tmp_path_factory.mktemp("proxy"), mongod.uri)
    with made.proxy:
        yield made
    made.close()


@pytest.fixture
def client(setting: Setting) -> Iterator[httpx.Client]:
    with setting.proxy.client() as client:
        yield client


def test_requests_come_through_with_their_id_and_links_of_the_public_url(
    client: httpx.Client,
) -> None:
    made = client.post(BILLS, json={"billNo": "1"}, headers={"X-Request-ID": "mine"})
    assert (made.status_code, made.headers["X-Request-ID"]) == (201, "mine")
    assert made.json()["href"].startswith(f"https://bills.example{BILLS}/")
    path = f"{BILLS}/{made.json()['id']}"
    changed = client.patch(path, json={"state": "onHold"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert client.delete(path).status_code == 204
    assert client.get(path).json()["code"] == "60"


def test_a_path_comes_through_as_it_was_sent(client: httpx.Client) -> None:
    assert client.put(f"{BILLS}/a%20b", json={}).status_code == 405
    made = client.post(BILLS, json={"id": "a b%25"}).json()
    assert client.get(f"{BILLS}/a%20b%2525").json()["id"] == made["id"]
    assert client.get(f"{BASE_PATH}//customerBill").status_code == 404


def test_nothing_tells_which_versions_run(client: httpx.Client) -> None:
    for path in (BILLS, "/metrics", "/%00"):
        headers = client.get(path).headers
        assert headers["Server"] in ("nginx", "gunicorn")
        assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_tls_offers_http_2_and_nothing_old(setting: Setting) -> None:
    trust = setting.proxy.trust()
    trust.set_alpn_protocols(["h2", "http/1.1"])
    address = ("127.0.0.1", setting.proxy.port)
    with (
        socket.create_connection(address) as plain,
        trust.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        assert (secure.selected_alpn_protocol(), secure.version()) == ("h2", "TLSv1.3")


def _silent(setting: Setting, *pieces: bytes) -> bytes:
    """What comes back where a client sends these pieces, half a second apart, and then waits."""
    address = ("127.0.0.1", setting.proxy.port)
    with (
        socket.create_connection(address, timeout=15) as plain,
        setting.proxy.trust().wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        said = b""
        try:
            for piece in pieces:
                secure.sendall(piece)
                time.sleep(0.5)
            while more := secure.recv(65536):
                said += more
        except (ConnectionError, ssl.SSLEOFError):
            pass
        return said


def test_a_client_that_sends_its_headers_slowly_is_cut(setting: Setting) -> None:
    """The shipped deadline is 10 s; here it is 1 s."""
    dripping = [b"GET /health/live HTTP/1.1\r\nHost: x\r\n", *[b"X-A: 1\r\n"] * 12]
    assert b" 200 " not in _silent(setting, *dripping, b"\r\n")


def test_a_client_whose_body_does_not_come_is_cut(setting: Setting) -> None:
    """The shipped deadline is 10 s; here it is 1 s."""
    head = f"POST {BILLS} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode()
    said = _silent(setting, head + b"Content-Length: 1000\r\n\r\n{")
    assert b" 201 " not in said


def test_what_the_proxy_refuses_itself_has_the_error_shape(client: httpx.Client) -> None:
    for path, headers, status in (
        ("/%00", {}, 400),
        (f"{BILLS}?x={'a' * 20_000}", {}, 414),
        (BILLS, {"X-Long": "a" * 20_000}, 431),
        ("/metrics", {}, 404),
    ):
        answer = client.get(path, headers=headers)
        assert answer.status_code == status
        assert answer.json()["@type"] == "Error"
        assert answer.json()["status"] == str(status)
        assert answer.headers["Content-Type"] == "application/json"
        assert answer.headers["X-Request-ID"]
    large = client.post(BILLS, content=b"a" * 1_100_000, headers={"Expect": "100-continue"})
    assert (large.status_code, large.json()["@type"]) == (413, "Error")


def test_events_come_through_as_they_happen(client: httpx.Client) -> None:
    headers = {"Accept": "text/event-stream"}
    with client.stream("GET", f"{BASE_PATH}/events", headers=headers) as live:
        lines = live.iter_lines()
        next(lines)
        bill = {"id": uuid4().hex}
        writing = threading.Thread(target=lambda: client.post(BILLS, json=bill))
        writing.start()
        told = (json.loads(line[6:]) for line in lines if line.startswith("data: "))
        assert any(each["event"]["customerBill"]["id"] == bill["id"] for each in told)
        writing.join()


def test_lines_come_through(client: httpx.Client) -> None:
    ids = {client.post(BILLS, json={}).json()["id"] for _ in range(3)}
    answer = client.get(BILLS, headers={"Accept": "application/x-ndjson"})
    assert answer.headers["Content-Type"].startswith("application/x-ndjson")
    assert ids <= {json.loads(line)["id"] for line in answer.text.splitlines()}


# ---------------------------------------------------------------- compression

MANY = 1200
PACKED = {"Accept-Encoding": "gzip"}
PLAIN = {"Accept-Encoding": "identity"}


@pytest.fixture(scope="module")
def many(setting: Setting, mongod: Mongod) -> Setting:
    """The same, with more bills than a page holds, each of other customers, days and amounts."""
    store = Store(mongod.uri, setting.database)
    ready = [insert.ready(store, "customerBill", _bill(number)) for number in range(MANY)]
    store.in_transaction(lambda: insert.insert_many(store, "customerBill", ready))
    store.close()
    return setting


def _bill(number: int) -> dict[str, Any]:
    """A bill with what the worker writes into one."""
    random = Random(number)
    net = random.randrange(100, 100_000)
    taxes = net * 19 // 100
    id_, number_ = str(ULID.from_timestamp(1.79e9 + number)), f"2026-{number:08}"
    document = f"https://bills.example{BILLS}/{id_}/document"
    return {
        "id": id_,
        "@type": "CustomerBill",
        "billNo": number_,
        "category": "normal",
        "runType": "onCycle",
        "state": random.choice(["new", "sent", "settled"]),
        "billDate": "2026-11-01T00:00:00Z",
        "paymentDueDate": "2026-11-15T00:00:00Z",
        "lastUpdate": f"2026-11-01T02:{random.randrange(60):02}:{random.randrange(60):02}.125Z",
        "billCycle": {"id": "2026-10"},
        "billingPeriod": {
            "startDateTime": "2026-10-01T00:00:00Z",
            "endDateTime": "2026-11-01T00:00:00Z",
        },
        "billingAccount": {"id": f"A-{random.randrange(10**6)}"},
        "relatedParty": [{"id": str(UUID(int=random.getrandbits(128))), "role": "customer"}],
        "taxExcludedAmount": {"unit": "EUR", "value": net / 100},
        "taxItem": [
            {
                "taxCategory": "VAT",
                "taxRate": 19,
                "taxableAmount": {"unit": "EUR", "value": net / 100},
                "taxAmount": {"unit": "EUR", "value": taxes / 100},
            }
        ],
        "taxIncludedAmount": {"unit": "EUR", "value": (net + taxes) / 100},
        "amountDue": {"unit": "EUR", "value": (net + taxes) / 100},
        "remainingAmount": {"unit": "EUR", "value": (net + taxes) / 100},
        "appliedPayment": [],
        "billDocument": [
            {"id": id_, "name": number_, "mimeType": "application/pdf", "url": document}
        ],
    }


LINES = {"Accept": "application/x-ndjson"}
LONG: dict[str, tuple[str, dict[str, str], int, int]] = {
    "a page of 1,000": ("?limit=1000", {}, 206, 10),
    "the first page": ("", {}, 200, 8),
    "all, as lines": ("", LINES, 200, 8),
}
"""Lists, their status, and how many times smaller they are; short ones repeat less."""


@pytest.mark.parametrize("case", LONG)
def test_a_long_list_is_many_times_smaller(many: Setting, case: str) -> None:
    query, headers, status, times = LONG[case]
    with many.proxy.client() as client:
        plain = client.get(BILLS + query, headers=headers | PLAIN)
        packed = client.get(BILLS + query, headers=headers | PACKED)
    assert (plain.status_code, packed.status_code) == (status, status)
    assert packed.content == plain.content
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"
    assert plain.num_bytes_downloaded == len(plain.content)
    assert times * packed.num_bytes_downloaded <= plain.num_bytes_downloaded


def test_a_tag_that_compression_has_weakened_is_taken(client: httpx.Client) -> None:
    path = f"{BILLS}/{client.post(BILLS, json={'note': 'x' * 2000}).json()['id']}"
    read = client.get(path, headers=PACKED)
    assert (read.headers["Content-Encoding"], read.headers["ETag"]) == ("gzip", 'W/"1"')
    known = client.get(path, headers=PACKED | {"If-None-Match": read.headers["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    for status in (200, 412):
        held = {"If-Match": read.headers["ETag"]}
        assert client.patch(path, json={"state": "sent"}, headers=held).status_code == status


def test_events_are_not_compressed_and_a_short_answer_is_not(client: httpx.Client) -> None:
    live = {"Accept": "text/event-stream"} | PACKED
    with client.stream("GET", f"{BASE_PATH}/events", headers=live) as stream:
        assert "Content-Encoding" not in stream.headers
    short = client.get("/health/live", headers=PACKED)
    assert "Content-Encoding" not in short.headers


def test_a_server_that_stops_is_not_noticed_and_none_is_503(setting: Setting) -> None:
    statuses: list[int] = []
    stop = threading.Event()

    def read() -> None:
        with setting.proxy.client() as client:
            while not stop.is_set():
                statuses.append(client.get(f"{BILLS}?limit=1").status_code)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    setting.servers[0].stop()
    after = len(statuses)
    until(lambda: len(statuses) >= after + 50)
    stop.set()
    for reader in readers:
        reader.join()
    assert set(statuses) <= {200, 206}
    with setting.proxy.client() as client:
        assert {client.post(BILLS, json={}).status_code for _ in range(20)} == {201}
        setting.servers[1].stop()
        answer = client.get(BILLS)
    assert (answer.status_code, answer.json()["reason"]) == (503, "Service unavailable")
    assert answer.headers["Retry-After"] == "5"
