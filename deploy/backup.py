"""Base backups of a MongoDB member, its changes since, and the way back to any moment between.

    python deploy/backup.py base URI FOLDER      copy a member's data; run it on that machine
    python deploy/backup.py oplog URI FILE       write changes down as they happen, until stopped
    python deploy/backup.py restore BASE OPLOG FOLDER --until 2026-11-24T12:00:00.000Z

URI names one member, and a user with the roles `hostManager` and `clusterMonitor` if the set has
users. `restore` leaves in FOLDER what a mongod with `--replSet` starts on.
docs/operations.md tells when to use them; `make rehearse` uses them all.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import bson
import pymongo
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from pymongo.read_concern import ReadConcern

Client = pymongo.MongoClient[Any]
BATCH = 2000
NOT_COPIED = shutil.ignore_patterns("mongod.lock", "diagnostic.data", "*.log")
RECOVERING = ("recoverFromOplogAsStandalone=true", "takeUnstableCheckpointOnShutdown=true")
DATA_FOLDER = "/data/db"
"""What mongod uses if nothing names a folder."""

LARGEST_ENTRY = 17 * 1024 * 1024
"""A little more than the oplog takes."""

START_SECONDS, RECOVERY_SECONDS = 60, 24 * 3600


class BackupError(Exception):
    """It can't be done; the message says why."""


def base(uri: str, folder: Path) -> None:
    """Copy a member's data files, with its writes held back; clients of the set go on."""
    began = time.monotonic()
    with _member(uri) as client:
        source = data_folder(client.admin.command("getCmdLineOpts")["parsed"])
        client.admin.command("fsync", lock=True)
        try:
            shutil.copytree(source, folder, ignore=NOT_COPIED)
        finally:
            client.admin.command("fsyncUnlock")
    _say("base backup", time.monotonic() - began, folder)


def data_folder(options: dict[str, Any]) -> Path:
    """The folder of a mongod's data, by its parsed options."""
    return Path(options.get("storage", {}).get("dbPath", DATA_FOLDER))


def oplog(uri: str, file: Path) -> None:
    """Append to the file each change that a majority has, from where the file ends; until stopped.

    A killed `oplog` may have left half a change at the end; that is cut off. Raises BackupError if
    the oplog no longer reaches back that far.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with _member(uri) as client, file.open("ab") as output:
        changes = client.local.get_collection(
            "oplog.rs", read_concern=ReadConcern("majority")
        ).with_options(codec_options=bson.CodecOptions(RawBSONDocument))
        last = resume(file)
        if last is not None and changes.find_one({"ts": {"$lte": last}}) is None:
            raise BackupError(f"{file} ends before the oplog begins: take a new base backup")
        _follow(changes, last, output, stop)


def _follow(changes: Any, last: Timestamp | None, output: Any, stop: threading.Event) -> None:
    where = {} if last is None else {"ts": {"$gt": last}}
    tail = changes.find(where, cursor_type=pymongo.CursorType.TAILABLE_AWAIT)
    while not stop.is_set() and tail.alive:
        for entry in islice(tail, BATCH):  # which waits a second for more, and then ends
            output.write(entry.raw)
        output.flush()
        os.fsync(output.fileno())
    if not stop.is_set():
        raise BackupError("the oplog went on without us")


def restore(backup: Path, archive: Path, folder: Path, until: datetime, mongod: str) -> None:
    """Bring the base backup to what the data was at a moment, in a folder that is new or empty."""
    began = time.monotonic()
    if folder.exists() and any(folder.iterdir()):
        raise BackupError(f"{folder} is not empty")
    shutil.copytree(backup, folder, dirs_exist_ok=True)
    _say("copy", time.monotonic() - began, folder)
    began = time.monotonic()
    with _running(mongod, folder, "ttlMonitorEnabled=false") as client:
        _drop_holes(client.local)
        added = _extend(client.local["oplog.rs"], archive, until)
    with _running(mongod, folder, *RECOVERING, seconds=RECOVERY_SECONDS):
        pass
    with _running(mongod, folder, "ttlMonitorEnabled=false") as client:
        client.drop_database("local")
    seconds = time.monotonic() - began
    print(f"{added} changes in {seconds:.1f} s, {added / seconds:.0f} a second")


def _drop_holes(local: Any) -> None:
    """Drop the end of the copied oplog that may lack entries; the archive has them all.

    A primary notes where that end begins. mongod would drop all from there on at its next start,
    and with it what we add.
    """
    notes = local["replset.oplogTruncateAfterPoint"]
    for note in notes.find({"oplogTruncateAfterPoint": {"$gt": Timestamp(0, 0)}}):
        local["oplog.rs"].delete_many({"ts": {"$gt": note["oplogTruncateAfterPoint"]}})
    notes.delete_many({})


def _extend(changes: Any, archive: Path, until: datetime) -> int:
    """Add what was written down after the oplog's end and before the moment; how many it was."""
    end = changes.find_one(sort=[("$natural", -1)])
    if end["wall"].replace(tzinfo=UTC) >= until:
        raise BackupError("that moment is before the base backup's: take an earlier base backup")
    last = end["ts"]
    entries = changes_in(archive)
    first = next(entries, None)
    if first is None or first["ts"] > last:
        raise BackupError(f"{archive} begins after the base backup ends")
    wanted = _between(entries, last, until)
    added = 0
    while batch := list(islice(wanted, BATCH)):
        changes.insert_many(batch)
        added += len(batch)
    return added


