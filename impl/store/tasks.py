"""Tasks: work to be done later, divided among any number of workers on any number of machines.

A task is claimed for some seconds, by MongoDB's clock, and done once, whoever dies when: leases.py
compares the rules for taking over work.
"""

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pymongo
from bson import ObjectId
from pymongo import UpdateOne

from impl.errors import ApiError, Unavailable
from impl.store.collection_names import TASKS
from impl.store.documents import Stored
from impl.store.faults import translated
from impl.store.mongo import Store

ON_DEMAND_TASK, CYCLE_TASK, ACCOUNT_TASK = "on-demand", "cycle", "cycle-account"
BLOCK_TASK = "cycle-block"
"""A block of accounts of one cycle, which is the `group` in `about`; `accounts` has their ids."""

KINDS = (ON_DEMAND_TASK, CYCLE_TASK, ACCOUNT_TASK, BLOCK_TASK)
"""Kinds that are given up after a lasting fault."""

RESERVATION_TASK = "reservation"
"""Frees an account's rates if the task `of` in `about` ends without a bill. Its key is the account,
so that one task at a time reserves the account's rates. It is never given up.
"""

RATES_TASK = "rates"
"""Changes many rates in steps; the `group` in `about` has the ids of their bills. It is never given
up.
"""

CLAIM_SECONDS = 15
KEEP_SECONDS = 5
_NOW = "$$NOW"


class ClaimLost(ApiError):
    """Another worker has claimed the task by now, or it was cancelled."""


@dataclass(frozen=True)
class Task:
    """A claimed task: its subject in `about`, and its tries, this one included."""

    kind: str
    key: str
    tries: int
    about: Mapping[str, Any] = field(default_factory=dict)
    claim: ObjectId = field(default_factory=ObjectId)

    @property
    def id(self) -> str:
        """Its id among the tasks of all kinds."""
        return f"{self.kind}/{self.key}"


