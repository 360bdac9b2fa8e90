"""What a piece of work costs: its time, the CPU of its processes and of mongod, and its writes."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pymongo

from impl.store.embedded import Mongod
from tests.bench.load import cpu_seconds

KINDS = ("inserted", "updated", "deleted")
"""How mongod counts the documents that it writes."""

LIMIT_SECONDS = 3_600.0


@dataclass(frozen=True)
class Cost:
    """How much was done a second, and what one of it cost: milliseconds of CPU, and documents."""

    per_second: float
    cpu_ms: float
    mongod_ms: float
    written: Mapping[str, float]

    @property
    def all_ms(self) -> float:
        """The CPU of both."""
        return self.cpu_ms + self.mongod_ms


class Meter:
    """Reads the clocks and counters when it is made, and again for a cost."""

    def __init__(self, mongod: Mongod, processes: Sequence[int]) -> None:
        self._mongod, self._processes = mongod, processes
        self._began = self._read()

    def cost(self, count: float, seconds: float = 0.0) -> Cost:
        """The cost of each, if so many were done since; within `seconds`, if they are given."""
        read = zip(self._read(), self._began, strict=True)
        took, cpu, mongod, *written = (after - before for after, before in read)
        return Cost(
            count / (seconds or took),
            cpu / count * 1000,
            mongod / count * 1000,
            {kind: each / count for kind, each in zip(KINDS, written, strict=True)},
        )

    def _read(self) -> list[float]:
        with pymongo.MongoClient[dict[str, Any]](self._mongod.uri) as client:
            counted = client.admin.command("serverStatus")["metrics"]["document"]
        used = [cpu_seconds(self._processes), cpu_seconds([self._mongod.pid])]
        return [time.perf_counter(), *used, *(counted[kind] for kind in KINDS)]


def middle(costs: Sequence[Cost]) -> Cost:
    """The median of each figure."""
    return Cost(
        median(each.per_second for each in costs),
        median(each.cpu_ms for each in costs),
        median(each.mongod_ms for each in costs),
        {kind: median(each.written[kind] for each in costs) for kind in KINDS},
    )


def wait(until: Callable[[], object], seconds: float) -> float:
    """Look every so many seconds until it is true; how long that took. TimeoutError after long."""
    began = time.monotonic()
    while not until():
        if time.monotonic() > began + LIMIT_SECONDS:
            raise TimeoutError(f"not done within {LIMIT_SECONDS:.0f} s")
        time.sleep(seconds)
    return time.monotonic() - began
