"""What goes over the wire: framing, connections that last, and clients that misbehave."""

import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from impl.store.embedded import Mongod
from tests.errors import the_shape
from tests.servers import BASE_PATH, ServerProcess, V4Server

LIMIT = 64 * 1024
BILLS = f"{BASE_PATH}/customerBill"
JSON = "Content-Type: application/json"
CHUNKED = "Transfer-Encoding: chunked"


@pytest.fixture(scope="module")
def port(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server that reads small bodies only, and logs no incident meanwhile."""
    log: Path = tmp_path_factory.mktemp("wire") / "log"
    settings: dict[str, object] = {"MAX_BODY_BYTES": LIMIT, "VALIDATE_RESPONSES": 1}
    with V4Server(log, MONGODB_URI=mongod.uri, MONGODB_DB="wire", **settings) as running:
        yield running.port
    assert "incident" not in log.read_text()
    assert "Traceback" not in log.read_text()


@dataclass(frozen=True)
class Answer:
    """One response as it came."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> str:
        """The message of the Error that it is."""
        error = json.loads(self.body)
        the_shape(error)
        assert error["status"] == str(self.status)
        return str(error["message"])


class Wire:
    """A connection to write bytes to and read answers from."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.stream = self.socket.makefile("rb")

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()
        self.socket.close()

    def send(self, raw: bytes) -> "Wire":
        self.socket.sendall(raw)
        return self

    def answer(self, *, head: bool = False) -> Answer:
        """The next response, its body read by Content-Length."""
        line = self.stream.readline()
        assert line, "the connection ended without an answer"
        fields = iter(self.stream.readline, b"\r\n")
        pairs = [field.decode().rstrip().split(": ", 1) for field in fields]
        headers = {name.lower(): value for name, value in pairs}
        length = 0 if head else int(headers.get("content-length", 0))
        _, status, reason = line.decode().rstrip().split(" ", 2)
        return Answer(int(status), reason, headers, self.stream.read(length))

    def ends(self) -> bool:
        """Whether the server has ended the connection, with nothing more to say."""
        with suppress(ConnectionResetError):
            return self.stream.read(1) == b""
        return True


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: h", *headers]
    if body and CHUNKED not in headers and not any("Content-Length" in each for each in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def ask(port: int, raw: bytes, *, head: bool = False) -> Answer:
    with Wire(port) as wire:
        return wire.send(raw).answer(head=head)


def in_chunks(body: bytes, size: int) -> bytes:
    parts = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


# ---- bodies


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_a_chunked_body_is_read(port: int, size: int) -> None:
    body = json.dumps({"billNo": "1", "x": "é" * 500}, ensure_ascii=False).encode()
    made = ask(port, request("POST", BILLS, JSON, CHUNKED, body=in_chunks(body, size)))
    assert made.status == 201
    assert json.loads(made.body)["x"] == "é" * 500


def test_chunks_may_have_extensions_and_trailers(port: int) -> None:
    chunks = b"2;a=b\r\n{}\r\n0\r\nX-Sum: 1\r\n\r\n"
    assert ask(port, request("POST", BILLS, JSON, CHUNKED, body=chunks)).status == 201


def test_an_empty_chunked_body_is_a_missing_one(port: int) -> None:
    refused = ask(port, request("POST", BILLS, JSON, CHUNKED, body=b"0\r\n\r\n"))
    assert (refused.status, refused.message) == (400, "a JSON body is needed")


@pytest.mark.parametrize(
    ("framing", "sent"),
    [
        (CHUNKED, in_chunks(b" " * (LIMIT + 1), 10_000)[:-5]),
        (CHUNKED, b"%x\r\n" % (LIMIT * 99) + b" " * (LIMIT + 1)),
        (f"Content-Length: {LIMIT + 1}", b" " * (LIMIT + 1)),
        (f"Content-Length: {LIMIT + 1}", b""),
        (f"Content-Length: {'9' * 30}", b"{}"),
    ],
    ids=["chunks", "one huge chunk", "whole", "announced alone", "announced endless"],
)
def test_a_body_over_the_limit_is_413_and_ends_the_connection(
    port: int, framing: str, sent: bytes
) -> None:
    with Wire(port) as wire:
        refused = wire.send(request("POST", BILLS, JSON, framing) + sent).answer()
        assert (refused.status, refused.message) == (413, f"the body is over {LIMIT} bytes")
        assert refused.headers["connection"] == "close"


@pytest.mark.parametrize("framing", [CHUNKED, f"Content-Length: {200 * LIMIT}"])
def test_413_reaches_a_client_that_only_reads_once_it_has_sent_all(port: int, framing: str) -> None:
    piece = b" " * LIMIT
    with Wire(port) as wire:
        wire.send(request("POST", BILLS, JSON, framing))
        for _ in range(200):
            wire.send(in_chunks(piece, LIMIT)[:-5] if framing == CHUNKED else piece)
            time.sleep(0.001)
        assert wire.answer().status == 413


def test_413_reaches_an_ordinary_client_too(port: int) -> None:
    body = b" " * (100 * LIMIT)
    headers = {"Content-Type": "application/json"}
    for _ in range(5):
        answer = httpx.post(f"http://127.0.0.1:{port}{BILLS}", content=body, headers=headers)
        assert answer.status_code == 413


LIES: dict[str, tuple[tuple[str, ...], bytes]] = {
    "a length too long": (("Content-Length: 9",), b"{}"),
    "a length too short": (("Content-Length: 1",), b"{}"),
    "a chunk too long": ((CHUNKED,), b"9\r\n{}\r\n0\r\n\r\n"),
    "a chunk too short": ((CHUNKED,), b"1\r\n{}\r\n0\r\n\r\n"),
    "a chunk of no size": ((CHUNKED,), b"zz\r\n{}\r\n0\r\n\r\n"),
    "a negative chunk": ((CHUNKED,), b"-2\r\n{}\r\n0\r\n\r\n"),
    "chunks without end": ((CHUNKED,), b"2\r\n{}\r\n"),
    "both framings": ((CHUNKED, "Content-Length: 2"), b"2\r\n{}\r\n0\r\n\r\n"),
    "two lengths": (("Content-Length: 2", "Content-Length: 2"), b"{}"),
    "a negative length": (("Content-Length: -2",), b"{}"),
    "a length of letters": (("Content-Length: abc",), b"{}"),
    "chunked twice": (("Transfer-Encoding: chunked, chunked",), b"2\r\n{}\r\n0\r\n\r\n"),
    "a coding unknown": (("Transfer-Encoding: x",), b"{}"),
    "a trailer without a colon": ((CHUNKED,), b"2\r\n{}\r\n0\r\nGET / HTTP/1.1\r\n\r\n"),
    "a trailer without a name": ((CHUNKED,), b"2\r\n{}\r\n0\r\n: x\r\n\r\n"),
    "a blank before a trailer's colon": ((CHUNKED,), b"2\r\n{}\r\n0\r\nX : 1\r\n\r\n"),
    "a trailer that is folded": ((CHUNKED,), b"2\r\n{}\r\n0\r\nX: 1\r\n y\r\n\r\n"),
    "a trailer with a NUL": ((CHUNKED,), b"2\r\n{}\r\n0\r\nX: \x00\r\n\r\n"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_body_that_lies_about_its_length_is_not_kept(port: int, lie: str) -> None:
    headers, body = LIES[lie]
    before = total(port)
    with Wire(port) as wire:
        wire.send(request("POST", BILLS, JSON, *headers) + body)
        wire.socket.shutdown(socket.SHUT_WR)
        with suppress(AssertionError, ConnectionResetError):
            assert wire.answer().status in (400, 501)
    assert total(port) == before


def total(port: int) -> str:
    return ask(port, request("GET", f"{BILLS}?limit=0")).headers["x-total-count"]


def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(port: int) -> None:
    before = total(port)
    for framing, body in ((CHUNKED, b"2\r\n{"), ("Content-Length: 2", b"{")):
        with Wire(port) as wire:
            wire.send(request("POST", BILLS, JSON, framing) + body)
            time.sleep(0.05)
    time.sleep(0.2)
    assert total(port) == before


def test_clients_that_drip_hold_up_no_other(port: int) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(Wire(port)) for _ in range(40)]
        for wire in slow:
            wire.send(request("POST", BILLS, JSON, "Content-Length: 1000"))
        for _ in range(10):
            for wire in slow:
                wire.send(b" ")
            started = time.perf_counter()
            assert ask(port, request("GET", f"{BILLS}?limit=1")).status in (200, 206)
            assert time.perf_counter() - started < 3


def test_clients_that_stop_reading_and_leave_hold_up_no_other(port: int) -> None:
    asset = request("GET", "/ui/swagger-ui-bundle.js")
    with ExitStack() as stack:
        for _ in range(20):
            stalled = stack.enter_context(socket.socket())
            stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            stalled.connect(("127.0.0.1", port))
            stalled.sendall(asset * 3)
        time.sleep(0.5)
        assert ask(port, request("GET", BILLS)).status == 200
    time.sleep(4)  # longer than gunicorn waits for a request whose client left
    assert ask(port, request("GET", BILLS)).status == 200


def test_a_hostile_body_holds_up_no_other(server: ServerProcess) -> None:
    body = b'{"x":[' + b"[]," * 340_000 + b"[]]}"
    post = threading.Thread(target=ask, args=(server.port, request("POST", BILLS, JSON, body=body)))
    post.start()
    with Wire(server.port) as wire:
        while post.is_alive():
            started = time.perf_counter()
            assert wire.send(request("GET", "/health/live")).answer().status == 200
            assert time.perf_counter() - started < 3
    post.join()


# ---- 100-continue


def test_a_client_that_waits_for_100_gets_it_and_is_served(port: int) -> None:
    with Wire(port) as wire:
        wire.send(request("POST", BILLS, JSON, "Expect: 100-continue", "Content-Length: 2"))
        assert wire.answer().status == 100
        assert wire.send(b"{}").answer().status == 201
        assert wire.send(request("GET", BILLS)).answer().status == 200


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (BILLS, ("Content-Length: 2",), 415),
        (BILLS, (JSON, f"Content-Length: {LIMIT + 1}"), 413),
        (BILLS, (JSON, "Content-Length: 2", "Accept: text/html"), 406),
        (f"{BILLS}/", (JSON, "Content-Length: 2"), 404),
        (f"{BILLS}/1", (JSON, CHUNKED), 405),
    ],
)
def test_a_client_that_waits_for_100_in_vain_is_told_at_once_and_let_go(
    port: int, path: str, headers: tuple[str, ...], status: int
) -> None:
    with Wire(port) as wire:
        started = time.perf_counter()
        wire.send(request("POST", path, "Expect: 100-continue", *headers))
        refused = wire.answer()
        assert time.perf_counter() - started < 5
        assert (refused.status, refused.headers["connection"]) == (status, "close")
        assert status != 415 or wire.ends()


# ---- targets, hosts and the line of the status


@pytest.mark.parametrize("path", ["/health/live", "/health/ready"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_health_answers_a_probe_that_names_no_host(port: int, method: str, path: str) -> None:
    with Wire(port) as wire:
        wire.send(f"{method} {path} HTTP/1.0\r\n\r\n".encode())
        assert wire.answer(head=method == "HEAD").status == 200
        assert wire.ends()


@pytest.mark.parametrize("accept", ["application/json", "application/x-ndjson"])
@pytest.mark.parametrize("path", ["/health/live", BILLS])
def test_a_connection_of_http_1_0_ends_with_its_answer(port: int, path: str, accept: str) -> None:
    with Wire(port) as wire:
        kept = f"Connection: keep-alive\r\nAccept: {accept}"
        wire.send(f"GET {path} HTTP/1.0\r\nHost: h\r\n{kept}\r\n\r\n".encode())
        answer = wire.answer()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        wire.stream.read()  # which returns when the connection has ended


@pytest.mark.parametrize(
    "raw",
    [
        f"GET {BILLS} HTTP/1.0\r\n\r\n",
        f"GET {BILLS} HTTP/1.1\r\n\r\n",
        "GET /health/live HTTP/1.1\r\n\r\n",
        "GET /health/live HTTP/1.0\r\nHost: a b\r\n\r\n",
    ],
)
def test_what_makes_links_or_speaks_http_1_1_needs_a_host(port: int, raw: str) -> None:
    assert ask(port, raw.encode()).message == "Host: one valid host is needed"


@pytest.mark.parametrize("host", ["bills.example", "bills.example:8443", "[::1]:80"])
@pytest.mark.parametrize("scheme", ["http", "HTTP", "https"])
def test_the_host_of_an_absolute_target_counts(port: int, scheme: str, host: str) -> None:
    made = json.loads(ask(port, request("POST", BILLS, JSON, body=b"{}")).body)["id"]
    answer = ask(port, request("GET", f"{scheme}://{host}{BILLS}/{made}?fields=none"))
    assert answer.status == 200
    assert json.loads(answer.body)["href"] == f"http://{host}{BILLS}/{made}"


@pytest.mark.parametrize(
    "line",
    [
        f"GET http://h{BILLS} HTTP/1.0",
        f"GET http://h:{BILLS} HTTP/1.0",
        f"GET http://h:{BILLS} HTTP/1.1\r\nHost: x",
        f"GET {BILLS} HTTP/1.1\r\nHost: h:",
    ],
)
def test_a_target_names_the_host_for_http_1_0_and_a_port_may_be_blank(port: int, line: str) -> None:
    ask(port, request("POST", BILLS, JSON, body=b"{}"))
    answer = ask(port, f"{line}\r\n\r\n".encode())
    assert answer.status in (200, 206)
    assert json.loads(answer.body)[0]["href"].startswith(f"http://h{BILLS}/")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("http://h", 200),
        ("http://h?x=1", 200),
        ("http://h/health/live", 200),
        ("http://user@h/health/live", 400),
        ("http:///health/live", 400),
        ("http://a b/health/live", 400),
        ("ftp://h/health/live", 404),
        (f"http://h{BILLS}?nosuch", 400),
        (f"http://h{BILLS}/http://h/x", 404),
    ],
)
def test_an_absolute_target_is_taken_apart(port: int, target: str, status: int) -> None:
    assert ask(port, request("GET", target)).status == status


def test_an_absolute_target_needs_a_host_header_all_the_same(port: int) -> None:
    assert ask(port, b"GET http://h/health/live HTTP/1.1\r\n\r\n").status == 400


@pytest.mark.parametrize("first", [b"", request("POST", BILLS, JSON, body=b"{}")])
def test_an_empty_line_before_a_request_is_passed_over(port: int, first: bytes) -> None:
    for pause in (0, 0.1):
        with Wire(port) as wire:
            assert not first or wire.send(first).answer().status == 201
            wire.send(b"\r\n")
            time.sleep(pause)
            assert wire.send(request("GET", BILLS)).answer().status == 200


def test_an_empty_line_behind_a_body_is_passed_over(port: int) -> None:
    with Wire(port) as wire:
        wire.send(request("POST", BILLS, JSON, body=b"{}") + b"\r\n" + request("GET", BILLS))
        assert [wire.answer().status, wire.answer().status] == [201, 200]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (request("GET", f"{BILLS}?limit=0"), "Partial Content"),
        (request("GET", f"{BILLS}/nothing"), "Not Found"),
        (request("PUT", BILLS, JSON, body=b"{}"), "Method Not Allowed"),
        (request("GET", BILLS, "Accept: text/html"), "Not Acceptable"),
        (request("DELETE", f"{BILLS}/%s", 'If-Match: "7"'), "Precondition Failed"),
        (request("POST", BILLS, JSON, f"Content-Length: {LIMIT + 1}"), "Content Too Large"),
        (request("GET", f"{BILLS}/{'a' * 10_240}"), "URI Too Long"),
        (request("POST", BILLS, body=b"{}"), "Unsupported Media Type"),
        (request("GET", f"{BILLS}?filter=$..x"), "Not Implemented"),
        (b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 200 + b"\r\n", "Request Header Fields Too Large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_status_comes_with_its_own_reason(port: int, raw: bytes, reason: str) -> None:
    made = json.loads(ask(port, request("POST", BILLS, JSON, body=b"{}")).body)["id"]
    assert ask(port, raw.replace(b"%s", made.encode())).reason == reason


def test_a_key_that_is_used_again_has_a_reason_too(port: int) -> None:
    key = "Idempotency-Key: once"
    assert ask(port, request("POST", BILLS, JSON, key, body=b"{}")).status == 201
    again = ask(port, request("POST", BILLS, JSON, key, body=b'{"billNo":"1"}'))
    assert (again.status, again.reason) == (422, "Unprocessable Content")


def test_a_byte_order_mark_before_a_body_is_passed_over(port: int) -> None:
    body = b'\xef\xbb\xbf{"billNo":"1"}'
    made = ask(port, request("POST", BILLS, JSON, body=body))
    assert (made.status, json.loads(made.body)["billNo"]) == (201, "1")
    for refused in (b"\xef\xbb\xbf", b"\xef\xbb\xbf" + body, b"\xff\xfe{\x00}\x00"):
        assert ask(port, request("POST", BILLS, JSON, body=refused)).status == 400


# ---- connections


def test_a_connection_lasts_through_every_refusal(port: int) -> None:
    refusals = [
        (404, request("GET", f"{BILLS}/nothing")),
        (404, request("POST", "/nothing", JSON, body=b"{}" * 1000)),
        (405, request("PUT", BILLS, JSON, body=b"{}")),
        (406, request("POST", BILLS, JSON, "Accept: text/html", body=b"{}")),
        (415, request("POST", BILLS, body=b"{}")),
        (415, request("POST", BILLS, CHUNKED, body=in_chunks(b"{}", 1))),
        (400, request("POST", BILLS, JSON, body=b"{")),
        (400, request("GET", f"{BILLS}?limit=x")),
        (400, request("GET", f"{BILLS}/%FF")),
        (414, request("GET", f"{BILLS}/{'a' * 10_240}")),
        (404, request("GET", f"{BILLS}/nothing", body=b"a body that nobody asked for")),
    ]
    with Wire(port) as wire:
        for status, raw in refusals:
            answer = wire.send(raw).answer()
            assert answer.status == status
            assert answer.message
            assert "connection" not in answer.headers
        assert wire.send(request("GET", BILLS)).answer().status == 200


def test_a_connection_lasts_where_the_refused_body_comes_late(port: int) -> None:
    raw = request("POST", BILLS, "Content-Length: 50000")
    with Wire(port) as wire:
        assert wire.send(raw).answer().status == 415
        for _ in range(5):
            time.sleep(0.05)
            wire.send(b" " * 10_000)
        assert wire.send(request("GET", BILLS)).answer().status == 200


def test_requests_sent_at_once_are_answered_in_their_order(port: int) -> None:
    requests = [
        request("GET", f"{BILLS}/nothing"),
        request("POST", BILLS, JSON, body=b'{"billNo":"1"}'),
        request("HEAD", BILLS),
        request("POST", BILLS, JSON, CHUNKED, body=in_chunks(b"[]", 1)),
        request("OPTIONS", BILLS),
        request("GET", f"{BILLS}?limit=0"),
    ]
    with Wire(port) as wire:
        wire.send(b"".join(requests))
        statuses = [wire.answer(head=raw.startswith(b"HEAD")).status for raw in requests]
    assert statuses == [404, 201, 200, 400, 204, 206]


def test_a_connection_stays_open_for_longer_than_http_clients_keep_theirs_idle(port: int) -> None:
    with Wire(port) as wire:
        assert wire.send(request("GET", BILLS)).answer().status == 200
        time.sleep(6)  # httpx and Node.js: 5 s
        assert wire.send(request("GET", BILLS)).answer().status == 200


@pytest.mark.parametrize("given", ["a-1", "x" * 128, "!~"])
def test_a_request_id_comes_back(port: int, given: str) -> None:
    for path in (BILLS, "/nothing", "/health/live", "/ui"):
        answer = ask(port, request("GET", path, f"X-Request-Id: {given}"))
        assert answer.headers["x-request-id"] == given


@pytest.mark.parametrize("given", [[], [""], ["a b"], ["x" * 129], ["a", "b"], ["\x80"]])
def test_a_request_gets_an_id_where_it_has_none_of_use(port: int, given: list[str]) -> None:
    raw = request("GET", BILLS, *(f"X-Request-Id: {each}" for each in given))
    named = {ask(port, raw).headers["x-request-id"] for _ in range(3)}
    assert len(named) == 3
    assert {len(each) for each in named} == {32}
