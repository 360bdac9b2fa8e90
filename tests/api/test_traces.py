"""Traces that go through the server: in the log, in events, and as spans."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from impl.store.embedded import Mongod
from impl.tracing import wanted
from tests.servers import V4Server
from tests.waiting import until

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(each) for each in log.read_text().splitlines() if each.startswith('{"')]


def test_a_trace_is_logged_and_goes_on_with_the_event(mongod: Mongod, tmp_path: Path) -> None:
    log = tmp_path / "log"
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": f"traces-{uuid4().hex}"}
    with V4Server(log, "--worker", **named) as server:
        headers = {"traceparent": PARENT, "X-Request-ID": "with"}
        for given in (headers, {"traceparent": "00-x", "X-Request-ID": "wrong"}):
            made = httpx.post(f"{server.api}/customerBill", json={}, headers=given, timeout=20)
            assert made.status_code == 201
        url = f"{server.api}/events"
        until(lambda: len(httpx.get(url, timeout=20).json()) == 2)
        events = {each["correlationId"]: each for each in httpx.get(url, timeout=20).json()}
    assert events["with"]["traceparent"] == PARENT
    assert "traceparent" not in events["wrong"]
    traced = {each["request_id"]: each.get("trace_id") for each in lines(log) if "ms" in each}
    assert traced["with"] == TRACE_ID
    assert traced["wrong"] is None


def test_with_the_extra_each_request_and_what_it_asks_of_mongodb_is_a_span(
    mongod: Mongod, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("opentelemetry.instrumentation.asgi", reason="the extra otel")
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "console")
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
    log = tmp_path / "log"
    with V4Server(log, MONGODB_URI=mongod.uri, MONGODB_DB="spans") as server:
        path = f"{server.api}/customerBill/none"
        given = {"traceparent": PARENT, "X-Request-ID": "spanned"}
        httpx.get(path, headers=given, timeout=20)
        until(lambda: '"name": "GET /tmf-api' in log.read_text())
        until(lambda: '"name": "spans.find' in log.read_text())
    text = log.read_text()
    assert '"name": "GET /tmf-api/customerBillManagement/v4/customerBill/{id}"' in text
    assert '"parent_id": "0x00f067aa0ba902b7"' in text
    assert "/health/" not in "".join(each for each in text.splitlines() if '"name"' in each)
    traced = {each["request_id"]: each.get("trace_id") for each in lines(log) if "ms" in each}
    assert traced["spanned"] == TRACE_ID


@pytest.mark.parametrize(
    ("environment", "exporter"),
    [
        ({}, ""),
        ({"OTEL_SERVICE_NAME": "x"}, ""),
        ({"OTEL_TRACES_EXPORTER": "console"}, "console"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, "otlp"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c", "OTEL_TRACES_EXPORTER": "none"}, ""),
        ({"OTEL_TRACES_EXPORTER": "otlp", "OTEL_SDK_DISABLED": "true"}, ""),
    ],
)
def test_spans_are_made_where_opentelemetrys_variables_ask_for_them(
    environment: dict[str, str], exporter: str
) -> None:
    assert wanted(environment) == exporter
