"""The commands `import` and `export`: the rooms that they need, put together; what they print."""

import argparse
import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from impl import handlers, open_store
from impl.bulk import exporting
from impl.bulk.batch_writer import Keeper, Progress
from impl.bulk.files import Source
from impl.bulk.importing import Import, Stopped
from impl.bulk.reader import Format, Reader
from impl.bulk.refusals import Refusals
from impl.errors import ApiError
from impl.events.build import correlated
from impl.handlers.collection import Services
from impl.processes import Stop
from impl.query.language import Document
from impl.settings import Settings
from impl.store import upgrade
from impl.store.mongo import Store
from impl.tmf678 import API
from impl.web import body, errors

GARBAGE = 50_000
"""How many objects more make Python look for cycles: lines are many objects, and none of them."""

ALL, SOME, NOT, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: all is in, some lines were refused, it could not be done, it was ended."""


def bring_in(chosen: Settings, options: argparse.Namespace) -> int:
    """Import a file; the exit status."""
    piped = options.file == "-"
    name = options.name or (None if piped else Path(options.file).name)
    refused = options.refused or f"{(name or 'stdin') if piped else options.file}.refused"
    told = partial(_told, base=chosen.base)
    refusals = Refusals(Path(refused), told, chosen.max_body_bytes)
    format_ = Format(body.decode, chosen.max_body_bytes, options.resource, name)
    with (
        _store(chosen, told=options.events) as store,
        Source(options.file) as source,
        correlated(format_.job or "import"),
    ):
        try:
            progress = _import(store, chosen, source, format_, refusals).run(format_.most_bytes)
        except Stopped as stopped:
            return _stopped(stopped, goes_on=name is not None)
    there = f" {progress.there:,} were there already," if progress.there else ""
    where = f": {refused}" if progress.refused else ""
    print(f"{progress.imported:,} imported,{there} {progress.refused:,} refused{where}")
    return SOME if progress.refused else ALL


def write_out(chosen: Settings, options: argparse.Namespace) -> int:
    """Export a resource; the exit status."""
    asked = exporting.query(API, options.resource, options.query, chosen.policy.zone)
    with _store(chosen, told=False) as store:
        reject = chosen.unknown_filter == "reject"
        rows = exporting.found(store, API, options.resource, asked, reject=reject)
        count = exporting.export(_until_signalled(rows), options.file)
    print(f"{count:,} exported", file=sys.stderr)
    return ALL


def _import(
    store: Store, chosen: Settings, source: Source, format_: Format, refusals: Refusals
) -> Import:
    store.ensure_indexes()
    collections = handlers.collections(Services(store, API, chosen.policy))
    stop = Stop()
    keeper = Keeper(store, collections, refusals, format_.job, stop)
    return Import(source, Reader(collections, API, format_), keeper, refusals, stop)


@contextmanager
def _store(chosen: Settings, *, told: bool) -> Iterator[Store]:
    """The store, which is there; until a `Stop` listens, a signal to end is as Ctrl-C is."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    gc.freeze()
    gc.set_threshold(GARBAGE)
    store = open_store.opened(open_store.located(chosen), told=told)
    try:
        store.ping()
        upgrade.meet(store)
        yield store
    finally:
        store.close()


def _until_signalled(rows: Iterator[Document]) -> Iterator[Document]:
    """The rows; KeyboardInterrupt between two of them, and not amid what fetches them."""
    stop = Stop()
    for row in rows:
        if stop.is_set():
            raise KeyboardInterrupt
        yield row


def _told(error: ApiError, base: str) -> bytes:
    """The Error body that a client would get."""
    return errors.answer(error, base).body


def _stopped(stopped: Stopped, *, goes_on: bool) -> int:
    cause = stopped.__cause__
    interrupted = isinstance(cause, KeyboardInterrupt)
    progress: Progress = stopped.progress
    line = f"{progress.place.line:,} lines are done"
    how = "run the same command again to continue" if goes_on else "a new import skips them"
    print(f"{'stopped' if interrupted else cause}; {line}, {how}", file=sys.stderr)
    return INTERRUPTED if interrupted else NOT