class Tasks:
    """The tasks of one database. Each has a kind, and a key that is unique within the kind."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def put(self, kind: str, key: str, due: datetime | None = None, **about: Any) -> None:
        """Add a task, due now or at an instant; it replaces one of the same kind and key."""
        self._update(_id(kind, key), _new(kind, key, about), upsert=True, due=due or _NOW)

    def put_each(self, kind: str, about: Mapping[str, Mapping[str, Any]]) -> None:
        """Add tasks, due now, by their keys; each replaces one of the same kind and key."""
        tasks, session = self._store.collection(TASKS)
        new = [
            UpdateOne(_id(kind, key), _change(_new(kind, key, each), due=_NOW), upsert=True)
            for key, each in about.items()
        ]
        if new:
            with translated():
                tasks.bulk_write(new, session=session)

    def wake(self, kind: str, key: str) -> None:
        """Make a task due now; it keeps its `about`, and a worker that has claimed it loses it.

        If there is no such task, it is added.
        """
        task = _new(kind, key, {})
        about = {"$ifNull": ["$about", {"$literal": task.pop("about")}]}
        self._update(_id(kind, key), task, upsert=True, due=_NOW, about=about)

    def cancel(self, kind: str, key: str) -> None:
        """Remove a task; a worker that has claimed it gets ClaimLost."""
        self._delete(_id(kind, key))

    def has(self, id_: str) -> bool:
        """Whether the task of this id is there, whoever has claimed it."""
        tasks, session = self._store.collection(TASKS)
        with translated():
            return tasks.find_one({"_id": id_}, {"_id": 1}, session=session) is not None

    def about(self, kind: str, keys: Iterable[str]) -> dict[str, Mapping[str, Any]]:
        """What those of the tasks that are there are about, by their keys."""
        tasks, session = self._store.collection(TASKS)
        ids = [f"{kind}/{key}" for key in keys]
        with translated():
            found = list(tasks.find({"_id": {"$in": ids}}, session=session))
        return {each["key"]: each["about"] for each in found}

    def has_any(self, *kinds: str) -> bool:
        """Whether a task of these kinds has not ended."""
        tasks, session = self._store.collection(TASKS)
        with translated():
            return tasks.find_one({"kind": {"$in": kinds}}, {"_id": 1}, session=session) is not None

    def drop(self, task: Task) -> None:
        """End a claimed task without an effect; does nothing if another has claimed it by now."""
        self._delete(_claimed(task))

    def claim(self, *kinds: str, seconds: float = CLAIM_SECONDS) -> Task | None:
        """Claim the longest due task of these kinds for some seconds; None if none is due."""
        tasks, _ = self._store.collection(TASKS)
        claim = ObjectId()
        change = {
            "due": {"$add": [_NOW, int(seconds * 1000)]},
            "claim": claim,
            "tries": {"$add": ["$tries", 1]},
            "soon": None,
        }
        with translated():
            found = tasks.find_one_and_update(
                {"kind": {"$in": kinds}, "$expr": {"$lte": ["$due", _NOW]}},
                [{"$set": change}],
                sort=[("due", 1)],
                return_document=pymongo.ReturnDocument.AFTER,
            )
        if found is None:
            return None
        return Task(found["kind"], found["key"], found["tries"], found["about"], claim)

    def renew(self, task: Task, seconds: float, about: Mapping[str, Any] | None = None) -> None:
        """Renew the claim for some seconds from now; ClaimLost if another has claimed the task.

        With `about`, the task has that from now on.
        """
        changed = {} if about is None else {"about": about}
        if not self._update(_claimed(task), changed, due={"$add": [_NOW, int(seconds * 1000)]}):
            raise ClaimLost(f"{task.kind} {task.key!r} is another worker's")

    @contextmanager
    def renewing(self, task: Task) -> Iterator[None]:
        """Renew the claim every few seconds, for as long as the work takes."""
        done = threading.Event()

        def renew_until_done() -> None:
            while not done.wait(KEEP_SECONDS):
                with suppress(ClaimLost, Unavailable):
                    self.renew(task, CLAIM_SECONDS)

        threading.Thread(target=renew_until_done, daemon=True).start()
        try:
            yield
        finally:
            done.set()

    def finish(self, task: Task) -> None:
        """End the task, in the transaction of its effect; ClaimLost if another has claimed it."""
        if not self._delete(_claimed(task)):
            raise ClaimLost(f"{task.kind} {task.key!r} is another worker's")

    def again(self, task: Task, seconds: float, *, afresh: bool = False, pause: float = 0) -> None:
        """Give the task back, due in some seconds; `afresh` sets its tries to none.

        Until it is given back again, it can be hastened only to so many seconds of `pause`.
        """
        wait: Any = int(seconds * 1000)
        changed: dict[str, Any] = {"claim": None, "pause": int(pause * 1000)}
        if afresh:
            wait = {"$min": [wait, "$soon"]}  # which ignores null
            changed["tries"] = 0
        self._update(_claimed(task), changed, due={"$add": [_NOW, wait]})

    def is_left(self, kind: str, group: str) -> bool:
        """Whether a task of a kind and group has not ended."""
        tasks, session = self._store.collection(TASKS)
        where = {"kind": kind, "about.group": group}
        with translated():
            return tasks.find_one(where, {"_id": 1}, session=session) is not None

    def hasten(self, kind: str, key: str, seconds: float) -> None:
        """Make a task due in some seconds, or its pause if that is longer, unless it is due sooner.

        A claimed one becomes due then once it is given back `afresh`.
        """
        soon = {"$max": [int(seconds * 1000), "$pause"]}  # which ignores null
        latest = {"$add": [_NOW, soon]}
        claimable = {"$eq": ["$claim", None]}
        late = {"$cond": [claimable, {"$gt": ["$due", latest]}, {"$ne": ["$soon", soon]}]}
        due = {"$cond": [claimable, {"$min": ["$due", latest]}, "$due"]}
        self._update({**_id(kind, key), "$expr": late}, {}, due=due, soon=soon)

    def take(self, kind: str, group: str, most: int, **about: Any) -> list[Task]:
        """End tasks of a group, even claimed ones, in the transaction of the effect of that.

        Those with other values in `about` stay; a value that is missing is None.
        """
        tasks, session = self._store.collection(TASKS)
        where = {"kind": kind, "about.group": group}
        where |= {f"about.{name}": value for name, value in about.items()}
        with translated():
            found = list(tasks.find(where, session=session).limit(most))
            tasks.delete_many({"_id": {"$in": [each["_id"] for each in found]}}, session=session)
        return [Task(kind, each["key"], each["tries"], each["about"]) for each in found]

    def _delete(self, where: Stored) -> int:
        tasks, session = self._store.collection(TASKS)
        with translated():
            return tasks.delete_one(where, session=session).deleted_count

    def _update(
        self, where: Stored, values: Mapping[str, Any], *, upsert: bool = False, **expressions: Any
    ) -> int:
        tasks, session = self._store.collection(TASKS)
        change = _change(values, **expressions)
        with translated():
            done = tasks.update_one(where, change, upsert=upsert, session=session)
        return done.matched_count


def _change(values: Mapping[str, Any], **expressions: Any) -> list[dict[str, Any]]:
    """The update that sets these values, and what MongoDB computes by the expressions."""
    return [{"$set": {**{k: {"$literal": v} for k, v in values.items()}, **expressions}}]


def _new(kind: str, key: str, about: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "key": key, "about": about, "tries": 0, "claim": None}


def _claimed(task: Task) -> Stored:
    return {"_id": task.id, "claim": task.claim}


def _id(kind: str, key: str) -> Stored:
    return {"_id": f"{kind}/{key}"}
