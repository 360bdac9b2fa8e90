"""compose.yaml as shipped: what it does, how it is locked up, and what survives its faults."""

import base64
import hashlib
import hmac
import json
import math
import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.containers import faults, machine
from tests.containers.installation import (
    API,
    DATABASE,
    GATEWAY,
    SERVERS,
    WORKERS,
    Installation,
)
from tests.containers.rates import AMOUNT, lines
from tests.events.receiver import Receiver
from tests.faults.load import Persistent, check_writes
from tests.servers import descendants, family
from tests.waiting import until

FULL = bool(os.environ.get("FULL"))
pytestmark = pytest.mark.timeout(400)
full_only = pytest.mark.skipif(not FULL, reason="takes long: FULL=1 make containers")
LONGEST = 40.0
"""No fault of the database or a server may take writes away for longer, in seconds."""

NOBODYS = {**dict.fromkeys((*SERVERS, *WORKERS), "10678"), "proxy": "101"}
"""The user of each container that has no right of root's."""


def check(
    installation: Installation, what: str, writers: Persistent, longest: float = LONGEST
) -> None:
    check_writes(what, writers, installation.uri(), DATABASE, longest=longest)


# ---------------------------------------------------------------- what it does


def test_it_is_ready_through_tls(installation: Installation) -> None:
    with installation.client() as client:
        ready = client.get("/health/ready")
    assert (ready.status_code, ready.headers["Strict-Transport-Security"]) == (
        200,
        "max-age=31536000",
    )


@pytest.mark.parametrize("service", NOBODYS)
def test_no_process_is_roots_or_can_write_or_gain_rights(
    installation: Installation, service: str
) -> None:
    container = installation.container(service)
    assert container["HostConfig"]["ReadonlyRootfs"]
    for pid in descendants(installation.pid(service)):
        status = machine.status(pid)
        assert set(status["Uid"]) == {NOBODYS[service]}
        for rights in ("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"):
            assert int(status[rights][0], 16) == 0, rights
        assert status["NoNewPrivs"] == ["1"]


def test_a_bill_on_demand_with_its_pdf_and_a_signed_event(installation: Installation) -> None:
    command = [
        "exec",
        "-T",
        "server-1",
        "python",
        "-m",
        "impl",
        "import",
        "-",
        "--refused=/tmp/refused",
    ]
    assert installation.compose(*command, text=lines(["A-7"])) == "2 imported, 0 refused"
    with Receiver(host=GATEWAY) as receiver, installation.client() as client:
        subscription = client.post(f"{API}/hub", json={"callback": receiver.url}).json()
        wanted = {"id": "one", "billingAccount": {"id": "A-7"}}
        assert client.post(f"{API}/customerBillOnDemand", json=wanted).status_code == 201
        request = f"{API}/customerBillOnDemand/one"
        until(lambda: client.get(request).json()["state"] == "done", 60, 0.2)
        bill = client.get(client.get(request).json()["customerBill"]["href"]).json()
        document = client.get(f"{API}/customerBill/{bill['id']}/document")
        until(lambda: any("CustomerBillCreateEvent" in str(p.body) for p in receiver.posts), 30)
        client.delete(f"{API}/hub/{subscription['id']}")
    assert bill["amountDue"] == {"unit": "EUR", "value": AMOUNT}
    assert (document.status_code, document.content[:5]) == (200, b"%PDF-")
    for post in receiver.posts:
        headers = {name.lower(): value for name, value in post.headers.items()}
        key = base64.b64decode(subscription["secret"].removeprefix("whsec_"))
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + post.body
        digest = hmac.new(key, signed, hashlib.sha256).digest()
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


# ---------------------------------------------------------------- restarts


def test_a_changed_setting_gets_to_all_by_a_rolling_restart(
    installation: Installation, writers: Persistent
) -> None:
    before = {each: installation.container(each)["Id"] for each in (*SERVERS, *WORKERS)}
    installation.set(PUBLIC_URL="https://bills.example")
    with writers:
        writers.wait_for_more()
        installation.script("rolling.sh")
        writers.wait_for_more()
    check(installation, "a changed setting, rolled out", writers)
    assert writers.again.keys() <= {"503"}
    assert writers.again.total() <= 2 * len(SERVERS), "more than what was just being sent to one"
    assert all(installation.container(each)["Id"] != id_ for each, id_ in before.items())
    with installation.client() as client:
        made = client.post(f"{API}/customerBill", json={"billNo": "1"}).json()
        assert made["href"].startswith("https://bills.example/")


