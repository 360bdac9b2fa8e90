"""The export of a resource: a query's documents as JSON lines, which an import reads back."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from itertools import islice

import orjson
from tqdm import tqdm

from impl.api import Api
from impl.bulk.files import target
from impl.instants import written
from impl.query import attributes, parse
from impl.query.language import Document, Query, Rendered
from impl.resources import BY_NAME
from impl.store import unknown_attributes
from impl.store.mongo import Store

BATCH = 500
LINE = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_APPEND_NEWLINE
_LINK = re.compile(rb'%b[^"]*"' % Rendered.BASE)
_HREF, _URL = b',"href":"' + Rendered.BASE, b'"url":"%b,' % Rendered.BASE
"""The links that `impl/links.py` adds, each without its path and closing quote: an `href` comes
after an `id`, and a `url` first of all."""


def query(api: Api, resource: str, text: str, zone: tzinfo) -> Query:
    """The query of a query string as lists take it; its dates are days of the time zone.

    Raises ParameterInvalid if it can't be read.
    """
    known = attributes.of(api.schemas[BY_NAME[resource].schema])
    query = parse.parse(text, known, parse.Limits(most=parse.FARTHEST), zone)
    return replace(query, window=replace(query.window, stream=True))


def documents(
    store: Store, api: Api, resource: str, query: Query, *, reject: bool
) -> Iterator[Document]:
    """The documents that match the query. Raises Unavailable; with `reject`, ParameterInvalid for a
    filter on an attribute that no document has.
    """
    if reject:
        known = attributes.of(api.schemas[BY_NAME[resource].schema])
        unknown_attributes.refuse(store, resource, query.unknown, known)
    return store.stream(resource, replace(query, ready=True))


def export(rows: Iterator[Document], path: str) -> int:
    """Write the documents to a file, all or none; their number. Raises FileTrouble."""
    count = 0
    with target(path) as file, tqdm(unit=" documents", unit_scale=True, disable=None) as bar:
        while batch := list(islice(rows, BATCH)):
            file.write(b"".join(map(_line, batch)))
            bar.update(len(batch))
            count += len(batch)
    return count


def _line(document: Document) -> bytes:
    """The line of a document, without the links that the server adds."""
    if isinstance(document, Rendered):
        text = _LINK.sub(Rendered.BASE, document.text)
        return text.replace(_HREF, b"").replace(_URL, b"") + b"\n"
    return orjson.dumps(document, written, LINE)
