"""The rehearsal of a disaster: a base backup while writes go on, and the way back to a moment.

`make rehearse` runs it at full length.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import bson
import pymongo
from bson.timestamp import Timestamp

from impl.errors import Unavailable
from impl.events.build import build
from impl.store.documents import to_mongo
from impl.store.embedded import REPLICA_SET, Mongod
from impl.store.mongo import Store
from impl.store.pending_events import HAS_PENDING_EVENT
from tests.bench.data import bill
from tests.deploy.mongods import program
from tests.servers import ROOT, free_port
from tests.waiting import until

BILLS, DATABASE, WRITERS = "customerBill", "rehearsed", 4
CLOCK_IS_LATE = timedelta(seconds=0.2)
"""How far MongoDB's clock may be behind on a busy machine: it is read every 10 ms at best."""

Client = pymongo.MongoClient[dict[str, Any]]


@dataclass
class Account:
    """Which bill was written between which instants."""

    written: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)

    def before(self, moment: datetime) -> set[str]:
        """What was acknowledged before a moment, and so must be there."""
        return {id_ for id_, (_, end) in self.written.items() if end < moment}

    def after(self, moment: datetime) -> set[str]:
        """What was begun after a moment, and so must not be there."""
        surely = moment + CLOCK_IS_LATE
        return {id_ for id_, (begin, _) in self.written.items() if begin > surely}


@dataclass(frozen=True)
class Rehearsed:
    """What the restored database holds, and what it should."""

    base: int
    """How many of the first bills there are."""

    found: set[str]
    """The bills of the writers that are there."""

    told: set[str]
    """The bills that there is an event for."""

    due: set[str]
    undue: set[str]


def rehearse(folder: Path, count: int, seconds: float) -> Rehearsed:
    """Load some bills, back them up while others are written, lose all, and come back.

    `seconds` is how long writes go on before the moment to come back to, and after it.
    """
    account = Account()
    with Mongod(folder / "live") as live:
        binary = program(live)
        with _hidden(folder / "hidden", binary, live) as member:
            with written_down(_uri(live), folder / "changes"):
                _load(live.uri, count)
                with _writing(live.uri, account):
                    _wait_written(account, seconds)
                    _backup("base", member, str(folder / "base"))
                    _wait_written(account, seconds)
            moment = _go_on(live, folder / "changes", account, seconds)
    _restore(folder, binary, moment)
    with Mongod(folder / "restored") as restored:
        return _found(restored.uri, account, moment)


def _go_on(live: Mongod, changes: Path, account: Account, seconds: float) -> datetime:
    """Write on, lose all, and have the server killed; the moment that was in the midst of it.

    What was written while nobody wrote down the changes is in them all the same.
    """
    with _writing(live.uri, account):
        _wait_written(account, 0)
    _tear(changes)
    with written_down(_uri(live), changes):
        with _writing(live.uri, account):
            _wait_written(account, seconds)
            moment = datetime.now(UTC)
            _wait_written(account, seconds)
        _lose(live.uri)
        until(lambda: b"dropDatabase" in changes.read_bytes())
    os.kill(live.pid, signal.SIGKILL)
    _tear(changes)
    return moment


def _tear(changes: Path) -> None:
    """Leave half a change at the end, as a process does that is killed while it writes."""
    with changes.open("ab") as file:
        file.write(bson.encode({"ts": Timestamp(1, 1), "wall": datetime.now(UTC)})[:-9])


def _restore(folder: Path, binary: str, moment: datetime) -> None:
    until = ["--until", moment.isoformat(), "--mongod", binary]
    (folder / "restored").mkdir()
    places = [str(folder / place) for place in ("base", "changes", "restored/mongo")]
    _backup("restore", *places, *until)


def _backup(*arguments: str) -> None:
    subprocess.run([sys.executable, "deploy/backup.py", *arguments], cwd=ROOT, check=True)


@contextmanager
def _hidden(folder: Path, binary: str, live: Mongod) -> Iterator[str]:
    """A hidden member for backups beside a mongod, once it has its data; its URI."""
    folder.mkdir()
    port = free_port()
    options = [f"--dbpath={folder}", f"--port={port}", f"--replSet={REPLICA_SET}"]
    quiet = [f"--logpath={folder}.log", "--bind_ip=127.0.0.1", "--nounixsocket"]
    process = subprocess.Popen(
        [binary, *options, *quiet, "--wiredTigerCacheSizeGB=0.5"], stdout=subprocess.DEVNULL
    )
    member = {"_id": 1, "host": f"127.0.0.1:{port}", "hidden": True, "priority": 0, "votes": 0}
    try:
        with Client(live.uri) as client:
            _add(client, member)
        yield f"mongodb://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _add(client: Client, member: dict[str, Any]) -> None:
    config = client.admin.command("replSetGetConfig")["config"]
    config["members"].append(member)
    client.admin.command("replSetReconfig", config | {"version": config["version"] + 1})

    def is_secondary() -> bool:
        members = client.admin.command("replSetGetStatus")["members"]
        return bool(members[-1]["stateStr"] == "SECONDARY")

    until(is_secondary, 60)


def _uri(live: Mongod) -> str:
    return f"mongodb://127.0.0.1:{live.port}"


@contextmanager
def written_down(uri: str, file: Path) -> Iterator[None]:
    """Changes are appended to the file meanwhile."""
    command = [sys.executable, "deploy/backup.py", "oplog", uri, str(file)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            until(lambda: file.exists() and file.stat().st_size > 0)
            yield
        finally:
            process.terminate()


def _load(uri: str, count: int) -> None:
    with Client(uri) as client:
        collection = client[DATABASE][BILLS]
        for at in range(0, count, 5000):
            batch = range(at, min(at + 5000, count))
            collection.insert_many(
                [to_mongo(bill(number, count), 1) for number in batch], ordered=False
            )
    with _store(uri) as store:
        store.ensure_indexes()


@contextmanager
def _store(uri: str) -> Iterator[Store]:
    store = Store(uri, DATABASE, record=build)
    yield store
    store.close()


@contextmanager
def _writing(uri: str, account: Account) -> Iterator[None]:
    """Bills, each with its event, by several writers at once."""
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            id_, begin = f"written-{uuid4().hex}", datetime.now(UTC)
            with suppress(Unavailable):
                store.insert(BILLS, {"id": id_, "state": "new"})
                account.written[id_] = begin, datetime.now(UTC)

    with _store(uri) as store:
        threads = [threading.Thread(target=write) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        yield
        stop.set()
        for thread in threads:
            thread.join()


def _wait_written(account: Account, seconds: float) -> None:
    """Let writes go on for some seconds, and until there are some."""
    before, deadline = len(account.written), time.monotonic() + seconds
    until(lambda: len(account.written) > before + 20 and time.monotonic() > deadline, 600)


def _lose(uri: str) -> None:
    with Client(uri) as client:
        client.drop_database(DATABASE)


def _found(uri: str, account: Account, moment: datetime) -> Rehearsed:
    with Client(uri) as client:
        database = client[DATABASE]
        written = {"_id": {"$regex": re.compile("^written-")}}
        found = set(database[BILLS].distinct("_id", written))
        told = {_subject(each["event"]) for each in database.outbox.find()}
        return Rehearsed(
            base=database[BILLS].count_documents({}) - len(found),
            found=found,
            told=told | set(database[BILLS].distinct("_id", HAS_PENDING_EVENT)),
            due=account.before(moment),
            undue=account.after(moment),
        )


def _subject(event: dict[str, Any]) -> str:
    id_: str = event["event"]["customerBill"]["id"]
    return id_
