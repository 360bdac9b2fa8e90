"""The indexes that are declared, by collection; `_id` has its own.

Lists are in the order of ids, so each index ends with the id: what it finds it also sorts, and a
page far into the list costs what the first one does.
"""

from collections.abc import Iterator

from pymongo import IndexModel
from pymongo.database import Database

from impl.events.build import RESOURCES
from impl.store.documents import EXPIRES, OWNERS, STAMP, Stored

UNIQUE: dict[str, list[str]] = {"hub": ["callback", "query"]}
EXPIRING: dict[str, tuple[str, int]] = {
    "idempotency": ("keptAt", 24 * 3600),
    "event": (EXPIRES, 0),
    "delivery": (EXPIRES, 0),
    "checkpoint": ("at", 90 * 24 * 3600),
}
"""What is removed some seconds after the instant that the attribute holds."""

DECLARED: dict[str, list[str]] = {
    "customerBill": ["billingAccount.id", "relatedParty.id", "state", "billDate"],
    "customerBillOnDemand": ["billingAccount.id", "relatedParty.id", "state"],
    "appliedCustomerBillingRate": ["billingAccount.id", "bill.id", "isBilled", "product.id"],
    "event": ["eventId", "eventType"],
    "billCycleAccount": ["billCycle.id"],
    "billNumber": ["bill.id", "number"],
}
"""What is filtered by alone."""

COMPOUND: dict[str, list[tuple[str, str]]] = {
    "customerBill": [("billingAccount.id", "billDate"), ("state", "billDate")],
    "appliedCustomerBillingRate": [("billingAccount.id", "isBilled")],
    "billCycleAccount": [("billCycle.id", "state"), ("billCycle.id", "billingAccount.id")],
    "billNumber": [("sequence", "position")],
    "task": [("kind", "due"), ("kind", "about.group")],
}
"""What is filtered by together, or by the one and sorted by the other."""


def _of_some(path: str) -> IndexModel:
    """An index of those documents alone that have the path."""
    return IndexModel([(path, 1), ("_id", 1)], partialFilterExpression={path: {"$exists": True}})


QUEUES: dict[str, list[IndexModel]] = {
    **{resource: [_of_some(STAMP)] for resource in RESOURCES},
    "customerBillOnDemand": [
        _of_some(STAMP),
        IndexModel([("lastUpdate", 1)], partialFilterExpression={"state": "inProgress"}),
    ],
    "billCycleAccount": [
        IndexModel(
            [("billCycle.id", 1), ("currency", 1)],
            partialFilterExpression={"currency": {"$exists": True}},
        )
    ],
    "event": [_of_some(OWNERS)],
    "outbox": [IndexModel([("stamp", 1), ("_id", 1)])],
    "delivery": [
        IndexModel([("state", 1), ("subscription", 1), ("position", 1)]),
        IndexModel(
            [("state", 1), ("subscription", 1), ("due", 1), ("subject", 1)],
            partialFilterExpression={"due": {"$exists": True}},
        ),
    ],
}
"""What workers take their work by, what tells how long it waits, and what few documents have."""


COMPRESSED = DECLARED.keys() | COMPOUND.keys()
"""What is kept for long, and grows."""

COLLECTIONS = sorted(COMPRESSED | UNIQUE.keys() | EXPIRING.keys() | QUEUES.keys())
"""What has any index of ours."""


FORMER = [
    f"event.{resource}.{path}.id_1__id_1"
    for resource, path in (
        ("customerBill", "billingAccount"),
        ("customerBill", "relatedParty"),
        ("customerBillOnDemand", "billingAccount"),
        ("customerBillOnDemand", "relatedParty"),
        ("appliedCustomerBillingRate", "billingAccount"),
        ("appliedCustomerBillingRate", "bill"),
    )
] + ["event.billCycle.id_1__id_1", "event.billCycleSpecification.id_1__id_1"]
"""Indexes of the feed that nothing asks for any more."""


def drop_former(database: Database[Stored]) -> Iterator[int]:
    """Drop the indexes that were declared before, and are no more; tells each as it does."""
    for name in _former(database):
        database["event"].drop_index(name)
        yield 1


def former(database: Database[Stored]) -> int:
    """How many indexes there are that were declared before, and are no more."""
    return len(_former(database))


def _former(database: Database[Stored]) -> list[str]:
    there = database["event"].index_information()
    return [name for name in FORMER if name in there]


def models(collection: str) -> list[IndexModel]:
    """All indexes of a collection, as MongoDB is asked for them."""
    found = [IndexModel(each) for each in keys(collection)] + QUEUES.get(collection, [])
    if paths := UNIQUE.get(collection):
        found.append(IndexModel([(path, 1) for path in paths], unique=True))
    if expiring := EXPIRING.get(collection):
        path, seconds = expiring
        found.append(IndexModel([(path, 1)], expireAfterSeconds=seconds))
    return found


def keys(resource: str) -> list[list[tuple[str, int]]]:
    """The keys of a collection's declared indexes, both kinds."""
    paths = [*((path,) for path in DECLARED.get(resource, [])), *COMPOUND.get(resource, [])]
    return [[*((path, 1) for path in each), ("_id", 1)] for each in paths]
