"""The query language as frozen values: `parse` makes them; the store and `evaluate` run them.

A path goes through arrays: a condition on it holds if it holds for some element on the way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, Literal, TypeAlias

Path: TypeAlias = tuple[str, ...]
Operator: TypeAlias = Literal["eq", "gt", "gte", "lt", "lte", "regex"]


class Document(dict[str, Any]):
    """A document in TMF shape, and the version of it that is stored.

    `pending_event` is the store's: the event of the last write, until that is published. `derived`
    names the attributes that the server worked out itself; the store keeps it, and no client sees
    it. `reserved` names the holder that the document is reserved for, if there is one.
    """

    __slots__ = ("derived", "pending_event", "reserved", "version")

    def __init__(
        self,
        attributes: Mapping[str, Any],
        version: int = 0,
        pending_event: object = None,
        derived: Iterable[str] = (),
        reserved: str = "",
    ) -> None:
        super().__init__(attributes)
        self.version = version
        self.pending_event = pending_event
        self.derived = frozenset(derived)
        self.reserved = reserved


NOTHING_DERIVED: frozenset[str] = frozenset()


class Rendered(Document):
    """A document with its `text`: JSON that the store keeps with it (`impl/store/rendition.py`).

    If it was fetched only to be shown, its values are the id and what its order needs.
    """

    __slots__ = ("text",)

    BASE = b"\xff"
    """Stands in `text` for the base of each `href`. No text can hold it: it is no UTF-8 (RFC 3629
    section 3), and clients send JSON in UTF-8, which `orjson` writes again as nothing else.
    """

    def __init__(self, attributes: Mapping[str, Any], version: int, text: bytes) -> None:
        # Calling Document's takes twice as long, and a list of 100 does this 100 times.
        dict.__init__(self, attributes)
        self.version, self.pending_event, self.derived = version, None, NOTHING_DERIVED
        self.reserved = ""
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
    """`where` holds for some element of the array at `path`; its paths begin at the element.

    In `where`, an empty path is the element itself: `Compare` compares it, `Exists` needs any.
    """

    path: Path
    where: "Condition"


@dataclass(frozen=True)
class ReservedFor:
    """The document is reserved for this holder; for none, if that is blank. No client asks it."""

    holder: str


@dataclass(frozen=True)
class Every:
    """All of the parts hold; without parts, it always holds."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class Some:
    """One of the parts holds; without parts, it never holds."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: "Condition"


Condition: TypeAlias = Compare | Exists | Element | ReservedFor | Every | Some | Not
NOTHING = Some()


def searches(condition: Condition) -> bool:
    """Whether the condition searches for a regular expression."""
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
    """A place in a sorted list: right after the row with this id and these values of the sort keys.

    A page goes on from there, or with `backwards` up to there. Without an id, the place is the
    start of the list, or with `backwards` its end.
    """

    values: tuple[Value, ...] = ()
    id: str | None = None
    backwards: bool = False


@dataclass(frozen=True)
class Window:
    """The part of the matches that a client gets; `requested` says whether it named that part.

    With `stream`, it gets all of them, from the first on; with `live`, new ones as they come.
    """

    offset: int = 0
    limit: int = 100
    requested: bool = False
    position: Position | None = None
    stream: bool = False
    live: bool = False


Selection: TypeAlias = Mapping[str, "Selection | None"]
"""Attributes to show, each whole (None) or by a selection of its own."""


@dataclass(frozen=True)
class Query:
    """What a client wants of a collection."""

    where: Condition = Every()
    order: tuple[Key, ...] = ()
    window: Window = Window()
    fields: Selection | None = None
    unknown: tuple[Path, ...] = ()
    """Paths in its filters that the contract does not know."""

    ready: bool = False
    """Whether documents are only shown whole, and so may come as `Rendered`."""


@dataclass(frozen=True)
class Page:
    """A part of a collection.

    `total` is how many documents match in all, or None if counting them took too long. `next` and
    `previous` are the places of the parts after and before this one, or None. `tail` has the rows
    of a stream, which may have no end. `after` names where the part ends in a list that grows.
    """

    items: Sequence[Document]
    total: int | None
    next: Position | None = None
    previous: Position | None = None
    tail: Iterable[Document] = ()
    after: str | None = None

    def __iter__(self) -> Iterator[Document]:
        return chain(self.items, self.tail)
