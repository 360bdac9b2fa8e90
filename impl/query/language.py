"""The query language as frozen values: what `parse` makes and the store translates."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

Path: TypeAlias = tuple[str, ...]


class Document(dict[str, Any]):
    """A document in TMF shape, and the version of it that is stored."""

    __slots__ = ("version",)

    def __init__(self, attributes: Mapping[str, Any], version: int = 0) -> None:
        super().__init__(attributes)
        self.version = version


@dataclass(frozen=True)
class Day:
    """A bare date: the whole UTC day from `start` up to, but not including, `end`."""

    start: datetime
    end: datetime


Value: TypeAlias = str | int | float | bool | datetime | Day


@dataclass(frozen=True)
class Compare:
    """The attribute at `path`, or some element on the way to it, is one of these values."""

    path: Path
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Every:
    """All of the parts hold; with no part, anything does."""

    parts: tuple["Condition", ...] = ()


@dataclass(frozen=True)
class Nothing:
    """No document has this."""


Condition: TypeAlias = Compare | Every | Nothing


@dataclass(frozen=True)
class Window:
    """Which part of the matches is wanted; `asked` says whether the client named it."""

    offset: int = 0
    limit: int = 100
    asked: bool = False


Fields: TypeAlias = frozenset[str] | Literal["all"]
"""First-level attribute names that a client wants to see; `id` and `href` come in any case."""


@dataclass(frozen=True)
class Query:
    """What a client wants to see of a collection."""

    where: Condition = Every()
    window: Window = Window()
    fields: Fields = "all"


@dataclass(frozen=True)
class Page:
    """A part of a collection, and how many documents match in all."""

    items: Sequence[Document]
    total: int

    def __iter__(self) -> Iterator[Document]:
        return iter(self.items)
