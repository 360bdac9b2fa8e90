"""Command: bills made, events moved and delivered, documents rendered, rates moved a second.

`python -m tests.bench.workers [--only PART ...] [--rounds N] [--sizes N ...] [--accounts N]` prints
each part's figures beside those of a bare script on the same mongod, and whether the goals are met.
It keeps them in `build/bench/`. The parts `large` and `plan` take long, and run only if named.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from impl.store.embedded import Mongod
from tests.bench import billing, bulk, deliveries, relay

PARTS = ("billing", "events", "deliveries", "bulk")


def main() -> int:
    """Run the command; the exit status."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder, Mongod(Path(folder)) as mongod:
        for part in options.only:
            print(f"## {part}\n", flush=True)
            _run(part, mongod, Path(folder), options)
    return 0


def _run(part: str, mongod: Mongod, folder: Path, options: argparse.Namespace) -> None:
    rounds = options.rounds
    match part:
        case "billing":
            billing.bench(mongod, folder, options.sizes, rounds)
        case "events":
            relay.bench(mongod, folder, rounds)
        case "deliveries":
            deliveries.bench(mongod, folder, rounds=rounds)
        case "bulk":
            bulk.bench(mongod.uri, folder, rounds=rounds)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=billing.SIZES, help="unbilled rates"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
