"""Command: bills, events, deliveries, documents and files a second, beside bare scripts.

`python -m tests.bench.workers [--only PART ...] [--rounds N] [--sizes N ...] [--accounts N]
[--rates N]` prints each part's figures, and whether its goals are met. It keeps them in
`build/bench/`. The parts `large`, `plan` and `whole` run only if they are named.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from impl.store.embedded import Mongod
from tests.bench import billing, bulk, deliveries, documents, large, plan, relay, whole

USUAL = ("billing", "events", "deliveries", "documents", "bulk")
PARTS = (*USUAL, "large", "plan", "whole")


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
        case "documents":
            documents.bench()
        case "bulk":
            bulk.bench(mongod.uri, folder, rounds=rounds)
        case "large":
            large.bench(mongod, folder, options.rates or large.RATES_OF_IT)
        case "plan":
            plan.bench(mongod, folder, options.accounts)
        case "whole":
            whole.bench(mongod, folder, options.rates or whole.RATES_OF_ALL)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=USUAL, metavar="PART")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=billing.SIZES, help="unbilled rates"
    )
    parser.add_argument("--accounts", type=int, default=plan.ACCOUNTS, help="of `plan`")
    parser.add_argument("--rates", type=int, help="of `large` or `whole`")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
