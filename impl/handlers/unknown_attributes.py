"""Refuses paths that neither the contract nor any document has, and names the nearest."""

from collections.abc import Callable, Iterable, Sequence
from difflib import SequenceMatcher, get_close_matches
from heapq import nlargest

from impl.errors import ParameterInvalid
from impl.query.attributes import Attribute
from impl.query.filters import RESERVED
from impl.query.language import Path
from impl.store.mongo import Store

LONGEST = 64
"""Characters of the names that are compared."""

MOST_COMPARED = 20
"""How many names are compared letter by letter: those that share the most letters."""


class AttributeUnknown(ParameterInvalid):
    """No document has the attribute; `near` is the most similar one, or blank."""

    def __init__(self, attribute: str, resource: str, near: str = "") -> None:
        self._why = f"is no attribute of any {resource}"
        self._near = near
        super().__init__(attribute, self._hinted())

    def _hinted(self) -> str:
        return f"{self._why}; the nearest is {self._near}" if self._near else self._why

    def rename(self, name: Callable[[str], str]) -> None:
        """Name both attributes otherwise."""
        self._near = self._near and name(self._near)
        self.trouble = self._hinted()
        super().rename(name)


def refuse(store: Store, resource: str, paths: Sequence[Path], known: Attribute) -> None:
    """Raise AttributeUnknown, with the nearest name, for a path that no document may have."""
    for path in paths:
        if not store.knows(resource, path):
            near = nearest(path, known, store.recorded(resource))
            raise AttributeUnknown(".".join(path) or "''", resource, near)


def nearest(path: Path, known: Attribute, recorded: Iterable[Path]) -> str:
    """The path with the nearest name instead of its first wrong one; blank if none is near.

    The rest of the path follows if it exists below that name. On the first level, the nearest name
    may be a parameter's.
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
        closest = _most_alike(name, candidates)
        if not closest:
            return ""
        near = known.find((*path[:at], closest))
        rest = path[at + 1 :] if near and near.find(path[at + 1 :]) else ()
        return ".".join([*path[:at], closest, *rest])
    return ""


def _most_alike(name: str, others: Iterable[str]) -> str:
    """The most similar of the other names, in upper or lower case; blank if none is similar."""
    lower = name[:LONGEST].lower()
    by_case = {each.lower(): each for each in sorted(others) if len(each) <= LONGEST}
    matcher = SequenceMatcher(b=lower)

    def alike(other: str) -> float:
        matcher.set_seq1(other)
        return matcher.quick_ratio()

    likely = nlargest(MOST_COMPARED, by_case, alike)
    closest = get_close_matches(lower, likely, 1)
    return by_case[closest[0]] if closest else ""
