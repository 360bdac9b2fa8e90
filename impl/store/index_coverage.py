"""Whether the indexes of a collection serve a query, or MongoDB must read all documents. Pure.

They do if a part of the condition compares a value that few documents share, such as an account, or
if one index has all paths of the condition and the order. A large account may still be a lot to
read: only time bounds that.
"""

from collections.abc import Set
from functools import cache

from impl.query.language import Compare, Condition, Element, Every, Key, Path, Prefix, Some, Span
from impl.store.indexes import keys

ID = ("id",)
_FEW = frozenset({"id", "number"})
"""The last names of indexed paths whose values few documents share."""


def is_served(resource: str, where: Condition, order: tuple[Key, ...]) -> bool:
    """Whether indexes of the resource serve such a condition and order."""
    indexes = _indexes(resource)
    few = {each[0] for each in indexes if each[0][-1] in _FEW}
    return _is_of_few(where, few) or any(_is_whole(where, order, each) for each in indexes)


@cache
def _indexes(resource: str) -> list[list[Path]]:
    """The paths of each index of a resource."""
    return [[_path(name) for name, _ in each] for each in keys(resource)] + [[ID]]


def _path(name: str) -> Path:
    return ID if name == "_id" else tuple(name.split("."))


def _is_of_few(where: Condition, few: Set[Path], at: Path = ()) -> bool:
    """Whether the condition requires a value that few documents share."""
    match where:
        case Compare(path, values, "eq"):
            return (*at, *path) in few and not any(
                value is None or isinstance(value, (Span, Prefix)) for value in values
            )
        case Every(parts):
            return any(_is_of_few(part, few, at) for part in parts)
        case Some(parts):
            return all(_is_of_few(part, few, at) for part in parts)
        case Element(path, part):
            return _is_of_few(part, few, (*at, *path))
    return False


def _is_whole(where: Condition, order: tuple[Key, ...], index: list[Path]) -> bool:
    """Whether one index has all paths of the condition, and is sorted by the order."""
    compared = _compared(where)
    sorts = [key.path for key in order if key.path != ID]
    if compared is None or not {*compared, *sorts} <= {*index}:
        return False
    begins = next((at for at, path in enumerate(index) if path in sorts), 0)
    in_order = index[begins : begins + len(sorts)] == sorts
    one_way = len({key.descending for key in order}) < 2
    fixed = all(path in compared for path in index[:begins])
    return in_order and one_way and fixed and (index[0] in {*compared, *sorts} or compared <= {ID})


def _compared(where: Condition, at: Path = ()) -> Set[Path] | None:
    """The paths that it compares; None if an index can't answer it."""
    match where:
        case Compare(path, _, operator):
            return None if operator == "regex" else {(*at, *path)}
        case Every(parts) | Some(parts):
            paths = [_compared(part, at) for part in parts]
            known = [each for each in paths if each is not None]
            return set().union(*known) if len(known) == len(paths) else None
        case Element(path, part):
            return _compared(part, (*at, *path))
    return None
