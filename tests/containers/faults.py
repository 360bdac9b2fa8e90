"""Faults of containers: killed, frozen, cut off."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tests.containers.installation import MEMBERS, Installation
from tests.containers.machine import run


def kill(installation: Installation, service: str) -> None:
    """kill -9, as a crash would; the engine starts it again."""
    os.kill(installation.pid(service), signal.SIGKILL)


@contextmanager
def frozen(installation: Installation, service: str) -> Iterator[None]:
    """Stop its first process, whose connections stay open."""
    pid = installation.pid(service)
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextmanager
def cut_off(installation: Installation, member: str) -> Iterator[None]:
    """Drop all packets between a member and the other members; servers still reach it."""
    pid = installation.pid(member)
    others = [installation.address(each, "data") for each in MEMBERS if each != member]
    _rules(pid, "--append", others)
    try:
        yield
    finally:
        _rules(pid, "--delete", others)


def _rules(pid: int, change: str, addresses: list[str]) -> None:
    for address in addresses:
        for rule in (["INPUT", "--source"], ["OUTPUT", "--destination"]):
            command = ["iptables", change, *rule, address, "--jump", "DROP"]
            run(["nsenter", f"--target={pid}", "--net", *command])
