"""Stores an import's batches, each in one transaction with its events and the import's progress."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from impl.bulk.batches import Place
from impl.bulk.reader import Line
from impl.bulk.refusals import Refusal, Refusals
from impl.errors import Conflict, Unavailable
from impl.handlers.collection import TOUCHED, Collection
from impl.patch.operations import same
from impl.query.language import Compare
from impl.store.bulk_insert import decode
from impl.store.checkpoints import Checkpoints
from impl.store.mongo import Store

PAUSES_SECONDS = (1, 2, 4, 8, *[15] * 36)
"""Pauses between retries while the database is away: ten minutes in all."""

RACES = 10


@dataclass(frozen=True)
class Progress:
    """How far a file is imported, and the outcomes of its lines.

    `there` counts lines stored before, `size` is the bytes of the file of refusals.
    """

    place: Place = field(default_factory=Place)
    imported: int = 0
    there: int = 0
    refused: int = 0
    size: int = 0

    def stored(self) -> dict[str, Any]:
        """As a checkpoint stores it."""
        return vars(self) | {"place": vars(self.place)}

    @classmethod
    def read(cls, checkpoint: Mapping[str, Any]) -> "Progress":
        """The inverse of `stored`."""
        return cls(**{**checkpoint, "place": Place(**checkpoint["place"])})


@dataclass
class Read:
    """A batch of lines up to a place: those to store, those refused, and how many were stored."""

    end: Place
    new: list[Line] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    there: int = 0


class BatchWriter:
    """Writes the batches of one import. `job` names its checkpoint; without it there is none.

    Once `stop` is set, it no longer waits for the database.
    """

    def __init__(
        self,
        store: Store,
        collections: Mapping[str, Collection[Any]],
        refusals: Refusals,
        job: str | None,
        stop: threading.Event,
    ) -> None:
        self._store = store
        self._collections = collections
        self._refusals = refusals
        self._job = job
        self._checkpoints = Checkpoints(store)
        self._looks_up = False
        self._stop = stop

    def checkpoint(self) -> Progress:
        """How far an earlier, unfinished run of the job came."""
        stored = self._checkpoints.read(self._job) if self._job else None
        return Progress.read(stored) if stored else Progress()

    def end(self) -> None:
        """Delete the checkpoint: the job is finished."""
        if self._job:
            self._checkpoints.forget(self._job)

    def write(self, read: Read, before: Progress, waiting: Callable[[str], None]) -> Progress:
        """Write a batch together with the progress, as soon as the database is there.

        Calls `waiting` with the reason for each pause. Raises Unavailable if the database stays
        away, and FileTrouble if refusals can't be written; then nothing of the batch is stored.
        """
        for pause in PAUSES_SECONDS:
            try:
                return self._written(read, before)
            except Unavailable as error:
                waiting(str(error))
                if self._stop.wait(pause):
                    raise
            try:
                after = self.checkpoint()
            except Unavailable:
                continue
            if after.place == read.end:  # it had been committed, and the answer was lost
                return after
        return self._written(read, before)

    def _written(self, read: Read, before: Progress) -> Progress:
        """Write a batch. After the first id that is taken, look up all ids before each write."""
        for _ in range(RACES):
            try:
                return self._store.in_transaction(lambda: self._write(read, before))
            except Conflict:
                self._looks_up = True
        raise Unavailable("another import stores the same ids at the same time")

    def _write(self, read: Read, before: Progress) -> Progress:
        batch = self._without_stored(read) if self._looks_up else read
        for resource, lines in _by_resource(batch.new).items():
            self._collections[resource].keep([line.new for line in lines])
        after = Progress(
            read.end,
            before.imported + len(batch.new),
            before.there + batch.there,
            before.refused + len(batch.refused),
            self._refusals.write(batch.refused, before.size),
        )
        if self._job:
            self._checkpoints.write(self._job, after.stored())
        return after

    def _without_stored(self, read: Read) -> Read:
        """The batch without lines that are stored already; those whose id is taken are refused."""
        batch = replace(read, new=[], refused=list(read.refused))
        for resource, lines in _by_resource(read.new).items():
            ids = tuple(line.new.id for line in lines)
            stored = self._store.every(resource, Compare(("id",), ids))
            known = {each["id"]: each for each in stored}
            for line in lines:
                document = decode(self._store, resource, line.new)
                first = known.setdefault(line.new.id, document)
                if first is document:
                    batch.new.append(line)
                elif _alike(first, document):
                    batch.there += 1
                else:
                    trouble = f"another {resource} with {first['id']!r} is there already"
                    taken = Conflict(trouble, attribute="id")
                    batch.refused.append(Refusal(line.number, line.text, taken))
        return batch


def _by_resource(lines: list[Line]) -> dict[str, list[Line]]:
    by_resource: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_resource[line.resource].append(line)
    return by_resource


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two documents are equal, but for the time of the write."""
    return same(*({k: v for k, v in each.items() if k not in TOUCHED} for each in (one, other)))
