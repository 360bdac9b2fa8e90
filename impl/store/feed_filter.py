"""What a condition on events tells of an entry of the feed before its events are decoded. Pure.

Beside the compressed events, an entry has some attributes of each in the clear (event_batches.py).
MongoDB finds entries by them; among the events of an entry, the bytes that a match must contain
leave few to decode. Both select too much rather than too little: the condition decides.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, TypeAlias

from impl.query.language import (
    Compare,
    Condition,
    Element,
    Every,
    Exists,
    Not,
    Path,
    Prefix,
    Some,
    Value,
)
from impl.query.paths import paths
from impl.store.encoding import encode_name
from impl.store.mongo_query import Filter, to_filter
from impl.store.partitions import Partitions, Places, later

PLACE: Path = ("id",)
EVENT_ID: Path = ("eventId",)
EVENT_TYPE: Path = ("eventType",)
CLEAR = {PLACE, EVENT_ID, EVENT_TYPE}
"""Attributes that an entry holds in the clear for each of its events."""

Literals: TypeAlias = Sequence[tuple[bytes, ...]]
"""Bytes in the BSON of an event: of each tuple, one must be there."""

_LENGTH = struct.Struct("<i")


def parts(condition: Condition) -> Iterator[Condition]:
    """The conditions that must all hold."""
    if isinstance(condition, Every):
        yield from chain.from_iterable(map(parts, condition.parts))
    else:
        yield condition


def is_clear(condition: Condition) -> bool:
    """Whether the attributes in the clear decide the condition."""
    return all(path in CLEAR for path in paths(condition))


def entries(condition: Condition) -> Filter:
    """The filter for documents of the feed that may have an event for which the condition holds."""
    match condition:
        case Compare(path) if path in (EVENT_ID, EVENT_TYPE):
            return to_filter(condition)
        case Compare() if subjects := _subjects(condition):
            former = {"$and": [{"subject": None}, to_filter(condition)]}
            return {"$or": [{"subject": {"$in": subjects}}, former]}
        case Every(inner):
            required = [each for each in map(entries, inner) if each]
            return {"$and": required} if required else {}
        case Some(inner):
            filters = list(map(entries, inner))
            return {"$or": filters} if filters and all(filters) else {}
    return {}


def names_few(condition: Condition) -> bool:
    """Whether the condition names some resources, or some events, by their ids."""
    return any(
        isinstance(each, Compare)
        and bool(_subjects(each) or (each.path == EVENT_ID and each.operator == "eq"))
        for each in parts(condition)
    )


def split_place(condition: Condition, partitions: Partitions) -> tuple[Places | None, Condition]:
    """The place behind which the condition wants events, None for all, and the rest of it."""
    rest: list[Condition] = []
    after: Places | None = None
    for each in parts(condition):
        match each:
            case Compare(path, (str(text),), "gt") if path == PLACE and (
                places := partitions.read(text)
            ):
                after = later(after, places) if after else places
            case _:
                rest.append(each)
    return after, Every(tuple(rest))


def _subjects(compare: Compare) -> list[str]:
    """The subjects of events with such an `event.<resource>.id`; none if it compares another."""
    match compare:
        case Compare(("event", resource, "id"), values, "eq") if _are_texts(values):
            return [f"{resource}/{each}" for each in values]
    return []


def literals(condition: Condition, *, nested: bool = False) -> Literals:
    """What the BSON of an event contains if the condition holds; `nested` in an array's element."""
    match condition:
        case Compare(path) | Exists(path) | Element(path) if path in CLEAR and not nested:
            return ()
        case Compare(path, values, "eq") if values and all(map(_is_text, values)):
            return [*_names(path, nested=nested), texts(values)]
        case Compare(path) | Exists(path):
            return _names(path, nested=nested)
        case Element(path, where):
            return [*_names(path, nested=nested), *literals(where, nested=True)]
        case Every(inner):
            return [group for each in inner for group in literals(each, nested=nested)]
        case Some(inner):
            groups = [literals(each, nested=nested) for each in inner]
            # The last group is the rarest: a value, or the innermost name.
            return [tuple(chain.from_iterable(each[-1] for each in groups))] if all(groups) else ()
    return ()


def texts(values: Iterable[Value]) -> tuple[bytes, ...]:
    """The texts as they stand in BSON."""
    return tuple(map(_literal, values))


def may_match(raw: bytes, required: Literals) -> bool:
    """Whether the bytes contain what they must."""
    return all(any(each in raw for each in group) for group in required)


def _names(path: Path, *, nested: bool) -> list[tuple[bytes]]:
    """The names on a path, as BSON has them, but for the event's own attributes."""
    return [(encode_name(name).encode() + b"\0",) for name in path[0 if nested else 1 :]]


def _is_text(value: Value) -> bool:
    return isinstance(value, (str, Prefix))


def _are_texts(values: Sequence[Value]) -> bool:
    return bool(values) and all(isinstance(each, str) for each in values)


def _literal(value: Any) -> bytes:
    """A text in BSON (bsonspec.org), or how it begins."""
    if isinstance(value, Prefix):
        return bytes(value.text, "utf-8")
    text = bytes(value, "utf-8") + b"\0"
    return _LENGTH.pack(len(text)) + text


def total(condition: Condition) -> Sequence[dict[str, Any]] | None:
    """The stages that count the events for which the condition holds; None if they can't."""
    compared = {*paths(condition)}
    if condition == Every():
        one = {"$cond": [{"$isArray": "$eventId"}, {"$size": "$eventId"}, 1]}
        return [{"$group": {"_id": None, "total": {"$sum": one}}}]
    if compared not in ({EVENT_ID}, {EVENT_TYPE}):
        return None
    ((name,),) = compared
    holds = _expression(condition)
    if holds is None:
        return None
    values = {"$cond": [{"$isArray": f"${name}"}, f"${name}", [f"${name}"]]}
    matching = {"$filter": {"input": values, "cond": holds}}
    return [{"$group": {"_id": None, "total": {"$sum": {"$size": matching}}}}]


def _expression(condition: Condition) -> dict[str, Any] | None:
    """The condition as an expression of `$$this`; None if it compares by more than `eq`."""
    match condition:
        case Compare(_, values, "eq") if _are_texts(values):
            return {"$in": ["$$this", {"$literal": list(values)}]}
        case Every(inner) | Some(inner):
            found = [_expression(each) for each in inner]
            operator = "$and" if isinstance(condition, Every) else "$or"
            return {operator: found} if all(each is not None for each in found) else None
        case Not(part):
            inverse = _expression(part)
            return {"$not": [inverse]} if inverse is not None else None
    return None
