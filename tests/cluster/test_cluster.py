"""The chart in a cluster: what it does, how it is locked up, and that it refuses no write."""

import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from impl.store import upgrade
from tests.cluster.release import DATABASE, SERVER, WORKER, Release
from tests.containers.rates import LINES
from tests.faults.load import Persistent, marks
from tests.servers import family
from tests.waiting import until

pytestmark = pytest.mark.timeout(600)


def account(release: Release, what: str, writers: Persistent) -> None:
    """Each acknowledged write is there once, and none was refused or had to be sent again."""
    found = marks(release.uri, DATABASE)
    lost = writers.acknowledged - found.keys()
    twice = [mark for mark in writers.acknowledged if found[mark] > 1]
    print(
        f"{what}: {len(writers.acknowledged)} acknowledged, {len(lost)} lost, {len(twice)} twice, "
        f"sent again {dict(writers.again)}, refused {dict(writers.refused)}, "
        f"longest gap {writers.longest:.1f} s"
    )
    assert not lost
    assert not twice
    assert not writers.refused
    assert not writers.again


# ---------------------------------------------------------------- what it does


def test_two_servers_and_two_workers_run_without_metrics_server(release: Release) -> None:
    assert len(release.pods("server")) == len(release.pods("worker")) == 2


@pytest.mark.parametrize("component", ["server", "worker"])
def test_no_process_is_roots_or_can_gain_rights(release: Release, component: str) -> None:
    for pod in release.pods(component):
        for pid in family(release.pid(pod)):
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            status = dict(line.split(":", 1) for line in lines)
            assert set(status["Uid"].split()) == {"10678"}
            assert (int(status["CapBnd"], 16), status["NoNewPrivs"].strip()) == (0, "1")
            assert status["Seccomp"].strip() == "2"


def test_a_bill_on_demand_with_its_pdf(release: Release) -> None:
    command = [
        "exec",
        "--stdin",
        f"deployment/{WORKER}",
        "--",
        "python",
        "-m",
        "impl",
        "import",
        "-",
    ]
    said = release.kubectl(*command, "--refused=/tmp/refused", text=LINES)
    assert said == "2 imported, 0 refused"
    with httpx.Client(base_url=release.api, timeout=60) as client:
        wanted = {"id": "one", "billingAccount": {"id": "A-7"}}
        assert client.post("/customerBillOnDemand", json=wanted).status_code == 201
        request = "/customerBillOnDemand/one"
        until(lambda: client.get(request).json()["state"] == "done", 60, 0.2)
        bill = client.get(
            f"/customerBill/{client.get(request).json()['customerBill']['id']}"
        ).json()
        document = client.get(f"/customerBill/{bill['id']}/document")
    assert bill["amountDue"] == {"unit": "EUR", "value": 82.36}
    assert (document.status_code, document.content[:5]) == (200, b"%PDF-")


def test_the_upgrade_of_a_new_database_has_no_steps(release: Release) -> None:
    command = ["exec", f"deployment/{WORKER}", "--", "python", "-m", "impl", "upgrade"]
    form = f"the database has form {upgrade.CURRENT}"
    assert release.kubectl(*command, "--dry-run") == f"{form} of {upgrade.CURRENT}"
    assert release.kubectl(*command) == form


# ---------------------------------------------------------------- replaced pods


@pytest.mark.parametrize("deployment", [SERVER, WORKER])
def test_a_rollout_restart_refuses_no_write(
    release: Release, writers: Persistent, deployment: str
) -> None:
    component = deployment.partition("-")[2]
    before = release.pods(component).keys()
    began = time.monotonic()
    with writers:
        writers.wait_for_more()
        release.kubectl("rollout", "restart", f"deployment/{deployment}")
        release.wait_until_rolled_out()
        until(lambda: release.pods(component).keys().isdisjoint(before), 120, 0.5)
        time.sleep(12)  # the last server ends only after its preStop
        writers.wait_for_more()
    account(release, f"rollout restart of {deployment}, {time.monotonic() - began:.0f} s", writers)


def test_a_changed_setting_replaces_the_pods_and_refuses_no_write(
    release: Release, writers: Persistent
) -> None:
    before = release.pods("server").keys() | release.pods("worker").keys()
    with writers:
        writers.wait_for_more()
        release.apply(PUBLIC_URL="https://changed.example")
        release.wait_until_rolled_out()
        time.sleep(12)  # the last server ends only after its preStop
        writers.wait_for_more()
    account(release, "a changed setting", writers)
    assert before.isdisjoint(release.pods("server").keys() | release.pods("worker").keys())
    with httpx.Client(base_url=release.api, timeout=60) as client:
        made = client.post("/customerBill", json={"billNo": "1"}).json()
    assert made["href"].startswith("https://changed.example/")


def test_the_budget_holds_back_the_eviction_of_a_second_server(
    release: Release, writers: Persistent
) -> None:
    first, second = release.pods("server")
    with writers:
        writers.wait_for_more()
        assert release.evict(first) == ""
        assert "disruption budget" in release.evict(second)
        until(lambda: release.evict(second) == "", 120, 1)
        release.wait_until_rolled_out()
        time.sleep(12)  # the last server ends only after its preStop
        writers.wait_for_more()
    account(release, "both servers evicted, one after the other", writers)


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize("component", ["server", "worker"])
def test_a_hung_process_is_restarted(release: Release, component: str) -> None:
    release.wait_until_rolled_out()
    pod = next(iter(release.pods(component)))
    before = release.restarts(pod)
    began = time.monotonic()
    for pid in family(release.pid(pod)):
        os.kill(pid, signal.SIGSTOP)
    until(lambda: release.restarts(pod) > before, 300, 1)
    print(f"a hung {component}: started again after {time.monotonic() - began:.0f} s")
    release.wait_until_rolled_out()
