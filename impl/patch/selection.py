"""JSON Patch with queries (TMF630 Part 5): operations on the elements that a query selects.

Both generations of the path are read. The older is a pointer without indexes and attribute filters,
`/taxItem/taxRate?taxItem.taxCategory=VAT`; the newer is JSONPath,
`taxItem[?(@.taxCategory=='VAT')].taxRate`. Filters on an array that the path goes through select
its elements; others must hold for the resource, as in `/state?state=new`.
"""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from typing import Any, TypeAlias

from impl.errors import BodyInvalid, Conflict, NotTranslated, ParameterInvalid
from impl.patch.operations import MAX_OPERATIONS, Patcher, Pointer, pointer
from impl.query import jsonpath
from impl.query.attributes import Attribute
from impl.query.evaluate import holds
from impl.query.filters import Filter, Reader, groups
from impl.query.language import Condition, Every

Step: TypeAlias = str | Condition
Instants: TypeAlias = Mapping[str, "Instants | None"]
"""Where instants are among an object's members: these (None) and below those."""

UNKNOWN = Attribute("any")
MAX_LENGTH = 2048
"""How long a path may be, in characters."""


def patched(
    document: Any, operations: list[dict[str, Any]], resource: Attribute, zone: tzinfo
) -> Any:
    """The document with all operations applied at the places that they select.

    Dates in their paths are days of the time zone.
    Raises BodyInvalid for a path that can't be read, and Conflict where nothing is selected.
    """
    if len(operations) > MAX_OPERATIONS:
        raise BodyInvalid(f"a patch of over {MAX_OPERATIONS} operations")
    patcher = Patcher(document)
    instants = _instants(resource)
    for index, operation in enumerate(operations):
        steps = _read(operation["path"], resource, zone)
        found = list(_places(_typed(patcher.document, instants), steps))
        if not found:
            raise Conflict(f"{index}.path: {operation['path']!r} selects nothing in what is stored")
        for place in reversed(found):
            at = _end_of_list(patcher.document, place, operation)
            patcher.one(operation["op"], at, operation, str(index))
    return patcher.document


# ---------------------------------------------------------------- paths


def _read(path: str, resource: Attribute, zone: tzinfo) -> tuple[Step, ...]:
    """The way to what is selected; a condition is asked of what the names before it lead to."""
    if len(path) > MAX_LENGTH:
        raise BodyInvalid(f"a path of over {MAX_LENGTH} characters")
    try:
        if not path.startswith("/"):
            return jsonpath.steps(path, resource, zone)
        names, _, query = path.partition("?")
        return _older(pointer(names), groups(query), resource, zone)
    except (NotTranslated, ParameterInvalid) as error:
        raise BodyInvalid(f"path: {error}") from None


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
        raise BodyInvalid("path: filters with ; between them must all be on one place")
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


def _places(value: Any, steps: tuple[Step, ...], at: Pointer = ()) -> Iterator[Pointer]:
    if not steps:
        yield at
        return
    step, rest = steps[0], steps[1:]
    if isinstance(value, list):
        chosen, rest = (Every(), steps) if isinstance(step, str) else (step, rest)
        for index, element in enumerate(value):
            if isinstance(element, dict) and holds(chosen, element):
                yield from _places(element, rest, (*at, str(index)))
    elif isinstance(value, dict) and not isinstance(step, str):
        if holds(step, value):
            yield from _places(value, rest, at)
    elif isinstance(value, dict) and isinstance(step, str):
        if step in value:
            yield from _places(value[step], rest, (*at, step))
        elif not rest:
            yield (*at, step)


def _end_of_list(document: Any, place: Pointer, operation: dict[str, Any]) -> Pointer:
    """Where `add` goes: a single value for a list is added at its end."""
    value = document
    for name in place:
        if isinstance(value, dict) and name not in value:
            return place
        value = value[int(name)] if isinstance(value, list) else value[name]
    appends = operation["op"] == "add" and isinstance(value, list)
    return (*place, "-") if appends and not isinstance(operation.get("value"), list) else place


# ---------------------------------------------------------------- instants


def _instants(owner: Attribute) -> Instants:
    found: dict[str, Instants | None] = {}
    for name, member in owner.members.items():
        if member.kind == "instant":
            found[name] = None
        elif below := _instants(member):
            found[name] = below
    return found


def _typed(value: Any, instants: Instants | None) -> Any:
    """The JSON value with its instants as conditions compare them, whatever their offsets."""
    if instants is None:
        return _instant(value)
    if isinstance(value, list):
        return [_typed(each, instants) for each in value]
    if not isinstance(value, dict):
        return value
    return value | {
        name: _typed(value[name], below) for name, below in instants.items() if name in value
    }


def _instant(value: Any) -> Any:
    with suppress(TypeError, ValueError, OverflowError):
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return value
