"""The names of extension attributes, each recorded when it is first written.

So whether some document has an attribute is told without a look at any. The record is of each
database, a row a name, and only grows: up to MOST_NAMES a resource, so that nobody fills it without
end. Beyond that, and for names that are too long, everything is taken for known.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from impl.events.build import RESOURCES
from impl.query import attributes
from impl.query.attributes import Attribute
from impl.query.language import Path
from impl.store.documents import TEXT, Stored
from impl.store.encoding import decode
from impl.tmf678 import API

COLLECTION = "attribute"
MOST_NAMES = 1000
LONGEST = 256
"""Bytes of a row's id: the resource and the path as a JSON array."""

BATCH = 1000
DUPLICATE = 11000
EVENTS = "event"
SERVERS_OWN = frozenset({"billCycleAccount", "billNumber"})
"""What no client writes, and so has the contract's attributes alone."""

_COLLECTED = "collected"
_OF: Mapping[str, Attribute] = {
    name: attributes.of(API.schemas[name[0].upper() + name[1:]]) for name in RESOURCES
}
"""What the contract says of the resources whose names are recorded."""


class Names:
    """The record of one database, and what this process knows of it."""

    def __init__(self, database: Database[Stored]) -> None:
        self._database = database
        self._rows = database[COLLECTION]
        self._known: dict[str, set[Path]] = {}
        self._full: set[str] = set()
        self._collected = False

    def note(self, resource: str, document: Mapping[str, Any]) -> None:
        """Record the names of a document that is about to be written.

        This is not undone where the write is. An extra name only makes one query find nothing.
        """
        if resource not in _OF or resource in self._full:
            return
        known = self._known.get(resource) or ()
        new = {
            path
            for path in _paths(document, _OF[resource])
            if path not in known and _fits(resource, path)
        }
        if new:
            self._record(resource, sorted(new - self.of(resource, anew=True)))

    def has(self, resource: str, path: Path) -> bool | None:
        """Whether some document may have the attribute; None where the record can't tell.

        Numbers in a path name elements of arrays, or members: either may be meant.
        """
        if resource == EVENTS and len(path) > 2 and path[0] == EVENTS and path[1] in _OF:
            return self.has(path[1], path[2:])
        if resource not in _OF:
            return False if resource in SERVERS_OWN or resource == EVENTS else None
        plain = tuple(name for name in path if not (name.isascii() and name.isdigit())) or path
        if _OF[resource].find(plain) is not None or {path, plain} & self.of(resource):
            return True
        return not _fits(resource, path) or self._asked(resource, {path, plain})

    def _asked(self, resource: str, paths: set[Path]) -> bool | None:
        """The answer of the database; past MOST_NAMES, that all may be there."""
        keys = [_key(resource, each) for each in (*paths, ())]
        found = {row["_id"] for row in self._rows.find({"_id": {"$in": [*keys, _COLLECTED]}})}
        self._collected = self._collected or _COLLECTED in found
        return True if found - {_COLLECTED} else (False if self._collected else None)

    def of(self, resource: str, *, anew: bool = False) -> set[Path]:
        """The names recorded of a resource, as far as this process knows; `anew`, as they are."""
        if anew or resource not in self._known:
            # A comma goes on with a name, a bracket ends the row that says that there is no room.
            start = _key(resource, ())[:-1]
            found = self._rows.find({"_id": {"$gte": start, "$lt": start + "^"}})
            paths = {tuple(orjson.loads(row["_id"])[1:]) for row in found}
            if () in paths:
                self._full.add(resource)
            self._known[resource] = paths - {()}
        return self._known[resource]

    def near(self, resource: str) -> set[Path]:
        """The names of extension attributes that a path of the resource's may be about."""
        if resource == EVENTS:
            return {(EVENTS, name, *path) for name in _OF for path in self.of(name, anew=True)}
        return self.of(resource, anew=True) if resource in _OF else set()

    def collected(self) -> None:
        """Rely on the record: the names of all that is stored are in it."""
        self._insert([_COLLECTED])

    def _record(self, resource: str, new: list[Path]) -> None:
        kept = new[: max(0, MOST_NAMES - len(self._known[resource]))]
        self._insert([_key(resource, path) for path in kept])
        self._known[resource] = self._known[resource].union(kept)  # others may be reading the old
        if len(kept) < len(new):
            self._insert([_key(resource, ())])
            self._full.add(resource)

    def _insert(self, ids: list[str]) -> None:
        """Put in rows; those that are there already stay."""
        if not ids:
            return
        try:
            self._rows.insert_many([{"_id": each} for each in ids], ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE for each in error.details["writeErrors"]):
                raise


def collect(database: Database[Stored]) -> Iterator[int]:
    """Record the names of all that is stored, for a database that is older than the record.

    Tells after each batch how many documents it had. Servers of a release without the record must
    not write any more. It may be done again.
    """
    names = Names(database)
    for resource in _OF:
        for batch in _documents(database, resource):
            for document in batch:
                names.note(resource, document)
            yield len(batch)
    names.collected()


def left(database: Database[Stored]) -> int:
    """How many documents about are yet to be looked at."""
    return sum(database[resource].estimated_document_count() for resource in _OF)


def _documents(database: Database[Stored], resource: str) -> Iterator[list[dict[str, Any]]]:
    """All documents of a resource, a batch a command: each has its time."""
    after: dict[str, Any] = {}
    while batch := list(database[resource].find(after, {TEXT: 0}).sort("_id").limit(BATCH)):
        yield [decode({n: value for n, value in row.items() if n[:1] != "_"}) for row in batch]
        after = {"_id": {"$gt": batch[-1]["_id"]}}


def _key(resource: str, path: Path) -> str:
    """The id of a name's row; without a name, of the row that says that there is no room."""
    return orjson.dumps([resource, *path]).decode()


def _fits(resource: str, path: Path) -> bool:
    return len(_key(resource, path)) <= LONGEST


def _paths(value: Any, owner: Attribute | None, path: Path = ()) -> Iterator[Path]:
    """The paths in a value that the contract does not know, through every array on the way."""
    if type(value) is list:
        for element in value:
            if type(element) is dict or type(element) is list:
                yield from _paths(element, owner, path)
        return
    for name, member in value.items():
        known = owner.members.get(name) if owner else None
        if known is None:
            yield (*path, name)
        if type(member) is dict or type(member) is list:
            yield from _paths(member, known, (*path, name))
