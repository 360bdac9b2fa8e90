"""Command: how many events workers deliver a second, and that the dead cost the living little.

`python -m tests.bench.events [--events N] [--subscriptions N] [--dead N] [--workers N ...]`.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from impl.events import signing
from impl.events.build import build
from impl.store.deliveries import Deliveries
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.servers import ROOT, WorkerProcess, answers, free_port

BILL = {"billNo": "2026-00042", "state": "new", "description": "y" * 400}
ALLOWED = "127.0.0.0/8"
WRITERS = 8
LIMIT_SECONDS = 3600


@dataclass(frozen=True)
class Delivered:
    """How it went: deliveries a second until each living subscriber had all, and what was sent."""

    per_second: float
    seconds: float
    events: int
    posts: int


def bench(uri: str, folder: Path) -> None:
    """Print a table: events a second to one and to ten subscribers, by workers."""
    print("| subscribers | workers | events delivered/s |")
    print("|---|---|---|")
    for subscriptions in (1, 10):
        for workers in (1, 2):
            found = deliver(uri, folder, 3000, subscriptions, workers=workers)
            print(f"| {subscriptions} | {workers} | {found.per_second:.0f} |", flush=True)


def deliver(
    uri: str, folder: Path, events: int, subscriptions: int, *, dead: int = 0, workers: int = 1
) -> Delivered:
    """Make events, then start workers, and wait until every living subscriber has all of them."""
    database = f"bench-{uuid4().hex}"
    with ExitStack() as stack:
        sink = stack.enter_context(_sink())
        store = Store(uri, database, record=build)
        stack.callback(store.close)
        store.ensure_indexes()
        living = subscriptions - dead
        _subscribe(store, [*(f"{sink}/{n}" for n in range(living)), *_dead(dead)])
        _write(store, events)
        began = time.perf_counter()
        for _ in range(workers):
            named = {"CALLBACK_ALLOW": ALLOWED, "LOG_LEVEL": "error"}
            stack.enter_context(WorkerProcess(folder / "log", uri, database, **named))
        first = _until(sink, 1)
        began = time.perf_counter() if first else began
        posts = _until(sink, living * events)
        took = time.perf_counter() - began
        return Delivered(living * events / took, took, living * events, posts)


def _until(sink: str, count: int) -> int:
    """Wait until so many events have come; how many posts that took."""
    deadline = time.monotonic() + LIMIT_SECONDS
    with httpx.Client() as client:
        while time.monotonic() < deadline:
            told = client.get(sink).json()
            if sum(told["events"].values()) >= count:
                return int(told["posts"])
            time.sleep(0.02)
    raise RuntimeError(f"not all of {count} events came: {told}")


def _subscribe(store: Store, callbacks: list[str]) -> None:
    deliveries = Deliveries(store)
    for callback in callbacks:
        id_ = uuid4().hex
        store.insert("hub", {"id": id_, "callback": callback, "query": ""})
        deliveries.subscribe(id_, signing.new_secret())


def _dead(count: int) -> list[str]:
    """Callbacks where nobody listens."""
    port = free_port()
    return [f"http://127.0.0.1:{port}/{number}" for number in range(count)]


def _write(store: Store, events: int) -> None:
    bills = [{**BILL, "id": f"bill-{number:06}"} for number in range(events)]
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda bill: store.insert("customerBill", bill), bills))


@contextmanager
def _sink() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.sink", str(port)], cwd=ROOT)
    try:
        answers(f"http://127.0.0.1:{port}/", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def main() -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--subscriptions", type=int, default=50)
    parser.add_argument("--dead", type=int, default=10)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Mongod(Path(folder)) as mongod:
        for workers in options.workers:
            found = deliver(
                mongod.uri,
                Path(folder),
                options.events,
                options.subscriptions,
                dead=options.dead,
                workers=workers,
            )
            print(workers, found, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
