"""Conditions, selections and orders as MongoDB reads them. Pure."""

import re
from typing import Any

from impl.query.language import (
    Compare,
    Condition,
    Element,
    Every,
    Exists,
    Not,
    Path,
    Prefix,
    ReservedFor,
    Selection,
    Some,
    Span,
    Value,
)
from impl.store.documents import RESERVED
from impl.store.encoding import encode_first_name, encode_name

Filter = dict[str, Any]
NONE: Filter = {"_id": {"$in": []}}


def to_filter(condition: Condition, *, nested: bool = False) -> Filter:
    """The filter that selects what the condition holds for; `nested` inside an array's element."""
    match condition:
        case Compare(path=()) | Element(path=()):
            return NONE  # a resource is neither a single value nor an array
        case Exists(path=()):
            return {}
        case Compare(path, values, operator):
            name = _inner(path) if nested else to_name(path)
            return _any([{name: _related(value, operator)} for value in _grouped(values, operator)])
        case Exists(path):
            return {_inner(path) if nested else to_name(path): {"$exists": True}}
        case Element(path, where):
            name = _inner(path) if nested else to_name(path)
            return _any([{name: {"$elemMatch": each}} for each in _of_element(where)])
        case ReservedFor(holder):
            return {RESERVED: holder or None}
        case Every(parts):
            return _all([to_filter(part, nested=nested) for part in parts])
        case Some(parts):
            return _any([to_filter(part, nested=nested) for part in parts])
        case Not(part):
            return {"$nor": [to_filter(part, nested=nested)]}


def _of_element(where: Condition) -> list[Filter]:
    """The filters for an array's element, one of which must select it, as an object or itself."""
    match where:
        case Exists(path=()):
            return [{"$exists": True}]
        case Compare((), values, operator):
            return [_related(value, operator) for value in _grouped(values, operator)]
    return [to_filter(where, nested=True)]


def to_name(path: Path) -> str:
    """The dotted name that a path is stored by."""
    if path == ("id",):
        return "_id"
    return ".".join([encode_first_name(path[0]), *map(encode_name, path[1:])])


def to_projection(chosen: Selection, also: tuple[Path, ...]) -> dict[str, int]:
    """The projection that fetches a selection, and these paths, too."""
    whole = {name for name, inner in chosen.items() if inner is None}
    paths = {*_paths(chosen), *(path for path in also if path[0] not in whole)}
    # A path below another comes with that already.
    tops = [p for p in paths if not any(p[:end] in paths for end in range(1, len(p)))]
    return {".".join([encode_first_name(path[0]), *map(encode_name, path[1:])]): 1 for path in tops}


def _paths(chosen: Selection) -> list[Path]:
    return [
        (name, *rest)
        for name, inner in chosen.items()
        for rest in (_paths(inner) if inner else [()])
    ]


def _inner(path: Path) -> str:
    return ".".join(map(encode_name, path))


def _grouped(values: tuple[Value, ...], operator: str) -> list[Any]:
    """The values; those that one `$in` can compare are one list."""
    plain = [v for v in values if v is not None and not isinstance(v, (Span, Prefix))]
    special = [v for v in values if v is None or isinstance(v, (Span, Prefix))]
    if operator == "eq" and len(plain) > 1:
        return [plain, *special]
    return [*plain, *special]


def _related(value: Any, operator: str) -> Filter:
    match value:
        case None:
            return {"$type": "null"}
        case Span(start, end):
            return {"$gte": start, "$lt": end}
        case Prefix(text):
            return {"$regex": f"^{re.escape(text)}"}
        case list():
            return {"$in": value}
    return {f"${operator}": value}


def _all(filters: list[Filter]) -> Filter:
    parts = [each for each in filters if each]
    return parts[0] if len(parts) == 1 else {"$and": parts} if parts else {}


def _any(filters: list[Filter]) -> Filter:
    if {} in filters:
        return {}
    return filters[0] if len(filters) == 1 else {"$or": filters} if filters else NONE
