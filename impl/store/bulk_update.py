"""One change of any number of documents, in a transaction: a bounded part of them at a time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from impl.query.language import Compare, Condition, Every
from impl.store.documents import Stored
from impl.store.mongo import Store
from impl.store.writing import BulkChange

PART_BYTES = 4 * 1024 * 1024
"""How much is read at a time, as it is stored, but for a single document that is larger."""

STEP_DOCUMENTS, STEP_BYTES = 1_000, 2 * 1024 * 1024
"""How much a transaction changes if the change of all takes several."""

SIZE = "_size"
_OUTLINE: Stored = {SIZE: {"$bsonSize": "$$ROOT"}}


@dataclass(frozen=True)
class Outline:
    """A document without its attributes."""

    id: str
    size: int


def outlines(store: Store, resource: str, where: Condition, most: int) -> list[Outline]:
    """The first `most` documents that the condition holds for, in the order of ids."""
    rows = store.rows(resource, where, _OUTLINE, most)
    return [Outline(each["_id"], each[SIZE]) for each in rows]


def next_step(store: Store, resource: str, where: Condition, last: str) -> list[Outline]:
    """The first of the documents behind the id `last`, as many as one step changes; none at the
    end.
    """
    behind = Every((where, Compare(("id",), (last,), "gt")))
    rows = store.rows(resource, behind, _OUTLINE, STEP_DOCUMENTS)
    step: list[Outline] = []
    size = 0
    for each in rows:
        size += each[SIZE]
        if step and size > STEP_BYTES:
            break
        step.append(Outline(each["_id"], each[SIZE]))
    return step


def change_each(
    store: Store,
    resource: str,
    documents: Sequence[Outline],
    values: Mapping[str, Any],
    removed: Sequence[str] = (),
) -> None:
    """Change documents whose outlines were read in the transaction that this is in.

    Raises as `Writer.write_many`.
    """
    for part in _parts(documents):
        whole = store.every(resource, Compare(("id",), tuple(each.id for each in part)))
        store.writer.write_many({}, [BulkChange(resource, whole, values, removed)])


def _parts(documents: Sequence[Outline]) -> Iterator[list[Outline]]:
    part: list[Outline] = []
    size = 0
    for each in documents:
        size += each.size
        if part and size > PART_BYTES:
            yield part
            part, size = [], each.size
        part.append(each)
    if part:
        yield part
