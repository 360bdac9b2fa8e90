"""Real mongods with a key file that are no replica set yet, as compose.yaml starts them."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from impl.store.embedded import Mongod
from tests.servers import free_port


def program(running: Mongod) -> str:
    """The mongod that runs there."""
    return str(Path(f"/proc/{running.pid}/exe").readlink())


@contextmanager
def strangers(
    folder: Path, binary: str, key: Path, ports: Sequence[int] = ()
) -> Iterator[Sequence[int]]:
    """Three of them on loopback, or one at each of these ports with the data there; their ports."""
    ports = ports or [free_port() for _ in range(3)]
    processes = [_start(data_folder(folder, port), binary, key, port) for port in ports]
    try:
        yield ports
    finally:
        for process in processes:
            process.kill()
            process.wait()


def data_folder(folder: Path, port: int) -> Path:
    """Where the one at this port has its data."""
    return folder / f"mongo-{port}"


def _start(folder: Path, binary: str, key: Path, port: int) -> "subprocess.Popen[bytes]":
    folder.mkdir(exist_ok=True)
    options = [f"--dbpath={folder}", f"--port={port}", "--replSet=rs0", f"--keyFile={key}"]
    quiet = [f"--logpath={folder}.log", "--bind_ip=127.0.0.1", "--nounixsocket"]
    return subprocess.Popen(
        [binary, *options, *quiet, "--wiredTigerCacheSizeGB=0.3"], stdout=subprocess.DEVNULL
    )
