"""Texts that an older release kept with documents, made anew in the form that they have now."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database

from impl.store.documents import TEXT, VERSION, CorruptDocument, Stored, from_mongo, text_of

FORMER = "_json1"
"""The name that texts had while a client could write what stood for the base of an `href`."""

AT_ONCE = 500
_HAS_FORMER: Stored = {FORMER: {"$exists": True}}


def remake(database: Database[Stored]) -> Iterator[int]:
    """Make the text of each document that has a former one; tells after each batch how many.

    It may run beside servers, and again from where it was stopped.
    """
    for collection in _collections(database):
        changes = _changes(collection.name, collection.find(_HAS_FORMER))
        while batch := list(islice(changes, AT_ONCE)):
            yield collection.bulk_write(batch, ordered=False).modified_count


def left(database: Database[Stored]) -> int:
    """How many documents about are yet to be looked at."""
    return sum(each.estimated_document_count() for each in _collections(database))


def _collections(database: Database[Stored]) -> list[Collection[Stored]]:
    """Those that have something with a former text."""
    found = (database[name] for name in sorted(database.list_collection_names()))
    return [each for each in found if each.find_one(_HAS_FORMER, {"_id": 1})]


def _changes(resource: str, found: Iterable[Stored]) -> Iterator[UpdateOne]:
    """The change of each document, unless another comes first; none for what is spoilt."""
    for stored in found:
        this = {"_id": stored["_id"], VERSION: stored.get(VERSION)}
        with suppress(CorruptDocument):
            text = text_of(resource, from_mongo(stored))
            made: dict[str, Any] = {"$set": {TEXT: text}} if text is not None else {}
            yield UpdateOne(this, made | {"$unset": {FORMER: ""}})
