"""An order with missing values last, walked from any place in it, by MongoDB's indexes. Pure.

MongoDB puts missing values last in a descending order, which is one run, and first in an ascending
one. That is walked in runs, one after the other: the documents that have a value for the first key,
then those that lack it, in the order of the other keys. Ties are broken by id, in the direction of
the last key, so that one index serves an order both ways.

A place in the order is the keys' values and the id of the document there. The documents beyond it
are runs again, the nearest first: those equal in all keys with an id beyond, those equal in all
keys but the last, and so on. Each run is one range of an index, however far in it lies.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from impl.query.language import Document, Key, Path, Position, Value
from impl.store.mongo_query import Filter, to_name

ID = ("id",)
MISSING: Filter = {"$eq": None}
PRESENT: Filter = {"$ne": None}
Keys = tuple[Key, ...]


@dataclass(frozen=True)
class Run:
    """One query of a walk: a filter and a sort; `flags` are computed fields to sort by."""

    filter: Filter
    sort: dict[str, int]
    flags: dict[str, Any] = field(default_factory=dict)


def runs(order: Keys, position: Position | None) -> Iterator[Run]:
    """The queries that together walk the order from the position on, one after the other."""
    walk = _Walk(backwards=position is not None and position.backwards)
    keys = order
    if not order or order[-1].path != ID:
        keys = (*order, Key(ID, descending=bool(order) and order[-1].descending))
    if position is None or position.id is None:
        return walk.whole(keys, ())
    return walk.beyond(keys, (*position.values, position.id)[: len(keys)], ())


def position_of(document: Document, order: Keys, *, backwards: bool = False) -> Position:
    """The place of the document in the order."""
    return Position(tuple(_at(document, key.path) for key in order), document["id"], backwards)


@dataclass(frozen=True)
class _Walk:
    """The runs of an order that ends with the id, in one direction, within what `above` selects."""

    backwards: bool

    def whole(self, keys: Keys, above: tuple[Filter, ...]) -> Iterator[Run]:
        """All of it."""
        if keys[0].path == ID or keys[0].descending:  # MongoDB's order has missing values last, too
            yield self._run(keys, above)
            return
        name = to_name(keys[0].path)
        present = [self._run(keys, (*above, {name: PRESENT}))]
        missing = self.whole(keys[1:], (*above, {name: MISSING}))
        yield from chain(missing, present) if self.backwards else chain(present, missing)

    def beyond(
        self, keys: Keys, values: tuple[Value, ...], above: tuple[Filter, ...]
    ) -> Iterator[Run]:
        """The runs beyond the place where the keys have these values."""
        name, value = to_name(keys[0].path), values[0]
        if keys[0].path != ID:
            equal = MISSING if value is None else {"$eq": value}
            yield from self.beyond(keys[1:], values[1:], (*above, {name: equal}))
        if value is not None:
            past = "$lt" if keys[0].descending != self.backwards else "$gt"
            yield self._run(keys, (*above, {name: {past: value}}))
            if not self.backwards and keys[0].path != ID:
                yield from self.whole(keys[1:], (*above, {name: MISSING}))
        elif self.backwards:
            yield self._run(keys, (*above, {name: PRESENT}))

    def _run(self, keys: Keys, filters: tuple[Filter, ...]) -> Run:
        """One run, in which all documents have the first key's value."""
        sign = -1 if self.backwards else 1
        sort: dict[str, int] = {}
        flags: dict[str, Any] = {}
        for index, key in enumerate(keys):
            name = to_name(key.path)
            # Only an ascending sort of MongoDB's puts missing values first.
            if index and not key.descending and key.path != ID:
                flag = f"_missing{index}"
                flags[flag] = {"$cond": [{"$gt": [f"${name}", None]}, 0, 1]}
                sort[flag] = sign
            sort[name] = -sign if key.descending else sign
        return Run(_all(filters), sort, flags)


def _all(filters: tuple[Filter, ...]) -> Filter:
    return filters[0] if len(filters) == 1 else {"$and": list(filters)} if filters else {}


def _at(document: Document, path: Path) -> Any:
    value: Any = document
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value
