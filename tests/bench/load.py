"""Load for a server on this machine: sixteen clients that keep their connections.

wrk sends it where it is installed, for it costs the machine least; else threads of ours do.
"""

import http.client
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from tests.bench.work import Pool

CLIENTS = 16
SCRIPT = Path(__file__).parent / "wrk.lua"
_TICKS = 100  # clock ticks a second, as Linux reports them


@dataclass(frozen=True)
class Rate:
    """How fast it went: requests a second, and seconds of the server's CPU for 1,000 of them."""

    per_second: float
    cpu_seconds: float
    requests: int


@dataclass(frozen=True)
class Sent:
    """What was answered, and within how many seconds."""

    requests: int
    seconds: float


class LoadError(Exception):
    """Something was not answered as it should be: the measurement is none."""


def measure(
    port: int, processes: Sequence[int], pool: Pool, seconds: float, *, whole: bool = False
) -> Rate:
    """Send requests in turn for some seconds; any answer but 2xx raises LoadError.

    With `whole`, each request is waited for, which wrk does not: where a request takes long, those
    that it gives up at the end would count among the server's seconds and not among the answers.
    """
    use_wrk = not whole and shutil.which("wrk")
    before = cpu_seconds(processes)
    sent = _by_wrk(port, pool, seconds) if use_wrk else _by_threads(port, pool, seconds)
    cost = cpu_seconds(processes) - before
    if not sent.requests:
        raise LoadError("nothing was answered")
    return Rate(sent.requests / sent.seconds, cost / sent.requests * 1000, sent.requests)


def tool() -> str:
    """What sends the load, with its version."""
    found = shutil.which("wrk")
    if found is None:
        return "http.client"
    said = subprocess.run([found, "-v"], capture_output=True, text=True, check=False).stdout
    return " ".join(said.split()[:2])


def cpu_seconds(processes: Sequence[int]) -> float:
    """The CPU that processes have used, their threads' and the kernel's for them."""
    fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in processes)
    return sum(int(each[11]) + int(each[12]) for each in fields) / _TICKS


def _by_wrk(port: int, pool: Pool, seconds: float) -> Sent:
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"\0".join(request.raw(port) for request in pool))
        file.flush()
        ran = subprocess.run(
            [
                *f"wrk -t1 -c{CLIENTS} -d{max(1, round(seconds))}s --timeout 30s".split(),
                *("-s", str(SCRIPT), f"http://127.0.0.1:{port}/", "--", file.name),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    return read_wrk(ran.stdout)


def read_wrk(output: str) -> Sent:
    """What wrk.lua says in the last line of wrk's output; LoadError where an answer was wrong."""
    said = orjson.loads(output.strip().rpartition("\n")[2])
    if said["wrong"] or said["broken"]:
        raise LoadError(f"{said['wrong']} answers other than 2xx, {said['broken']} connections")
    return Sent(said["requests"], said["microseconds"] / 1e6)


def _by_threads(port: int, pool: Pool, seconds: float) -> Sent:
    counts: list[int | str] = [0] * CLIENTS
    began = time.monotonic()
    threads = [
        threading.Thread(target=_client, args=(port, pool, began + seconds, counts, index))
        for index in range(CLIENTS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wrong = [each for each in counts if isinstance(each, str)]
    if wrong:
        raise LoadError(wrong[0])
    return Sent(sum(map(int, counts)), time.monotonic() - began)


def _client(port: int, pool: Pool, stop: float, counts: list[int | str], index: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    done = 0
    while time.monotonic() < stop:
        request = pool[(done * CLIENTS + index) % len(pool)]
        headers = {"Content-Type": "application/json"} if request.body else {}
        connection.request(request.method, request.path, request.body or None, headers)
        answer = connection.getresponse()
        content = answer.read()
        if answer.status >= 300:
            counts[index] = f"{request.method} {request.path}: {answer.status} {content[:300]!r}"
            return
        done += 1
    counts[index] = done
    connection.close()
