"""Numbers without gaps: each of a sequence's numbers from 1 on is used once, whoever dies when.

Numbers are reserved for the task that will use them, and stay the task's however often that is
tried. Reserving changes one document and waits for no transaction, so a worker that dies with
numbers blocks no other. The transaction that uses or voids a number writes its row in the register,
and only that counts: the row's id is made of sequence and number, so no number has two. The next
caller corrects the sequence by the register. If a task does not use a number, the next task of
the same day gets it.

Numbers that a release before the register left open or free have no day, and wait for the upgrade.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pymongo

from impl.query.language import Document
from impl.resources import REGISTER
from impl.store.collection_names import SEQUENCES, TASKS
from impl.store.faults import translated
from impl.store.mongo import Store


@dataclass(frozen=True)
class Number:
    """A number: its sequence, its position there, and the day that it was reserved for."""

    sequence: str
    position: int
    day: str = ""

    @property
    def id(self) -> str:
        """The id of its row in the register."""
        return row_id(self.sequence, self.position)

    def row(self, text: str, **more: Any) -> Document:
        """The number's row in the register; `text` is the number as it is written."""
        named = {"number": text, "sequence": self.sequence, "position": self.position}
        return Document({"id": self.id, "@type": "BillNumber", **named, **more})

    def used_row(self, bill: Mapping[str, Any], used_at: datetime, **more: Any) -> Document:
        """The number's row in the register when the bill has it."""
        row = self.row(bill["billNo"], state="used", usedAt=used_at, **more)
        row["bill"] = {"id": bill["id"], "@referredType": "CustomerBill"}
        if "category" in bill:
            row["kind"] = bill["category"]
        return row


def row_id(sequence: str, position: int) -> str:
    """The id of a number's row in the register; hashed, as a sequence may have any characters."""
    return sha256(f"{sequence}\n{position}".encode()).hexdigest()[:32]


def positions_of(entry: Mapping[str, Any]) -> list[int]:
    """The numbers of an open or a returned entry; earlier releases had one in each."""
    return [int(each) for each in entry.get("numbers", [entry.get("number")])]


class Sequences:
    """The sequences of one database: each has its last, its open and its returned numbers.

    An open entry has the numbers that a holder has reserved for a day.
    """

    def __init__(self, store: Store) -> None:
        self._sequences, _ = store.collection(SEQUENCES)
        self._register, _ = store.collection(REGISTER)
        self._tasks, _ = store.collection(TASKS)

    def reserve(self, sequence: str, holder: str, day: str, count: int) -> list[Number]:
        """So many numbers, the lowest first: those that the holder has for the day already, and
        then the lowest available ones, which are returned ones of the same day, or the next new
        ones.
        """
        while True:
            positions = self._reserved(sequence, holder, day, count)
            if not self._registered(sequence, positions):
                return [Number(sequence, position, day) for position in positions[:count]]
            self._settle_each(sequence, holder, day)

    def strike(self, sequence: str, positions: Collection[int]) -> None:
        """Remove numbers that the register has from the returned ones."""
        numbers = {"number": {"$in": [*positions]}}
        with translated():
            self._sequences.update_one({"_id": sequence}, {"$pull": {"back": numbers}})

    def settle(self, holder: str, used: Collection[Number] = ()) -> None:
        """Return the numbers that the holder did not use; another may use them.

        The register is asked about those that the caller does not know as `used`.
        """
        with translated():
            for sequence in list(self._sequences.find({"open.holder": holder})):
                known = {each.position for each in used if each.sequence == sequence["_id"]}
                for each in sequence["open"]:
                    if each["holder"] == holder and "day" in each:
                        self._settle(sequence["_id"], each, known)

    def abandoned(self) -> list[str]:
        """The holders of numbers that have no task any more."""
        with translated():
            holders = self._sequences.distinct("open.holder")
            tasks = self._tasks.distinct("_id", {"_id": {"$in": holders}})
        return sorted({*holders} - {*tasks})

    def left_over(self, age: timedelta) -> Iterator[Number]:
        """The numbers that were returned at least so long ago, and that nobody took."""
        then = {"$subtract": ["$$NOW", int(age.total_seconds() * 1000)]}
        stages: list[dict[str, Any]] = [
            {"$match": {"back.0": {"$exists": True}}},
            {"$unwind": "$back"},
            {"$match": {"$expr": {"$lte": ["$back.since", then]}}},
        ]
        with translated():
            for each in self._sequences.aggregate(stages):
                yield Number(each["_id"], int(each["back"]["number"]), each["back"]["day"])

    def _reserved(self, sequence: str, holder: str, day: str, count: int) -> list[int]:
        with translated():
            changed: Any = self._sequences.find_one_and_update(
                {"_id": sequence},
                _reservation(holder, day, count),
                upsert=True,
                return_document=pymongo.ReturnDocument.AFTER,
            )
        return sorted(
            number
            for each in changed["open"]
            if (each["holder"], each.get("day")) == (holder, day)
            for number in positions_of(each)
        )

    def _registered(self, sequence: str, positions: Sequence[int]) -> list[int]:
        """Those of the numbers that the register has."""
        ids = {row_id(sequence, position): position for position in positions}
        with translated():
            rows = self._register.find({"_id": {"$in": [*ids]}}, {"_id": 1})
            return [ids[row["_id"]] for row in rows]

    def _settle_each(self, sequence: str, holder: str, day: str) -> None:
        """Settle what the holder has of a sequence for a day."""
        with translated():
            stored = self._sequences.find_one({"_id": sequence}) or {"open": []}
            for each in stored["open"]:
                if (each["holder"], each.get("day")) == (holder, day):
                    self._settle(sequence, each, ())

    def _settle(self, sequence: str, entry: dict[str, Any], used: Collection[int]) -> None:
        """Remove an entry from the open ones, and return those of its numbers that are unused."""
        unknown = [each for each in positions_of(entry) if each not in used]
        unused = sorted({*unknown} - {*self._registered(sequence, unknown)})
        day = {"$literal": entry["day"]}
        returned = [{"number": number, "day": day, "since": "$$NOW"} for number in unused]
        this = {name: {"$literal": value} for name, value in entry.items()}
        others = {"$filter": {"input": "$open", "cond": {"$ne": ["$$this", this]}}}
        change = {"back": {"$concatArrays": [_BACK, returned]}, "open": others}
        self._sequences.update_one({"_id": sequence, "open": entry}, [{"$set": change}])


