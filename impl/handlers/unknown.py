"""Attributes that neither the contract nor any resource has: refused by name, with the nearest."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches
from heapq import nlargest

from impl.errors import ParameterInvalid
from impl.query.attributes import Attribute
from impl.query.filters import RESERVED
from impl.query.language import Path
from impl.store.mongo import Store

LONGEST = 64
"""Characters of a name that is compared with others, and of those."""

MOST_COMPARED = 20
"""How many others it is compared with letter by letter: those that have the most letters of it."""


def refuse(store: Store, resource: str, paths: Sequence[Path], known: Attribute) -> None:
    """Raise ParameterInvalid for a path that is no attribute of the resource, so far as is known.

    It names the path, and the nearest name there is.
    """
    for path in paths:
        if not store.knows(resource, path):
            near = nearest(path, known, store.recorded(resource))
            hint = f"; the nearest is {near}" if near else ""
            name = ".".join(path) or "''"
            raise ParameterInvalid(name, f"is no attribute of any {resource}{hint}")


def nearest(path: Path, known: Attribute, recorded: Iterable[Path]) -> str:
    """The path up to its first wrong name, with the nearest in its place; blank without one.

    It goes on to its end where that is right.

    On the first level that may be a parameter.
    """
    owner: Attribute | None = known
    others = list(recorded)
    for at, name in enumerate(path):
        named = {other[at] for other in others if len(other) > at}
        if name in named or (owner and name in owner.members):
            owner = owner and owner.members.get(name)
            others = [other for other in others if other[at : at + 1] == (name,)]
            continue
        candidates = {*named, *(owner.members if owner else ()), *(() if at else RESERVED)}
        found = _most_alike(name, candidates)
        if not found:
            return ""
        near = known.find((*path[:at], found))
        rest = path[at + 1 :] if near and near.find(path[at + 1 :]) else ()
        return ".".join([*path[:at], found, *rest])
    return ""


def _most_alike(name: str, others: Iterable[str]) -> str:
    """The one of the others that is most like the name, in any case of letters; blank without."""
    asked = name[:LONGEST].lower()
    by_case = {each.lower(): each for each in sorted(others) if len(each) <= LONGEST}
    matcher = SequenceMatcher(b=asked)

    def alike(other: str) -> float:
        matcher.set_seq1(other)
        return matcher.quick_ratio()

    likely = nlargest(MOST_COMPARED, by_case, alike)
    found = get_close_matches(asked, likely, 1)
    return by_case[found[0]] if found else ""
