"""No input breaks the server: mutated requests by the thousand, on sockets that none may hang."""

import os
import random
import socket
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from impl.store.embedded import Mongod
from tests.api.test_http1 import BILLS, JSON, Wire, ask, request
from tests.faults.mutants import Mutants
from tests.servers import BASE_PATH, ServerProcess, memory

FULL = bool(os.environ.get("FULL"))
SEED = int(os.environ.get("SEED") or random.randrange(10**6))
REQUESTS, FIRST, CLIENTS = (100_000, 30_000, 2) if FULL else (2000, 500, 2)
"""How many are counted, and how many come before, until memory has found its level: gunicorn keeps
what belongs to a connection for 3 s after its end, and each of these requests has its own.
"""

ENDS_SECONDS, HANGS_SECONDS = 1, 30
NOT_IMPLEMENTED = 501
"""What a transfer coding gets that is not known (RFC 9112, 6.1), and a JSONPath with `..`."""

GROWTH_MIB = 50


@pytest.fixture(scope="module")
def server(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    log: Path = tmp_path_factory.mktemp("server") / "log"
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": "mutants", "CALLBACK_ALLOW": "127.0.0.0/8"}
    few = 1 << 20  # bytes that are kept of documents, for these are no growth without end
    with ServerProcess(log, WORKERS=1, RENDER_CACHE_BYTES=few, **named) as running:
        yield running


@dataclass
class Sent:
    """What came of requests."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    broken: list[bytes] = field(default_factory=list)
    """Requests that were answered 5xx."""

    hung: list[bytes] = field(default_factory=list)
    """Requests whose connection neither answered nor ended."""


def send(port: int, seed: int, count: int, sent: Sent) -> None:
    """Send so many mutants, each on a connection of its own that says no more."""
    mutants = Mutants(seed)
    for _ in range(count):
        raw = next(mutants)
        began = time.perf_counter()
        try:
            status = _status(port, raw)
        except TimeoutError:
            sent.hung.append(raw)
            continue
        sent.seconds.append(time.perf_counter() - began)
        sent.statuses[status] += 1
        if status >= 500 and status != NOT_IMPLEMENTED:
            sent.broken.append(raw)


def _status(port: int, raw: bytes) -> int:
    """The status of the first answer; 0 where the connection ends without one."""
    with socket.create_connection(("127.0.0.1", port), timeout=ENDS_SECONDS) as connection:
        try:
            connection.sendall(raw)
            line = _line(connection)
        except (ConnectionResetError, BrokenPipeError):
            return 0
    return int(line[9:12]) if len(line) == 12 else 0


def _line(connection: socket.socket) -> bytes:
    """How the answer begins. A request that promises more than there is, is ended after a while."""
    try:
        return connection.recv(12)
    except TimeoutError:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(HANGS_SECONDS)
        return connection.recv(12)


def run(port: int, seed: int, count: int) -> Sent:
    """What comes of so many requests, sent by some clients at a time."""
    sent = [Sent() for _ in range(CLIENTS)]
    threads = [
        threading.Thread(target=send, args=(port, seed * CLIENTS + n, count // CLIENTS, each))
        for n, each in enumerate(sent)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Sent(
        sum((each.statuses for each in sent), Counter()),
        [seconds for each in sent for seconds in each.seconds],
        [raw for each in sent for raw in each.broken],
        [raw for each in sent for raw in each.hung],
    )


@pytest.mark.long
@pytest.mark.timeout(3000)
def test_no_mutant_breaks_the_server(server: ServerProcess) -> None:
    print(f"SEED={SEED}")
    ask(server.port, request("POST", BILLS, JSON, body=b'{"id":"a","billNo":"1"}'))
    cycle = b'{"id":"a","billingPeriod":"2026-01","billingDate":"2999-01-01T00:00:00Z"}'
    ask(server.port, request("POST", f"{BASE_PATH}/billCycle", JSON, body=cycle))
    run(server.port, SEED + 1, FIRST)
    worker = server.workers()[0]
    before = memory(worker)
    sent = run(server.port, SEED, REQUESTS)
    growth = memory(worker) - before
    p99 = statistics.quantiles(sent.seconds, n=100)[98]
    print(f"{REQUESTS} mutants {dict(sorted(sent.statuses.items()))}")
    print(f"p99 {p99 * 1000:.1f} ms, memory +{growth:.1f} MiB, hung {len(sent.hung)}")
    assert not sent.broken[:3]
    assert not sent.hung[:3]
    assert growth < GROWTH_MIB or not FULL
    assert server.workers() == [worker], "the worker did not live through it"
    assert sent.statuses[400] > REQUESTS / 10, "they are not wrong enough"
    assert sum(sent.statuses[each] for each in (200, 201, 206)) > REQUESTS / 50, "too wrong"
    with Wire(server.port) as wire:
        assert wire.send(request("GET", BILLS)).answer().status == 200
    assert "Traceback" not in server.log.read_text()
