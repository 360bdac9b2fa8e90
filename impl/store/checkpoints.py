"""How far long jobs got, to go on from there: written in the transaction of their work."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from impl.store.faults import translated
from impl.store.mongo import Store

CHECKPOINTS = "checkpoint"


class Checkpoints:
    """The checkpoints of one database, one a job; 90 days after it was written one is forgotten."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, job: str) -> dict[str, Any] | None:
        """What was written last of a job; None where nothing was, or it is over."""
        checkpoints, session = self._store.collection(CHECKPOINTS)
        with translated():
            return checkpoints.find_one({"_id": job}, {"_id": 0, "at": 0}, session=session)

    def write(self, job: str, content: Mapping[str, Any]) -> None:
        """Say how far a job is."""
        checkpoints, session = self._store.collection(CHECKPOINTS)
        stored = {"_id": job, "at": datetime.now(UTC), **content}
        with translated():
            checkpoints.replace_one({"_id": job}, stored, upsert=True, session=session)

    def forget(self, job: str) -> None:
        """The job is over."""
        checkpoints, session = self._store.collection(CHECKPOINTS)
        with translated():
            checkpoints.delete_one({"_id": job}, session=session)
