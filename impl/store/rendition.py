"""A document's rendition: its JSON, stored in the document so that showing it takes no encoding.

In place of the URL that `href`s begin with, a rendition has `Rendered.BASE`. A document without a
rendition is read and encoded instead: it is large, an older release wrote it, or it was changed in
one step and the relay has not come by.

A rendition leaves out the attributes that its resource names as `joined` (`impl/resources.py`):
`Rendered.text` has them. So a write that changes only these, such as the billing of a rate, neither
reads the document nor makes its JSON again.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from itertools import islice
from typing import Any

import orjson
from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

from impl.links import Links, to_json
from impl.query.language import Document, Path, Rendered
from impl.resources import RESOURCES
from impl.store.documents import VERSION, CorruptDocument, Stored, from_mongo
from impl.store.encoding import decode
from impl.store.mongo_query import to_projection

FIELD = "_json3"
"""The name changes with what `Links.added` adds and how, and with what is joined. The server
ignores renditions of other names.
"""

FORMER_FIELDS = ("_json1", "_json2")
"""The name while a client could write the placeholder for the base of an `href`, and the name while
nothing was joined."""

MOST_BYTES = 64 * 1024
"""Longer renditions are rare, and would bring a large document to its limit: none is stored."""

HAS_RENDITION: Stored = {FIELD: {"$exists": True}}
LACKS_RENDITION: Stored = {"$eq": [{"$type": f"${FIELD}"}, "missing"]}
"""A condition for documents, and its opposite as an expression of an aggregation."""

CACHED, CACHED_BYTES = 4096, 512
"""How many documents' joined attributes the server caches as JSON, and how long these may be.

The rates of a bill have the same. Making their JSON takes 4 us, which is a sixth of showing a rate
in a list of 100.
"""

WITHOUT_RENDITION: Stored = {FIELD: 0}
"""A projection."""

AT_ONCE = 500
_HAS_FORMER: Stored = {"$or": [{each: {"$exists": True}} for each in FORMER_FIELDS]}
_NO_FORMER: Stored = {"$unset": dict.fromkeys(FORMER_FIELDS, "")}
_JOINED: Mapping[str, tuple[str, ...]] = {
    each.collection: each.joined for each in RESOURCES if each.joined
}
_PROJECTION: Stored = {VERSION: 1, FIELD: {"$ifNull": [f"${FIELD}", "$$ROOT"]}}


class _PlaceholderLinks(Links):
    """`href`s that begin with the placeholder."""

    def _url(self, path: str) -> Any:
        return orjson.Fragment(b'"%b%b"' % (Rendered.BASE, path.encode()))


def rendition(resource: str, document: Mapping[str, Any]) -> bytes | None:
    """The JSON to store with a document, with the placeholder for each base; None if it is too
    long.
    """
    names, room = _JOINED.get(resource), MOST_BYTES
    if names:
        document = {**document}
        room -= len(to_json([document.pop(name, None) for name in names]))
    text = to_json(_PlaceholderLinks("", resource).added(document))
    return text if len(text) <= room else None


def is_joined(resource: str, names: set[str]) -> bool:
    """Whether no rendition of the resource shows any of these attributes."""
    return names.issubset(_JOINED.get(resource, ()))


def joined(resource: str, text: bytes, stored: Mapping[str, Any]) -> bytes:
    """A rendition with the joined attributes of the document, which is given as it is stored."""
    names = _JOINED.get(resource)
    return _joined(resource, text, _chosen(stored, names)) if names else text


def _chosen(document: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: document[name] for name in names if name in document}


def _joined(resource: str, text: bytes, values: Stored) -> bytes:
    stored = to_json(values)
    ending = _ending if len(stored) <= CACHED_BYTES else _ending.__wrapped__
    return text[:-1] + ending(resource, stored)


@lru_cache(CACHED)
def _ending(resource: str, stored: bytes) -> bytes:
    """What a rendition ends with once the attributes are joined, from their JSON as stored."""
    values = decode(orjson.loads(stored))
    _PlaceholderLinks("", resource).add_to_references(values)
    return b"," + to_json(values)[1:] if values else b"}"


def assigned(text: bytes, values: Mapping[str, Any]) -> bytes:
    """A rendition with other values; these are no objects, and get no links."""
    # The placeholder is no JSON. A random text, which no client can know, stands in for it.
    stand_in = secrets.token_hex(16).encode()
    changed = to_json(orjson.loads(text.replace(Rendered.BASE, stand_in)) | values)
    return changed.replace(stand_in, Rendered.BASE)


@lru_cache
def projection(resource: str, also: tuple[Path, ...] = ()) -> Mapping[str, Any]:
    """Fetches what `reader` reads: the rendition, or the document if it has none; and these paths.

    Joined attributes are included as they are, because MongoDB computes renamed ones at twice the
    cost.
    """
    return _PROJECTION | to_projection(dict.fromkeys(_JOINED.get(resource, ())), also)


def reader(resource: str, also: tuple[Path, ...] = ()) -> Callable[[Stored], Document]:
    """Reads the document that `projection` fetched: `Rendered`, or whole if it has no rendition.

    A `Rendered` one has as values its id, and those at the paths, whose names need no decoding: the
    contract has them. Raises CorruptDocument.
    """
    names = _JOINED.get(resource)

    def read(stored: Stored) -> Document:
        text = stored.pop(FIELD)
        if not isinstance(text, bytes):
            return from_mongo(text)
        version, id_ = stored.pop(VERSION, None), stored.pop("_id")
        if not isinstance(version, int):
            raise CorruptDocument(id_)
        if names:
            text = _joined(resource, text, _chosen(stored, names) if also else stored)
        return Rendered({"id": id_, **stored} if also else {"id": id_}, version, text)

    return read


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
            yield UpdateOne(same_version, made | _NO_FORMER)
