"""Whose documents are whose: what the one who asks may see of a collection, and write to it.

The store asks this before everything it reads or writes of a resource, so that no handler can
forget it. What is not named here nobody who is limited sees.

A document is whose it is now; an event is whose it was at its write. So who makes a bill under the
id of another that is gone sees nothing of what was told of that. Nobody who is limited sees the
events from before it was kept whose they are.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pymongo.database import Database

from impl.auth.identity import ANYBODY, Identity, current_identity
from impl.errors import Forbidden
from impl.query.language import (
    Compare,
    Condition,
    Every,
    Hidden,
    Not,
    Path,
    Some,
)
from impl.store.documents import OWNERS, Stored
from impl.store.faults import taken
from impl.store.mongo_query import to_filter
from impl.store.transactions import session

ACCOUNT: Path = ("billingAccount", "id")
PARTY: Path = ("relatedParty", "id")
BILLS = "customerBill"
OUTCOMES = "billCycleAccount"  # no event tells of one
EVENTS = "event"

OWNED: Mapping[str, tuple[Path, ...]] = {
    BILLS: (ACCOUNT, PARTY),
    "customerBillOnDemand": (ACCOUNT, PARTY),
    "appliedCustomerBillingRate": (ACCOUNT, ("bill", "id")),
    OUTCOMES: (ACCOUNT, ("customerBill", "id")),
}
"""What belongs to somebody, and where it says to whom: an account, a party, or a bill's owners."""

NAMED: Mapping[str, tuple[Path, ...]] = {"appliedCustomerBillingRate": (PARTY,)}
"""Parties named in a rate. They do not own the rate; they may own the bill that is made of it."""

PLANS = ("billCycle", "billCycleSpecification")
"""What belongs to nobody: everybody sees it, and who is limited does not write it."""

EVERYBODY = "everybody"
"""Whose the events of that are."""


class Access:
    """What the one who asks may see and write in a database.

    Where it is `guarded`, somebody must ask: what reads or writes for nobody is a fault of ours.
    """

    def __init__(self, database: Database[Stored], *, guarded: bool) -> None:
        self._database = database
        self._guarded = guarded

    @property
    def limited(self) -> bool:
        """Whether the one who asks sees less than there is."""
        return self._who().limited

    def seen(self, resource: str) -> Condition:
        """What holds for all that the one who asks sees of a collection."""
        who = self._who()
        return self._seen(who, resource) if who.limited else Every()

    def filter(self, resource: str, where: Condition = Every()) -> Stored:
        """A condition as MongoDB reads it, of what the one who asks sees."""
        return to_filter(Every((where, self.seen(resource))))

    def sees(self, resource: str, document: Mapping[str, Any]) -> bool:
        """Whether the one who asks sees a document: `seen`, without a look at all their bills."""
        who = self._who()
        return not who.limited or self._sees(who, resource, document)

    def judge(
        self, resource: str, before: Mapping[str, Any], after: Mapping[str, Any] | None
    ) -> None:
        """Raise Forbidden where the one who asks may not make the one of the other.

        What is written by somebody who is limited must be theirs afterwards, and names no account,
        party or bill anew that is not theirs. `before` is theirs already, or empty.
        """
        who = self._who()
        if not who.limited:
            return
        if resource not in OWNED:
            raise Forbidden(
                f"{resource}: a token that is restricted to accounts or parties can't write it"
            )
        if after is None:
            return
        for path in (*OWNED[resource], *NAMED.get(resource, ())):
            for name in {*_leaves(after, path)} - {*_leaves(before, path)}:
                if not self._owns(who, path, name):
                    why = f"{name!r} is not among the token's"
                    raise Forbidden(why, attribute=".".join(path))
        if not self._sees(who, resource, after):
            why = f"the {resource} would belong to none of the token's accounts or parties"
            raise Forbidden(why, attribute=ACCOUNT[0])
        if resource == BILLS and not before:
            self._refuse_adoption(who, after["id"])

    def _who(self) -> Identity:
        who = current_identity()
        if who is None and self._guarded:
            raise RuntimeError("the store is asked by nobody: see impl/auth/identity.py")
        return who or ANYBODY

    def _sees(self, who: Identity, resource: str, document: Mapping[str, Any]) -> bool:
        named = (
            (path, name) for path in OWNED.get(resource, ()) for name in _leaves(document, path)
        )
        return resource in PLANS or any(self._owns(who, path, name) for path, name in named)

    def _seen(self, who: Identity, resource: str) -> Condition:
        if resource in PLANS:
            return Every()
        if resource != EVENTS:
            return self._own(who, resource)
        named = [_owner(path, name) for path in (ACCOUNT, PARTY) for name in self._owned(who, path)]
        return Compare((Hidden(OWNERS),), (*named, EVERYBODY))

    def _own(self, who: Identity, resource: str) -> Condition:
        """That a document belongs to one of the accounts or parties, itself or through its bill."""
        paths = OWNED.get(resource, ())
        named = {path: tuple(self._owned(who, path)) for path in paths}
        return Some(tuple(Compare(path, values) for path, values in named.items() if values))

    def _owned(self, who: Identity, path: Path) -> Iterable[str]:
        """The accounts, the parties or the bills of the bearer."""
        if path in (ACCOUNT, PARTY):
            return sorted((who.accounts if path == ACCOUNT else who.parties) or ())
        mine = to_filter(self._own(who, BILLS))
        found = self._database[BILLS].find(mine, {"_id": 1}, session=session())
        return (bill["_id"] for bill in found)

    def _owns(self, who: Identity, path: Path, name: str) -> bool:
        if path in (ACCOUNT, PARTY):
            return name in self._owned(who, path)
        return self._is_there(BILLS, Every((Compare(("id",), (name,)), self._own(who, BILLS))))

    def _refuse_adoption(self, who: Identity, bill: str) -> None:
        """Raise Forbidden where a new bill's id would make documents its own that are others'.

        Where a bill has that id already, it is Conflict, as for everybody.
        """
        for resource, path in ((each, path) for each in OWNED for path in OWNED[each]):
            if path in (ACCOUNT, PARTY):
                continue
            others = Not(Compare(ACCOUNT, tuple(self._owned(who, ACCOUNT))))
            if self._is_there(resource, Every((Compare(path, (bill,)), others))):
                if self._is_there(BILLS, Compare(("id",), (bill,))):
                    raise taken(BILLS, "id", bill)
                raise Forbidden(f"another account's {resource} names this bill", attribute="id")

    def _is_there(self, resource: str, where: Condition) -> bool:
        found = self._database[resource].find_one(to_filter(where), {"_id": 1}, session=session())
        return found is not None


def owners(resource: str, document: Mapping[str, Any]) -> set[str]:
    """Whose an event that tells of the document is, by what that says itself."""
    if resource in PLANS:
        return {EVERYBODY}
    paths = (path for path in OWNED.get(resource, ()) if path in (ACCOUNT, PARTY))
    return {_owner(path, name) for path in paths for name in _leaves(document, path)}


def bills(resource: str, document: Mapping[str, Any]) -> Iterator[str]:
    """The bills whose owners own the document."""
    for path in OWNED.get(resource, ()):
        if path not in (ACCOUNT, PARTY):
            yield from _leaves(document, path)


def _owner(path: Path, name: str) -> str:
    return f"{path[0]}/{name}"


def _leaves(value: Any, path: Path) -> Iterator[str]:
    """The texts at a path, through every array on the way."""
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each, path)
    elif not path:
        yield str(value)
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _leaves(value[path[0]], path[1:])
