"""The command `export`: the resources that a query finds, as JSON lines."""

import argparse
import sys
from collections.abc import Iterator

from impl.bulk import exporting
from impl.cli import bulk
from impl.processes import Stop
from impl.query.language import Document
from impl.resources import EXPORTABLE
from impl.served import api_of
from impl.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command."""
    parser.add_argument("resource", choices=EXPORTABLE)
    parser.add_argument(
        "--query", default="", help="a list's query, such as 'state=new&sort=-billDate'"
    )
    parser.add_argument("-o", dest="file", metavar="FILE", default="-", help="else standard output")


def run(settings: Settings, options: argparse.Namespace) -> int:
    """Export the resource, print how many documents; the exit status."""
    api = api_of(options.resource)
    query = exporting.query(api, options.resource, options.query, settings.policy.zone)
    with bulk.opened(settings, events=False) as store:
        reject = settings.unknown_filter == "reject"
        rows = exporting.documents(store, api, options.resource, query, reject=reject)
        count = exporting.export(_until_signalled(rows), options.file)
    print(f"{count:,} exported", file=sys.stderr)
    return bulk.ALL


def _until_signalled(rows: Iterator[Document]) -> Iterator[Document]:
    """The rows; a signal raises KeyboardInterrupt between two rows, never while one is fetched."""
    stop = Stop()
    for row in rows:
        if stop.is_set():
            raise KeyboardInterrupt
        yield row
