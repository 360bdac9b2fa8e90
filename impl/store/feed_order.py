"""Events in another order than the feed's: by attributes, missing values last, ties by place. Pure.

The order is that of MongoDB's lists (sort_order.py).
"""

import heapq
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeAlias

from impl.query.language import Document, Key, Position
from impl.store.sort_order import ID, position_of

Rank: TypeAlias = tuple[Any, ...]


class _Descending:  # noqa: PLW1641 - values are only compared
    """A value that comes before the smaller ones."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descending) and bool(self._value == other._value)

    def __lt__(self, other: "_Descending") -> bool:
        return bool(other._value < self._value)


def ranked(
    events: Iterable[Document], order: tuple[Key, ...], start: Position, most: int | None
) -> list[Position]:
    """The places in the order of the first events beyond another place, in memory for so many.

    They are in the opposite order if that place is `backwards`; None for all events.
    """
    keys = order if order[-1].path == ID else (*order, Key(ID, order[-1].descending))
    there = None if start.id is None else _rank(start, keys)
    positions = (position_of(each, order) for each in events)
    beyond = (
        (rank, each)
        for rank, each in ((_rank(each, keys), each) for each in positions)
        if there is None or (rank < there if start.backwards else there < rank)
    )
    if most is None:
        found = sorted(beyond, key=_first, reverse=start.backwards)
    else:
        pick = heapq.nlargest if start.backwards else heapq.nsmallest
        found = pick(most, beyond, key=_first)
    return [position for _, position in found]


def _first(pair: tuple[Rank, Position]) -> Rank:
    return pair[0]


def _rank(position: Position, keys: tuple[Key, ...]) -> Rank:
    """What compares as the place does in the order of the keys; the last key is the id."""
    values = (*position.values, position.id)
    return tuple(
        part for key, value in zip(keys, values, strict=False) for part in _ranked(key, value)
    )


def _ranked(key: Key, value: Any) -> tuple[bool, Any]:
    comparable = (_bracket(value), value) if value is not None else ()
    return value is None, _Descending(comparable) if key.descending else comparable


def _bracket(value: Any) -> int:
    """The place of a value's type in MongoDB's order of types."""
    if isinstance(value, bool):
        return 3
    return 2 if isinstance(value, str) else 4 if isinstance(value, datetime) else 1
