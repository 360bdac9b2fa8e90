"""Numbers without gaps: each of a sequence's numbers from 1 on is used once, whoever dies when.

A number is reserved for the task that will use it, and stays the task's however often that is
tried. Reserving changes one document and waits for no transaction, so a worker that dies with a
number blocks no other. The transaction that uses or voids a number writes its row in the register,
and only that counts: the row's id is made of sequence and number, so no number has two. The next
caller corrects the sequence by the register. If a task does not use its number, the next task of
the same day gets it.

Numbers that a release before the register left open or free have no day, and wait for the upgrade.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pymongo

from impl.query.language import Document
from impl.resources import REGISTER
from impl.store.collections import SEQUENCES, TASKS
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


class Sequences:
    """The sequences of one database: each has its last, its open and its returned numbers."""

    def __init__(self, store: Store) -> None:
        self._sequences, _ = store.collection(SEQUENCES)
        self._register, _ = store.collection(REGISTER)
        self._tasks, _ = store.collection(TASKS)

    def reserve(self, sequence: str, holder: str, day: str = "", part: str = "") -> Number:
        """The number that the holder has for the day already, or else the lowest available one.

        That is a returned one of the same day, or the next new one. A holder that needs several
        has one for each `part` of its work.
        """
        while True:
            position = self._reserved(sequence, holder, day, part)
            if not self._is_registered(sequence, position):
                return Number(sequence, position, day)
            self.strike(sequence, [position])

    def strike(self, sequence: str, positions: Collection[int]) -> None:
        """Remove numbers that the register has from the open and the returned ones."""
        numbers = {"number": {"$in": [*positions]}}
        with translated():
            self._sequences.update_one(
                {"_id": sequence}, {"$pull": {"open": numbers, "back": numbers}}
            )

    def settle(self, holder: str) -> None:
        """Return the numbers that the holder did not use; another may use them."""
        with translated():
            for sequence in list(self._sequences.find({"open.holder": holder})):
                for each in sequence["open"]:
                    if each["holder"] == holder and "day" in each:
                        self._settle(sequence["_id"], each)

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

    def _reserved(self, sequence: str, holder: str, day: str, part: str) -> int:
        with translated():
            changed: Any = self._sequences.find_one_and_update(
                {"_id": sequence},
                _reservation(holder, day, part),
                upsert=True,
                return_document=pymongo.ReturnDocument.AFTER,
            )
        return next(
            int(each["number"])
            for each in changed["open"]
            if (each["holder"], each.get("day"), each.get("part", "")) == (holder, day, part)
        )

    def _is_registered(self, sequence: str, position: int) -> bool:
        with translated():
            row = self._register.find_one({"_id": row_id(sequence, position)}, {"_id": 1})
        return row is not None

    def _settle(self, sequence: str, entry: dict[str, Any]) -> None:
        number = entry["number"]
        if self._is_registered(sequence, number):
            self.strike(sequence, [number])
            return
        entry_here = {"$elemMatch": {"holder": entry["holder"], "number": number}}
        returned = {"number": number, "day": {"$literal": entry["day"]}, "since": "$$NOW"}
        others = {"$filter": {"input": "$open", "cond": {"$ne": ["$$this.number", number]}}}
        change = {"back": {"$concatArrays": [_BACK, [returned]]}, "open": others}
        self._sequences.update_one({"_id": sequence, "open": entry_here}, [{"$set": change}])


_BACK = {"$ifNull": ["$back", []]}


def _reservation(holder: str, day: str, part: str) -> list[dict[str, Any]]:
    """The update that gives the holder a number for a day and a part, unless it has one."""
    initial = {
        "last": {"$ifNull": ["$last", 0]},
        "back": _BACK,
        "open": {"$ifNull": ["$open", []]},
    }
    own = {name: {"$literal": value} for name, value in _named(holder, day, part).items()}
    same_day = {"$filter": {"input": "$back", "cond": {"$eq": ["$$this.day", own["day"]]}}}
    back = {"$min": {"$map": {"input": same_day, "in": "$$this.number"}}}
    mine = {"$and": [{"$eq": [f"$$this.{name}", value]} for name, value in own.items()]}
    has_one = {"$ne": [{"$filter": {"input": "$open", "cond": mine}}, []]}
    others = {"$filter": {"input": "$back", "cond": {"$ne": ["$$this.number", "$number"]}}}
    change = {
        "last": {"$max": ["$last", "$number"]},
        "back": others,
        "open": {"$concatArrays": ["$open", [{**own, "number": "$number"}]]},
    }
    unless_it_has = {name: {"$cond": [has_one, f"${name}", new]} for name, new in change.items()}
    return [
        {"$set": initial},
        {"$set": {"number": {"$ifNull": [back, {"$add": ["$last", 1]}]}}},
        {"$set": unless_it_has},
        {"$unset": "number"},
    ]


def _named(holder: str, day: str, part: str) -> dict[str, str]:
    return {"holder": holder, "day": day, "part": part}
