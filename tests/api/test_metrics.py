"""What can be scraped: of all processes, alive and dead, and of what waits in the database."""

import json
import os
import re
import signal
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pymongo
import pytest
import yaml
from bson.timestamp import Timestamp
from prometheus_client.parser import text_string_to_metric_families

from impl.store.embedded import Mongod
from tests.servers import NO_TLS, ROOT, MeasuredServer, ServerProcess, WorkerProcess, free_port
from tests.waiting import until

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


class Measured:
    """A server of two processes that is scraped."""

    def __init__(
        self, log: Path, uri: str, database: str, workers: int = 2, **more: object
    ) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/metrics"
        settings = {"METRICS": f"127.0.0.1:{self.port}", "WORKERS": workers, "APIS": "v4", **more}
        self.server = MeasuredServer(log, MONGODB_URI=uri, MONGODB_DB=database, **settings)

    def scrape(self) -> Samples:
        text = httpx.get(self.url, timeout=10, verify=NO_TLS).raise_for_status().text
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    def value(self, name: str, **labels: str) -> float:
        return self.scrape().get((f"tmf678_{name}", frozenset(labels.items())), 0)


@pytest.fixture(scope="module")
def database() -> str:
    return f"metrics-{uuid4().hex}"


@pytest.fixture(scope="module")
def kept(mongod: Mongod, database: str) -> Iterator[Any]:
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    with client:
        yield client[database]


@pytest.fixture(scope="module")
def measured(
    mongod: Mongod, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Measured]:
    running = Measured(tmp_path_factory.mktemp("metrics") / "log", mongod.uri, database)
    with running.server:
        yield running


def get(server: ServerProcess, count: int) -> None:
    for _ in range(count):  # a connection each, so that every process gets some
        httpx.get(f"{server.api}/customerBill", timeout=10, verify=NO_TLS)


def test_requests_are_counted_by_operation_and_status_over_all_processes(
    measured: Measured,
) -> None:
    def listed() -> float:
        return measured.value("requests_total", operation="listCustomerBill", status="200")

    def seen() -> set[float]:
        return {measured.value("request_duration_seconds_count", operation="listCustomerBill")}

    before = listed()
    get(measured.server, 40)
    until(lambda: listed() == before + 40)
    assert {listed() for _ in range(10)} == {before + 40}, "each process tells the same"
    assert seen() == {before + 40}
    httpx.get(f"{measured.server.api}/customerBill/none", timeout=10)
    httpx.get(f"{measured.server.url}/nothing", timeout=10)
    until(lambda: measured.value("requests_total", operation="other", status="404") >= 1)
    assert measured.value("requests_total", operation="retrieveCustomerBill", status="404") == 1
    until(lambda: measured.value("requests_in_progress") == 0)


def test_what_a_dead_process_counted_stays_and_what_it_held_is_gone(measured: Measured) -> None:
    def counted() -> float:
        return measured.value("requests_total", operation="listCustomerBill", status="200")

    before = counted() + 20
    get(measured.server, 20)
    until(lambda: counted() == before)
    dead = measured.server.workers()
    for pid in dead:
        os.kill(pid, signal.SIGKILL)
    until(lambda: not set(dead) & set(measured.server.workers()))
    measured.server.wait_until_ready()

    def scraped() -> bool:
        try:
            held = measured.value("mongodb_connections", state="open")
            return held <= 4 and counted() == before
        except httpx.TransportError:
            return False

    until(scraped)


def test_a_stream_is_in_progress_for_as_long_as_it_lasts(measured: Measured) -> None:
    accept = {"Accept": "text/event-stream"}
    with httpx.stream("GET", f"{measured.server.api}/events", headers=accept, timeout=20) as live:
        next(live.iter_bytes())
        until(lambda: measured.value("requests_in_progress") == 1)
    until(lambda: measured.value("requests_in_progress") == 0)


def test_the_age_of_what_waits_is_told(measured: Measured, kept: Any) -> None:
    now = datetime.now(UTC)
    requests = [
        {"_id": "old", "state": "inProgress", "lastUpdate": now - timedelta(minutes=10)},
        {"_id": "new", "state": "inProgress", "lastUpdate": now},
        {"_id": "done", "state": "done", "lastUpdate": now - timedelta(days=1)},
        {"_id": "spoilt", "state": "inProgress"},
    ]
    kept["customerBillOnDemand"].insert_many(requests)
    stamp = Timestamp(int(now.timestamp()) - 120, 1)
    kept["outbox"].insert_one({"_id": "e", "stamp": stamp, "event": {}})
    kept["customerBill"].insert_one({"_id": "e", "_stamp": Timestamp(0, 0), "_event": {}})
    kept["delivery"].insert_many(
        [{"state": state, "subscription": "s", "position": f"{n}"} for n, state in
         enumerate(("pending", "pending", "dead"))]
    )  # fmt: skip
    kept["consumer"].insert_many([{"delivered": 5, "failed": 2}, {"delivered": 7}])
    kept["feed"].insert_one({"_id": "deliveries", "delivered": 100, "failed": 10})
    assert measured.value("on_demand_requests") == 2
    assert 600 <= measured.value("on_demand_oldest_seconds") < 700
    assert measured.value("outbox_events") == 2
    assert 118 <= measured.value("outbox_oldest_seconds") < 220
    assert measured.value("deliveries", state="pending") == 2
    assert measured.value("deliveries", state="dead") == 1
    assert measured.value("delivery_attempts_total", outcome="delivered") == 112
    assert measured.value("delivery_attempts_total", outcome="failed") == 12


