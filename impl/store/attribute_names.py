"""The names of extension attributes, each recorded when it is first written.

So the server knows whether some document has an attribute without searching the documents. Each
database has a record, a row a name. It only grows, up to MOST_NAMES a resource, so that no client
fills it without end. Beyond that, and for names that are too long, every name counts as known.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from pymongo.database import Database
from pymongo.errors import BulkWriteError

from impl.query import attributes
from impl.query.attributes import Attribute
from impl.query.language import Path
from impl.resources import BY_COLLECTION, BY_NAME, FEED, PUBLISHED
from impl.served import api_of
from impl.store.collection_names import ATTRIBUTES
from impl.store.documents import Stored
from impl.store.encoding import decode
from impl.store.faults import DUPLICATE_KEY, translated
from impl.store.rendition import WITHOUT_RENDITION

MOST_NAMES = 1000
LONGEST = 256
"""Bytes of a row's id: the resource and the path as a JSON array."""

BATCH = 1000
_COLLECTED = "collected"
_OF: Mapping[str, Attribute] = {
    name: attributes.of(api_of(name).schemas[BY_NAME[name].schema])
    for name in PUBLISHED
    if name in api_of(name).handlers  # a contract of one's own may lack an API
}
"""The contract's attributes of the resources whose names are recorded."""


class Names:
    """The record of one database, with a cache of it."""

    def __init__(self, database: Database[Stored]) -> None:
        self._database = database
        self._rows = database[ATTRIBUTES]
        self._known: dict[str, set[Path]] = {}
        self._full: set[str] = set()
        self._collected = False

    def note(self, resource: str, document: Mapping[str, Any]) -> None:
        """Record the names of a document that is about to be written.

        A name stays recorded if the write fails: a query by it then finds nothing, and no error.
        Raises Unavailable.
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
            with translated():
                self._record(resource, sorted(new - self.of(resource, anew=True)))

    def has(self, resource: str, path: Path) -> bool | None:
        """Whether some document may have the attribute; None if the record can't tell.

        A number in a path may be an index of an array, or the name of a member.
        """
        if resource == FEED and len(path) > 2 and path[0] == "event" and path[1] in _OF:
            return self.has(path[1], path[2:])
        if resource not in _OF:
            row = BY_COLLECTION.get(resource)
            return False if row and not row.written_by_clients else None
        plain = tuple(name for name in path if not (name.isascii() and name.isdigit())) or path
        if _OF[resource].find(plain) is not None or {path, plain} & self.of(resource):
            return True
        return not _fits(resource, path) or self._is_recorded(resource, {path, plain})

    def _is_recorded(self, resource: str, paths: set[Path]) -> bool | None:
        """Whether the database has one of the names; past MOST_NAMES, it has all."""
        keys = [_key(resource, each) for each in (*paths, ())]
        ids = {row["_id"] for row in self._rows.find({"_id": {"$in": [*keys, _COLLECTED]}})}
        self._collected = self._collected or _COLLECTED in ids
        return True if ids - {_COLLECTED} else (False if self._collected else None)

    def of(self, resource: str, *, anew: bool = False) -> set[Path]:
        """The names recorded of a resource, from the cache; `anew` reads them from the database."""
        if anew or resource not in self._known:
            # A key goes on with a comma and a name; that of a full record's row with a bracket.
            start = _key(resource, ())[:-1]
            rows = self._rows.find({"_id": {"$gte": start, "$lt": start + "^"}})
            paths = {tuple(orjson.loads(row["_id"])[1:]) for row in rows}
            if () in paths:
                self._full.add(resource)
            self._known[resource] = paths - {()}
        return self._known[resource]

    def near(self, resource: str) -> set[Path]:
        """The names of extension attributes that a path of the resource may mean."""
        if resource == FEED:
            return {("event", name, *path) for name in _OF for path in self.of(name, anew=True)}
        return self.of(resource, anew=True) if resource in _OF else set()

    def collected(self) -> None:
        """Note that the record is complete: it has the names of all documents."""
        self._insert([_COLLECTED])

    def _record(self, resource: str, new: list[Path]) -> None:
        fitting = new[: max(0, MOST_NAMES - len(self._known[resource]))]
        self._insert([_key(resource, path) for path in fitting])
        # A new set: other threads may be reading the old one.
        self._known[resource] = self._known[resource].union(fitting)
        if len(fitting) < len(new):
            self._insert([_key(resource, ())])
            self._full.add(resource)

    def _insert(self, ids: list[str]) -> None:
        """Insert rows; those that are there already stay."""
        if not ids:
            return
        try:
            self._rows.insert_many([{"_id": each} for each in ids], ordered=False)
        except BulkWriteError as error:
            if any(each["code"] != DUPLICATE_KEY for each in error.details["writeErrors"]):
                raise


def collect(database: Database[Stored]) -> Iterator[int]:
    """Record the names of all documents, for a database that is older than the record.

    Yields how many documents each batch had. Servers of a release without the record must not
    write any more. It may run again.
    """
    names = Names(database)
    for resource in _OF:
        for batch in _documents(database, resource):
            for document in batch:
                names.note(resource, document)
            yield len(batch)
    names.collected()


def left(database: Database[Stored]) -> int:
    """About how many documents `collect` has yet to look at."""
    return sum(database[resource].estimated_document_count() for resource in _OF)


def _documents(database: Database[Stored], resource: str) -> Iterator[list[dict[str, Any]]]:
    """All documents of a resource, one command a batch: the time limit is for each command."""
    after: dict[str, Any] = {}
    while batch := list(database[resource].find(after, WITHOUT_RENDITION).sort("_id").limit(BATCH)):
        yield [decode({n: value for n, value in row.items() if n[:1] != "_"}) for row in batch]
        after = {"_id": {"$gt": batch[-1]["_id"]}}


def _key(resource: str, path: Path) -> str:
    """The id of a name's row; without a name, of the row that marks the record as full."""
    return orjson.dumps([resource, *path]).decode()


def _fits(resource: str, path: Path) -> bool:
    return len(_key(resource, path)) <= LONGEST


def _paths(value: Any, owner: Attribute | None, path: Path = ()) -> Iterator[Path]:
    """The paths in a value that the contract does not have, through every array on the way."""
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
