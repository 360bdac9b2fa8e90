"""Instants in JSON values: texts of RFC 3339 (section 5.6) as datetimes; and when days begin. Pure.

A generated schema's `load` looks at every attribute. Behind the contract's check nothing but
instants and whole numbers is left to change, and a plan made once a schema knows where they are.
"""

import re
from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any, TypeAlias

from marshmallow import Schema, fields

Step: TypeAlias = Callable[[Any], Any]
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:[0-5]\d)", re.ASCII)


LONGEST_KEPT = 40
"""Characters of a text that is remembered; dates repeat, in bulk above all."""


def instant(text: str) -> datetime | None:
    """The instant with its offset; None where it is none, or not of the years 1 to 9999 in UTC."""
    return _remembered(text) if len(text) <= LONGEST_KEPT else _read(text)


def written(moment: Any) -> str:
    """An instant as we write it, in UTC: to the millisecond, or to the second where it is whole.

    TypeError for anything else, as what writes JSON wants to be told.
    """
    if not isinstance(moment, datetime):
        raise TypeError(type(moment).__name__)
    parts = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.astimezone(UTC).isoformat(timespec=parts).replace("+00:00", "Z")


def _read(text: str) -> datetime | None:
    if _RFC_3339.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


_remembered = lru_cache(8192)(_read)

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


def first_instant(day: date, zone: tzinfo) -> datetime:
    """When a day begins in a time zone, in UTC; EARLIEST or LATEST where that is beyond them.

    A day whose midnight the clocks skip begins where they go on. A day that they skip whole begins
    where the next one does. Of two midnights, the first counts.
    """
    midnight = datetime.combine(day, time(), zone)
    try:
        before, after = (midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:
        return EARLIEST if day == date.min else LATEST
    first = min(before, after)
    skipped = range(int((before - after).total_seconds()))  # none where the clocks show midnight

    def shown(seconds: int) -> date:
        return (first + timedelta(seconds=seconds)).astimezone(zone).date()

    return first + timedelta(seconds=bisect_left(skipped, day, key=shown))


def plan(schema: type[Schema]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What makes of a JSON object that the contract allows what the schema's `load` does.

    It shares with the object given what does not change.
    """
    return _planned(schema, {})


class _Members:
    """The members of an object that change, each with its step; none until that is known."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, Step]] | None = None

    def __call__(self, value: Any) -> Any:
        if type(value) is not dict:
            return value
        typed = value
        for name, step in self.steps or ():
            if name in value:
                if typed is value:
                    typed = value.copy()
                typed[name] = step(value[name])
        return typed


def _planned(schema: type[Schema], known: dict[type[Schema], _Members]) -> _Members:
    """The plan of a schema, which may hold itself."""
    if schema not in known:
        known[schema] = members = _Members()
        steps = ((name, _step(each, known)) for name, each in schema().fields.items())
        members.steps = [(name, step) for name, step in steps if step is not None]
    return known[schema]


def _step(each: fields.Field[Any], known: dict[type[Schema], _Members]) -> Step | None:
    """What becomes of an attribute; None where it stays as it is."""
    match each:
        case fields.AwareDateTime():
            return _instant
        case fields.Integer():
            return _integer
        case fields.List():
            inner = _step(each.inner, known)
            return inner and _each(inner)
        case fields.Nested():
            members = _planned(type(each.schema), known)
            return None if members.steps == [] else members
    return None


def _each(step: Step) -> Step:
    return lambda value: [step(part) for part in value] if type(value) is list else value


def _instant(value: Any) -> Any:
    return instant(value) if type(value) is str else value


def _integer(value: Any) -> Any:
    return int(value) if type(value) is float else value
