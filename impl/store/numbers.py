"""Numbers without gaps: each of a sequence's numbers from 1 on is used once, whoever dies when.

A number is reserved for the task that will use it, and stays the task's however often that is
tried. Reserving changes one document and waits for no transaction, so that a worker which dies with
a number holds up no other. What a task does not use after all, the next one gets.
"""

from collections.abc import Collection
from typing import Any

import pymongo

from impl.store.faults import translated
from impl.store.mongo import Store

SEQUENCES = "sequence"


class Numbers:
    """The sequences of one database: the last number of each, those open, and those given back."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def reserve(self, sequence: str, holder: str, part: str = "") -> int:
        """The number that the holder has in the sequence already, or else the lowest free one.

        A holder that needs several has one for each `part` of its work.
        """
        sequences, _ = self._store.collection(SEQUENCES)
        with translated():
            found: Any = sequences.find_one_and_update(
                {"_id": sequence},
                _reservation(holder, part),
                upsert=True,
                return_document=pymongo.ReturnDocument.AFTER,
            )
        return next(
            int(each["number"])
            for each in found["open"]
            if (each["holder"], each.get("part", "")) == (holder, part)
        )

    def settle(self, holder: str, parts: Collection[str] = ("",)) -> None:
        """The holder has used its numbers for these parts; what else it has, another may use."""
        sequences, _ = self._store.collection(SEQUENCES)
        known = [*parts, None] if "" in parts else [*parts]
        used = {"holder": holder, "part": {"$in": known}}
        with translated():
            sequences.update_many(_open(holder), {"$pull": {"open": used}})
        self.release(holder)

    def release(self, holder: str) -> None:
        """The holder will not use its numbers: another may."""
        sequences, _ = self._store.collection(SEQUENCES)
        mine = {"$filter": {"input": "$open", "cond": _is(holder)}}
        others = {"$filter": {"input": "$open", "cond": {"$not": [_is(holder)]}}}
        freed = {"$map": {"input": mine, "in": "$$this.number"}}
        change = {"free": {"$concatArrays": ["$free", freed]}, "open": others}
        with translated():
            sequences.update_many(_open(holder), [{"$set": change}])


def _open(holder: str) -> dict[str, Any]:
    return {"open.holder": holder}


def _is(holder: str) -> dict[str, Any]:
    return {"$eq": ["$$this.holder", {"$literal": holder}]}


def _reservation(holder: str, part: str) -> list[dict[str, Any]]:
    """What gives the holder a number for a part, where it has none."""
    kept = {
        "last": {"$ifNull": ["$last", 0]},
        "free": {"$ifNull": ["$free", []]},
        "open": {"$ifNull": ["$open", []]},
    }
    lowest = {"$ifNull": [{"$min": "$free"}, {"$add": ["$last", 1]}]}
    mine = {"$and": [_is(holder), {"$eq": [{"$ifNull": ["$$this.part", ""]}, {"$literal": part}]}]}
    held = {"$ne": [{"$filter": {"input": "$open", "cond": mine}}, []]}
    own = {"holder": {"$literal": holder}, "part": {"$literal": part}}
    given = [{**own, "number": "$number"}]
    change = {
        "last": {"$max": ["$last", "$number"]},
        "free": {"$setDifference": ["$free", ["$number"]]},
        "open": {"$concatArrays": ["$open", given]},
    }
    unless_held = {name: {"$cond": [held, f"${name}", new]} for name, new in change.items()}
    return [
        {"$set": kept},
        {"$set": {"number": lowest}},
        {"$set": unless_held},
        {"$unset": "number"},
    ]
