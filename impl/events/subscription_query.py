"""A subscription's `query`: the events it selects, and the fields it shows of them. Pure.

Its syntax is that of `GET /events`, such as
`eventType=CustomerBillStateChangeEvent&event.customerBill.state=onHold&fields=eventType`. A leading
`?` is ignored, and `event.` may be left out before the name of a resource.
"""

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from functools import lru_cache

from impl.errors import FieldInvalid, NotTranslated, ParameterInvalid
from impl.query import attributes, parse
from impl.query.attributes import Attribute
from impl.query.evaluate import holds
from impl.query.language import (
    NOTHING,
    Condition,
    Document,
    Path,
    Query,
    Selection,
)
from impl.query.paths import renamed
from impl.query.project import project
from impl.resources import PUBLISHED
from impl.served import API

MEANINGLESS = ("sort", "limit", "offset", "cursor")
"""Parameters that mean something for lists only."""

MOST_LOOKS = 25_000
"""The most values that a query may look at in one event, up to 0.25 seconds of CPU.

20 characters searched by a pattern count as one value.
"""

_ANY_VALUE = attributes.without_choices(API.event)


class QueryTooCostly(Exception):
    """The query looks at more values of an event than MOST_LOOKS."""


@dataclass(frozen=True)
class Selector:
    """The events that a subscription wants, and the fields of them; None for all fields."""

    where: Condition
    fields: Selection | None
    unknown: tuple[Path, ...] = ()
    """Paths in the condition that the contract does not know."""

    def selects(self, event: Document) -> bool:
        """Whether the event is for the subscription; raises TooCostly."""
        count = 0

        def looks(values: int) -> None:
            nonlocal count
            count += values
            if count > MOST_LOOKS:
                raise QueryTooCostly

        return holds(self.where, event, looks)

    def shown(self, event: Document) -> Document:
        """The event with only the fields that the subscription wants."""
        return project(event, self.fields)


def read(text: str, zone: tzinfo) -> Selector:
    """The selector of a subscription's query; FieldInvalid if it can't be read.

    Dates in the query are days of the time zone.
    """
    return _selector(_parsed(_plain(text), API.event, zone))


@lru_cache(maxsize=4096)
def read_stored(text: str, zone: tzinfo) -> tuple[Selector, str]:
    """The selector of a stored query; if it can't be read, one that selects nothing, and why.

    Queries that only earlier releases accepted still work: a value outside an enumeration, or an
    unknown type of event, selects nothing, and JSONPath in `fields` shows all fields.
    """
    try:
        return read(text, zone), ""
    except FieldInvalid:
        pass
    parts = _plain(text).split("&")
    readable = "&".join(each for each in parts if not _is_jsonpath_in_fields(each))
    try:
        return _selector(_parsed(readable, _ANY_VALUE, zone)), ""
    except FieldInvalid as error:
        return Selector(NOTHING, None), str(error)


def _plain(text: str) -> str:
    return text.strip().removeprefix("?").strip()


def _parsed(plain: str, shape: Attribute, zone: tzinfo) -> Query:
    try:
        for name in parse.Parameters.read(plain).reserved:
            if name in MEANINGLESS:
                raise ParameterInvalid(name, "is for lists only")
        return parse.parse(plain, shape, parse.Limits(), zone)
    except (ParameterInvalid, NotTranslated) as error:
        raise FieldInvalid("query", str(error)) from None


def _is_jsonpath_in_fields(part: str) -> bool:
    try:
        parse.parse(part, _ANY_VALUE, parse.Limits(), UTC)
    except NotTranslated:
        return part.startswith("fields")
    except ParameterInvalid:
        pass
    return False


def _selector(parsed: Query) -> Selector:
    query = whole(parsed)
    return Selector(query.where, query.fields, query.unknown)


def whole(query: Query) -> Query:
    """The query with `event` put before each path that begins with a resource's name."""
    return replace(
        query,
        where=renamed(query.where, _whole),
        order=tuple(replace(key, path=_whole(key.path)) for key in query.order),
        fields=_within_event(query.fields),
        unknown=tuple(map(_whole, query.unknown)),
    )


def _whole(path: Path) -> Path:
    return ("event", *path) if path[:1] and path[0] in PUBLISHED else path


def _within_event(fields: Selection | None) -> Selection | None:
    """The selection with what it names of a resource moved into its `event`."""
    if fields is None or not any(name in fields for name in PUBLISHED):
        return fields
    others = {name: inner for name, inner in fields.items() if name not in PUBLISHED}
    short = {name: fields[name] for name in PUBLISHED if name in fields}
    event = others.get("event", {})
    return others | {"event": event if event is None else {**event, **short}}
