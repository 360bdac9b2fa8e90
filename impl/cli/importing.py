"""The command `import`: each line of a file as a POST of it would be."""

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import Any

from impl.bulk.batch_writer import BatchWriter, Progress
from impl.bulk.files import Source
from impl.bulk.importing import Import, Stopped
from impl.bulk.reader import Format, Reader
from impl.bulk.refusals import Refusals
from impl.cli import bulk
from impl.errors import ApiError
from impl.events.build import correlated
from impl.handlers import standard
from impl.handlers.collection import Collection, Services
from impl.processes import Stop
from impl.resources import IMPORTABLE
from impl.served import API, BESIDE, api_of, builders
from impl.settings import Settings
from impl.store.mongo import Store
from impl.web import body, errors

SWITCH_SECONDS = 0.0005
"""How long reading may keep the interpreter from writing, while MongoDB waits; Python has 5 ms."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument(
        "file", help="JSON lines, compressed if it ends in .gz; - is standard input"
    )
    parser.add_argument("--resource", choices=IMPORTABLE, help="else each line's @type says")
    parser.add_argument("--name", help="the name to resume by; else the file's own")
    parser.add_argument("--refused", metavar="FILE", help="for refused lines; else *.refused")
    parser.add_argument("--events", action="store_true", help="record events, too")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Import the file, print how many lines were imported and refused; the exit status."""
    piped = options.file == "-"
    name = options.name or (None if piped else Path(options.file).name)
    refused = options.refused or f"{(name or 'stdin') if piped else options.file}.refused"
    error_body = partial(_error_body, base=settings.base)
    refusals = Refusals(Path(refused), error_body, settings.max_body_bytes)
    format_ = Format(body.decode, settings.max_body_bytes, options.resource, name)
    with (
        bulk.opened(settings, events=options.events) as store,
        Source(options.file) as source,
        correlated(format_.job or "import"),
    ):
        try:
            progress = _import(store, settings, source, format_, refusals).run(format_.most_bytes)
        except Stopped as stopped:
            return _report_stop(stopped, resumable=name is not None)
    there = f" {progress.there:,} were there already," if progress.there else ""
    where = f": {refused}" if progress.refused else ""
    print(f"{progress.imported:,} imported,{there} {progress.refused:,} refused{where}")
    return bulk.SOME if progress.refused else bulk.ALL


def _import(
    store: Store, settings: Settings, source: Source, format_: Format, refusals: Refusals
) -> Import:
    sys.setswitchinterval(SWITCH_SECONDS)
    store.ensure_indexes()
    stop = Stop()
    collections = _collections(store, settings)
    writer = BatchWriter(store, collections, refusals, format_.job, stop)
    return Import(source, Reader(collections, api_of, format_), writer, refusals, stop)


def _collections(store: Store, settings: Settings) -> dict[str, Collection[Any]]:
    """The collections that a file may be imported into, of all APIs."""
    build = builders()
    handlers = [
        build[api](Services(store, api, settings.policy)) for api in (API, *BESIDE.values())
    ]
    return {
        name: collection
        for each in handlers
        for name, collection in standard.importable(each.collections).items()
    }


def _error_body(error: ApiError, base: str) -> bytes:
    """The body of the error that a client would get for a POST of the line."""
    return errors.answer(error, base).body


def _report_stop(stopped: Stopped, *, resumable: bool) -> int:
    """Print why the import stopped, after how many lines, and what to do; the exit status."""
    cause = stopped.__cause__
    interrupted = isinstance(cause, KeyboardInterrupt)
    progress: Progress = stopped.progress
    line = f"{progress.place.line:,} lines are done"
    advice = "run the same command again to continue" if resumable else "a new import skips them"
    print(f"{'stopped' if interrupted else cause}; {line}, {advice}", file=sys.stderr)
    return bulk.INTERRUPTED if interrupted else bulk.NONE
