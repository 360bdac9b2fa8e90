"""Command: what a request costs as data grows, and what each index costs.

`python -m tests.bench.scale [--sizes N ...] [--requests N] [--data FOLDER]` fills a database of
each size on one mongod, serves each by a server of its own, and sends the same kinds of requests to
all in turn, so that noise hits all alike. It prints p50 and p99, and what is not level with the
databases' own account of it. With `--data` the databases are kept, and found again.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pymongo

from impl.store.embedded import Mongod
from tests.bench import data, indexes, report, servers
from tests.bench.growth import Kind, Place, Times, kinds, timed

SIZES = (10_000, 100_000, 1_000_000)
LEVEL = 1.3
"""How many times the p50 of the smallest database that of the largest may be."""


def main() -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="bills, and rates")
    parser.add_argument("--requests", type=int, default=300, help="of each kind, to each size")
    parser.add_argument("--data", type=Path, help="where the databases are kept")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Mongod(options.data or Path(folder)) as mongod:
        _fill(mongod.uri, options.sizes)
        with _places(Path(folder), mongod.uri, options.sizes) as places:
            found = [(kind, timed(kind, places, options.requests)) for kind in kinds()]
            text = _table(found, options.sizes) + "\n\n" + _why(found, places)
        print(text + "\n", flush=True)
        costs = indexes.table(mongod, f"scale-{options.sizes[-1]}")
    print(costs)
    times = {kind.name: {str(size): each for size, each in at.items()} for kind, at in found}
    kept = {"machine": report.machine(), "sizes": options.sizes, "seconds": times}
    report.keep("scale", kept, f"{report.machine()}\n\n{text}\n\n{costs}\n")
    return 0


def _fill(uri: str, sizes: list[int]) -> None:
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(uri)
    for size in sizes:
        if client[f"scale-{size}"][data.RATE].estimated_document_count() < size:
            print(f"filling {size:,} ...", file=sys.stderr, flush=True)
            client.drop_database(f"scale-{size}")
            data.fill(uri, f"scale-{size}", size)
    client.close()


@contextmanager
def _places(folder: Path, uri: str, sizes: list[int]) -> Iterator[list[Place]]:
    with ExitStack() as stack:
        mongo: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(uri)
        stack.callback(mongo.close)
        found = []
        for size in sizes:
            named = {"MONGODB_URI": uri, "MONGODB_DB": f"scale-{size}"}
            served = stack.enter_context(servers.ours(folder, named))
            url = f"http://127.0.0.1:{served.port}"
            client = stack.enter_context(httpx.Client(base_url=url, timeout=60))
            found.append(Place(size, client, mongo[f"scale-{size}"], Random(size)))
        yield found


def _table(found: list[tuple[Kind, Times]], sizes: list[int]) -> str:
    head = ["ms, p50 / p99", *(f"{size:,} bills" for size in sizes), "p50, last to first"]
    rows = (
        [
            kind.name,
            *(
                f"{times[size]['p50'] * 1000:.2f} / {times[size]['p99'] * 1000:.2f}"
                for size in sizes
            ),
            _judged(times, sizes),
        ]
        for kind, times in found
    )
    return report.table(head, rows)


def _growth(times: Times, sizes: list[int]) -> float:
    return times[sizes[-1]]["p50"] / times[sizes[0]]["p50"]


def _judged(times: Times, sizes: list[int]) -> str:
    text = f"{_growth(times, sizes):.2f}"
    return f"**{text}**" if float(text) > LEVEL else text


def _why(found: list[tuple[Kind, Times]], places: list[Place]) -> str:
    """What MongoDB does for the kinds that are not level, in the smallest and the largest."""
    sizes = [place.size for place in places]
    rows = [
        [kind.name, f"{place.size:,}", plan, f"{keys:,}", f"{documents:,}"]
        for kind, times in found
        if _growth(times, sizes) > LEVEL
        for place in (places[0], places[-1])
        for plan, keys, documents in place.did(kind)
    ]
    return report.table(["not level", "bills", "plan", "keys", "documents"], rows)


if __name__ == "__main__":
    sys.exit(main())
