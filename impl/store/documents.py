"""A document between its TMF shape and the one it is stored in: with `_id` and a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bson.timestamp import Timestamp

from impl import links
from impl.query.language import Document, Rendered
from impl.store.encoding import decode, encode

Stored = dict[str, Any]
VERSION = "_rev"
EXPIRES = "_expires"
"""When the document may be removed, for those that are."""

STAMP, EVENT = "_stamp", "_event"
"""When the last write of the document was, by MongoDB's logical time, and the event of it but for
the document itself: for as long as that is not in the feed (outbox.py)."""

OWNERS = "_owners"
"""Whose an event is, as of its write (access.py). Until it is in the feed, only the owners of the
bill are kept with it: the others it tells itself."""

DERIVED = "_derived"
"""The attributes that the server worked out itself, where there are any (`Document.derived`)."""

TEXT = "_json2"
"""The document as JSON (`impl.links.rendered`), which is most of what reading it would cost.

Where it is missing, the document is read instead. Its name changes with what `Links.added` adds and
how; what stands under an older name is ignored.
"""

MOST_TEXT = 64 * 1024
"""How long that may be: what is longer is rare, and would bring a large document to its limit."""

Shown: TypeAlias = dict[str, Any]
PROJECTION: Shown = {VERSION: 1, TEXT: {"$ifNull": [f"${TEXT}", "$$ROOT"]}}
"""The projection for what is only shown."""


@dataclass(frozen=True)
class PendingEvent:
    """The event of a document's last write, where it is still kept with the document."""

    stamp: Timestamp
    envelope: Stored


class CorruptDocument(Exception):
    """What is stored is no document of ours: without its version, or under another id."""

    def __init__(self, id_: object) -> None:
        super().__init__(f"what is stored under _id {id_!r} has not been written by this server")


def to_mongo(document: Mapping[str, Any], version: int) -> Stored:
    """The document as it is stored."""
    return {"_id": document["id"], VERSION: version, **encode(document)}


def prepare(resource: str, document: Mapping[str, Any], version: int) -> tuple[Stored, Document]:
    """The document of a resource as it is stored, with its text, and as it will be read."""
    stored = to_mongo(document, version)
    if isinstance(document, Document) and document.derived:
        stored[DERIVED] = sorted(document.derived)
    made = from_mongo(dict(stored))
    text = text_of(resource, made)
    if text is None:
        return stored, made
    stored[TEXT] = text
    return stored, Rendered(made, version, text)


def text_of(resource: str, document: Document) -> bytes | None:
    """The document's text, where it is one to keep."""
    text = links.rendered(resource, document)
    return text if len(text) <= MOST_TEXT else None


def from_projection(stored: Stored) -> Document:
    """The document that `SHOWN` found: its text, with the attributes that were asked for beside.

    Raises Spoilt.
    """
    text = stored.pop(TEXT)
    if not isinstance(text, bytes):
        return from_mongo(text)
    version, id_ = stored.pop(VERSION, None), stored.pop("_id")
    if not isinstance(version, int):
        raise CorruptDocument(id_)
    beside = decode(stored) if stored else {}
    return Rendered({"id": id_, **beside}, version, text)


def from_mongo(stored: Stored) -> Document:
    """The document that was stored, without all that is the store's own; Spoilt."""
    own = take_hidden(stored)
    version, id_ = own.get(VERSION), own.get("_id")
    if not isinstance(version, int) or stored.get("id") != id_:
        raise CorruptDocument(id_)
    stamp, envelope = own.get(STAMP), own.get(EVENT)
    untold = PendingEvent(stamp, envelope) if stamp and envelope else None
    return Document(decode(stored), version, untold, own.get(DERIVED, ()))


def take_hidden(stored: Stored) -> Stored:
    """What of a document is the store's own, whichever release wrote it: taken out of it.

    That is each name that begins with `_`, for names of clients are stored otherwise (encoding.py).
    """
    return {name: stored.pop(name) for name in [*stored] if name[:1] == "_"}
