"""Prism between a client and the server, which checks both against the contract."""

import http.server
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.clients.tools import WORK, Tools
from tests.servers import ServerProcess, answers, free_port

VIOLATIONS = "sl-violations"
"""The header in which Prism says what breaks the contract."""

RATES = "appliedCustomerBillingRate"
EXACT = 123456789.12
WRONG = {"amountDue": {"unit": "EUR", "value": "12.50"}}


@contextmanager
def proxy(tools: Tools, contract: Path, upstream: str, log: Path) -> Iterator[str]:
    """The URL of a Prism that passes on to another."""
    port = free_port()
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["/usr/bin/env", "prism", "proxy", str(contract), upstream, "--port", str(port)],
            env=tools.environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Prism starts a process of its own, which is to end with it
        )
    try:
        url = f"http://127.0.0.1:{port}"
        assert answers(f"{url}/customerBill?limit=1", process), log.read_text()
        yield url
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


@pytest.fixture(scope="module")
def log() -> Path:
    return WORK / "prism.log"


@pytest.fixture(scope="module")
def prism(tools: Tools, contract: Path, billing: ServerProcess, log: Path) -> Iterator[str]:
    with proxy(tools, contract, billing.api, log) as url:
        yield url


def test_real_traffic_has_no_violation(
    tools: Tools, prism: str, log: Path, openapi_generator: Path
) -> None:
    before = log.stat().st_size
    tools.flow("openapi_generator", openapi_generator, prism)
    said = log.read_bytes()[before:].decode().lower()
    assert "patch" in said
    assert "violation" not in said


def test_exact_money_comes_through(prism: str) -> None:
    rate = {"billingAccount": {"id": "A-1"}, "taxExcludedAmount": {"unit": "EUR", "value": EXACT}}
    made = httpx.post(f"{prism}/{RATES}", json=rate)
    assert VIOLATIONS not in made.headers
    found = httpx.get(f"{prism}/{RATES}/{made.json()['id']}")
    assert found.json()["taxExcludedAmount"]["value"] == EXACT
    assert VIOLATIONS not in found.headers


def test_a_planted_violation_of_a_request_is_reported(prism: str) -> None:
    refused = httpx.post(f"{prism}/customerBill", json=WRONG)
    assert _places(refused, "request") == [["body", "amountDue", "value"]]


def test_a_planted_violation_of_an_answer_is_reported(tools: Tools, contract: Path) -> None:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Wrong)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        with proxy(tools, contract, url, WORK / "prism-of-wrong.log") as between:
            found = httpx.get(f"{between}/customerBill/one")
    finally:
        server.shutdown()
        server.server_close()
    assert _places(found, "response") == [["body", "amountDue", "value"]]


class _Wrong(http.server.BaseHTTPRequestHandler):
    """A server whose bills have an amount that is a text."""

    def do_GET(self) -> None:
        is_one = self.path.endswith("one")
        content = json.dumps(WRONG if is_one else []).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _places(answer: httpx.Response, side: str) -> list[list[str]]:
    violations = json.loads(answer.headers[VIOLATIONS])
    return [each["location"][1:] for each in violations if each["location"][0] == side]
