"""The outermost layer, over applications that do what they should not."""

import asyncio
from contextlib import suppress
from typing import Any

import orjson
import pytest
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs

from generated.operations import OPERATIONS
from impl.errors import Conflict, Unavailable
from impl.web.admission import Admission, InFlightLimit
from impl.web.edge import Edge
from impl.web.health import Health
from impl.web.routes import Routes
from impl.web.scope_keys import RAW_BODY

BASE = "/base"
BILLS = f"{BASE}/customerBill"
JSON = ("content-type", "application/json")


def request(method: str, path: str, *headers: tuple[str, str]) -> Scope:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(k.encode(), v.encode()) for k, v in (("host", "h"), *headers)],
    }


class App:
    """An application that notes what it is called with, then raises or answers 200."""

    def __init__(self, error: BaseException | None = None, started: bool = False) -> None:
        self.error = error
        self.started = started
        self.scope: Scope = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        if self.started or not self.error:
            await send({"type": "http.response.start", "status": 200, "headers": []})
        if self.error:
            raise self.error
        await send({"type": "http.response.body", "body": b"[]"})


class Sent(list[Message]):
    """What went out, and what the log says of it."""

    logs: list[Any]

    @property
    def status(self) -> int:
        return int(self[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self[0]["headers"])

    @property
    def body(self) -> bytes:
        return b"".join(each["body"] for each in self[1:])


def serve(app: App, scope: Scope, *chunks: bytes, ping: Any = None, limit: int = 10) -> Sent:
    sent, left = Sent(), list(chunks)

    async def receive() -> Message:
        chunk = left.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(left)}

    async def send(message: Message) -> None:
        sent.append(message)

    edge = Edge(
        app,
        Routes({BASE: OPERATIONS}),
        Health(ping or (lambda: None)),
        Admission(limit, InFlightLimit(8)),
    )
    with capture_logs() as sent.logs, suppress(asyncio.CancelledError):
        asyncio.run(edge(scope, receive, send))
    assert not left, "the body lies on the connection"
    return sent


def test_an_operation_gets_its_body_and_one_clean_media_type() -> None:
    app = App()
    scope = request("POST", BILLS, ("content-length", "4"), ("content-type", "Application/JSON;x"))
    assert serve(app, scope, b"[1", b"2]").status == 200
    assert app.scope[RAW_BODY] == b"[12]"
    assert app.scope["headers"] == [(b"host", b"h"), (b"content-type", b"application/json")]


def test_head_is_served_as_get_without_its_body() -> None:
    app = App()
    sent = serve(app, request("HEAD", BILLS))
    assert app.scope["method"] == "GET"
    assert (sent.status, sent.body) == (200, b"")


@pytest.mark.parametrize(
    ("error", "status"), [(Conflict("id: taken"), 409), (Unavailable("away"), 503)]
)
def test_an_error_of_ours_is_told(error: Exception, status: int) -> None:
    sent = serve(App(error), request("GET", BILLS))
    assert sent.status == status
    assert orjson.loads(sent.body)["message"] == str(error)
    assert sent.logs[-1]["status"] == status


def test_an_error_that_nobody_foresaw_tells_its_incident_and_no_more() -> None:
    sent = serve(App(KeyError("secret")), request("GET", f"{BILLS}/secret-id"))
    assert sent.status == 500
    assert b"secret" not in sent.body
    incident, line = sent.logs
    assert incident["incident"].encode() in sent.body
    assert line["path"] == f"{BILLS}/{{id}}"


def test_an_error_in_the_middle_of_an_answer_is_logged_and_ends_it() -> None:
    sent = serve(App(KeyError("secret"), started=True), request("GET", BILLS))
    assert [message["type"] for message in sent] == ["http.response.start"]
    incident, _ = sent.logs
    assert "incident" in incident


def test_a_request_whose_client_left_is_logged_as_499() -> None:
    sent = serve(App(asyncio.CancelledError()), request("GET", BILLS))
    assert sent == []
    assert sent.logs[0]["status"] == 499


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (["a-1"], True),
        (["x" * 128], True),
        (["x" * 129], False),
        ([""], False),
        (["a b"], False),
        (["é"], False),
        (["a", "b"], False),
        ([], False),
    ],
)
def test_a_sane_request_id_is_kept_and_any_other_replaced(given: list[str], kept: bool) -> None:
    app = App()
    sent = serve(app, request("GET", BILLS, *(("x-request-id", each) for each in given)))
    named = sent.headers[b"x-request-id"].decode()
    assert (named in given) is kept
    assert kept or len(named) == 32
    assert app.scope["tmf678.request_id"] == sent.logs[-1]["request_id"] == named


@pytest.mark.parametrize(
    ("scope", "chunks", "status", "closes"),
    [
        (request("POST", BILLS, JSON, ("content-length", "2")), [b"{}"], 200, False),
        (request("POST", BILLS, ("content-length", "2")), [b"{}"], 415, False),
        (request("PUT", BILLS, ("content-length", "2")), [b"{", b"}"], 405, False),
        (request("GET", "/base/x", ("transfer-encoding", "chunked")), [b"{}"], 404, False),
        (request("GET", BILLS, ("content-length", "2")), [b"{}"], 200, False),
        (request("POST", BILLS, JSON, ("content-length", "11")), [b"x" * 11], 413, True),
        (request("POST", BILLS, JSON, ("transfer-encoding", "x")), [b"x" * 11, b"y"], 413, True),
        (
            request("POST", BILLS, ("content-length", "2"), ("expect", "100-continue")),
            [b"{}"],
            415,
            True,
        ),
    ],
)
def test_an_unread_body_is_taken_off_and_the_connection_ends_only_where_it_must(
    scope: Scope, chunks: list[bytes], status: int, closes: bool
) -> None:
    sent = serve(App(), scope, *chunks)
    assert sent.status == status
    assert (sent.headers.get(b"connection") == b"close") is closes


def test_health_is_answered_here() -> None:
    def away() -> None:
        raise Unavailable("away")

    app = App()
    assert serve(app, request("GET", "/health/live"), ping=away).body == b'{"status":"live"}'
    assert serve(app, request("GET", "/health/ready")).body == b'{"status":"ready"}'
    assert serve(app, request("GET", "/health/ready"), ping=away).status == 503
    assert serve(app, request("HEAD", "/health/ready")).body == b""
    refused = serve(app, request("POST", "/health/live"))
    assert (refused.status, refused.headers[b"allow"]) == (405, b"GET, HEAD")
    assert not app.scope


@pytest.mark.parametrize("kind", ["websocket", "lifespan"])
def test_other_protocols_are_not_spoken(kind: str) -> None:
    app = App()
    assert serve(app, {"type": kind}) == []
    assert not app.scope
