"""A Query as MongoDB filters it. Pure."""

from typing import Any

from impl.query.language import Compare, Condition, Day, Every, Path, Value
from impl.store.bson import encode, encode_name

Filter = dict[str, Any]
NONE: Filter = {"_id": {"$in": []}}


def to_filter(condition: Condition) -> Filter:
    """The filter that selects what the condition holds for."""
    match condition:
        case Compare(path, values):
            return {_name(path): _matches(values)}
        case Every(parts) if parts:
            return {"$and": [to_filter(part) for part in parts]}
        case Every():
            return {}
    return NONE


def _name(path: Path) -> str:
    if path == ("id",):
        return "_id"
    first = next(iter(encode({path[0]: None})))
    return ".".join([first, *map(encode_name, path[1:])])


def _matches(values: tuple[Value, ...]) -> Filter:
    first = values[0]
    if isinstance(first, Day):
        return {"$gte": first.start, "$lt": first.end}
    return {"$eq": first} if len(values) == 1 else {"$in": list(values)}
