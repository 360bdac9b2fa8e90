"""Whether the indexes of a collection serve a query, or MongoDB has to look at all it holds. Pure.

They do where a part of the condition names what few documents share, such as an account, or where
everything that the query asks and its order are of one index. A large account may still be a lot to
look at: that is bounded in time alone.
"""

from collections.abc import Set

from impl.query.language import Compare, Condition, Element, Every, Key, Path, Prefix, Some, Span
from impl.store.documents import OWNERS
from impl.store.indexes import keys

ID = ("id",)
_FEW = frozenset({"id", "eventId", "number", OWNERS})
"""The last names of the paths whose values few documents share, where there is an index."""


def is_served(resource: str, where: Condition, order: tuple[Key, ...]) -> bool:
    """Whether indexes of the resource's serve such a condition and order."""
    indexes = [[_path(name) for name, _ in each] for each in keys(resource)] + [[ID]]
    first = {each[0] for each in indexes} | {(OWNERS,)}
    few = {path for path in first if path[-1] in _FEW}
    return _is_of_few(where, few) or any(_is_whole(where, order, each) for each in indexes)


def _path(name: str) -> Path:
    return ID if name == "_id" else tuple(name.split("."))


def _is_of_few(where: Condition, few: Set[Path], at: Path = ()) -> bool:
    """Whether what it holds for has one of some values that few documents share."""
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
    """Whether one index has all that is asked, and what it has is in the order."""
    asked = _asked(where)
    sorts = [key.path for key in order if key.path != ID]
    if asked is None or not {*asked, *sorts} <= {*index}:
        return False
    begins = next((at for at, path in enumerate(index) if path in sorts), 0)
    in_order = index[begins : begins + len(sorts)] == sorts
    one_way = len({key.descending for key in order}) < 2
    fixed = all(path in asked for path in index[:begins])
    return in_order and one_way and fixed and (index[0] in {*asked, *sorts} or asked <= {ID})


def _asked(where: Condition, at: Path = ()) -> Set[Path] | None:
    """The paths that it compares; None where it asks what an index does not tell."""
    match where:
        case Compare(path, _, operator):
            return None if operator == "regex" else {(*at, *path)}
        case Every(parts) | Some(parts):
            found = [_asked(part, at) for part in parts]
            known = [each for each in found if each is not None]
            return set().union(*known) if len(known) == len(found) else None
        case Element(path, part):
            return _asked(part, (*at, *path))
    return None
