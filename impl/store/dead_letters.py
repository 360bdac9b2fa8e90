"""Events that can't be moved to the feed, such as one too large for it, or one that is spoilt.

Each stays where it is kept, in its document or in the outbox, and a note of it is made. Events of
the same resource wait with it, so that these keep their order; all others go on. An operator has it
tried again, or gives it up.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo.database import Database

from impl.errors import NotFound
from impl.resources import PUBLISHED
from impl.store import transactions
from impl.store.documents import EVENT, STAMP, Stored
from impl.store.faults import translated

ASIDE = "aside"
OUTBOX = "outbox"


class DeadLetters:
    """The events of a database that are set aside."""

    def __init__(self, database: Database[Stored]) -> None:
        self._notes = database[ASIDE]
        self._database = database

    def notes(self) -> list[Stored]:
        """The notes of all of them, the oldest first."""
        with translated():
            return list(self._notes.find({}, session=transactions.session()).sort("since"))

    def count(self) -> int:
        """How many there are."""
        return self._notes.estimated_document_count()

    def add(self, notes: Sequence[Stored]) -> None:
        """Set some events aside, in the transaction that this is in."""
        self._notes.insert_many(notes, session=transactions.session())

    def told(self, noted: Mapping[str, Any]) -> dict[str, Any]:
        """A note as an operator reads it.

        `behind` is how many events of the same resource are in the outbox, and wait with this one.
        """
        behind = 0
        if noted["resource"]:
            with translated():
                behind = self._database[OUTBOX].count_documents(_of(noted))
            behind -= noted["collection"] == OUTBOX
        shown = {name: noted[name] for name in ("event", "resource", "id", "reason", "since")}
        return {"setAside": noted["_id"], **shown, "event": str(noted["event"]), "behind": behind}

    def again(self, id_: str) -> None:
        """Have an event tried again, and what waits with it; NotFound."""
        with translated():
            self._taken(id_)

    def _taken(self, id_: str) -> Stored:
        noted = self._notes.find_one_and_delete({"_id": id_}, session=transactions.session())
        if noted is None:
            raise NotFound(f"no event {id_!r} is set aside")
        return noted

    def drop(self, id_: str) -> None:
        """Give an event up, in a transaction. It is never published; the events behind it are.

        Raises NotFound.
        """
        session = transactions.session()
        with translated():
            noted = self._taken(id_)
            if noted["collection"] != OUTBOX:
                held = {"_id": noted["row"], STAMP: noted["stamp"]}
                gone: Stored = {"$unset": {STAMP: "", EVENT: ""}}
                self._database[noted["collection"]].update_one(held, gone, session=session)
            # There it is, too, once the document that held it was written again.
            self._database[OUTBOX].delete_one({"_id": noted["event"]}, session=session)


def _of(noted: Mapping[str, Any]) -> Stored:
    """The rows of the outbox that tell of the same resource."""
    return {f"event.event.{noted['resource']}.id": noted["id"]}


def free(notes: Sequence[Stored], collection: str) -> Stored:
    """The condition for what of a collection is not set aside, and waits with nothing that is."""
    rows = [each["row"] for each in notes if each["collection"] == collection]
    told = {name: [each["id"] for each in notes if each["resource"] == name] for name in PUBLISHED}
    where: Stored = {}
    if here := rows + told.get(collection, []):
        where["_id"] = {"$nin": here}
    if collection == OUTBOX:
        where |= {f"event.event.{name}.id": {"$nin": ids} for name, ids in told.items() if ids}
    return where
