"""A server of this plug-in's API for a test: with a MongoDB, a port and data of its own."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import httpx

from impl.processes import python
from impl.store.embedded import Mongod

READY_SECONDS = 60

LENIENT = {"UNKNOWN_FILTER": "empty", "VALIDATE_RESPONSES": "1"}
"""Contract tests filter by names that they make up; and each answer is checked."""


@contextmanager
def running(*, worker: bool = True, **settings: str) -> Iterator[str]:
    """The URL of a server, with a worker or without; RuntimeError if it does not start."""
    with tempfile.TemporaryDirectory() as folder, Mongod(Path(folder)) as mongod:
        port = _free_port()
        environment = os.environ | {"PORT": str(port), "MONGODB_URI": mongod.uri} | settings
        log = Path(folder, "server.log")
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*python(), "-m", "impl", "serve", *(["--worker"] if worker else [])],
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(READY_SECONDS)


def _wait(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/health/ready", timeout=10).status_code == HTTPStatus.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {log.read_text()[-3000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
