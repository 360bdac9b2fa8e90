"""The form of a database, and the way from one release's to the next's.

A form is what is stored and how, one number for the whole database. A release serves older forms,
and knows none that is newer. What brings the database from one to the next is a step.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import structlog
from pymongo.database import Database

from impl.errors import Unavailable
from impl.resources import RESOURCES
from impl.store import attribute_names, indexes, register_upgrade, texts
from impl.store.documents import Stored
from impl.store.faults import reading, translated
from impl.store.mongo import Store
from impl.store.sequences import SEQUENCES

FORM = "form"
WHICH: Stored = {"_id": "database"}
FIRST = 1
"""The form of all releases before there was a number for it."""

HOLDING = (*(each.collection for each in RESOURCES), SEQUENCES)
"""What a database has something in that is not new."""

log = structlog.get_logger("database")
Run: TypeAlias = Callable[[Database[Stored]], Iterable[int]]


class TooNew(Unavailable):
    """The database has a form that a later release made."""


@dataclass(frozen=True)
class Step:
    """What it does, and how: while others read and write the database, and again where it was cut
    short. It tells after each batch how many that was; `left` tells how many about are yet to be
    looked at.
    """

    says: str
    run: Run
    left: Callable[[Database[Stored]], int]
    unit: str = "documents"
    """What is counted."""


STEPS: Sequence[Step] = (
    Step(
        "register the existing bill numbers",
        register_upgrade.register,
        register_upgrade.left,
        "numbers",
    ),
    Step("record the names of extension attributes", attribute_names.collect, attribute_names.left),
    Step("store the JSON of documents in its new form", texts.remake, texts.left),
    Step("drop unused indexes", indexes.drop_former, indexes.former, "indexes"),
)
"""In their order: the first one leads from the first form to the second."""

CURRENT = FIRST + len(STEPS)


def form(store: Store) -> int | None:
    """The form of the database, None of a new one. Raises TooNew, or Unavailable."""
    database = _database(store)
    with reading():
        found = database[FORM].find_one(WHICH)
        if found is None and not any(database[each].find_one({}, {"_id": 1}) for each in HOLDING):
            return None
    version: int = found["version"] if found else FIRST
    if version > CURRENT:
        raise TooNew(
            f"the database {database.name!r} has form {version}, made by a later release; "
            f"this one knows forms up to {CURRENT}"
        )
    return version


def meet(store: Store) -> int:
    """The form of the database as `form`; a new one gets this release's."""
    found = form(store)
    if found is not None:
        return found
    with reading():
        # What this release writes has its names on record from the first document on.
        store.names.collected()
        _database(store)[FORM].update_one(
            WHICH, {"$setOnInsert": {"version": CURRENT}}, upsert=True
        )
    return form(store) or CURRENT


def missing(store: Store) -> Iterator[tuple[int, Step, int]]:
    """The steps that the database lacks: each one's form, and how many documents it is about."""
    version, database = form(store) or CURRENT, _database(store)
    for number, step in enumerate(STEPS, FIRST + 1):
        if number > version:
            with translated():
                yield number, step, step.left(database)


def climb(store: Store, number: int, step: Step) -> Iterator[int]:
    """Do a step, and tell as it does; then the database has its form."""
    database = _database(store)
    with translated():
        yield from step.run(database)
        database[FORM].update_one(WHICH, {"$max": {"version": number}}, upsert=True)


def bring_up(store: Store) -> None:
    """Meet the database, and do all steps that it lacks."""
    meet(store)
    for number, step, _ in missing(store):
        done = sum(climb(store, number, step))
        log.info("upgraded", form=number, step=step.says, done=done, unit=step.unit)


def _database(store: Store) -> Database[Stored]:
    collection, _ = store.collection(FORM)
    return collection.database
