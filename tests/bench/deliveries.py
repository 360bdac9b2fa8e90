"""Command: how many events workers deliver a second, and that the dead cost the living little.

`python -m tests.bench.deliveries [--events N] [--subscriptions N] [--dead N] [--workers N ...]`.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import httpx

from impl.events import signing
from impl.events.build import build
from impl.links import EventLinks
from impl.query.language import Document
from impl.store.deliveries import Deliveries
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.bench import goals, report
from tests.bench.goals import Goal
from tests.bench.meter import KINDS, Cost, Meter, middle
from tests.servers import ROOT, WorkerProcess, answers, family, free_port

BILL = {"billNo": "2026-00042", "state": "new", "description": "y" * 400}
ALLOWED = "127.0.0.0/8"
WRITERS = 8
LIMIT_SECONDS = 3600
EVENTS, RECEIVERS = 3_000, (1, 10)
BARE = "bare loop"
BASE = "https://bills.example/tmf-api/customerBillManagement/v4"


@dataclass(frozen=True)
class Delivered:
    """How it went: deliveries a second until each living subscriber had all, and what was sent."""

    cost: Cost
    seconds: float
    events: int
    posts: int


def bench(mongod: Mongod, folder: Path, events: int = EVENTS, rounds: int = 3) -> list[Goal]:
    """Print tables of deliveries a second beside a bare loop's and of the goals, and keep them."""
    costs: dict[tuple[int, str], list[Cost]] = defaultdict(list)
    for _ in range(rounds):
        for receivers in RECEIVERS:
            costs[receivers, BARE].append(_bare(mongod, events, receivers))
            for workers in (1, 2):
                found = deliver(mongod, folder, events, receivers, workers=workers)
                costs[receivers, _ours(workers)].append(found.cost)
    medians = {key: middle(each) for key, each in costs.items()}
    reached = list(_goals(medians))
    text = f"{_table(medians)}\n\n{goals.table(reached)}\n"
    print(text, flush=True)
    figures = [{"receivers": n, "by": by, **asdict(each)} for (n, by), each in medians.items()]
    kept = {"machine": report.machine(), "rounds": rounds, "costs": figures}
    report.keep(
        "deliveries", kept | {"goals": goals.kept(reached)}, f"{report.machine()}\n\n{text}"
    )
    return reached


def deliver(
    mongod: Mongod,
    folder: Path,
    events: int,
    subscriptions: int,
    *,
    dead: int = 0,
    workers: int = 1,
) -> Delivered:
    """Make events, then start workers, and wait until every living subscriber has all of them.

    The cost of a delivery is counted from the first ones on.
    """
    database = f"bench-{uuid4().hex}"
    with ExitStack() as stack:
        sink = stack.enter_context(_sink())
        store = Store(mongod.uri, database, record=build)
        stack.callback(store.close)
        store.ensure_indexes()
        living = subscriptions - dead
        _subscribe(store, [*(f"{sink}/{n}" for n in range(living)), *_dead(dead)])
        write(store, events)
        named = {"CALLBACK_ALLOW": ALLOWED, "LOG_LEVEL": "error"}
        running = [
            stack.enter_context(WorkerProcess(folder / "log", mongod.uri, database, **named))
            for _ in range(workers)
        ]
        first = _until(sink, 1)
        began = time.perf_counter()
        meter = Meter(mongod, [pid for each in running for pid in family(each.process.pid)])
        posts = _until(sink, living * events)
        took = time.perf_counter() - began
        cost = meter.cost(living * events - first)
        return Delivered(cost, took, living * events, posts)


def _bare(mongod: Mongod, events: int, receivers: int) -> Cost:
    """The cost of a delivery in a bare loop."""
    bill = Document({**BILL, "id": "bill-000000"})
    body = EventLinks(BASE, "events").one(build("customerBill", None, bill) or {})
    with _sink() as sink, _loop(receivers, events, sink) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(body + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        meter = Meter(mongod, [process.pid])
        process.stdin.write(b"\n")
        process.stdin.flush()
        return meter.cost(receivers * events, float(process.stdout.readline()))


def _loop(receivers: int, events: int, sink: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare_deliveries", str(receivers), str(events), sink],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _ours(workers: int) -> str:
    return f"{workers} worker{'s' * (workers > 1)}"


def _table(medians: dict[tuple[int, str], Cost]) -> str:
    head = ("receivers", "by", "deliveries/s", "CPU us each: sender", "mongod", *KINDS)
    rows = (
        [
            str(receivers),
            by,
            f"{each.per_second:,.0f}",
            f"{each.cpu_ms * 1000:.0f}",
            f"{each.mongod_ms * 1000:.0f}",
            *(f"{each.written[kind]:.2f}" for kind in KINDS),
        ]
        for (receivers, by), each in medians.items()
    )
    return report.table(head, rows)


def _goals(medians: dict[tuple[int, str], Cost]) -> Iterator[Goal]:
    for receivers in RECEIVERS:
        ours, bare = (medians[receivers, by].per_second for by in (_ours(1), BARE))
        name = f"deliveries/s of the bare loop's, {receivers} receiver{'s' * (receivers > 1)}"
        yield Goal(f"{name}, {_ours(1)}", ours / bare, 0.5)


def _until(sink: str, count: int) -> int:
    """Wait until so many events have come; how many posts have by then."""
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


def write(store: Store, events: int) -> None:
    """Write so many bills, one by one, and so as many events."""
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
                mongod,
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
