"""Dead letters: events that can't be moved to the feed, being too large for it, or corrupt.

Each stays where it is stored, in its document or in the outbox, and a note of it is made. Later
events of the same resource wait for it, so that these keep their order; all others go on. An
operator has it tried again, or gives it up. A batch that can't be read is one dead letter.
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from pymongo.database import Database

from impl.errors import NotFound
from impl.store import transactions
from impl.store.collection_names import DEAD_LETTERS, OUTBOX
from impl.store.documents import Stored
from impl.store.event_batches import BODY
from impl.store.faults import translated
from impl.store.pending_events import REMOVAL, STAMP


class DeadLetters:
    """The dead letters of a database."""

    def __init__(self, database: Database[Stored]) -> None:
        self._letters = database[DEAD_LETTERS]
        self._database = database

    def all(self) -> list[Stored]:
        """All of them, the oldest first."""
        with translated():
            return list(self._letters.find({}, session=transactions.session()).sort("since"))

    def count(self) -> int:
        """How many there are."""
        return self._letters.estimated_document_count()

    def add(self, letters: Sequence[Stored]) -> None:
        """Add some, in the transaction that this is in."""
        self._letters.insert_many(letters, session=transactions.session())

    def shown(self, letter: Mapping[str, Any]) -> dict[str, Any]:
        """A dead letter as an operator reads it.

        `behind` is how many events of the same resource are in the outbox, and wait for this one.
        """
        about = subjects([letter])
        with translated():
            behind = self._behind(letter, about) if about else 0
        shown = {name: letter[name] for name in ("event", "resource", "id", "reason", "since")}
        return {"setAside": letter["_id"], **shown, "event": str(letter["event"]), "behind": behind}

    def _behind(self, letter: Mapping[str, Any], about: Set[str]) -> int:
        rows: list[Stored] = [
            {f"event.event.{name}.id": {"$in": ids}} for name, ids in _by_resource(about).items()
        ]
        others = {"_id": {"$ne": letter["row"]}} if letter["collection"] == OUTBOX else {}
        stuck = sorted(about)
        where = others | {"$or": [*rows, {"subject": {"$in": stuck}}]}
        of_batch = {
            "$filter": {"input": "$subject", "cond": {"$in": ["$$this", {"$literal": stuck}]}}
        }
        events = {"$cond": [{"$isArray": "$subject"}, {"$size": of_batch}, 1]}
        stages: list[Stored] = [
            {"$match": where},
            {"$group": {"_id": None, "events": {"$sum": events}}},
        ]
        return sum(each["events"] for each in self._database[OUTBOX].aggregate(stages))

    def retry(self, id_: str) -> None:
        """Have an event moved after all, and the events that wait for it; NotFound."""
        with translated():
            self._take(id_)

    def give_up(self, id_: str) -> None:
        """Remove an event, in a transaction. It is never published; the events behind it are.

        Raises NotFound.
        """
        session = transactions.session()
        with translated():
            letter = self._take(id_)
            if letter["collection"] != OUTBOX:
                document = {"_id": letter["row"], STAMP: letter["stamp"]}
                self._database[letter["collection"]].update_one(document, REMOVAL, session=session)
            # The event is there, too, once the document that held it was written again.
            self._database[OUTBOX].delete_one({"_id": letter["event"]}, session=session)

    def _take(self, id_: str) -> Stored:
        letter = self._letters.find_one_and_delete({"_id": id_}, session=transactions.session())
        if letter is None:
            raise NotFound(f"no event {id_!r} is set aside")
        return letter


def subjects(letters: Iterable[Mapping[str, Any]]) -> set[str]:
    """The `resource/id` of each event that is a dead letter, as far as it is known."""
    known = [f"{each['resource']}/{each['id']}" for each in letters if each["resource"]]
    return {*known, *(subject for each in letters for subject in each.get("subjects", ()))}


def movable(letters: Sequence[Stored], collection: str) -> Stored:
    """Selects the events of a collection that are neither dead letters nor behind one.

    Batches are selected though one of their events may be behind a dead letter.
    """
    rows = [each["row"] for each in letters if each["collection"] == collection]
    stuck = subjects(letters)
    ids = _by_resource(stuck)
    where: Stored = {}
    if here := rows + ids.get(collection, []):
        where["_id"] = {"$nin": here}
    if collection == OUTBOX and stuck:
        where |= {f"event.event.{name}.id": {"$nin": these} for name, these in ids.items()}
        where["$nor"] = [{"subject": {"$in": sorted(stuck)}, BODY: {"$exists": False}}]
    return where


def _by_resource(about: Iterable[str]) -> dict[str, list[str]]:
    """The ids of these subjects, by resource."""
    ids: dict[str, list[str]] = {}
    for subject in sorted(about):
        resource, _, id_ = subject.partition("/")
        ids.setdefault(resource, []).append(id_)
    return ids
