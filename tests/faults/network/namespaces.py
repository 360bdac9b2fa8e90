"""Hosts in network namespaces of their own, with a delay between them and partitions.

Nothing is made in the machine's own network, and namespaces have no name. So nothing is left once
the processes end, however they end.
"""

import ctypes
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from impl.processes import python
from tests.faults.network.switch import NEW_NETWORK, address

TUN = Path("/dev/net/tun")
RIGHTS = 1 << 21 | 1 << 12
"""CAP_SYS_ADMIN and CAP_NET_ADMIN of linux/capability.h."""


def missing() -> str:
    """What this machine lacks, for people; empty if nothing."""
    if _capabilities() & RIGHTS != RIGHTS:
        return "network namespaces need root, with CAP_SYS_ADMIN and CAP_NET_ADMIN"
    if shutil.which("ip") is None:
        return "ip is missing: apt-get install iproute2"
    return "" if TUN.exists() else f"{TUN} is missing: the kernel's module tun"


class Network:
    """So many hosts that reach each other. Use as a context manager."""

    def __init__(self, hosts: Sequence[str]) -> None:
        self._numbers = {host: number for number, host in enumerate(hosts)}
        self._settings: dict[str, object] = {"delay_ms": 0, "cut": []}
        self._switch = subprocess.Popen(
            [*python(), "-m", "tests.faults.network.switch", str(len(hosts))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
        )
        assert self._switch.stdout is not None
        descriptors = json.loads(self._switch.stdout.readline() or "[]")
        self._folder = Path(f"/proc/{self._switch.pid}/fd")
        self.namespaces = dict(zip(hosts, map(str, descriptors), strict=True))

    def __enter__(self) -> "Network":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._switch.communicate()  # closes its input, which ends it

    def address(self, host: str) -> str:
        return address(self._numbers[host])

    @contextmanager
    def inside(self, host: str) -> Iterator[None]:
        """Give the sockets, threads and processes that this block makes to a host."""
        namespace = self._folder / self.namespaces[host]
        with Path("/proc/thread-self/ns/net").open("rb") as own, namespace.open("rb") as other:
            _enter(other.fileno())
            try:
                yield
            finally:
                _enter(own.fileno())

    @contextmanager
    def delay(self, milliseconds: float) -> Iterator[None]:
        """Have each packet take so long, in each direction, while this block runs."""
        self._configure(delay_ms=milliseconds)
        try:
            yield
        finally:
            self._configure(delay_ms=0)

    @contextmanager
    def cut(self, host: str, others: Sequence[str]) -> Iterator[None]:
        """Drop all packets between a host and others while this block runs."""
        number = self._numbers[host]
        pairs = [(number, self._numbers[other]) for other in others if other != host]
        self._configure(cut=pairs)
        try:
            yield
        finally:
            self._configure(cut=[])

    def _configure(self, **changes: object) -> None:
        assert self._switch.stdin is not None
        self._settings |= changes
        self._switch.stdin.write(json.dumps(self._settings) + "\n")
        self._switch.stdin.flush()


def _capabilities() -> int:
    """The capabilities that this process has, as bits."""
    status = Path("/proc/self/status")
    _, _, rest = status.read_text().partition("CapEff:") if status.exists() else ("", "", "0")
    return int(rest.split()[0], 16)


def _enter(namespace: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(namespace, NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "setns")