def test_the_proxy_starts_while_a_server_is_down_and_finds_both_again(
    installation: Installation,
) -> None:
    addresses = [installation.address(server, "web") for server in SERVERS]
    installation.compose("stop", "server-1")
    installation.compose("restart", "proxy")
    print(f"the proxy, restarted with a server down: {installation.wait_until_ready(30):.1f} s")
    installation.compose("rm", "--force", "--stop", *SERVERS)
    for server in reversed(SERVERS):  # the other order: without fixed addresses they swap them
        installation.compose("up", "--detach", "--no-deps", server)
    assert [installation.address(server, "web") for server in SERVERS] == addresses
    since = time.time()
    installation.wait_until_ready()
    until(lambda: _servers_that_answered(installation, since) == set(addresses), 60, 0.5)


def _servers_that_answered(installation: Installation, since: float) -> set[str]:
    """The addresses of servers that answered a request 200, by the proxy's log."""
    with installation.client() as client:
        client.get("/health/live")
    log = installation.engine("logs", f"--since={since:.0f}", "tmf678-proxy-1").splitlines()
    lines = [json.loads(line) for line in log if line.startswith("{")]
    answers = [each["server"] for each in lines if each["status"] == 200]
    return {each.partition(":")[0] for each in answers if "," not in each}


# ---------------------------------------------------------------- faults


def suffer(
    installation: Installation,
    what: str,
    writers: Persistent,
    fault: Callable[[], None],
    longest: float = LONGEST,
) -> None:
    """Have a fault happen under writes; none is lost, and all containers are healthy afterwards."""
    with writers:
        writers.wait_for_more()
        fault()
        writers.wait_for_more(120)
        time.sleep(3)  # the load goes on for a while
        writers.wait_for_more(120)
    installation.wait_until_whole()
    installation.wait_until_healthy()
    check(installation, what, writers, longest)


def suffer_kill(installation: Installation, what: str, writers: Persistent, service: str) -> None:
    """Have a container killed under writes; the engine starts it again."""
    killed = installation.pid(service)
    suffer(installation, what, writers, lambda: faults.kill(installation, service))
    assert installation.pid(service) not in (0, killed)


def held(writers: Persistent) -> None:
    """Return when writes are acknowledged in spite of a fault that goes on."""
    time.sleep(3)  # those that were under way are over
    writers.wait_for_more(120)
    time.sleep(1)  # it is no straggler
    writers.wait_for_more(120)


def test_a_killed_server(installation: Installation, writers: Persistent) -> None:
    suffer_kill(installation, "SIGKILL of a server", writers, "server-1")


def test_a_killed_primary(installation: Installation, writers: Persistent) -> None:
    suffer_kill(installation, "SIGKILL of the primary", writers, installation.primary())


@full_only
def test_a_hung_worker_is_killed_and_started_again(installation: Installation) -> None:
    first = installation.pid("worker-1")
    began = time.monotonic()
    for pid in family(first)[1:]:
        os.kill(pid, signal.SIGSTOP)
    until(lambda: installation.pid("worker-1") not in (0, first), 180, 1)
    print(f"a hung worker: started again after {time.monotonic() - began:.0f} s")


@full_only
def test_a_frozen_primary(installation: Installation, writers: Persistent) -> None:
    def freeze() -> None:
        with faults.frozen(installation, installation.primary()):
            held(writers)

    suffer(installation, "a frozen primary", writers, freeze)


@full_only
def test_a_primary_that_is_cut_off(installation: Installation, writers: Persistent) -> None:
    def cut() -> None:
        with faults.cut_off(installation, installation.primary()):
            held(writers)

    suffer(installation, "a primary cut off from the other members", writers, cut)


@full_only
def test_an_engine_that_is_killed_and_started_again(
    installation: Installation, writers: Persistent
) -> None:
    def restart() -> None:
        installation.engine.kill()
        installation.engine.start()
        installation.wait_until_ready()

    suffer(installation, "the engine killed and started again", writers, restart, math.inf)
