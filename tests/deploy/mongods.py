"""Real mongods with a key file that are no replica set yet, as compose.yaml starts them."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from impl.store.embedded import Mongod
from tests.servers import free_port


def program(running: Mongod) -> str:
    """The mongod that runs there."""
    return str(Path(f"/proc/{running.pid}/exe").readlink())


@contextmanager
def strangers(folder: Path, binary: str, key: Path, count: int = 3) -> Iterator[list[int]]:
    """So many of them on loopback; their ports."""
    ports = [free_port() for _ in range(count)]
    processes = [_start(folder / f"mongo-{port}", binary, key, port) for port in ports]
    try:
        yield ports
    finally:
        for process in processes:
            process.kill()
            process.wait()


def _start(folder: Path, binary: str, key: Path, port: int) -> "subprocess.Popen[bytes]":
    folder.mkdir()
    options = [f"--dbpath={folder}", f"--port={port}", "--replSet=rs0", f"--keyFile={key}"]
    quiet = [f"--logpath={folder}.log", "--bind_ip=127.0.0.1", "--nounixsocket"]
    return subprocess.Popen(
        [binary, *options, *quiet, "--wiredTigerCacheSizeGB=0.3"], stdout=subprocess.DEVNULL
    )
