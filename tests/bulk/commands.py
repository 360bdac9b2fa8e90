"""The commands import and export, as their user runs them."""

import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pymongo

from impl.store.documents import DERIVED
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.rendition import FIELD
from tests import forked
from tests.servers import ROOT, environment, is_measuring
from tests.waiting import until

RATES, BILLS = "appliedCustomerBillingRate", "customerBill"


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    status: int
    out: str
    error: str


def start(
    mongod: Mongod, database: str, *arguments: object, measured: bool = False, **more: object
) -> "subprocess.Popen[bytes]":
    """Start a command. One that is interrupted can't be `measured`: coverage may hold its lock."""
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": database} | more
    return subprocess.Popen(
        [sys.executable, "-m", "impl", *map(str, arguments)],
        cwd=ROOT,
        env=environment(named, measured=measured),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 - it is one call
    )


def _hear_ctrl_c() -> None:
    """As from a terminal: who runs tests in the background has it ignored by what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(
    mongod: Mongod,
    database: str,
    *arguments: object,
    given: bytes = b"",
    measured: bool = True,
    **more: object,
) -> Ran:
    if measured and is_measuring():  # a forked process measures nothing
        process = start(mongod, database, *arguments, measured=True, **more)
        return ended(process, given)
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": database} | more
    done = forked.run([*map(str, arguments)], environment(named), given)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def ended(process: "subprocess.Popen[bytes]", given: bytes = b"") -> Ran:
    """Write to the standard input of a process, and wait for its end."""
    out, error = process.communicate(given, timeout=120)
    assert b"Traceback" not in error, error.decode()
    return Ran(process.returncode, out.decode(), error.decode())


class Database:
    """A database of a test's own, and the commands on it."""

    def __init__(self, mongod: Mongod, name: str = "") -> None:
        self.mongod = mongod
        self.name = name or f"bulk-{uuid4().hex}"
        self.store = Store(mongod.uri, self.name)

    def run(self, *arguments: object, **more: Any) -> Ran:
        """Run a command on it; what more there is, as `run` takes it."""
        return run(self.mongod, self.name, *arguments, **more)

    def start(self, *arguments: object) -> "subprocess.Popen[bytes]":
        return start(self.mongod, self.name, *arguments)

    def all(self, resource: str = RATES) -> dict[str, Any]:
        return stored(self.store, resource)


def rate(number: int, **other: Any) -> dict[str, Any]:
    return {
        "id": f"r{number:06}",
        "@type": "AppliedCustomerBillingRate",
        "date": "2026-10-01T02:00:00.123456+02:00",
        "billingAccount": {"id": f"A-{number % 7}"},
        "taxExcludedAmount": {"unit": "EUR", "value": number / 4},
        "note": {"$x": ["a.b", None, {"": 1}]},
    } | other


def lines(count: int) -> list[object]:
    """Some with an id, some without, and some that are refused."""
    made: list[object] = [rate(number) for number in range(count)]
    for number in range(0, count, 3):
        made[number] = {k: v for k, v in rate(number).items() if k != "id"}
    for number in range(5, count, 1000):
        made[number] = b'{"@type":"AppliedCustomerBillingRate"}'
    return made


def until_more_than(
    database: Database, count: int, process: "subprocess.Popen[bytes]", resource: str = RATES
) -> None:
    collection, _ = database.store.collection(resource)
    until(
        lambda: collection.estimated_document_count() > count or process.poll() is not None,
        pause=0.005,
    )


@contextmanager
def held(database: Database, line: int) -> Iterator[None]:
    """Let no import get past a line of rates: another transaction writes what it would."""
    database.store.ensure_indexes()
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(database.mongod.uri)
    with client, client.start_session() as session, session.start_transaction():
        client[database.name][RATES].insert_one({"_id": rate(line)["id"]}, session=session)
        yield
        session.abort_transaction()


def write(path: Path, documents: Iterator[Mapping[str, Any]] | list[Any]) -> Path:
    path.write_bytes(
        b"".join(
            (each if isinstance(each, bytes) else orjson.dumps(each)) + b"\n" for each in documents
        )
    )
    return path


def read(path: Path) -> list[Any]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def stored(store: Store, resource: str) -> dict[str, Any]:
    """All documents by id, as JSON shows them, and whether each is kept with its text."""
    collection, _ = store.collection(resource)
    found = {each["_id"]: each | {FIELD: FIELD in each} for each in collection.find()}
    shown: dict[str, Any] = orjson.loads(orjson.dumps(found, option=orjson.OPT_UTC_Z))
    return shown


def without_time(documents: dict[str, Any]) -> dict[str, Any]:
    """The documents without what tells when they were kept, and what was derived of them here."""
    return {
        id_: {
            name: value
            for name, value in each.items()
            if name not in ("lastUpdate", "lastModified", "due", DERIVED)
        }
        for id_, each in documents.items()
    }
