"""JSON Patch with queries (TMF630 Part 5): operations on the elements that a query selects.

Both generations of the path are read. The older is a pointer and attribute filters,
`/taxItem/taxRate?taxItem.taxCategory=VAT`; the newer is JSONPath,
`taxItem[?(@.taxCategory=='VAT')].taxRate`. Filters on an array that the path goes through select
its elements; others must hold for the resource, as in `/state?state=new`. An index and `-` mean in
a list what they mean to RFC 6902, and select nothing behind a filter on that list; nor does what
looks like one, such as `-1`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeAlias

from impl.errors import (
    BodyInvalid,
    Conflict,
    FieldMissing,
    NotTranslated,
    ParameterInvalid,
    about,
    path,
)
from impl.patch.budget import PATH, Budget, size
from impl.patch.operations import MAX_OPERATIONS, UNKNOWN, Index, Patcher, Pointer, pointer
from impl.query import jsonpath
from impl.query.attributes import Attribute
from impl.query.evaluate import holds
from impl.query.filters import Filter, Reader, groups
from impl.query.language import Condition, Every
from impl.query.paths import paths

Json: TypeAlias = dict[str, Any]
Step: TypeAlias = str | Condition
Instants: TypeAlias = Mapping[str, "Instants | None"]
"""Where instants are among an object's members: these (None) and below those."""

MAX_LENGTH = 2048
"""How long a path may be, in characters."""

_INDEX = re.compile(r"-|[0-9]+", re.ASCII)
"""What names no member of a list's elements: an index, or the place behind its last element."""


def patched(
    document: Any,
    operations: list[dict[str, Any]] | dict[str, Any],
    resource: Attribute,
    zone: tzinfo,
    work: Budget | None = None,
) -> Any:
    """The document with all operations, or the one, applied at the places that they select.

    Dates in their paths are days of the time zone. Raises BodyInvalid for a path that can't be
    read and for a patch that does too much, and Conflict where nothing is selected.
    """
    if isinstance(operations, list) and len(operations) > MAX_OPERATIONS:
        raise BodyInvalid(f"a patch of over {MAX_OPERATIONS} operations")
    work = work or Budget()
    patcher = Patcher(document, resource, work)
    instants = _instants(resource)
    for where, operation in _placed(operations):
        if operation["op"] != "remove" and "value" not in operation:
            raise FieldMissing(path([*where, "value"]), "is needed")
        with about(path([*where, "path"])):
            work.does(len(operation["path"]) * PATH)
            steps = _read(operation["path"], resource, zone)
            found = list(_Places(work).of(patcher.document, tuple(map(_step, steps)), instants))
            if not found:
                raise Conflict(f"{operation['path']!r} selects nothing in the stored resource")
        work.does(size(operation.get("value")) * (len(found) - 1))
        for place in reversed(found):
            at = _end_of_list(patcher, place, operation)
            patcher.one(operation["op"], at, operation, where)
    return patcher.document


def _placed(operations: list[Json] | Json) -> Iterator[tuple[Index, Json]]:
    """The operations, each with where it is in the body; one alone is the body."""
    if isinstance(operations, dict):
        yield (), operations
    else:
        yield from (((index,), each) for index, each in enumerate(operations))


# ---------------------------------------------------------------- paths


def _read(text: str, resource: Attribute, zone: tzinfo) -> tuple[Step, ...]:
    """The way to what is selected; a condition is asked of what the names before it lead to."""
    if len(text) > MAX_LENGTH:
        raise BodyInvalid(f"a path of over {MAX_LENGTH} characters")
    try:
        if not text.startswith("/"):
            return jsonpath.steps(text, resource, zone)
        names, _, query = text.partition("?")
        return _older(pointer(names), groups(query), resource, zone)
    except (NotTranslated, ParameterInvalid) as error:
        raise BodyInvalid(str(error)) from None


def _older(
    names: Pointer, grouped: list[list[Filter]], resource: Attribute, zone: tzinfo
) -> tuple[Step, ...]:
    """The names, and behind each the filters on what it names; in front those on the resource."""
    at: dict[int, list[list[Filter]]] = {}
    for number, group in enumerate(grouped):
        for each in group:
            place = _place_of(each, names, resource)
            below = each.name.split(".", place)[place]
            filters = at.setdefault(place, [[] for _ in grouped])
            filters[number].append(Filter(below, each.symbol, each.value))
    if len(at) > 1 and len(grouped) > 1:
        raise BodyInvalid("filters with ; between them must all be on one place")
    steps: list[Step] = []
    for end in range(len(names) + 1):
        steps += names[end - 1 : end] if end else ()
        if end in at:
            reader = Reader(resource.find(names[:end]) or UNKNOWN, zone)
            steps.append(reader.condition(at[end]))
    return tuple(steps)


def _place_of(each: Filter, names: Pointer, resource: Attribute) -> int:
    """How many of the names lead to what the filter is on: the last array among them, or none."""
    path = tuple(each.name.split("."))
    for end in range(min(len(names), len(path) - 1), 0, -1):
        attribute = resource.find(names[:end])
        if path[:end] == names[:end] and (attribute is None or attribute.array):
            return end
    return 0


