"""Evaluates a condition on a document in memory, as MongoDB does on a stored one."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, TypeAlias

from impl.query import regex
from impl.query.language import (
    Compare,
    Condition,
    Element,
    Every,
    Exists,
    Not,
    Operator,
    Path,
    Prefix,
    ReservedFor,
    Some,
    Span,
    Value,
)

Count: TypeAlias = Callable[[int], object]
"""Called with how many values are read next, to bound the work; it may raise."""

CONDITION = 2
"""Evaluating one condition counts as this many values."""

SEARCHED = 20
"""A pattern search through this many characters counts as one value."""


def holds(condition: Condition, document: Any, count: Count = lambda _: None) -> bool:
    """Whether the condition holds for the document; raises what `count` raises."""
    count(CONDITION)
    match condition:
        case Compare(path=()) | Element(path=()):
            return False  # a resource is neither a single value nor an array
        case Compare(path, values, operator):
            return any(
                _matches(leaf, value, operator)
                for found, by_index in _values_at(document, path, count)
                for leaf in _leaves(found, by_index=by_index)
                for value in _counted(values, leaf, operator, count)
            )
        case Exists(path):
            return any(True for _ in _values_at(document, path, count))
        case Element(path, where):
            return any(
                _fulfils(element, where, count)
                for value, _ in _values_at(document, path, count)
                if isinstance(value, list)
                for element in value
            )
        case ReservedFor(holder):
            return getattr(document, "reserved", "") == holder
        case Every(parts):
            return all(holds(part, document, count) for part in parts)
        case Some(parts):
            return any(holds(part, document, count) for part in parts)
        case Not(part):
            return not holds(part, document, count)


def _counted(
    values: tuple[Value, ...], leaf: Any, operator: Operator, count: Count
) -> tuple[Value, ...]:
    """The values, once comparing them with the leaf is counted."""
    searched = len(leaf) // SEARCHED if operator == "regex" and isinstance(leaf, str) else 0
    count(len(values) * (1 + searched))
    return values


def _values_at(
    value: Any, path: Path, count: Count, *, by_index: bool = False
) -> Iterator[tuple[Any, bool]]:
    """Each value at the path, through every array of objects on the way.

    The flag says whether the last name of the path is an array index.
    """
    if not path:
        yield value, by_index
    elif isinstance(value, dict) and path[0] in value:
        yield from _below(value[path[0]], path[1:], count)


def _below(
    value: Any, path: Path, count: Count, *, by_index: bool = False
) -> Iterator[tuple[Any, bool]]:
    if path and isinstance(value, list):
        count(len(value))
        for element in value:
            if isinstance(element, dict):
                yield from _values_at(element, path, count)
        if (index := _index(path[0], len(value))) is not None:
            yield from _below(value[index], path[1:], count, by_index=True)
    else:
        yield from _values_at(value, path, count, by_index=by_index)


def _index(name: str, length: int) -> int | None:
    """The name as an index of an array of this length; None if it is none."""
    is_number = name.isascii() and name.isdigit() and (name == "0" or name[0] != "0")
    index = int(name) if is_number and len(name) < 10 else length
    return index if index < length else None


def _fulfils(element: Any, where: Condition, count: Count) -> bool:
    """Whether an element of an array meets a condition, as a single value or as an object."""
    match where:
        case Exists(path=()):
            return True
        case Compare((), values, operator):
            counted = _counted(values, element, operator, count)
            return any(_matches(element, value, operator) for value in counted)
    members = _members(element)
    return members is not None and holds(where, members, count)


def _members(element: Any) -> dict[str, Any] | None:
    """The members of an element by name; those of an array in an array by index."""
    if isinstance(element, list):
        return {str(index): member for index, member in enumerate(element)}
    return element if isinstance(element, dict) else None


def _leaves(value: Any, *, by_index: bool) -> Iterator[Any]:
    """The values that a comparison tries: the value itself, and each element if it is an array.

    MongoDB tries no elements of an array that the path names by its index in another array.
    """
    yield value
    if isinstance(value, list) and not by_index:
        yield from value


def _matches(leaf: Any, value: Value, operator: Operator) -> bool:
    match value:
        case Span(start, end):
            return isinstance(leaf, datetime) and start <= leaf < end
        case Prefix(text):
            return isinstance(leaf, str) and leaf.startswith(text)
        case None:
            return leaf is None
    if _kind(leaf) is not _kind(value):
        return False
    return _compared(leaf, value, operator)


def _compared(leaf: Any, value: Any, operator: Operator) -> bool:
    match operator:
        case "eq":
            return bool(leaf == value)
        case "gt":
            return bool(leaf > value)
        case "gte":
            return bool(leaf >= value)
        case "lt":
            return bool(leaf < value)
        case "lte":
            return bool(leaf <= value)
        case "regex":
            return isinstance(leaf, str) and _search(value, leaf)


def _search(pattern: str, text: str) -> bool:
    """Whether the pattern is found; as in MongoDB, `$` also matches before a final line feed."""
    return regex.search(pattern, text) or (
        text.endswith("\n") and regex.search(pattern, text.removesuffix("\n"))
    )


def _kind(value: Any) -> type | None:
    """The type that another value must have to be compared with this one."""
    for kind in (bool, str, datetime):
        if isinstance(value, kind):
            return kind
    return float if isinstance(value, (int, float)) else None
