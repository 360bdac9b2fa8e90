"""Access control: which documents of a collection a caller may see and write.

The store checks every read and write here, so no handler can forget to. The rows in
`impl/resources.py` name the owners of each resource; restricted callers see nothing else.

A document belongs to its owners of today, an event to the owners at the time of the write. So a
caller who creates a bill under the id of a deleted one does not see the events of that one.
Restricted callers don't see events from before the owners of events were stored.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pymongo.database import Database

from impl.auth.identity import ANYBODY, Identity, current_identity
from impl.errors import Forbidden
from impl.query.language import (
    NOTHING,
    Compare,
    Condition,
    Every,
    Not,
    Path,
    Some,
)
from impl.resource_row import ACCOUNT, BILL, PARTY, Owner, Resource
from impl.resources import BILLS, BY_COLLECTION, RESOURCES
from impl.store.documents import Stored
from impl.store.faults import taken
from impl.store.mongo_query import to_filter
from impl.store.transactions import session

EVERYBODY = "everybody"
"""The owner of the events of public resources."""

_HIDDEN = Resource("", "")
"""The row of a collection that has none: restricted callers don't see it."""


class Access:
    """What the caller may see and write in a database.

    If it is `guarded`, every read and write needs a caller: one without is a fault of ours.
    """

    def __init__(self, database: Database[Stored], *, guarded: bool) -> None:
        self._database = database
        self._guarded = guarded

    @property
    def limited(self) -> bool:
        """Whether the caller is restricted to some accounts or parties."""
        return self._caller().limited

    def seen(self, collection: str) -> Condition:
        """The condition for the documents of a collection that the caller may see."""
        caller = self._caller()
        return self._seen(caller, collection) if caller.limited else Every()

    def owners_seen(self) -> frozenset[str] | None:
        """The owners whose events the caller may see; None if they may see all."""
        caller = self._caller()
        kinds: tuple[Owner, ...] = (ACCOUNT, PARTY)
        owners = frozenset(_key(kind, id_) for kind in kinds for id_ in self._ids(caller, kind))
        return owners | {EVERYBODY} if caller.limited else None

    def filter(self, collection: str, where: Condition = Every()) -> Stored:
        """The MongoDB filter for a condition, within what the caller sees."""
        return to_filter(Every((where, self.seen(collection))))

    def sees(self, collection: str, document: Mapping[str, Any]) -> bool:
        """Whether the caller sees a document: as `seen`, without reading all their bills."""
        caller = self._caller()
        return not caller.limited or self._sees(caller, collection, document)

    def refuse_write(
        self, collection: str, before: Mapping[str, Any], after: Mapping[str, Any] | None
    ) -> None:
        """Raise Forbidden if the caller may not change one document into the other.

        After a restricted caller's write, the document must belong to the caller, and must not name
        another's account, party or bill that it did not name before. `before` belongs to the caller
        already, or is empty.
        """
        caller, row = self._caller(), _row(collection)
        if not caller.limited:
            return
        if not row.owners:
            raise Forbidden(
                f"{collection}: a token that is restricted to accounts or parties can't write it"
            )
        if row.writer and not self._is_of(caller, row, row.writer, before or after or {}):
            raise Forbidden(f"{collection}: of restricted tokens, only the {row.writer}'s write it")
        if after is None:
            return
        for owner, path in (*row.owners.items(), *row.named.items()):
            for id_ in {*_leaves(after, path)} - {*_leaves(before, path)}:
                if not self._owns(caller, owner, id_):
                    why = f"{id_!r} is not among the token's"
                    raise Forbidden(why, attribute=".".join(path))
        if not self._sees(caller, collection, after):
            why = f"the {collection} would belong to none of the token's accounts or parties"
            raise Forbidden(why, attribute=next(iter(row.owners.values()))[0])
        if collection == BILLS and not before:
            self._refuse_adoption(caller, after["id"])

    def _caller(self) -> Identity:
        caller = current_identity()
        if caller is None and self._guarded:
            raise RuntimeError("the store is asked by nobody: see impl/auth/identity.py")
        return caller or ANYBODY

    def _sees(self, caller: Identity, collection: str, document: Mapping[str, Any]) -> bool:
        row = _row(collection)
        return row.public or any(self._is_of(caller, row, each, document) for each in row.owners)

    def _is_of(
        self, caller: Identity, row: Resource, owner: Owner, document: Mapping[str, Any]
    ) -> bool:
        """Whether the caller is an owner of this kind of the document."""
        ids = _leaves(document, row.owners[owner])
        return any(self._owns(caller, owner, id_) for id_ in ids)

    def _seen(self, caller: Identity, collection: str) -> Condition:
        if _row(collection).public:
            return Every()
        return self._owned(caller, collection)

    def _owned(self, caller: Identity, collection: str) -> Condition:
        """The condition that the caller owns a document, directly or through its bill."""
        paths = _row(collection).owners.items()
        ids = {path: tuple(self._ids(caller, owner)) for owner, path in paths}
        return Some(tuple(Compare(path, values) for path, values in ids.items() if values))

    def _ids(self, caller: Identity, owner: Owner) -> Iterable[str]:
        """The caller's accounts, parties or bills."""
        if owner != BILL:
            return sorted((caller.accounts if owner == ACCOUNT else caller.parties) or ())
        theirs = to_filter(self._owned(caller, BILLS))
        bills = self._database[BILLS].find(theirs, {"_id": 1}, session=session())
        return (bill["_id"] for bill in bills)

    def _owns(self, caller: Identity, owner: Owner, id_: str) -> bool:
        if owner != BILL:
            return id_ in self._ids(caller, owner)
        return self._exists(BILLS, Every((Compare(("id",), (id_,)), self._owned(caller, BILLS))))

    def _refuse_adoption(self, caller: Identity, bill: str) -> None:
        """Raise Forbidden if a new bill's id would make the caller own documents of others.

        If a bill has that id already, raise Conflict, as for everybody.
        """
        accounts = tuple(self._ids(caller, ACCOUNT))
        for row in (each for each in RESOURCES if BILL in each.owners):
            names_it = Compare(row.owners[BILL], (bill,))
            theirs = Compare(row.owners[ACCOUNT], accounts) if ACCOUNT in row.owners else NOTHING
            if self._exists(row.collection, Every((names_it, Not(theirs)))):
                if self._exists(BILLS, Compare(("id",), (bill,))):
                    raise taken(BILLS, "id", bill)
                raise Forbidden(f"another account's {row.name} names this bill", attribute="id")

    def _exists(self, collection: str, where: Condition) -> bool:
        found = self._database[collection].find_one(to_filter(where), {"_id": 1}, session=session())
        return found is not None


def owners(resource: str, document: Mapping[str, Any]) -> set[str]:
    """The owners of an event with this document, as far as the document names them itself."""
    row = _row(resource)
    if row.public:
        return {EVERYBODY}
    return {
        _key(owner, id_)
        for owner, path in row.owners.items()
        if owner != BILL
        for id_ in _leaves(document, path)
    }


def bills(resource: str, document: Mapping[str, Any]) -> list[str]:
    """The ids of the bills whose owners own the document."""
    path = _row(resource).owners.get(BILL)
    return _leaves(document, path) if path else []


def _row(collection: str) -> Resource:
    return BY_COLLECTION.get(collection, _HIDDEN)


def _key(owner: Owner, id_: str) -> str:
    """An owner as events store it."""
    return f"{owner}/{id_}"


def _leaves(value: Any, path: Path) -> list[str]:
    """The texts at a path, through every array on the way."""
    for at, name in enumerate(path):
        if isinstance(value, list):
            return [leaf for each in value for leaf in _leaves(each, path[at:])]
        if not isinstance(value, dict) or name not in value:
            return []
        value = value[name]
    if isinstance(value, list):
        return [leaf for each in value for leaf in _leaves(each, ())]
    return [str(value)]
