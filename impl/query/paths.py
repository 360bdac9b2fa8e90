"""Lists or renames the paths in a condition. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import replace

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
    match condition:
        case Compare() | Exists() | Element():
            return replace(condition, path=rename(condition.path))
        case ReservedFor():
            return condition
        case Every(parts):
            return Every(tuple(renamed(part, rename) for part in parts))
        case Some(parts):
            return Some(tuple(renamed(part, rename) for part in parts))
        case Not(part):
            return Not(renamed(part, rename))
