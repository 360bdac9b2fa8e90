"""Events while servers and workers are killed: all arrive, in order, each under one id."""

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from impl.store.embedded import Mongod
from tests.events import receiver as receivers
from tests.events.receiver import Receiver
from tests.servers import ServerProcess, WorkerProcess
from tests.waiting import until

ALLOWED = "127.0.0.0/8"
RATE, RATES = "appliedCustomerBillingRate", 8
FULL = bool(os.environ.get("FULL"))
SECONDS, KILLS = (12, 4) if FULL else (8, 3)


class Workers:
    """Two workers, of which now and then one is killed and another started."""

    def __init__(self, log: Path, uri: str, database: str, **named: object) -> None:
        self._log, self._uri, self._database, self._named = log, uri, database, named
        self._running = [self._started(), self._started()]

    def kill_one(self) -> None:
        self._running.pop(0).kill()
        self._running.append(self._started())

    def kill(self) -> None:
        for worker in self._running:
            worker.kill()

    def _started(self) -> WorkerProcess:
        return WorkerProcess(
            self._log, self._uri, self._database, CALLBACK_ALLOW=ALLOWED, **self._named
        )


@pytest.fixture(params=[1, 3])
def server(
    mongod: Mongod, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[ServerProcess]:
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": f"killed-{uuid4().hex}"}
    named["EVENT_PARTITIONS"] = request.param
    with ServerProcess(tmp_path / "log", WORKERS=2, CALLBACK_ALLOW=ALLOWED, **named) as running:
        yield running


def write(api: str, seconds: float, faults: list[float], fault: Callable[[], None]) -> int:
    """Change rates for some seconds, and do what happens at some of them; the writes answered.

    Each write moves the rate to another account, and so to another partition if there are some.
    """
    done = 0
    began = time.monotonic()
    with httpx.Client(timeout=30) as client:
        for number in range(RATES):
            body = {"id": f"r{number}", "name": "0", "billingAccount": {"id": "A-0"}}
            done += client.post(f"{api}/{RATE}", json=body).status_code == 201
        while time.monotonic() - began < seconds:
            if faults and time.monotonic() - began > faults[0]:
                faults.pop(0)
                fault()
            url = f"{api}/{RATE}/r{done % RATES}"
            try:
                body = {"name": str(done), "billingAccount": {"id": f"A-{done % 5}"}}
                done += client.patch(url, json=body).status_code == 200
            except httpx.TransportError:
                time.sleep(0.05)  # it may be done or not; the feed tells
    return done


@pytest.mark.long
def test_all_arrives_in_order_while_servers_and_workers_are_killed(
    mongod: Mongod, server: ServerProcess, tmp_path: Path
) -> None:
    database, partitions = (
        str(server._environment[name])  # noqa: SLF001
        for name in ("MONGODB_DB", "EVENT_PARTITIONS")
    )
    named = {"PORT": server.port, "EVENT_PARTITIONS": partitions}
    workers = Workers(tmp_path / "worker.log", mongod.uri, database, **named)
    with Receiver() as steady, Receiver() as troubled:
        for receiver in (steady, troubled):
            made = httpx.post(f"{server.api}/hub", json={"callback": receiver.url})
            assert made.status_code == 201

        def fault() -> None:
            workers.kill_one()
            os.kill(random.choice(server.workers()), signal.SIGKILL)
            troubled.behave = random.choice([receivers.status(500), receivers.close_early])
            time.sleep(0.2)
            troubled.behave = receivers.ok

        times = [SECONDS * (n + 1) / (KILLS + 1) for n in range(KILLS)]
        done = write(server.api, SECONDS, times, fault)
        events = _feed(server.api, at_least=done)
        ids = [event["eventId"] for event in events]
        assert done <= len(ids) <= done + KILLS * 2 + 8, "an event without a write, or the reverse"
        for receiver in (steady, troubled):
            until(lambda r=receiver: {p.id for p in r.accepted} == set(ids), 120)  # type: ignore[misc]
            assert receiver.by_subject() == _by_subject(events)
        sent = len(steady.accepted)
        print(f"writes {done}, events {len(ids)}, posts {sent}: {sent - len(ids)} twice")
    workers.kill()


def _feed(api: str, at_least: int) -> list[dict[str, object]]:
    """Every event, once the feed has come to rest."""
    with httpx.Client(timeout=30) as client:

        def count() -> int:
            return int(client.get(f"{api}/events?limit=0").headers["X-Total-Count"])

        until(lambda: count() >= at_least, 60)
        time.sleep(1)  # for events too many, if there are any
        lines = client.get(f"{api}/events", headers={"Accept": "application/x-ndjson"})
        return [json.loads(line) for line in lines.text.splitlines()]


def _by_subject(events: list[dict[str, object]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for event in events:
        told: dict[str, dict[str, str]] = event["event"]  # type: ignore[assignment]
        resource, document = next(iter(told.items()))
        found.setdefault(f"{resource}/{document['id']}", []).append(str(event["eventId"]))
    return found