def _between(entries: Iterator[Any], last: Timestamp, until: datetime) -> Iterator[Any]:
    """Those after `last` and before the moment; says so where they end earlier."""
    for entry in entries:
        if entry["wall"] >= until:
            return
        if entry["ts"] > last:
            yield entry
    print("the changes end before that moment; all of them are restored", file=sys.stderr)


def changes_in(archive: Path) -> Iterator[RawBSONDocument]:
    """The changes in the file, without a last one that is not whole."""
    options = bson.CodecOptions(RawBSONDocument, tz_aware=True, tzinfo=UTC)
    with archive.open("rb") as file:
        while len(head := file.read(4)) == 4:
            size = int.from_bytes(head, "little")
            if not len(head) < size < LARGEST_ENTRY:
                raise BackupError(f"{archive} has no change at byte {file.tell() - 4}")
            raw = head + file.read(size - len(head))
            if len(raw) < size:
                return
            yield RawBSONDocument(raw, options)


def resume(file: Path) -> Timestamp | None:
    """The time of the file's last whole change; what comes after it is cut off."""
    last, length = None, 0
    for entry in changes_in(file):
        last, length = entry["ts"], length + len(entry.raw)
    os.truncate(file, length)
    return last


@contextmanager
def _member(uri: str) -> Iterator[Client]:
    client: Client = pymongo.MongoClient(uri, directConnection=True)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def _running(
    mongod: str, folder: Path, *parameters: str, seconds: float = START_SECONDS
) -> Iterator[Client]:
    """A mongod of no replica set over a folder, reached by us alone; stopped cleanly."""
    port = _free_port()
    places = [f"--dbpath={folder}", f"--logpath={folder}.log", "--logappend", f"--port={port}"]
    options = [f"--setParameter={parameter}" for parameter in parameters]
    command = [mongod, *places, "--bind_ip=127.0.0.1", "--nounixsocket", *options]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        with _member(f"mongodb://127.0.0.1:{port}") as client:
            _wait(client, process, seconds)
            yield client
    finally:
        process.terminate()
        status = process.wait(RECOVERY_SECONDS)
    if status:
        raise BackupError(f"mongod ended with status {status}; {folder}.log says why")


def _wait(client: Client, process: "subprocess.Popen[bytes]", seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with pymongo.timeout(1):
                client.admin.command("ping")
        except pymongo.errors.PyMongoError:
            time.sleep(0.1)
        else:
            return
    raise BackupError("mongod does not start; its log says why")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _say(what: str, seconds: float, folder: Path) -> None:
    size = sum(each.stat().st_size for each in folder.rglob("*") if each.is_file()) / 1e6
    print(f"{what}: {size:.1f} MB in {seconds:.1f} s, {size / seconds:.1f} MB/s", flush=True)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError("say the time zone, such as Z")
    return moment


def main() -> int:
    """Run a command; the exit status."""
    parser = argparse.ArgumentParser(description="Backups of MongoDB, and the way back.")
    commands = parser.add_subparsers(required=True)
    copying = commands.add_parser("base")
    copying.add_argument("uri")
    copying.add_argument("folder", type=Path)
    copying.set_defaults(run=base)
    writing = commands.add_parser("oplog")
    writing.add_argument("uri")
    writing.add_argument("file", type=Path)
    writing.set_defaults(run=oplog)
    returning = commands.add_parser("restore")
    for name in ("backup", "archive", "folder"):
        returning.add_argument(name, type=Path)
    returning.add_argument("--until", type=_moment, required=True)
    returning.add_argument("--mongod", default="mongod")
    returning.set_defaults(run=restore)
    options = vars(parser.parse_args())
    try:
        options.pop("run")(**options)
    except (BackupError, OSError, bson.errors.InvalidBSON, pymongo.errors.PyMongoError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
