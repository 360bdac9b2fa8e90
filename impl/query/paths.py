"""Lists or changes the parts of a condition that have paths. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

from impl.query.language import (
    Compare,
    Condition,
    Element,
    Every,
    Exists,
    Not,
    Path,
    ReservedFor,
    Some,
)

Leaf: TypeAlias = Compare | Exists | Element
"""A condition that has a path."""


def paths(condition: Condition) -> Iterator[Path]:
    """The paths in a condition, each from the resource on."""
    match condition:
        case Compare(path) | Exists(path) | Element(path):
            yield path
        case Every(parts) | Some(parts):
            for part in parts:
                yield from paths(part)
        case Not(part):
            yield from paths(part)


def renamed(condition: Condition, rename: Callable[[Path], Path]) -> Condition:
    """The condition with each of these paths renamed."""
    return changed(condition, lambda leaf: replace(leaf, path=rename(leaf.path)))


def changed(condition: Condition, change: Callable[[Leaf], Condition]) -> Condition:
    """The condition with each part that has a path changed."""
    match condition:
        case Compare() | Exists() | Element():
            return change(condition)
        case ReservedFor():
            return condition
        case Every(parts):
            return Every(tuple(changed(part, change) for part in parts))
        case Some(parts):
            return Some(tuple(changed(part, change) for part in parts))
        case Not(part):
            return Not(changed(part, change))
