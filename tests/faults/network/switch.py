"""Carries the packets between network namespaces, late or not at all: `switch.py COUNT`. Root.

Each namespace has a TUN device, and this process reads and writes all of them. It prints the file
descriptors of the namespaces, then reads settings as lines of JSON, such as
`{"delay_ms": 5, "cut": [[0, 1]]}`. It ends with its input, and the namespaces end with it and
their processes.
"""

import ctypes
import fcntl
import json
import os
import selectors
import shutil
import struct
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress

NEW_NETWORK = 0x40000000  # CLONE_NEWNET of linux/sched.h
SET_INTERFACE = 0x400454CA  # TUNSETIFF of linux/if_tun.h
TUN_WITHOUT_HEADER = 0x0001 | 0x1000  # IFF_TUN, IFF_NO_PI
MTU = 9000
"""Larger packets than Ethernet's, so that Python moves fewer."""

PREFIX = bytes((10, 9, 0))
INPUT = 0


def main() -> None:
    """Make the namespaces, and carry packets until the input ends."""
    made = [_namespace(number) for number in range(int(sys.argv[1]))]
    print(json.dumps([namespace for namespace, _ in made]), flush=True)
    Switch([device for _, device in made]).run()


def address(number: int) -> str:
    """The IPv4 address of a namespace, which its number makes."""
    return ".".join(str(byte) for byte in (*PREFIX, number + 1))


def _namespace(number: int) -> tuple[int, int]:
    """The file descriptors of a new network namespace, and of its device."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_NETWORK):
        raise OSError(ctypes.get_errno(), "unshare")
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, SET_INTERFACE, struct.pack("16sH", b"eth0", TUN_WITHOUT_HEADER))
    commands = f"link set lo up\naddr add {address(number)}/24 dev eth0\nlink set eth0 up mtu {MTU}"
    subprocess.run([shutil.which("ip") or "ip", "-batch", "-"], input=commands.encode(), check=True)
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY), device


class Switch:
    """Moves packets from device to device; every packet waits for the same time."""

    def __init__(self, devices: list[int]) -> None:
        self._devices = devices
        self._delay = 0.0
        self._cut: set[tuple[int, int]] = set()
        self._waiting: deque[tuple[float, int, bytes]] = deque()
        self._selector = selectors.DefaultSelector()
        self._selector.register(INPUT, selectors.EVENT_READ)
        for number, device in enumerate(devices):
            self._selector.register(device, selectors.EVENT_READ, number)

    def run(self) -> None:
        """Carry packets until the input ends."""
        while True:
            pause = max(0, self._waiting[0][0] - time.monotonic()) if self._waiting else None
            for key, _ in self._selector.select(pause):
                if key.fd != INPUT:
                    self._take(key.fd, key.data)
                elif not self._configure(os.read(INPUT, 65536)):
                    return
            self._deliver()

    def _configure(self, lines: bytes) -> bool:
        """Apply the last line of settings; False at the end of the input."""
        if lines:
            settings = json.loads(lines.splitlines()[-1])
            self._delay = settings["delay_ms"] / 1000
            self._cut = {(one, other) for one, other in settings["cut"]}
            self._cut |= {(other, one) for one, other in self._cut}
        return bool(lines)

    def _take(self, device: int, source: int) -> None:
        """Read all packets of a device, and drop those that have no way."""
        with suppress(BlockingIOError):
            while packet := os.read(device, 65536):
                target = packet[19] - 1  # the last byte of IPv4's destination
                known = packet[16:19] == PREFIX and target < len(self._devices)
                if known and (source, target) not in self._cut:
                    self._waiting.append((time.monotonic() + self._delay, target, packet))

    def _deliver(self) -> None:
        while self._waiting and self._waiting[0][0] <= time.monotonic():
            _, target, packet = self._waiting.popleft()
            with suppress(OSError):  # a full device loses packets, as a real one does
                os.write(self._devices[target], packet)


if __name__ == "__main__":
    main()
