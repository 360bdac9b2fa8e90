"""The query language as frozen values: what `parse` makes, and the store and `evaluate` ask.

A path reaches through arrays: a condition on it holds where it holds for some element on the way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Literal, TypeAlias

Path: TypeAlias = tuple[str, ...]
Operator: TypeAlias = Literal["eq", "gt", "gte", "lt", "lte", "regex"]


class Hidden(str):
    """A name of the store's own: no client can ask for it, and none sees it."""

    __slots__ = ()


class Document(dict[str, Any]):
    """A document in TMF shape, and the version of it that is stored.

    `untold` is what the store keeps with it of its last write, until that is told of. `derived`
    names the attributes that the server worked out itself: the store keeps it, and no client sees
    it.
    """

    __slots__ = ("derived", "untold", "version")

    def __init__(
        self,
        attributes: Mapping[str, Any],
        version: int = 0,
        untold: object = None,
        derived: Iterable[str] = (),
    ) -> None:
        super().__init__(attributes)
        self.version = version
        self.untold = untold
        self.derived = frozenset(derived)


class Rendered(Document):
    """A document with its `text`: JSON that the store keeps beside it (`impl.links.rendered`).

    Where it was only to be shown, the id and what its order needs are all that is here as values.
    """

    __slots__ = ("text",)

    def __init__(self, attributes: Mapping[str, Any], version: int, text: bytes) -> None:
        super().__init__(attributes, version)
        self.text = text


IDLE = Document({})
"""A row of a live list that says that no event has come for a while."""


@dataclass(frozen=True)
class Span:
    """All instants from `start` up to, but not including, `end`: what a bare date equals."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Prefix:
    """All texts that begin with this one."""

    text: str


Value: TypeAlias = str | int | float | bool | datetime | Span | Prefix | None


@dataclass(frozen=True)
class Compare:
    """The value at `path` stands in this relation to one of `values`."""

    path: Path
    values: tuple[Value, ...]
    operator: Operator = "eq"


@dataclass(frozen=True)
class Exists:
    """There is a value at `path`, null included."""

    path: Path


@dataclass(frozen=True)
class Element:
    """Some element of the array at `path` has `where`, whose paths begin there.

    Without a path, a comparison is with the element itself, and `Exists` says that there is one.
    """

    path: Path
    where: "Condition"


@dataclass(frozen=True)
class Every:
    """All of the parts hold; with no part, anything does."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class Some:
    """One of the parts holds; with no part, nothing does."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Condition"


Condition: TypeAlias = Compare | Exists | Element | Every | Some | Not
NOTHING = Some()


def searches(condition: Condition) -> bool:
    """Whether the condition has a pattern to search for."""
    match condition:
        case Compare(_, _, operator):
            return operator == "regex"
        case Every(parts) | Some(parts):
            return any(map(searches, parts))
        case Element(_, part) | Not(part):
            return searches(part)
    return False


@dataclass(frozen=True)
class Key:
    """One key of an order: a path to a single value, and a direction. Missing values come last."""

    path: Path
    descending: bool = False


@dataclass(frozen=True)
class Position:
    """A place in an order: the sort keys' values and the id of the row that it is after.

    With `backwards`, the rows before it are wanted; with no row, those at the end.
    """

    values: tuple[Value, ...] = ()
    id: str | None = None
    backwards: bool = False


@dataclass(frozen=True)
class Window:
    """Which part of the matches is wanted; `asked` says whether the client named it.

    With `stream`, all of them are wanted, from the first on; with `live`, those that come.
    """

    offset: int = 0
    limit: int = 100
    asked: bool = False
    position: Position | None = None
    stream: bool = False
    live: bool = False


Selection: TypeAlias = Mapping[str, "Selection | None"]
"""Attributes that a client wants to see, each whole (None) or by its own selection."""


@dataclass(frozen=True)
class Query:
    """What a client wants to see of a collection."""

    where: Condition = Every()
    order: tuple[Key, ...] = ()
    window: Window = Window()
    fields: Selection | None = None
    unknown: tuple[Path, ...] = ()
    """Paths that it filters on and the contract does not know."""

    ready: bool = False
    """Whether whole documents are only shown, and so may come as `Rendered`."""


@dataclass(frozen=True)
class Page:
    """A part of a collection.

    `total` is how many documents match in all, or None where counting them took too long. `next`
    and `previous` say where the parts after and before this one begin, None where there is none.
    """

    items: Sequence[Document]
    total: int | None
    next: Position | None = None
    previous: Position | None = None
    tail: Iterable[Document] = ()

    def __iter__(self) -> Iterator[Document]:
        return chain(self.items, self.tail)
