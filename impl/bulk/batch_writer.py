"""A batch of lines kept: in one transaction with its events and with how far its file is read."""

import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from impl.bulk.batches import Place
from impl.bulk.reader import Line
from impl.bulk.refusals import Refusal, Refusals
from impl.errors import Conflict, Unavailable
from impl.handlers.collection import Collection
from impl.patch.operations import same
from impl.query.language import Compare
from impl.store.checkpoints import Checkpoints
from impl.store.documents import from_mongo, to_mongo
from impl.store.mongo import Store

PAUSES_SECONDS = (1, 2, 4, 8, *[15] * 36)
"""Between tries while the database is away: ten minutes in all."""

RACES = 10
OURS = "lastUpdate"
"""What differs whenever a document is made of the same line."""


@dataclass(frozen=True)
class Progress:
    """How far a file is read, and what became of its lines; `size` is that of the refusals."""

    place: Place = field(default_factory=Place)
    imported: int = 0
    there: int = 0
    refused: int = 0
    size: int = 0

    def stored(self) -> dict[str, Any]:
        """As a checkpoint holds it."""
        return vars(self) | {"place": vars(self.place)}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "Progress":
        """What `stored` was called on."""
        return cls(**{**kept, "place": Place(**kept["place"])})


@dataclass
class Read:
    """A batch that is read up to a place: what can be kept, what is there already, what is not."""

    end: Place
    kept: list[Line] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    there: int = 0


class Keeper:
    """Keeps the batches of one import, known by `job`; without it, how far that is is not kept.

    Once told to `stop`, it does not wait for the database any more.
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
        self._wary = False
        self._stop = stop

    def begun(self) -> Progress:
        """How far an earlier run of the job got that did not end."""
        kept = self._checkpoints.read(self._job) if self._job else None
        return Progress.read(kept) if kept else Progress()

    def end(self) -> None:
        """The job is over."""
        if self._job:
            self._checkpoints.forget(self._job)

    def keep(self, read: Read, before: Progress, waiting: Callable[[str], None]) -> Progress:
        """Keep a batch, as soon as the database is there, and the progress with it.

        Says that it is `waiting`, and why. Raises Unavailable where that takes too long, and
        FileTrouble where refusals can't be written; then nothing of the batch is kept.
        """
        for pause in PAUSES_SECONDS:
            try:
                return self._kept(read, before)
            except Unavailable as error:
                waiting(str(error))
                if self._stop.wait(pause):
                    raise
            try:
                after = self.begun()
            except Unavailable:
                continue
            if after.place == read.end:  # it had been kept, and the word of it was lost
                return after
        return self._kept(read, before)

    def _kept(self, read: Read, before: Progress) -> Progress:
        """Keep a batch; a second time with a look at what is there, if its ids ask for that."""
        for _ in range(RACES):
            try:
                return self._store.in_transaction(lambda: self._write(read, before))
            except Conflict:
                self._wary = True
        raise Unavailable("another import stores the same ids at the same time")

    def _write(self, read: Read, before: Progress) -> Progress:
        new = self._new(read) if self._wary else read
        for resource, lines in _by_resource(new.kept).items():
            self._collections[resource].keep([line.new for line in lines])
        after = Progress(
            read.end,
            before.imported + len(new.kept),
            before.there + new.there,
            before.refused + len(new.refused),
            self._refusals.write(new.refused, before.size),
        )
        if self._job:
            self._checkpoints.write(self._job, after.stored())
        return after

    def _new(self, read: Read) -> Read:
        """The batch without what is there already, or has an id that is."""
        new = replace(read, kept=[], refused=list(read.refused))
        for resource, lines in _by_resource(read.kept).items():
            ids = tuple(line.new.document["id"] for line in lines)
            there = self._store.every(resource, Compare(("id",), ids))
            known: dict[str, Mapping[str, Any]] = {each["id"]: each for each in there}
            for line in lines:
                document = line.new.document
                found = known.setdefault(document["id"], document)
                if found is document:
                    new.kept.append(line)
                elif _alike(found, document):
                    new.there += 1
                else:
                    trouble = f"another {resource} with {found['id']!r} is there already"
                    taken = Conflict(trouble, attribute="id")
                    new.refused.append(Refusal(line.number, line.text, taken))
        return new


def _by_resource(lines: list[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.resource].append(line)
    return found


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two documents are one, as they are stored."""
    kept = [from_mongo(to_mongo(each, 1)) for each in (one, other)]
    return same(*({k: v for k, v in each.items() if k != OURS} for each in kept))
