"""Parses a raw query string into a Query, by the attributes that the contract gives a resource."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeAlias
from urllib.parse import unquote_plus

from impl.errors import ParameterInvalid
from impl.query import jsonpath
from impl.query.attributes import Attribute
from impl.query.filters import IGNORED, RESERVED, Filter, Reader, groups, unquoted
from impl.query.language import Condition, Every, Key, Path, Position, Query, Window
from impl.query.project import selection

NEEDED = {"filter", "sort"}
"""Reserved parameters that can't be blank; others count as absent then."""

FARTHEST = 10**15
"""The largest offset: no collection is longer, and MongoDB counts in 64 bits."""

MOST_KEYS = 16
"""MongoDB sorts by 32 keys; an attribute that may be missing takes two."""

MOST_PARAMETERS = 64
"""Filters and other parameters of one query."""


@dataclass(frozen=True)
class Limits:
    """The length of a page: if the client does not say, and at most."""

    default: int = 100
    most: int = 1000


@dataclass(frozen=True)
class Parameters:
    """A query string, split into reserved parameters and filters."""

    reserved: dict[str, str]
    filters: list[list[Filter]]
    plus: bool
    """Whether a blank in the `filter` parameter may stand for a raw plus."""

    @classmethod
    def read(cls, text: str) -> "Parameters":
        """The parameters of a raw query string.

        Raises ParameterInvalid for a parameter that comes twice or lacks a value that it needs, and
        for too many parameters.
        """
        grouped = [[each for each in group if not _is_ignored(each)] for group in groups(text)]
        if sum(map(len, grouped)) > MOST_PARAMETERS:
            raise ParameterInvalid("", f"the query has more than {MOST_PARAMETERS} parameters")
        reserved: dict[str, str] = {}
        given = [each for group in grouped for each in group if _is_reserved(each)]
        for each in given:
            if each.name in reserved:
                raise ParameterInvalid(each.name, "comes more than once")
            reserved[each.name] = unquoted(unquote_plus(each.value))
            if not reserved[each.name] and each.name in NEEDED:
                raise ParameterInvalid(each.name, "is without a value")
        filters = [[each for each in group if not _is_reserved(each)] for group in grouped]
        plus = any(each.name == "filter" and "+" in each.value for each in given)
        return cls(reserved, filters, plus)


ReadCursor: TypeAlias = Callable[[str, int], Position]
"""From a cursor and the number of sort keys to the position that the cursor names."""


def parse(
    text: str,
    resource: Attribute,
    limits: Limits,
    zone: tzinfo,
    read_cursor: ReadCursor | None = None,
) -> Query:
    """The query that the query string means; dates in it are days of the time zone.

    Raises ParameterInvalid, which names the parameter that can't be read, and NotTranslated.
    """
    parameters = Parameters.read(text)
    reserved = parameters.reserved
    reader = Reader(resource, zone)
    where, unknown = reader.condition(parameters.filters), reader.unknown
    if reserved.get("filter"):
        filtered, also = jsonpath.condition(
            reserved["filter"], resource, zone, plus=parameters.plus
        )
        where, unknown = _both(where, filtered), [*unknown, *also]
    keys = order(reserved.get("sort", ""), resource)
    cursor = reserved.get("cursor", "")
    position = read_cursor(cursor, len(keys)) if cursor and read_cursor else None
    return Query(
        where=where,
        order=keys,
        window=_window(reserved, limits, position),
        fields=selection(reserved.get("fields", ""), resource),
        unknown=tuple(dict.fromkeys(unknown)),
    )


def order(text: str, resource: Attribute) -> tuple[Key, ...]:
    """The keys of a `sort` parameter, `a,-b,+c`: each a single value that the contract knows.

    A second key of the same attribute does nothing, nor does a key after the id, which has no ties.
    """
    keys: dict[Path, Key] = {}
    for part in re.split("[,;]", text):
        if part.strip() and ("id",) not in keys:
            key = _key(part.strip(), resource)
            keys.setdefault(key.path, key)
    if len(keys) > MOST_KEYS:
        raise ParameterInvalid("sort", f"has more than {MOST_KEYS} attributes")
    return tuple(keys.values())


def _key(text: str, resource: Attribute) -> Key:
    name = text.lstrip("+-").strip()
    path = ("id",) if name == "href" else tuple(name.split("."))
    attribute = resource.find(path)
    if attribute is None or attribute.kind in ("object", "any"):
        raise ParameterInvalid("sort", f"{name!r} is not an attribute with an order")
    if attribute.array or resource.array_on(path):
        raise ParameterInvalid("sort", f"{name!r} is a list, and has no one place in an order")
    return Key(path, descending=text.startswith("-"))


def _is_ignored(each: Filter) -> bool:
    return each.name == IGNORED and not each.symbol


def _is_reserved(each: Filter) -> bool:
    return each.name in RESERVED and not each.symbol


def _both(first: Condition, second: Condition) -> Condition:
    return second if first == Every() else Every((first, second))


def _window(reserved: dict[str, str], limits: Limits, position: Position | None) -> Window:
    limit = _count("limit", reserved.get("limit", ""))
    offset = _count("offset", reserved.get("offset", ""))
    return Window(
        offset=0 if position else offset or 0,
        limit=min(limits.default if limit is None else limit, limits.most),
        requested=limit is not None or offset is not None or position is not None,
        position=position,
    )


def _count(name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ParameterInvalid(name, f"{text!r} is not a number of items")
    return min(int(text[:20]), FARTHEST)
