"""Replica sets of real mongods on one address, whose members tests kill, freeze and start again."""

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import PyMongoError

from impl.processes import spawn
from impl.store.embedded import find_program
from tests.servers import free_port
from tests.waiting import until

NAME = "rs"
LOOPBACK = "127.0.0.1"
START_SECONDS = 90


class Member:
    """One mongod of a replica set, over a folder of its own."""

    def __init__(
        self, folder: Path, *options: str, disk: str = "", address: str = LOOPBACK
    ) -> None:
        self.port = free_port()
        self.address = address
        self.host = f"{address}:{self.port}"
        self.log = folder / f"mongod-{self.port}.log"
        self._data = folder / f"mongod-{self.port}"
        self._data.mkdir(parents=True)
        self._command = [
            *(within_disk(self._data, disk) if disk else ()),
            find_program(""),
            f"--dbpath={self._data}",
            f"--logpath={self.log}",
            "--logappend",
            f"--bind_ip={address}",
            f"--port={self.port}",
            f"--replSet={NAME}",
            "--wiredTigerCacheSizeGB=0.25",
            "--oplogSize=64",
            "--nounixsocket",
            "--setParameter=enableTestCommands=1",
            "--setParameter=diagnosticDataCollectionEnabled=false",
            *options,
        ]
        self.process = self._started()

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """kill -9, as a crash would."""
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        self.process = self._started()

    def stop(self) -> None:
        """Let it go, whatever state it is in; what it holds is for the test alone."""
        self.process.kill()
        self.process.wait()

    @property
    def data(self) -> Path:
        """Its folder, as it sees it."""
        return Path(f"/proc/{self.process.pid}/root{self._data}")

    @contextmanager
    def admin(self, seconds: float = 5) -> Iterator[Any]:
        """Its `admin` database, reached directly; a command may take so many seconds."""
        client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
            self.address,
            self.port,
            directConnection=True,
            serverSelectionTimeoutMS=2000,
            socketTimeoutMS=int(seconds * 1000),
        )
        with client:
            yield client.admin

    def is_primary(self) -> bool:
        with suppress(PyMongoError), self.admin() as admin:
            return bool(admin.command("hello").get("isWritablePrimary"))
        return False

    def _started(self) -> subprocess.Popen[bytes]:
        return spawn(self._command, quiet=True)


def within_disk(folder: Path, size: str) -> list[str]:
    """What runs a program with a folder that is a file system of this size, for it alone."""
    mount = 'mount -t tmpfs -o "size=$1" tmpfs "$0" && shift && exec "$@"'
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", mount, str(folder), size]


class ReplicaSet:
    """So many members that have elected one. Use as a context manager."""

    def __init__(
        self,
        folder: Path,
        members: int = 3,
        *options: str,
        election_ms: int = 10_000,
        disk: str = "",
        address: str = LOOPBACK,
    ) -> None:
        self.members = [
            Member(folder, *options, disk=disk, address=address) for _ in range(members)
        ]
        hosts = ",".join(member.host for member in self.members)
        self.uri = f"mongodb://{hosts}/?replicaSet={NAME}"
        config = {
            "_id": NAME,
            "members": [{"_id": n, "host": each.host} for n, each in enumerate(self.members)],
            "settings": {"electionTimeoutMillis": election_ms},
        }
        try:
            self._initiate(config)
            self.primary()
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> "ReplicaSet":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def primary(self) -> Member:
        """The member that takes writes, once there is one."""
        return until(self._primary, START_SECONDS, 0.1)

    def _primary(self) -> Member | None:
        running = (each for each in self.members if each.process.poll() is None)
        return next((each for each in running if each.is_primary()), None)

    def wait_until_whole(self) -> None:
        """Return when every member is a primary or a secondary."""
        until(self._is_whole, START_SECONDS, 0.1)

    def _is_whole(self) -> bool:
        states: list[int] = []
        with suppress(PyMongoError), self.primary().admin() as admin:
            states = [each["state"] for each in admin.command("replSetGetStatus")["members"]]
        return sorted(states) == [1] + [2] * (len(self.members) - 1)

    def stop(self) -> None:
        for member in self.members:
            member.stop()

    def _initiate(self, config: dict[str, Any]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                with self.members[0].admin() as admin:
                    admin.command("replSetInitiate", config)
            except PyMongoError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)
            else:
                return


@contextmanager
def failing(member: Member, mode: object, **data: object) -> Iterator[None]:
    """Have commands fail at a member, as `failCommand` of MongoDB's own tests does."""
    with member.admin(seconds=60) as admin:  # the end waits for what is blocked
        admin.command("configureFailPoint", "failCommand", mode=mode, data=data)
        try:
            yield
        finally:
            admin.command("configureFailPoint", "failCommand", mode="off")
