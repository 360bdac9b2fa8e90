"""Command: how fast the server is beside what people would pick instead, in one run.

`python -m tests.bench [--seconds S] [--rounds N] [--bills N]` prints Markdown tables of medians and
ratios, and keeps them in `build/bench/`. The machines are noisy: CPU a request is the steadier
figure, and a ratio of one run the only one to compare. `--soak` watches memory instead, over a
million requests.
"""

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random

import httpx

from impl.store.embedded import Mongod
from tests.bench import data, report, servers
from tests.bench.load import Rate, measure
from tests.bench.servers import CHECKED, OURS, Served
from tests.bench.work import GET_BY_ID, LISTS, MIXED, READS, VERSIONS, WRITES, Work

DATABASE = "bench"
CHECKED_WORK = (GET_BY_ID, *LISTS[:2])
"""What shows the cost of checking answers."""

OWN_WORK = tuple(work for kinds in VERSIONS for work in kinds)
"""What the other servers can't do."""

REST = 1_000
"""Requests after which a worker has loaded what it needs."""

SOAK, STEP_SECONDS = 1_000_000, 30.0


class Bench:
    """A run: the servers in turn, one kind of work after the other, round after round."""

    def __init__(self, running: dict[str, Served], bills: int, seconds: float) -> None:
        self.rates: dict[str, dict[str, list[Rate]]] = defaultdict(lambda: defaultdict(list))
        self.memory: dict[str, list[report.Json]] = defaultdict(list)
        self._running, self._bills, self._seconds = running, bills, seconds
        self._done: dict[str, int] = dict.fromkeys(running, 0)
        self._turn = 0

    def compare(self, rounds: int) -> None:
        """Measure all work; reads first, for writes change what is read."""
        self._remember()
        for name, served in self._running.items():
            while self._done[name] < REST:
                self._measure(GET_BY_ID, name, served, 0.2, whole=True)
        self._remember()
        for kinds in (READS + OWN_WORK, WRITES):
            self._round(kinds, 0.2, warm=True)
            for _ in range(rounds):
                self._round(kinds, self._seconds)
        self._remember()

    def soak(self, count: int, step_seconds: float) -> None:
        """Have so many requests answered, and print the memory that is held on the way."""
        while min(self._done.values()) < count:
            for name, served in self._running.items():
                self._measure(MIXED, name, served, step_seconds)
                rss, pss = served.memory()
                print(f"| {name} | {self._done[name]:,} | {rss:.0f} | {pss:.0f} |", flush=True)

    def _round(self, kinds: Sequence[Work], seconds: float, *, warm: bool = False) -> None:
        for each in kinds:
            for name, served in self._running.items():
                if name == OURS or each in _work(name):
                    rate = self._measure(each, name, served, seconds, whole=warm)
                    if not warm:
                        self.rates[each.name][name].append(rate)
            print(".", end="", file=sys.stderr, flush=True)

    def _measure(
        self, kind: Work, name: str, served: Served, seconds: float, *, whole: bool = False
    ) -> Rate:
        self._turn += 1
        pool = kind.pool(Random(self._turn), self._bills)
        seconds = seconds * 3 if kind.slow else seconds
        rate = measure(served.port, served.processes, pool, seconds, whole=whole or kind.slow)
        self._done[name] += rate.requests
        return rate

    def _remember(self) -> None:
        for name, served in self._running.items():
            rss, pss = served.memory()
            now = {"requests": self._done[name], "rss": rss, "pss": pss}
            self.memory[name].append(now)


def _work(name: str) -> Sequence[Work]:
    """What a server that is not ours, or checks its answers, has to do."""
    return CHECKED_WORK if name == CHECKED else (*READS, *WRITES)


def agree(running: dict[str, Served], bills: int) -> None:
    """Raise where two servers answer a read with other JSON, but for where it is served."""
    for kind in READS:
        request = kind.pool(Random(0), bills)[0]
        answers = {}
        for name, served in running.items():
            here = f"http://127.0.0.1:{served.port}"
            answer = httpx.get(here + request.path, timeout=60)
            answers[name] = httpx.Response(200, text=answer.text.replace(here, "")).json()
        for name, answer in answers.items():
            if answer != answers[OURS] or not answer:
                raise RuntimeError(f"{request.path}: {name} answers something else")


def main() -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=1, help="each measurement; whole for wrk")
    parser.add_argument("--rounds", type=int, default=4, help="interleaved; medians are printed")
    parser.add_argument("--bills", type=int, default=100_000, help="and as many rates")
    parser.add_argument("--soak", action="store_true", help="memory over a million requests")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Mongod(Path(folder)) as mongod:
        data.fill(mongod.uri, DATABASE, options.bills)
        if options.soak:
            _soak(Path(folder), mongod.uri, options.bills)
        else:
            data.fill(mongod.uri, servers.others(DATABASE), options.bills, plain=True)
            _compare(Path(folder), mongod.uri, options)
    return 0


def _compare(folder: Path, uri: str, options: argparse.Namespace) -> None:
    with servers.running(folder, uri, DATABASE) as running:
        agree(running, options.bills)
        bench = Bench(running, options.bills, options.seconds)
        bench.compare(options.rounds)
    settings = {name: getattr(options, name) for name in ("bills", "rounds", "seconds")}
    found = report.summary(bench.rates, bench.memory, settings)
    text = report.markdown(found)
    report.keep("bench", found, text)
    print(text, end="")


def _soak(folder: Path, uri: str, bills: int) -> None:
    named = {"MONGODB_URI": uri, "MONGODB_DB": DATABASE}
    print("| | requests | MiB RSS | MiB PSS |\n|---|--:|--:|--:|")
    with servers.ours(folder, named) as served:
        Bench({OURS: served}, bills, STEP_SECONDS).soak(SOAK, STEP_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
