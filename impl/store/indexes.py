"""The declared indexes, by collection; MongoDB adds the one of `_id`.

Each index ends with the id, because lists are in the order of ids: so an index that finds documents
also sorts them, and a page far into the list costs as much as the first one.
"""

from collections.abc import Iterator

from pymongo import IndexModel
from pymongo.database import Database

from impl.resource_row import SUBSCRIPTIONS, Resource
from impl.resources import BY_COLLECTION, FEED, RESOURCES
from impl.store.collection_names import DELIVERIES, OUTBOX, TASKS
from impl.store.documents import OWNERS, Stored
from impl.store.pending_events import STAMP
from impl.store.retention import RETENTION

OWN: dict[str, tuple[tuple[str, ...], ...]] = {TASKS: (("kind", "due"), ("kind", "about.group"))}
"""The paths of indexes of the store's own collections."""


def _of_some(path: str) -> IndexModel:
    """An index of the documents that have the path, and of no others."""
    return IndexModel([(path, 1), ("_id", 1)], partialFilterExpression={path: {"$exists": True}})


OWN_MODELS: dict[str, list[IndexModel]] = {
    FEED: [_of_some(OWNERS), IndexModel([("subject", 1), ("_id", 1)])],
    OUTBOX: [IndexModel([("stamp", 1), ("_id", 1)])],
    DELIVERIES: [
        IndexModel([("state", 1), ("subscription", 1), ("position", 1)]),
        IndexModel(
            [("state", 1), ("subscription", 1), ("due", 1), ("subject", 1)],
            partialFilterExpression={"due": {"$exists": True}},
        ),
        IndexModel(
            [("state", 1), ("subscription", 1), ("count", 1)],
            partialFilterExpression={"count": {"$exists": True}},
        ),
    ],
}
"""Indexes of the store's own collections, by which workers find their work."""

COMPRESSED = {each.collection for each in RESOURCES if each.indexes} | OWN.keys()
"""Collections that grow, and are stored compressed."""

FORMER_UNIQUE = "callback_1_query_1"
"""The unique index of subscriptions in releases that ignored the version of a query."""

FORMER = [
    "event.customerBill.billingAccount.id_1__id_1",
    "event.customerBill.relatedParty.id_1__id_1",
    "event.customerBillOnDemand.billingAccount.id_1__id_1",
    "event.customerBillOnDemand.relatedParty.id_1__id_1",
    "event.appliedCustomerBillingRate.billingAccount.id_1__id_1",
    "event.appliedCustomerBillingRate.bill.id_1__id_1",
    "event.billCycle.id_1__id_1",
    "event.billCycleSpecification.id_1__id_1",
]
"""Indexes of the feed in earlier releases, which no query uses any more."""


def drop_former(database: Database[Stored]) -> Iterator[int]:
    """Drop the indexes of earlier releases; yields 1 after each."""
    for name in _former(database):
        database[FEED].drop_index(name)
        yield 1


def former(database: Database[Stored]) -> int:
    """How many indexes of earlier releases there are."""
    return len(_former(database))


def replace_unique(database: Database[Stored]) -> Iterator[int]:
    """Replace the former unique index of subscriptions; at no moment is there neither."""
    if former_unique(database):
        subscriptions = database[SUBSCRIPTIONS.collection]
        subscriptions.create_indexes(models(subscriptions.name))
        subscriptions.drop_index(FORMER_UNIQUE)
        yield 1


def former_unique(database: Database[Stored]) -> int:
    """1 if the former unique index of subscriptions is there."""
    return int(FORMER_UNIQUE in database[SUBSCRIPTIONS.collection].index_information())


def _former(database: Database[Stored]) -> list[str]:
    there = database[FEED].index_information()
    return [name for name in FORMER if name in there]


def models(collection: str) -> list[IndexModel]:
    """All indexes of a collection, as MongoDB builds them."""
    found = [IndexModel(each) for each in keys(collection)]
    if row := BY_COLLECTION.get(collection):
        found += _partial(row)
    found += OWN_MODELS.get(collection, [])
    if expiring := RETENTION.get(collection):
        path, seconds = expiring
        found.append(IndexModel([(path, 1)], expireAfterSeconds=seconds))
    return found


def _partial(row: Resource) -> Iterator[IndexModel]:
    """A resource's indexes beyond those that lists use."""
    if row.events:
        yield _of_some(STAMP)
    for each in row.partial:
        paths = [(path, 1) for path in each.paths]
        yield IndexModel(paths, partialFilterExpression=each.where)
    if row.unique:
        yield IndexModel([(path, 1) for path in row.unique], unique=True)


def keys(collection: str) -> list[list[tuple[str, int]]]:
    """The keys of a collection's indexes that lists use."""
    row = BY_COLLECTION.get(collection)
    declared = [*(row.indexes if row else ()), *OWN.get(collection, ())]
    paths = [(each,) if isinstance(each, str) else each for each in declared]
    return [[*((path, 1) for path in each), ("_id", 1)] for each in paths]


COLLECTIONS = sorted(
    each
    for each in BY_COLLECTION.keys() | OWN.keys() | RETENTION.keys() | OWN_MODELS.keys()
    if models(each)
)
"""Collections with declared indexes."""