def test_documents_without_letters_are_counted_when_they_are_made(
    measured: Measured, mongod: Mongod, database: str, tmp_path: Path
) -> None:
    def counted() -> float:
        return measured.value("documents_lacking_letters_total")

    api, account = measured.server.api, {"id": f"A-{uuid4().hex}"}
    amount = {"unit": "EUR", "value": 1}
    rate = {"billingAccount": account, "name": "光回線", "taxExcludedAmount": amount}
    httpx.post(f"{api}/appliedCustomerBillingRate", json=rate, timeout=10).raise_for_status()
    before = counted()
    with WorkerProcess(tmp_path / "log", mongod.uri, database):
        asked = httpx.post(f"{api}/customerBillOnDemand", json={"billingAccount": account})
        request = asked.json()["href"]
        until(lambda: httpx.get(request).json()["state"] == "done")
    assert counted() == before
    document = f"{httpx.get(request).json()['customerBill']['href']}/document"
    assert httpx.get(document, timeout=30).content.startswith(b"%PDF-")
    assert counted() == before + 1
    httpx.get(document, headers={"Accept": "text/html"}, timeout=30)
    assert counted() == before + 1


def test_the_ages_are_found_by_an_index(measured: Measured, kept: Any) -> None:
    until(lambda: "lastUpdate_1" in kept["customerBillOnDemand"].index_information())
    open_ = {"state": "inProgress", "lastUpdate": {"$type": "date"}}
    for name, where, sort in (
        ("customerBillOnDemand", open_, [("lastUpdate", 1)]),
        ("outbox", {}, [("stamp", 1), ("_id", 1)]),
        ("customerBill", {"_stamp": {"$exists": True}}, [("_stamp", 1), ("_id", 1)]),
        ("delivery", {"state": "dead"}, [("state", 1)]),
    ):
        found = kept[name].find(where).sort(sort).explain()["queryPlanner"]
        plan = json.dumps(found["winningPlan"], default=str)
        assert "IXSCAN" in plan, name
        assert '"stage": "SORT"' not in plan, name


def test_the_port_of_metrics_answers_nothing_else_and_that_of_the_api_no_metrics(
    measured: Measured,
) -> None:
    for path in ("/", "/ui", "/health/live", "/tmf-api/customerBillManagement/v4/customerBill"):
        assert httpx.get(measured.url.replace("/metrics", path), timeout=10).status_code == 404
    assert httpx.post(measured.url, timeout=10).headers["Allow"] == "GET, HEAD"
    assert httpx.get(f"{measured.server.url}/metrics", timeout=10).status_code == 404
    assert httpx.head(measured.url, timeout=10).text == ""


@pytest.mark.long
def test_a_scrape_is_answered_while_mongodb_is_away(tmp_path: Path) -> None:
    dead = f"mongodb://127.0.0.1:{free_port()}/?replicaSet=rs"
    measured = Measured(tmp_path / "log", dead, "x", workers=1)
    try:
        measured.server.wait_until_ready("/health/live")
        found = measured.scrape()
        assert found["tmf678_mongodb_up", frozenset()] == 0
        assert not any("outbox" in name for name, _ in found)
    finally:
        measured.server.stop()


def test_all_that_dashboard_and_alerts_name_is_told_and_documented(measured: Measured) -> None:
    get(measured.server, 1)
    told = {name for name, _ in measured.scrape()}
    dashboard = json.loads((ROOT / "deploy/grafana-dashboard.json").read_text())
    shown = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    rules = yaml.safe_load((ROOT / "deploy/alerts.yaml").read_text())["groups"][0]["rules"]
    document = (ROOT / "docs/metrics.md").read_text()
    named = set(re.findall(r"tmf678_\w+", " ".join(shown)))
    assert named <= told
    assert {name for rule in rules for name in re.findall(r"tmf678_\w+", rule["expr"])} <= told
    families = {re.sub(r"_(bucket|sum|count|created)$", "", name) for name in told}
    assert families == {re.sub(r"_bucket$", "", name) for name in named}
    assert families == set(re.findall(r"\| `(tmf678_\w+)`", document))
    assert {rule["alert"] for rule in rules} == set(re.findall(r"\| `(Tmf678\w+)`", document))


def test_processes_that_are_changed_for_new_ones_keep_the_figures(
    mongod: Mongod, tmp_path: Path
) -> None:
    named = f"test-{uuid4().hex}"
    measured = Measured(tmp_path / "log", mongod.uri, named, workers=1, MAX_REQUESTS=5)
    with measured.server as server:
        (first,) = server.workers()
        get(server, 5)
        until(lambda: server.workers() not in ([], [first]))
        server.wait_until_ready()
        until(
            lambda: measured.value("requests_total", operation="listCustomerBill", status="200") > 0
        )
