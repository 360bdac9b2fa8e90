"""Command: how fast the server is beside a bare Flask application over the same mongod, and how
many bills workers make.

`python -m tests.bench [--seconds S] [--rounds N]` prints Markdown tables of medians and ratios.
The machines are noisy: CPU a request is the steadier figure, and a ratio of one run the only one
to compare.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import orjson
import pymongo

from impl.store.embedded import Mongod
from tests.bench import billing, events
from tests.bench.load import Rate, Request, measure
from tests.servers import BASE_PATH, ROOT, ServerProcess, answers, family, free_port

BILLS = 10_000
BILL = {
    "billNo": "2026-00042",
    "billDate": "2026-10-01T00:00:00Z",
    "state": "new",
    "category": "normal",
    "billingAccount": {"id": "A-1001", "name": "Household account"},
    "amountDue": {"unit": "EUR", "value": 49},
    "relatedParty": [{"id": "C-17", "role": "payer", "@referredType": "Individual"}],
    "taxItem": [{"taxCategory": "VAT", "taxRate": 19, "taxAmount": {"unit": "EUR", "value": 7.82}}],
    "billDocument": [{"id": "D-42", "mimeType": "application/pdf", "name": "x" * 400}],
    "description": "y" * 400,
}
PATH = f"{BASE_PATH}/customerBill"
REQUESTS = (
    Request("GET by id", "GET", lambda n: f"{PATH}/bill-{n * 7919 % BILLS:08}"),
    Request("list of 20", "GET", lambda _: f"{PATH}?limit=20"),
    Request("list of 100", "GET", lambda _: f"{PATH}?limit=100"),
    Request("POST", "POST", lambda _: PATH, orjson.dumps(BILL)),
)


def main() -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2, help="each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="interleaved; medians are printed")
    options = parser.parse_args()
    rates: dict[tuple[str, str], list[Rate]] = {}
    with tempfile.TemporaryDirectory() as folder, _servers(Path(folder)) as servers:
        for _ in range(options.rounds):
            for request in REQUESTS:
                for name, (port, pids) in servers.items():
                    rate = measure(port, request, options.seconds, pids)
                    rates.setdefault((request.name, name), []).append(rate)
    _print(rates)
    print()
    with tempfile.TemporaryDirectory() as folder, Mongod(Path(folder)) as mongod:
        billing.bench(mongod.uri, Path(folder))
        print()
        events.bench(mongod.uri, Path(folder))
    return 0


def _print(rates: dict[tuple[str, str], list[Rate]]) -> None:
    print("| | requests/s | bare Flask | ratio | CPU us a request | bare Flask | ratio |")
    print("|---|---|---|---|---|---|---|")
    for request in REQUESTS:
        ours, bare = rates[request.name, "tmf678"], rates[request.name, "bare Flask"]
        fast = [median(rate.per_second for rate in each) for each in (ours, bare)]
        cpu = [median(rate.cpu_us for rate in each) for each in (ours, bare)]
        print(
            f"| {request.name} | {fast[0]:.0f} | {fast[1]:.0f} | {fast[0] / fast[1]:.2f} "
            f"| {cpu[0]:.0f} | {cpu[1]:.0f} | {cpu[1] / cpu[0]:.2f} |"
        )


@contextmanager
def _servers(folder: Path) -> Iterator[dict[str, tuple[int, list[int]]]]:
    """Both servers over the same bills, a worker each: their ports and process ids."""
    with Mongod(folder) as mongod:
        client: pymongo.MongoClient[dict[str, object]] = pymongo.MongoClient(mongod.uri)
        bills = ({"_id": id_, "id": id_, "_rev": 1, **BILL} for id_ in _ids())
        client["bench"]["customerBill"].insert_many(bills)
        client.close()
        settings = {"MONGODB_URI": mongod.uri, "MONGODB_DB": "bench", "LOG_LEVEL": "error"}
        with ServerProcess(folder / "log", **settings) as ours, _bare(settings) as bare:
            yield {"tmf678": (ours.port, ours.family()), "bare Flask": bare}


def _ids() -> list[str]:
    return [f"bill-{number:08}" for number in range(BILLS)]


@contextmanager
def _bare(settings: dict[str, str]) -> Iterator[tuple[int, list[int]]]:
    port = free_port()
    command = f"-m gunicorn -b 127.0.0.1:{port} --threads 16 --no-control-socket --log-level error"
    process = subprocess.Popen(
        [sys.executable, *command.split(), "tests.bench.bare_flask:app"],
        cwd=ROOT,
        env=os.environ | settings,
    )
    try:
        answers(f"http://127.0.0.1:{port}{PATH}?limit=1", process)
        yield port, family(process.pid)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    sys.exit(main())
