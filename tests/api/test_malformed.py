"""Requests that are hardly HTTP, or for what is no path of ours."""

import pytest

from tests.api.test_http1 import BILLS, JSON, Wire, ask, request
from tests.servers import ServerProcess


@pytest.fixture(scope="module")
def port(server: ServerProcess) -> int:
    return server.port


@pytest.mark.parametrize("hosts", [[], ["Host:"], ["Host: a b"], ["Host: a/b"], ["Host: u@h"]])
def test_one_sane_host_is_needed(port: int, hosts: list[str]) -> None:
    for path in (BILLS, "/health/live", "/ui"):
        head = "\r\n".join([f"GET {path} HTTP/1.1", *hosts]).encode()
        refused = ask(port, head + b"\r\n\r\n")
        assert (refused.status, refused.message[:6]) == (400, "Host: ")


def test_http_1_0_is_served(port: int) -> None:
    with Wire(port) as wire:
        wire.send(f"GET {BILLS}?limit=0 HTTP/1.0\r\nHost: h\r\n\r\n".encode())
        assert wire.answer().status in (200, 206)  # 206 where there is a bill
        assert wire.ends()


@pytest.mark.parametrize(
    "raw",
    [
        request("GET", "http://elsewhere/somewhere/else"),
        request("OPTIONS", "*"),
        request("CONNECT", "elsewhere:443"),
        request("GET", "/ui/../etc/passwd"),
        request("GET", "/ui/..%2f..%2fsetup.cfg"),
    ],
)
def test_a_target_that_is_no_path_of_ours_is_404(port: int, raw: bytes) -> None:
    refused = ask(port, raw)
    assert (refused.status, refused.message[:19]) == (404, "there is nothing at")


MALFORMED: dict[str, tuple[bytes, int]] = {
    "two media types": (request("POST", BILLS, JSON, JSON, body=b"{}"), 400),
    "two hosts": (request("GET", BILLS, "Host: b"), 400),
    "another version": (f"GET {BILLS} HTTP/9.9\r\nHost: h\r\n\r\n".encode(), 400),
    "no version": (f"GET {BILLS}\r\nHost: h\r\n\r\n".encode(), 400),
    "raw bytes in the path": (b"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    "a space in the path": (b"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 400),
    "a header without colon": (request("GET", BILLS, "X"), 400),
    "a space before the colon": (request("GET", BILLS, "X : 1"), 400),
    "NUL in a header": (request("GET", BILLS, "X: a\0b"), 400),
    "line feeds alone": (f"GET {BILLS} HTTP/1.1\nHost: h\n\n".encode(), 400),
    "a header of 10 kB": (request("GET", BILLS, "X: " + "a" * 10_240), 431),
    "200 headers": (request("GET", BILLS, *["X: 1"] * 200), 431),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_what_is_not_http_is_refused_and_the_connection_ends(port: int, case: str) -> None:
    raw, status = MALFORMED[case]
    with Wire(port) as wire:
        refused = wire.send(raw).answer()
        assert refused.status == status
        assert refused.message
        assert refused.headers["content-type"] == "application/json"
        assert refused.headers["x-content-type-options"] == "nosniff"
        assert wire.ends()


def test_an_offer_of_another_protocol_is_declined(port: int) -> None:
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
    offer = ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", key)
    answer = ask(port, request("GET", f"{BILLS}/nosuch", *offer))
    assert (answer.status, answer.message) == (404, "there is no customerBill 'nosuch'")
