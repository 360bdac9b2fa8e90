"""Checkpoints: how far a long job got, written in the transaction of its work."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from impl.store.collection_names import CHECKPOINTS
from impl.store.faults import translated
from impl.store.mongo import Store


class Checkpoints:
    """The checkpoints of one database, one a job; each expires 90 days after its last write."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self, job: str) -> dict[str, Any] | None:
        """The last checkpoint of a job; None if it has none, or is over."""
        checkpoints, session = self._store.collection(CHECKPOINTS)
        with translated():
            return checkpoints.find_one({"_id": job}, {"_id": 0, "at": 0}, session=session)

    def write(self, job: str, content: Mapping[str, Any]) -> None:
        """Write how far a job is."""
        checkpoints, session = self._store.collection(CHECKPOINTS)
        stored = {"_id": job, "at": datetime.now(UTC), **content}
        with translated():
            checkpoints.replace_one({"_id": job}, stored, upsert=True, session=session)

    def forget(self, job: str) -> None:
        """Remove the checkpoint of a job that is over."""
        checkpoints, session = self._store.collection(CHECKPOINTS)
        with translated():
            checkpoints.delete_one({"_id": job}, session=session)
