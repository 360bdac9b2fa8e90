"""Instants: RFC 3339 (section 5.6) to datetimes and back, and the first instant of a day. Pure.

A generated schema's `load` visits every attribute. Once the contract has checked a value, only its
instants and whole numbers change. A plan, made once for each schema, knows where they are.
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
"""Characters of a text that the cache takes. Dates repeat, above all in imports."""


def instant(text: str) -> datetime | None:
    """The instant with its offset; None if it is none, or not in the years 1 to 9999 in UTC."""
    return _cached(text) if len(text) <= LONGEST_KEPT else _read(text)


def written(moment: Any) -> str:
    """A datetime as RFC 3339 in UTC, to the millisecond, or to the second if those are zero.

    Raises TypeError for anything else, as `default` of a JSON encoder must.
    """
    if not isinstance(moment, datetime):
        raise TypeError(type(moment).__name__)
    return _written(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(8192)
def _written(moment: datetime) -> str:
    """An instant in UTC: equal ones of other time zones may be an hour apart (PEP 495)."""
    parts = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.isoformat(timespec=parts).replace("+00:00", "Z")


def _read(text: str) -> datetime | None:
    if _RFC_3339.fullmatch(text) is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment


_cached = lru_cache(8192)(_read)

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


def first_instant(day: date, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which a day begins in a time zone; from EARLIEST to LATEST.

    If the clocks skip midnight, the day begins where they go on. If they skip the whole day, it
    begins with the next one. The first of two midnights counts.
    """
    midnight = datetime.combine(day, time(), zone)
    try:
        before, after = (midnight.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError:
        return EARLIEST if day == date.min else LATEST
    first = min(before, after)
    skipped = range(int((before - after).total_seconds()))  # empty if the clocks show midnight

    def shown(seconds: int) -> date:
        return (first + timedelta(seconds=seconds)).astimezone(zone).date()

    return first + timedelta(seconds=bisect_left(skipped, day, key=shown))


def plan(schema: type[Schema]) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """A function that does to a valid JSON object what the schema's `load` does.

    The result shares the parts that do not change with the argument.
    """
    return _planned(schema, {})


class _Members:
    """The members of an object that change, with the step of each; None while being planned."""

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
    """The plan of a schema, which may contain itself."""
    if schema not in known:
        known[schema] = members = _Members()
        steps = ((name, _step(each, known)) for name, each in schema().fields.items())
        members.steps = [(name, step) for name, step in steps if step is not None]
    return known[schema]


def _step(each: fields.Field[Any], known: dict[type[Schema], _Members]) -> Step | None:
    """The step that converts an attribute; None if it stays as it is."""
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


def now() -> datetime:
    """The current time in milliseconds, as MongoDB stores it."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
