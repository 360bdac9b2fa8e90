"""A condition asked of a document in memory: the answer that MongoDB gives for a stored one."""

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
    Some,
    Span,
    Value,
)

Looks: TypeAlias = Callable[[int], object]
"""What is told how many values are looked at, before they are; it may raise."""

CONDITION = 2
SEARCHED = 20
"""How many characters that are searched by pattern count as a value."""


def holds(condition: Condition, document: Any, looks: Looks = lambda _: None) -> bool:
    """Whether the condition holds for the document; raises what `looks` raises."""
    looks(CONDITION)
    match condition:
        case Compare(path=()) | Element(path=()):
            return False  # a resource is neither a single value nor an array
        case Compare(path, values, operator):
            return any(
                _related(leaf, value, operator)
                for reached, numbered in _reached(document, path, looks)
                for leaf in _leaves(reached, numbered=numbered)
                for value in _looked_for(values, leaf, operator, looks)
            )
        case Exists(path):
            return any(True for _ in _reached(document, path, looks))
        case Element(path, where):
            return any(
                _fulfils(element, where, looks)
                for value, _ in _reached(document, path, looks)
                if isinstance(value, list)
                for element in value
            )
        case Every(parts):
            return all(holds(part, document, looks) for part in parts)
        case Some(parts):
            return any(holds(part, document, looks) for part in parts)
        case Not(part):
            return not holds(part, document, looks)


def _looked_for(
    values: tuple[Value, ...], leaf: Any, operator: Operator, looks: Looks
) -> tuple[Value, ...]:
    searched = len(leaf) // SEARCHED if operator == "regex" and isinstance(leaf, str) else 0
    looks(len(values) * (1 + searched))
    return values


def _reached(
    value: Any, path: Path, looks: Looks, *, numbered: bool = False
) -> Iterator[tuple[Any, bool]]:
    """The values at the path, through every array of objects on the way.

    With each, whether the path's last name is its number in an array.
    """
    if not path:
        yield value, numbered
    elif isinstance(value, dict) and path[0] in value:
        yield from _below(value[path[0]], path[1:], looks)


def _below(
    value: Any, path: Path, looks: Looks, *, numbered: bool = False
) -> Iterator[tuple[Any, bool]]:
    if path and isinstance(value, list):
        looks(len(value))
        for element in value:
            if isinstance(element, dict):
                yield from _reached(element, path, looks)
        if (index := _index(path[0], len(value))) is not None:
            yield from _below(value[index], path[1:], looks, numbered=True)
    else:
        yield from _reached(value, path, looks, numbered=numbered)


def _index(name: str, length: int) -> int | None:
    """The place in an array of this length that the name is a number of."""
    is_number = name.isascii() and name.isdigit() and (name == "0" or name[0] != "0")
    index = int(name) if is_number and len(name) < 10 else length
    return index if index < length else None


def _fulfils(element: Any, where: Condition, looks: Looks) -> bool:
    """Whether an array's element has what it is to have: itself, or as an object."""
    match where:
        case Exists(path=()):
            return True
        case Compare((), values, operator):
            looked_for = _looked_for(values, element, operator, looks)
            return any(_related(element, value, operator) for value in looked_for)
    members = _members(element)
    return members is not None and holds(where, members, looks)


def _members(element: Any) -> dict[str, Any] | None:
    """What a condition finds in an element; an array in an array has its indexes for names."""
    if isinstance(element, list):
        return {str(index): member for index, member in enumerate(element)}
    return element if isinstance(element, dict) else None


def _leaves(value: Any, *, numbered: bool) -> Iterator[Any]:
    """What a comparison looks at: the value itself, and each element where it is an array.

    MongoDB doesn't look into an array that is named by its number in another one.
    """
    yield value
    if isinstance(value, list) and not numbered:
        yield from value


def _related(leaf: Any, value: Value, operator: Operator) -> bool:
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
            return isinstance(leaf, str) and _found(value, leaf)


def _found(pattern: str, text: str) -> bool:
    """Whether the pattern is found; as in MongoDB, `$` is also before a last line feed."""
    return regex.search(pattern, text) or (
        text.endswith("\n") and regex.search(pattern, text.removesuffix("\n"))
    )


def _kind(value: Any) -> type | None:
    """The class of values that this one can be compared with."""
    for kind in (bool, str, datetime):
        if isinstance(value, kind):
            return kind
    return float if isinstance(value, (int, float)) else None