_BACK = {"$ifNull": ["$back", []]}


def _reservation(holder: str, day: str, count: int) -> list[dict[str, Any]]:
    """The update that gives the holder so many numbers for a day, with those that it has."""
    initial = {
        "last": {"$ifNull": ["$last", 0]},
        "back": _BACK,
        "open": {"$ifNull": ["$open", []]},
    }
    own = {name: {"$literal": value} for name, value in (("holder", holder), ("day", day))}
    mine = {"$and": [{"$eq": [f"$$this.{name}", value]} for name, value in own.items()]}
    has = {"$filter": {"input": "$open", "cond": {"$and": [mine, {"$isArray": "$$this.numbers"}]}}}
    same_day = {"$filter": {"input": "$back", "cond": {"$eq": ["$$this.day", own["day"]]}}}
    lowest = {
        "$sortArray": {"input": {"$map": {"input": same_day, "in": "$$this.number"}}, "sortBy": 1}
    }
    return [
        {"$set": initial},
        {"$set": {"entry": {"$first": has}}},
        {"$set": {"had": {"$ifNull": ["$entry.numbers", []]}}},
        {"$set": {"need": {"$max": [0, {"$subtract": [count, {"$size": "$had"}]}]}}},
        {"$set": {"taken": {"$slice": [lowest, "$need"]}}},
        {"$set": {"fresh": {"$subtract": ["$need", {"$size": "$taken"}]}}},
        {"$set": {"new": {"$range": [{"$add": ["$last", 1]}, {"$add": ["$last", 1, "$fresh"]}]}}},
        {
            "$set": {
                "last": {"$add": ["$last", "$fresh"]},
                "back": {
                    "$filter": {
                        "input": "$back",
                        "cond": {"$not": [{"$in": ["$$this.number", "$taken"]}]},
                    }
                },
                "open": {
                    "$concatArrays": [
                        {"$filter": {"input": "$open", "cond": {"$ne": ["$$this", "$entry"]}}},
                        [{**own, "numbers": {"$concatArrays": ["$had", "$taken", "$new"]}}],
                    ]
                },
            }
        },
        {"$unset": ["entry", "had", "need", "taken", "fresh", "new"]},
    ]
