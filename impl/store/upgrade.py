"""The schema version of a database, and its migration from one release's to the next's.

A schema version is one number for all that the database stores and how; operators read of it as the
form of the database. A release serves older versions, and refuses newer ones. One step migrates a
database to the next version.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import structlog
from pymongo.database import Database

from impl.errors import Unavailable
from impl.resources import RESOURCES
from impl.store import attribute_names, indexes, register_upgrade, rendition
from impl.store.collection_names import SEQUENCES, VERSIONS
from impl.store.documents import Stored
from impl.store.faults import reading, translated
from impl.store.mongo import Store

WHERE: Stored = {"_id": "database"}
PARTITIONS = "partitions"
"""How many partitions the feed has, if there are several."""

FIRST = 1
"""The version of all releases before there was a number for it."""

HOLDING = (*(each.collection for each in RESOURCES), SEQUENCES)
"""A database is new if all of these are empty."""

log = structlog.get_logger("database")
Run: TypeAlias = Callable[[Database[Stored]], Iterable[int]]


class Refused(Unavailable):
    """The database is none for this process, which must not serve it."""


class TooNew(Refused):
    """A later release has made the database's schema version."""


class OtherPartitions(Refused):
    """The database was made with another EVENT_PARTITIONS."""


@dataclass(frozen=True)
class Step:
    """One migration: while servers read and write the database, and again after an interruption."""

    says: str
    run: Run
    """Yields how many units each batch did."""

    left: Callable[[Database[Stored]], int]
    """About how many units are left."""

    unit: str = "documents"


STEPS: Sequence[Step] = (
    Step(
        "register the existing bill numbers",
        register_upgrade.register,
        register_upgrade.left,
        "numbers",
    ),
    Step("record the names of extension attributes", attribute_names.collect, attribute_names.left),
    Step("store the JSON of documents in its new form", rendition.remake, rendition.left),
    Step("drop unused indexes", indexes.drop_former, indexes.former, "indexes"),
    Step("leave what billing changes out of the JSON", rendition.remake, rendition.left),
    Step(
        "let a callback have a query in each version",
        indexes.replace_unique,
        indexes.former_unique,
        "indexes",
    ),
)
"""In their order: the first one leads from the first version to the second."""

CURRENT = FIRST + len(STEPS)


def schema_version(store: Store) -> int | None:
    """The database's schema version, None for a new database. Raises Refused, or Unavailable."""
    database = _database(store)
    with reading():
        stored = database[VERSIONS].find_one(WHERE)
        if stored is None and not any(database[each].find_one({}, {"_id": 1}) for each in HOLDING):
            return None
    version: int = stored["version"] if stored else FIRST
    if version > CURRENT:
        raise TooNew(
            f"the database {database.name!r} has form {version}, made by a later release; "
            f"this one knows forms up to {CURRENT}"
        )
    count, made_with = store.partitions.count, stored.get(PARTITIONS, 1) if stored else 1
    if count != made_with:
        raise OtherPartitions(
            f"EVENT_PARTITIONS: is {count}, but the database {database.name!r} was made with"
            f" {made_with}, which can't be changed"
        )
    return version


def check(store: Store) -> int:
    """The database's version as `schema_version`; a new database gets this release's.

    The feed of a new database gets the partitions of the store.
    """
    version = schema_version(store)
    if version is not None:
        return version
    with reading():
        # This release records the names of attributes from the first document on.
        store.names.collected()
        several = {PARTITIONS: store.partitions.count} if store.partitions.several else {}
        made = {"version": CURRENT, **several}
        _database(store)[VERSIONS].update_one(WHERE, {"$setOnInsert": made}, upsert=True)
    return schema_version(store) or CURRENT


def missing(store: Store) -> Iterator[tuple[int, Step, int]]:
    """The steps that the database lacks: the version of each, the step, and its units left."""
    version, database = schema_version(store) or CURRENT, _database(store)
    for number, step in enumerate(STEPS, FIRST + 1):
        if number > version:
            with translated():
                yield number, step, step.left(database)


def migrate(store: Store, number: int, step: Step) -> Iterator[int]:
    """Do a step, and yield as it does; then the database has its version."""
    database = _database(store)
    with translated():
        yield from step.run(database)
        database[VERSIONS].update_one(WHERE, {"$max": {"version": number}}, upsert=True)


def migrate_all(store: Store) -> None:
    """Check the database, and do all steps that it lacks."""
    check(store)
    for number, step, _ in missing(store):
        done = sum(migrate(store, number, step))
        log.info("upgraded", form=number, step=step.says, done=done, unit=step.unit)


def _database(store: Store) -> Database[Stored]:
    collection, _ = store.collection(VERSIONS)
    return collection.database
