"""The delays and partitions between network namespaces, and what is left of them: nothing."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.network.namespaces import Network, missing
from tests.waiting import until

pytestmark = [pytest.mark.long, pytest.mark.skipif(bool(missing()), reason=missing())]
HOSTS = ["a", "b", "c"]
KILLED = """
from impl.processes import spawn
from tests.faults.network.namespaces import Network
import os, time
network = Network(["a", "b"])
with network.inside("a"):
    process = spawn(["sleep", "600"])
    print(os.readlink("/proc/thread-self/ns/net"), flush=True)
time.sleep(600)
"""


@pytest.fixture
def network() -> Iterator[Network]:
    with Network(HOSTS) as running:
        yield running


def round_trip(network: Network, source: str, target: str) -> float:
    """The seconds until a port that nobody has is refused; TimeoutError if nothing comes."""
    began = time.monotonic()
    with network.inside(source), pytest.raises(ConnectionRefusedError):
        socket.create_connection((network.address(target), 9), timeout=1.5)
    return time.monotonic() - began


def namespaces() -> set[str]:
    """The network namespaces that processes of this machine are in."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        try:
            found.add(str((process / "ns/net").readlink()))
        except OSError:
            continue  # it ended
    return found


def interfaces() -> list[str]:
    return [name for _, name in socket.if_nameindex()]


@pytest.mark.parametrize("milliseconds", [5, 25, 100])
def test_packets_take_the_delay_in_each_direction(network: Network, milliseconds: int) -> None:
    with network.delay(milliseconds):
        time.sleep(0.1)  # the switch may still be reading the setting
        shortest = min(round_trip(network, "a", "b") for _ in range(5))
    assert 2 * milliseconds / 1000 <= shortest < 2 * milliseconds / 1000 + 0.05


def test_a_host_that_is_cut_off_reaches_those_it_is_not_cut_off_from(network: Network) -> None:
    with network.cut("a", ["b"]):
        time.sleep(0.1)  # the switch may still be reading the setting
        for source, target in ("ab", "ba"):
            with pytest.raises(TimeoutError):
                round_trip(network, source, target)
        round_trip(network, "a", "c")
        round_trip(network, "b", "c")
    until(lambda: round_trip(network, "a", "b") < 1)


def test_nothing_is_left() -> None:
    before = interfaces()
    with Network(HOSTS) as network, network.inside("a"):
        assert interfaces() == ["lo", "eth0"]
        namespace = str(Path("/proc/thread-self/ns/net").readlink())
        assert namespace in namespaces()
    assert interfaces() == before
    assert namespace not in namespaces()


def test_nothing_is_left_by_a_killed_process() -> None:
    command = [sys.executable, "-c", KILLED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        namespace = process.stdout.readline().strip()
        assert namespace in namespaces()
        process.send_signal(signal.SIGKILL)
    until(lambda: namespace not in namespaces(), 10)
