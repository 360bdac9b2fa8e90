"""JSON Patch with queries (TMF630 Part 5): operations on the elements that a query selects.

A path may have either of the standard's two forms. The older is a pointer and attribute filters,
`/taxItem/taxRate?taxItem.taxCategory=VAT`; the newer is JSONPath,
`taxItem[?(@.taxCategory=='VAT')].taxRate`. Filters on an array that the path goes through select
its elements; others must hold for the resource, as in `/state?state=new`. An index and `-` in a
list mean the same as in RFC 6902. Behind a filter on that list they select nothing, and neither do
malformed indexes, such as `-1`.
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
from impl.patch.budget import PATH, Budget, refuse_many, size
from impl.patch.operations import UNKNOWN, Index, Patcher, Pointer, pointer
from impl.query import jsonpath
from impl.query.attributes import Attribute
from impl.query.evaluate import holds
from impl.query.filters import Filter, Reader, groups
from impl.query.language import Condition, Every
from impl.query.paths import paths

Json: TypeAlias = dict[str, Any]
Step: TypeAlias = str | Condition
Instants: TypeAlias = Mapping[str, "Instants | None"]
"""The members of an object that are instants (None), or that contain some."""

MAX_LENGTH = 2048
"""The most characters of a path."""

_INDEX = re.compile(r"-|[0-9]+", re.ASCII)
"""An index of a list, or `-`, the place behind its last element; no name of a member."""


def patched(
    document: Any,
    operations: list[dict[str, Any]] | dict[str, Any],
    resource: Attribute,
    zone: tzinfo,
    budget: Budget | None = None,
) -> Any:
    """A copy of the document with one or more operations applied at the places they select.

    Dates in paths are days of the time zone. Raises BodyInvalid for a path that can't be read and
    for a patch that does too much, and Conflict if an operation selects nothing.
    """
    if isinstance(operations, list):
        refuse_many(operations)
    budget = budget or Budget()
    patcher = Patcher(document, resource, budget)
    instants = _instants(resource)
    for where, operation in _placed(operations):
        if operation["op"] != "remove" and "value" not in operation:
            raise FieldMissing(path([*where, "value"]), "is needed")
        with about(path([*where, "path"])):
            budget.spend(len(operation["path"]) * PATH)
            steps = _read(operation["path"], resource, zone)
            places = list(_Places(budget).of(patcher.document, tuple(map(_step, steps)), instants))
            if not places:
                raise Conflict(f"{operation['path']!r} selects nothing in the stored resource")
        budget.spend(size(operation.get("value")) * (len(places) - 1))
        for place in reversed(places):
            at = _end_of_list(patcher, place, operation)
            patcher.one(operation["op"], at, operation, where)
    return patcher.document


def _placed(operations: list[Json] | Json) -> Iterator[tuple[Index, Json]]:
    """The operations, each with its place in the body; a single operation is the body."""
    if isinstance(operations, dict):
        yield (), operations
    else:
        yield from (((index,), each) for index, each in enumerate(operations))


# ---------------------------------------------------------------- paths


def _read(text: str, resource: Attribute, zone: tzinfo) -> tuple[Step, ...]:
    """The steps of a path; a condition applies to the value that the names before it lead to."""
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
    """The names, each followed by the filters on its value; filters on the resource come first."""
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
    """How many names lead to the array that the filter is on; 0 if it is on the resource."""
    path = tuple(each.name.split("."))
    for end in range(min(len(names), len(path) - 1), 0, -1):
        attribute = resource.find(names[:end])
        if path[:end] == names[:end] and (attribute is None or attribute.array):
            return end
    return 0


# ---------------------------------------------------------------- places


@dataclass(frozen=True)
class _Selector:
    """A condition on elements, and the first names of its paths."""

    condition: Condition
    names: frozenset[str]


_ALL = _Selector(Every(), frozenset())

_Steps: TypeAlias = tuple["str | _Selector", ...]


class _Places:
    """Finds the places that steps lead to, within a budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    def of(
        self, value: Any, steps: _Steps, instants: Instants, at: Pointer = ()
    ) -> Iterator[Pointer]:
        """The places below `at`, which has this value and these instants."""
        self._budget.spend_values(1 + len(at))
        if not steps:
            yield at
        elif isinstance(value, list):
            yield from self._in_list(value, steps, instants, at)
        elif isinstance(value, dict):
            yield from self._in_object(value, steps, instants, at)

    def _in_object(
        self, value: Json, steps: _Steps, instants: Instants, at: Pointer
    ) -> Iterator[Pointer]:
        step, rest = steps[0], steps[1:]
        if isinstance(step, _Selector):
            if self._holds(step, value, instants):
                yield from self.of(value, rest, instants, at)
        elif step in value:
            yield from self.of(value[step], rest, instants.get(step) or {}, (*at, step))
        elif rest in ((), ("-",), ("0",)):
            yield (*at, step, *map(str, rest))

    def _in_list(
        self, value: list[Any], steps: _Steps, instants: Instants, at: Pointer
    ) -> Iterator[Pointer]:
        """The places below the elements that the first step selects; a name selects all."""
        step, rest = steps[0], steps[1:]
        if _is_index(step):
            yield from self._at_index(value, steps, instants, at)
            return
        if isinstance(step, str):
            step, rest = _ALL, steps
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
        self, value: list[Any], steps: _Steps, instants: Instants, at: Pointer
    ) -> Iterator[Pointer]:
        name, rest = str(steps[0]), steps[1:]
        if not rest:
            yield (*at, name)
        elif name != "-" and str(int(name)) == name and int(name) < len(value):
            yield from self.of(value[int(name)], rest, instants, (*at, name))

    def _holds(self, selector: _Selector, value: Json, instants: Instants) -> bool:
        """Whether a condition holds for an object, once the instants that it names are typed."""
        count = self._budget.spend_values
        names = instants.keys() & selector.names & value.keys()
        typed = {name: _typed(value[name], instants[name], count) for name in names}
        return holds(selector.condition, value | typed if typed else value, count)


