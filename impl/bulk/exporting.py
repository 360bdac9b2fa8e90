"""The export of a resource: what a query finds, as lines that an import reads back as the same."""

from dataclasses import replace
from itertools import islice

import orjson
from tqdm import tqdm

from generated import schemas
from impl.bulk.files import target
from impl.bulk.resources import EXPORTED
from impl.errors import ParameterInvalid
from impl.query import attributes, parse
from impl.query.language import Query
from impl.store.mongo import Store

BATCH = 500
LINE = orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE


def query(resource: str, text: str) -> Query:
    """What a query string of the resource's lists asks for.

    Raises ParameterInvalid where it can't be read.
    """
    known = attributes.of(schemas.SCHEMAS[EXPORTED[resource]])
    found = parse.parse(text, known, parse.Limits(most=parse.FARTHEST))
    return replace(found, window=replace(found.window, stream=True))


def export(store: Store, resource: str, asked: Query, path: str) -> int:
    """Write what the query finds to a file, whole or not at all; how many documents that were.

    Raises ParameterInvalid for a filter on what no document has, FileTrouble, and Unavailable.
    """
    for unknown in asked.unknown:
        if not store.knows(resource, unknown):
            raise ParameterInvalid(".".join(unknown), f"is no attribute of any {resource}")
    rows = store.stream(resource, asked)
    count = 0
    with target(path) as file, tqdm(unit=" documents", unit_scale=True, disable=None) as bar:
        while batch := list(islice(rows, BATCH)):
            file.write(b"".join(orjson.dumps(each, option=LINE) for each in batch))
            bar.update(len(batch))
            count += len(batch)
    return count
