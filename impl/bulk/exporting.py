"""The export of a resource: what a query finds, as lines that an import reads back as the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from itertools import islice

import orjson
from tqdm import tqdm

from impl.api import Api
from impl.bulk.files import target
from impl.bulk.resources import EXPORTED
from impl.handlers import unknown
from impl.instants import written
from impl.query import attributes, parse
from impl.query.language import Document, Query
from impl.store.mongo import Store

BATCH = 500
LINE = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_APPEND_NEWLINE


def query(api: Api, resource: str, text: str, zone: tzinfo) -> Query:
    """What a query string of the resource's lists asks for; its dates are days of the time zone.

    Raises ParameterInvalid where it can't be read.
    """
    known = attributes.of(api.schemas[EXPORTED[resource]])
    found = parse.parse(text, known, parse.Limits(most=parse.FARTHEST), zone)
    return replace(found, window=replace(found.window, stream=True))


def found(
    store: Store, api: Api, resource: str, asked: Query, *, reject: bool
) -> Iterator[Document]:
    """What the query finds. Raises Unavailable, and with `reject` ParameterInvalid for a filter on
    an attribute that no document has.
    """
    if reject:
        known = attributes.of(api.schemas[EXPORTED[resource]])
        unknown.refuse(store, resource, asked.unknown, known)
    return store.stream(resource, asked)


def export(rows: Iterator[Document], path: str) -> int:
    """Write documents to a file, all or none; how many that were. Raises FileTrouble."""
    count = 0
    with target(path) as file, tqdm(unit=" documents", unit_scale=True, disable=None) as bar:
        while batch := list(islice(rows, BATCH)):
            file.write(b"".join(orjson.dumps(each, written, LINE) for each in batch))
            bar.update(len(batch))
            count += len(batch)
    return count