def _step(step: Step) -> "str | _Selector":
    return (
        step
        if isinstance(step, str)
        else _Selector(step, frozenset(path[0] for path in paths(step) if path))
    )


def _is_index(step: "str | _Selector") -> bool:
    return isinstance(step, str) and _INDEX.fullmatch(step) is not None


def _fits(element: Json, steps: _Steps) -> bool:
    """Whether an element has the member that the next step names, or may get it.

    The name of a new member begins with a letter, `_`, `@` or `$`: anything else is a malformed
    index.
    """
    name = steps[0] if steps else "_"
    if not isinstance(name, str) or name in element:
        return True
    return name[:1].isalpha() or name[:1] in ("_", "@", "$")


def _end_of_list(patcher: Patcher, place: Pointer, operation: Json) -> Pointer:
    """The place that an operation changes: `add` puts a single value at the end of a list."""
    if operation["op"] != "add" or isinstance(operation.get("value"), list):
        return place
    value, in_list = patcher.document, False
    for name in place:
        in_list = isinstance(value, list)
        value = _child(value, name)
    appends = isinstance(value, list) or (value is None and patcher.is_list(place))
    return (*place, "-") if appends and not in_list else place


def _child(value: Any, name: str) -> Any:
    """The member or element with a name, or None."""
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


def _typed(value: Any, instants: Instants | None, count: Callable[[int], object]) -> Any:
    """The JSON value with its instants as datetimes in UTC, which conditions compare."""
    count(1)
    if instants is None:
        return _instant(value)
    if isinstance(value, list):
        return [_typed(each, instants, count) for each in value]
    if not isinstance(value, dict):
        return value
    return value | {
        name: _typed(value[name], below, count) for name, below in instants.items() if name in value
    }


def _instant(value: Any) -> Any:
    with suppress(TypeError, ValueError, OverflowError):
        moment = datetime.fromisoformat(value).astimezone(UTC)
        return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    return value
