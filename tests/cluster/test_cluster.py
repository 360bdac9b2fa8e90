"""The chart in a cluster: what it does, how it is locked up, and that it refuses no write."""

import os
import signal
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import httpx
import pytest

from impl.query.language import Every
from impl.store import upgrade
from impl.store.mongo import Store
from tests.cluster.release import DATABASE, SERVER, WORKER, Release
from tests.cluster.requests import Requests
from tests.containers import machine
from tests.containers.rates import AMOUNT, lines
from tests.faults.load import Persistent, check_writes
from tests.servers import descendants, family
from tests.waiting import until

SERVERS = 2
pytestmark = pytest.mark.timeout(600)
ACCOUNTS = 1500
"""More than are billed while the workers are replaced."""


def check(release: Release, what: str, writers: Persistent) -> None:
    """Each acknowledged write is stored once, and no answer refused one.

    A write may meet a connection that its server is just closing. Clients send it again, under its
    key; it happens once at most for each server.
    """
    check_writes(what, writers, release.uri, DATABASE)
    assert writers.again.keys() <= {"RemoteProtocolError", "ReadError"}
    assert writers.again.total() <= SERVERS


# ---------------------------------------------------------------- what it does


def test_two_servers_and_two_workers_run_without_metrics_server(release: Release) -> None:
    assert len(release.pods("server")) == len(release.pods("worker")) == 2


@pytest.mark.parametrize("component", ["server", "worker"])
def test_no_process_is_roots_or_can_gain_rights(release: Release, component: str) -> None:
    for pod in release.pods(component):
        for pid in descendants(release.pid(pod)):
            status = machine.status(pid)
            assert set(status["Uid"]) == {"10678"}
            assert int(status["CapBnd"][0], 16) == 0
            assert (status["NoNewPrivs"], status["Seccomp"]) == (["1"], ["2"])


def import_rates(release: Release, accounts: Sequence[str]) -> None:
    """Import two rates of each account by the command in a worker's pod."""
    command = ["python", "-m", "impl", "import", "-", "--refused=/tmp/refused"]
    pod = ["exec", "--stdin", f"deployment/{WORKER}", "--"]
    said = release.kubectl(*pod, *command, text=lines(accounts))
    assert said == f"{2 * len(accounts):,} imported, 0 refused"


def test_a_bill_on_demand_with_its_pdf(release: Release) -> None:
    import_rates(release, ["A-7"])
    with httpx.Client(base_url=release.api, timeout=60) as client:
        wanted = {"id": "one", "billingAccount": {"id": "A-7"}}
        assert client.post("/customerBillOnDemand", json=wanted).status_code == 201
        request = "/customerBillOnDemand/one"
        until(lambda: client.get(request).json()["state"] == "done", 60, 0.2)
        bill = client.get(
            f"/customerBill/{client.get(request).json()['customerBill']['id']}"
        ).json()
        document = client.get(f"/customerBill/{bill['id']}/document")
    assert bill["amountDue"] == {"unit": "EUR", "value": AMOUNT}
    assert (document.status_code, document.content[:5]) == (200, b"%PDF-")


def test_the_upgrade_of_a_new_database_has_no_steps(release: Release) -> None:
    command = ["exec", f"deployment/{WORKER}", "--", "python", "-m", "impl", "upgrade"]
    form = f"the database has form {upgrade.CURRENT}"
    assert release.kubectl(*command, "--dry-run") == f"{form} of {upgrade.CURRENT}"
    assert release.kubectl(*command) == form


# ---------------------------------------------------------------- replaced pods


def restart(release: Release, deployment: str) -> None:
    """Replace all pods of a deployment, and return when the new ones are ready."""
    component = deployment.partition("-")[2]
    before = release.pods(component).keys()
    release.kubectl("rollout", "restart", f"deployment/{deployment}")
    release.wait_until_rolled_out()
    until(lambda: release.pods(component).keys().isdisjoint(before), 120, 0.5)
    time.sleep(12)  # the last server ends only after its preStop


def test_a_rollout_restart_of_the_servers_refuses_no_write(
    release: Release, writers: Persistent
) -> None:
    began = time.monotonic()
    with writers:
        writers.wait_for_more()
        restart(release, SERVER)
        writers.wait_for_more()
    check(release, f"rollout restart of the servers, {time.monotonic() - began:.0f} s", writers)


def test_a_rollout_restart_of_the_workers_bills_each_account_once(release: Release) -> None:
    accounts = [f"B-{number}" for number in range(ACCOUNTS)]
    import_rates(release, accounts)
    began = time.monotonic()
    with Requests(release.api, accounts) as requests:
        requests.wait_for_more()
        restart(release, WORKER)
        requests.wait_for_more()
    assert requests.refused == []
    store = Store(release.uri, DATABASE)
    until(lambda: states(store, requests.accepted) == {"done": len(requests.accepted)}, 120, 0.5)
    bills = {each["id"]: each for each in of_accounts(store, "customerBill", accounts)}
    print(f"rollout restart of the workers, {time.monotonic() - began:.0f} s: {len(bills)} bills")
    assert Counter(account_of(bill) for bill in bills.values()) == Counter(requests.accepted)
    assert {bill["amountDue"]["value"] for bill in bills.values()} == {AMOUNT}
    for rate in of_accounts(store, "appliedCustomerBillingRate", accounts):
        assert rate["isBilled"] == (account_of(rate) in requests.accepted)
        assert not rate["isBilled"] or account_of(bills[rate["bill"]["id"]]) == account_of(rate)
    store.close()


def account_of(document: Mapping[str, Any]) -> str:
    return str(document.get("billingAccount", {}).get("id"))


def of_accounts(
    store: Store, collection: str, accounts: Collection[str]
) -> Iterator[Mapping[str, Any]]:
    """The bills or rates of these accounts."""
    return (each for each in store.every(collection, Every()) if account_of(each) in accounts)


def states(store: Store, ids: Collection[str]) -> Counter[str]:
    """How many of these requests for bills are in each state."""
    requests = store.every("customerBillOnDemand", Every())
    return Counter(each["state"] for each in requests if each["id"] in ids)


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
    check(release, "a changed setting", writers)
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
    check(release, "both servers evicted, one after the other", writers)


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