# ---------------------------------------------------------------- places


@dataclass(frozen=True)
class _Where:
    """A condition of elements, and the names of their members that it begins at."""

    condition: Condition
    names: frozenset[str]


_ALL = _Where(Every(), frozenset())

_Way: TypeAlias = tuple["str | _Where", ...]


class _Places:
    """Finds the places that a way leads to; what it looks at counts as work."""

    def __init__(self, work: Budget) -> None:
        self._work = work

    def of(self, value: Any, way: _Way, instants: Instants, at: Pointer = ()) -> Iterator[Pointer]:
        """The places below one that holds the value, which has these instants."""
        self._work.looks(1 + len(at))
        if not way:
            yield at
        elif isinstance(value, list):
            yield from self._in_list(value, way, instants, at)
        elif isinstance(value, dict):
            yield from self._in_object(value, way, instants, at)

    def _in_object(
        self, value: Json, way: _Way, instants: Instants, at: Pointer
    ) -> Iterator[Pointer]:
        step, rest = way[0], way[1:]
        if isinstance(step, _Where):
            if self._holds(step, value, instants):
                yield from self.of(value, rest, instants, at)
        elif step in value:
            yield from self.of(value[step], rest, instants.get(step) or {}, (*at, step))
        elif rest in ((), ("-",), ("0",)):
            yield (*at, step, *map(str, rest))

    def _in_list(
        self, value: list[Any], way: _Way, instants: Instants, at: Pointer
    ) -> Iterator[Pointer]:
        """The places below the elements that the way has: by a condition, by an index, or all."""
        step, rest = way[0], way[1:]
        if _is_index(step):
            yield from self._at_index(value, way, instants, at)
            return
        if isinstance(step, str):
            step, rest = _ALL, way
        elif rest and _is_index(rest[0]):
            return
        for index, element in enumerate(value):
            if (
                isinstance(element, dict)
                and _fits(element, rest)
                and self._holds(step, element, instants)
            ):
                yield from self.of(element, rest, instants, (*at, str(index)))

    def _at_index(
        self, value: list[Any], way: _Way, instants: Instants, at: Pointer
    ) -> Iterator[Pointer]:
        name, rest = str(way[0]), way[1:]
        if not rest:
            yield (*at, name)
        elif name != "-" and str(int(name)) == name and int(name) < len(value):
            yield from self.of(value[int(name)], rest, instants, (*at, name))

    def _holds(self, where: _Where, value: Json, instants: Instants) -> bool:
        """Whether a condition holds for an object, with the instants that it asks for as such."""
        looks = self._work.looks
        asked = instants.keys() & where.names & value.keys()
        typed = {name: _typed(value[name], instants[name], looks) for name in asked}
        return holds(where.condition, value | typed if typed else value, looks)


def _step(step: Step) -> "str | _Where":
    return (
        step
        if isinstance(step, str)
        else _Where(step, frozenset(path[0] for path in paths(step) if path))
    )


def _is_index(step: "str | _Where") -> bool:
    return isinstance(step, str) and _INDEX.fullmatch(step) is not None


def _fits(element: Json, way: _Way) -> bool:
    """Whether an element has the member that the way goes on with, or may come to have it.

    A new one begins with a letter, `_`, `@` or `$`: anything else is meant as a place in the list,
    and is none.
    """
    name = way[0] if way else "_"
    if not isinstance(name, str) or name in element:
        return True
    return name[:1].isalpha() or name[:1] in ("_", "@", "$")


def _end_of_list(patcher: Patcher, place: Pointer, operation: Json) -> Pointer:
    """Where `add` goes: a single value for a list is added at its end."""
    if operation["op"] != "add" or isinstance(operation.get("value"), list):
        return place
    value, in_list = patcher.document, False
    for name in place:
        in_list = isinstance(value, list)
        value = _there(value, name)
    appends = isinstance(value, list) or (value is None and patcher.is_list(place))
    return (*place, "-") if appends and not in_list else place


def _there(value: Any, name: str) -> Any:
    """The member or element of a name; None where there is none."""
    if isinstance(value, dict):
        return value.get(name)
    is_there = isinstance(value, list) and name.isdigit() and int(name) < len(value)
    return value[int(name)] if is_there else None


# ---------------------------------------------------------------- instants


def _instants(owner: Attribute) -> Instants:
    found: dict[str, Instants | None] = {}
    for name, member in owner.members.items():
        if member.kind == "instant":
            found[name] = None
        elif below := _instants(member):
            found[name] = below
    return found


def _typed(value: Any, instants: Instants | None, looks: Callable[[int], object]) -> Any:
    """The JSON value with its instants as conditions compare them, whatever their offsets."""
    looks(1)
    if instants is None:
        return _instant(value)
    if isinstance(value, list):
        return [_typed(each, instants, looks) for each in value]
    if not isinstance(value, dict):
        return value
    return value | {
        name: _typed(value[name], below, looks) for name, below in instants.items() if name in value
    }


def _instant(value: Any) -> Any:
    with suppress(TypeError, ValueError, OverflowError):
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return value
