"""Command: how many rates a second are imported and exported, beside pymongo's bare calls.

`python -m tests.bench.bulk [--rates N] [--rounds N]`. The command's time is that of its process,
its start included. The time of `insert_many` is for documents that are in memory already, and that
of `find` for reading them whole into memory.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import orjson
import pymongo

from generated import schemas
from impl.instants import plan
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.rendition import FIELD
from impl.store.writing import prepare
from tests.bench import goals, report
from tests.bench.goals import Goal
from tests.servers import ROOT, environment, memory

RATES = 200_000
ROUNDS = 3
RESOURCE = "appliedCustomerBillingRate"
BATCH = 2000
NAMES = ("insert_many", "import", "find", "export")


@dataclass(frozen=True)
class Measured:
    """Rates a second, CPU microseconds of the client a rate, and its memory at the most."""

    per_second: float
    cpu_us: float
    mib: float


def bench(uri: str, folder: Path, count: int = RATES, rounds: int = ROUNDS) -> list[Goal]:
    """Print tables of rates a second, by the bare calls and by the commands, and of the goals."""
    file = folder / "rates.ndjson"
    with file.open("wb") as lines:
        lines.writelines(orjson.dumps(each) + b"\n" for each in rates(count))
    measured: dict[str, list[Measured]] = {name: [] for name in NAMES}
    for _ in range(rounds):
        database = f"bench-{uuid4().hex}"
        measured["insert_many"].append(_inserted(uri, f"{database}-bare", count))
        measured["import"].append(_command(uri, database, count, "import", str(file)))
        measured["find"].append(_read(uri, f"{database}-bare", count))
        output = ("export", RESOURCE, "-o", str(folder / "out.ndjson"))
        measured["export"].append(_command(uri, database, count, *output))
        client: pymongo.MongoClient[Any] = pymongo.MongoClient(uri)
        client.drop_database(database)
        client.drop_database(f"{database}-bare")
        client.close()
    fast = {name: median(each.per_second for each in runs) for name, runs in measured.items()}
    found = [
        Goal("import, of insert_many", fast["import"] / fast["insert_many"], 0.6),
        Goal("export, of find", fast["export"] / fast["find"], 0.9),
    ]
    text = f"{_table(measured, file.stat().st_size / count)}\n\n{goals.table(found)}\n"
    print(text, flush=True)
    kept = {"machine": report.machine(), "rounds": rounds, "rates_per_second": fast}
    report.keep("bulk", kept | {"goals": goals.kept(found)}, f"{report.machine()}\n\n{text}")
    return found


def rates(count: int) -> Iterator[dict[str, Any]]:
    """So many rates of usual size, as a rating system writes them."""
    for number in range(count):
        net = number % 997 / 100
        tax = round(net * 0.19, 2)
        day = f"2026-09-{number % 30 + 1:02}T{number % 24:02}:{number % 60:02}:{number % 59:02}Z"
        yield {
            "id": f"rate-{number:08}",
            "@type": "AppliedCustomerBillingRate",
            "date": day,
            "name": "Minutes to mobile",
            "description": "Calls within the country",
            "type": "usageCharge",
            "billingAccount": {"id": f"A-{number % 10_000}", "name": "Household"},
            "product": {"id": f"P-{number % 7}", "name": "Mobile M"},
            "periodCoverage": {
                "startDateTime": "2026-09-01T00:00:00Z",
                "endDateTime": "2026-10-01T00:00:00Z",
            },
            "taxExcludedAmount": {"unit": "EUR", "value": net},
            "taxIncludedAmount": {"unit": "EUR", "value": round(net + tax, 2)},
            "appliedTax": [
                {
                    "taxCategory": "VAT",
                    "taxRate": 19,
                    "taxAmount": {"unit": "EUR", "value": tax},
                }
            ],
        }


def _inserted(uri: str, database: str, count: int) -> Measured:
    """The same documents under the same indexes, by nothing but pymongo."""
    store = Store(uri, database)
    store.ensure_indexes()
    collection, _ = store.collection(RESOURCE)
    typed = plan(schemas.SCHEMAS[f"A{RESOURCE[1:]}_Create"])
    made = (typed(each) | {"isBilled": False} for each in rates(count))
    source = (prepare(RESOURCE, each, 1)[0] for each in made)
    seconds = cpu = 0.0
    while batch := list(islice(source, BATCH)):
        began, worked = time.perf_counter(), time.process_time()
        collection.insert_many(batch, ordered=False)
        seconds += time.perf_counter() - began
        cpu += time.process_time() - worked
    store.close()
    return Measured(count / seconds, cpu / count * 1e6, 0)


def _read(uri: str, database: str, count: int) -> Measured:
    """The documents that `_inserted` left, by nothing but pymongo."""
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        began, worked = time.perf_counter(), time.process_time()
        found = sum(1 for _ in client[database][RESOURCE].find({}, {FIELD: 0}))
        seconds, cpu = time.perf_counter() - began, time.process_time() - worked
    if found != count:
        raise RuntimeError(f"{found} of {count} rates are there")
    return Measured(count / seconds, cpu / count * 1e6, 0)


def _command(uri: str, database: str, count: int, *arguments: str) -> Measured:
    store = Store(uri, database)
    store.ensure_indexes()
    store.close()
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "impl", *arguments],
        cwd=ROOT,
        env=environment({"MONGODB_URI": uri, "MONGODB_DB": database}),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    peak = 0.0  # `ru_maxrss` would count what who starts it has held, too
    while process.returncode is None:
        peak = max(peak, memory(process.pid, "VmHWM"))
        ended, status, used = os.wait4(process.pid, os.WNOHANG)
        if ended:
            process.returncode = os.waitstatus_to_exitcode(status)
        else:
            time.sleep(0.02)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"{arguments[0]} ended with {process.returncode}")
    cpu = used.ru_utime + used.ru_stime
    return Measured(count / seconds, cpu / count * 1e6, peak)


def _table(measured: dict[str, list[Measured]], size: float) -> str:
    head = (f"rates of {size:.0f} bytes", "rates/s", "CPU us a rate", "a CPU second", "MiB")
    return report.table(head, (_row(name, runs) for name, runs in measured.items()))


def _row(name: str, runs: list[Measured]) -> list[str]:
    fast = median(each.per_second for each in runs)
    cpu = median(each.cpu_us for each in runs)
    mib = f"{max(each.mib for each in runs):.0f}" if runs[0].mib else ""
    return [name, f"{fast:,.0f}", f"{cpu:.1f}", f"{1e6 / cpu:,.0f}", mib]


def main() -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rates", type=int, default=RATES)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Mongod(Path(folder)) as mongod:
        bench(
            os.environ.get("MONGODB_URI", mongod.uri), Path(folder), options.rates, options.rounds
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
