"""What a network does to the shipped set-up: delays, and partitions of the primary or a server."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from operator import attrgetter

import pytest

from tests.faults.load import Persistent, marks, with_bills
from tests.faults.network.world import (
    CATCH_UP_MS,
    DATABASE,
    HOSTS,
    MEMBERS,
    NO_LIMIT,
    SERVERS,
    World,
    missing,
)

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(600),
    pytest.mark.skipif(bool(missing()), reason=missing()),
]
FULL = bool(os.environ.get("FULL"))
full_only = pytest.mark.skipif(not FULL, reason="takes long; make faults")
THREADS, BILLS, PAUSE = 16, 3000, 0.2
"""Up to 80 writes a second: what is measured is how long they wait, and not how many there are."""

CALM_SECONDS, CUT_SECONDS = (4.0, 30.0) if FULL else (1.0, 17.0)
LONGEST = 25.0
"""No partition may take writes away for longer, in seconds."""

LONGEST_WITHOUT_LIMIT = 35.0
REPEATS = 2
HEAD = """
| fault | delay | catch-up | acknowledged | refused | lost | longest gap |
|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Partition:
    """Hosts between which no packet passes; an empty `host` is the primary."""

    name: str
    host: str
    others: tuple[str, ...]
    seconds: float = CUT_SECONDS


NONE = Partition("none", "client", (), CUT_SECONDS / 3)
PRIMARY_FROM_MEMBERS = Partition("primary cut off from the members", "", (*MEMBERS,))
PRIMARY_FROM_ALL = Partition("primary cut off from all", "", (*HOSTS,))
SERVER_FROM_MEMBERS = Partition(
    "server cut off from the members", SERVERS[0], (*MEMBERS,), CUT_SECONDS / 2
)
SERVER_FROM_ALL = Partition("server cut off from all", SERVERS[0], (*HOSTS,), CUT_SECONDS / 3)
PARTITIONS = [NONE, SERVER_FROM_ALL, SERVER_FROM_MEMBERS, PRIMARY_FROM_ALL, PRIMARY_FROM_MEMBERS]
SHORT = [SERVER_FROM_ALL, PRIMARY_FROM_MEMBERS]
"""What a run of a minute has time for, with 5 ms of delay."""


@dataclass(frozen=True)
class Case:
    """A partition, the delay of each packet, and the limit of a new primary's catch-up."""

    partition: Partition
    delay_ms: float = 0
    catch_up_ms: int = CATCH_UP_MS

    def row(self, writers: Persistent, lost: int) -> str:
        limit = "no limit" if self.catch_up_ms == NO_LIMIT else f"{self.catch_up_ms} ms"
        counts = f"{len(writers.acknowledged)} | {writers.again.total()} | {lost}"
        fault = f"{self.partition.name} | {self.delay_ms} ms | {limit}"
        return f"| {fault} | {counts} | {writers.longest:.1f} s |"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with World(tmp_path_factory.mktemp("network")) as running:
        yield running


@pytest.fixture(scope="module")
def table() -> Iterator[list[str]]:
    """Rows of Markdown, which are printed after the last test."""
    rows: list[str] = []
    yield rows
    print(HEAD, *rows, sep="\n")


def writers_of(world: World) -> Persistent:
    """Writers of a database that has nothing but the bills that they will patch."""
    world.wait_until_whole()
    world.forget_bills()
    bills = with_bills(world.uri, DATABASE, BILLS)
    return Persistent(world.api, THREADS, bills, pause=PAUSE, trust=world.trust())


def write_through(world: World, case: Case) -> Persistent:
    """The writers of a time in which the partition came and went."""
    with world.client():
        writers = writers_of(world)
        with world.network.delay(case.delay_ms), writers:
            time.sleep(CALM_SECONDS)
            host = case.partition.host or world.primary()
            with world.network.cut(host, case.partition.others):
                time.sleep(case.partition.seconds)  # as long as the partition lasts
            world.wait_until_whole()
            writers.wait_for_more()
            time.sleep(CALM_SECONDS)
    return writers


def check(world: World, table: list[str], case: Case) -> Persistent:
    """Nothing is lost, made up or there twice; each refusal is 503 with `Retry-After`."""
    writers = write_through(world, case)
    with world.client():
        found = marks(world.uri, DATABASE)
    lost = writers.acknowledged - found.keys()
    table.append(case.row(writers, len(lost)))
    assert not lost
    assert not [mark for mark, count in found.items() if count > 1], "applied twice"
    assert not found.keys() - writers.acknowledged - writers.left, "made up"
    assert not writers.refused
    assert writers.again.keys() <= {"503"}
    return writers


@pytest.mark.parametrize("partition", PARTITIONS, ids=attrgetter("name"))
@pytest.mark.parametrize("delay_ms", [0, 5, 25])
def test_delays_and_partitions_lose_no_write(
    world: World, table: list[str], delay_ms: int, partition: Partition
) -> None:
    if not FULL and (delay_ms != 5 or partition not in SHORT):
        pytest.skip("takes long; make faults")
    assert check(world, table, Case(partition, delay_ms)).longest <= LONGEST


@full_only
@pytest.mark.parametrize(
    "partition", [PRIMARY_FROM_MEMBERS, PRIMARY_FROM_ALL], ids=attrgetter("name")
)
@pytest.mark.parametrize("catch_up_ms", [NO_LIMIT, CATCH_UP_MS] * REPEATS)
def test_a_new_primary_that_catches_up_loses_no_write(
    world: World, table: list[str], catch_up_ms: int, partition: Partition
) -> None:
    world.limit_catch_up(catch_up_ms)
    try:
        writers = check(world, table, Case(partition, 0, catch_up_ms))
    finally:
        world.limit_catch_up(CATCH_UP_MS)
    assert writers.longest <= LONGEST_WITHOUT_LIMIT
