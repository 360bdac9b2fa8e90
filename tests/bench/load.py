"""Load for a server on this machine: a few clients that keep their connections."""

import http.client
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

CLIENTS = 8
_TICKS = 100  # clock ticks a second, as Linux reports them


@dataclass(frozen=True)
class Request:
    """One kind of request, and what makes its path."""

    name: str
    method: str
    path: Callable[[int], str]
    body: bytes | None = None


@dataclass(frozen=True)
class Rate:
    """How fast it went: requests a second, and microseconds of the server's CPU for each."""

    per_second: float
    cpu_us: float


def measure(port: int, request: Request, seconds: float, processes: list[int]) -> Rate:
    """Send a request over and over for some seconds; any answer but 2xx fails the measurement."""
    counts = [0] * CLIENTS
    stop = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_client, args=(port, request, stop, counts, index))
        for index in range(CLIENTS)
    ]
    cpu, began = _cpu_seconds(processes), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, done = time.monotonic() - began, sum(counts)
    if done == 0:
        raise RuntimeError(f"{request.name}: nothing was answered")
    return Rate(done / took, (_cpu_seconds(processes) - cpu) / done * 1e6)


def _client(port: int, request: Request, stop: float, counts: list[int], index: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/json"} if request.body else {}
    while time.monotonic() < stop:
        path = request.path(counts[index] * CLIENTS + index)
        connection.request(request.method, path, request.body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{request.name}: {answer.status}")
        counts[index] += 1
    connection.close()


def _cpu_seconds(processes: list[int]) -> float:
    fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in processes)
    return sum(int(each[11]) + int(each[12]) for each in fields) / _TICKS
