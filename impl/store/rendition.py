"""A document's rendition: its JSON, stored in the document so that showing it takes no encoding.

In place of the URL that `href`s begin with, a rendition has `Rendered.BASE`. A document without a
rendition is read and encoded instead: it is large, an older release wrote it, or it was changed in
one step and the relay has not come by.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from typing import Any

import orjson
from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

from impl.links import Links, to_json
from impl.query.language import Document, Rendered
from impl.store.documents import VERSION, CorruptDocument, Stored, from_mongo
from impl.store.encoding import decode

FIELD = "_json2"
"""The name changes with what `Links.added` adds and how. The server ignores renditions of other
names.
"""

FORMER_FIELD = "_json1"
"""The name while a client could write the placeholder for the base of an `href`."""

MOST_BYTES = 64 * 1024
"""Longer renditions are rare, and would bring a large document to its limit: none is stored."""

HAS_RENDITION: Stored = {FIELD: {"$exists": True}}
LACKS_RENDITION: Stored = {"$eq": [{"$type": f"${FIELD}"}, "missing"]}
"""A condition for documents, and its opposite as an expression of an aggregation."""

PROJECTION: Stored = {VERSION: 1, FIELD: {"$ifNull": [f"${FIELD}", "$$ROOT"]}}
"""Fetches what `from_projection` reads: the rendition, or the document if it has none."""

WITHOUT_RENDITION: Stored = {FIELD: 0}
"""A projection."""

AT_ONCE = 500
_HAS_FORMER: Stored = {FORMER_FIELD: {"$exists": True}}


class _PlaceholderLinks(Links):
    """`href`s that begin with the placeholder."""

    def _url(self, path: str) -> Any:
        return orjson.Fragment(b'"%b%b"' % (Rendered.BASE, path.encode()))


def rendered(resource: str, document: Document) -> bytes:
    """The document's JSON as `Links.one` writes it, with the placeholder for each base."""
    return to_json(_PlaceholderLinks("", resource).added(document))


def rendition(resource: str, document: Document) -> bytes | None:
    """The JSON to store with a document; None if it is too long."""
    text = rendered(resource, document)
    return text if len(text) <= MOST_BYTES else None


def is_joined(resource: str, names: set[str]) -> bool:
    """Whether no rendition of the resource shows any of these attributes."""
    return False


def assigned(text: bytes, values: Mapping[str, Any]) -> bytes:
    """A rendition with other values; these are no objects, and get no links."""
    # The placeholder is no JSON. A random text, which no client can know, stands in for it.
    stand_in = secrets.token_hex(16).encode()
    changed = to_json(orjson.loads(text.replace(Rendered.BASE, stand_in)) | values)
    return changed.replace(stand_in, Rendered.BASE)


def from_projection(stored: Stored) -> Document:
    """The document that PROJECTION fetched: `Rendered`, or read if it has no rendition.

    A `Rendered` one has as values its id and what else was fetched. Raises CorruptDocument.
    """
    text = stored.pop(FIELD)
    if not isinstance(text, bytes):
        return from_mongo(text)
    version, id_ = stored.pop(VERSION, None), stored.pop("_id")
    if not isinstance(version, int):
        raise CorruptDocument(id_)
    values = decode(stored) if stored else {}
    return Rendered({"id": id_, **values}, version, text)


def remake(database: Database[Stored]) -> Iterator[int]:
    """Make the rendition of each document that has a former one; yields how many each batch made.

    It may run beside servers, and again from where it was stopped.
    """
    for collection in _collections(database):
        updates = _updates(collection.name, collection.find(_HAS_FORMER))
        while batch := list(islice(updates, AT_ONCE)):
            yield collection.bulk_write(batch, ordered=False).modified_count


def left(database: Database[Stored]) -> int:
    """About how many documents `remake` has yet to look at."""
    return sum(each.estimated_document_count() for each in _collections(database))


def _collections(database: Database[Stored]) -> list[Collection[Stored]]:
    """Those with a document that has a former rendition."""
    collections = (database[name] for name in sorted(database.list_collection_names()))
    return [each for each in collections if each.find_one(_HAS_FORMER, {"_id": 1})]


def _updates(resource: str, documents: Iterable[Stored]) -> Iterator[UpdateOne]:
    """The update of each document, unless another write comes first; none for a corrupt one."""
    for stored in documents:
        same_version = {"_id": stored["_id"], VERSION: stored.get(VERSION)}
        with suppress(CorruptDocument):
            text = rendition(resource, from_mongo(stored))
            made: dict[str, Any] = {"$set": {FIELD: text}} if text is not None else {}
            yield UpdateOne(same_version, made | {"$unset": {FORMER_FIELD: ""}})
