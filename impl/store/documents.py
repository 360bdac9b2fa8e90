"""A document between its TMF shape and the one it is stored in: with `_id` and a version."""

from collections.abc import Mapping
from typing import Any

from impl.query.language import Document
from impl.store.encoding import decode, encode
from impl.store.pending_events import EVENT, STAMP, PendingEvent

Stored = dict[str, Any]
VERSION = "_rev"
EXPIRES = "_expires"
"""When MongoDB may remove the document; most have none."""

OWNERS = "_owners"
"""The owners of an event, as of its write (access.py). Until the event is in the feed, only the
owners of its bill are stored with it: the event itself names the others."""

RESERVED = "_reserved"
"""The holder that the document is reserved for, if there is one (reservations.py)."""

DERIVED = "_derived"
"""The attributes that the server worked out itself, if there are any (`Document.derived`)."""


class CorruptDocument(Exception):
    """The stored document is not ours: it has no version, or another id."""

    def __init__(self, id_: object) -> None:
        super().__init__(f"what is stored under _id {id_!r} has not been written by this server")


class Whole(Document):
    """A document read to be changed, which also has its attributes as they are `stored`."""

    __slots__ = ("stored",)
    stored: Stored


def to_mongo(document: Mapping[str, Any], version: int) -> Stored:
    """The document as it is stored."""
    return {"_id": document["id"], VERSION: version, **encode(document)}


def from_mongo(stored: Stored) -> Document:
    """The document that was stored, without the store's own fields; raises CorruptDocument."""
    return Document(*_parts(stored))


def whole(stored: Stored, *, escaped: bool = True) -> Whole:
    """The same, as stored, too; not `escaped` if no name in it is (encoding.py)."""
    document = Whole(*_parts(stored, escaped=escaped))
    document.stored = stored
    return document


def _parts(stored: Stored, *, escaped: bool = True) -> tuple[Any, ...]:
    """What a document is made of; removes the store's own fields."""
    hidden = take_hidden(stored)
    version, id_ = hidden.get(VERSION), hidden.get("_id")
    if not isinstance(version, int) or stored.get("id") != id_:
        raise CorruptDocument(id_)
    stamp, envelope = hidden.get(STAMP), hidden.get(EVENT)
    pending_event = PendingEvent(stamp, envelope) if stamp and envelope else None
    derived, reserved = hidden.get(DERIVED, ()), hidden.get(RESERVED, "")
    return decode(stored) if escaped else stored, version, pending_event, derived, reserved


def take_hidden(stored: Stored) -> Stored:
    """The store's own fields, whichever release wrote them; removes them from the document.

    Their names begin with `_`: names of clients that do are stored otherwise (encoding.py).
    """
    return {name: stored.pop(name) for name in [*stored] if name[:1] == "_"}
