"""A subscription's `query`: which events it selects, and what of them it shows. Pure.

It is written as for `GET /events`, such as
`eventType=CustomerBillStateChangeEvent&event.customerBill.state=onHold&fields=eventType`. Beyond
that, a leading `?` is no part of it, and a path may begin with the resource's name.
"""

from dataclasses import dataclass, replace
from datetime import UTC, tzinfo
from functools import lru_cache

from impl.errors import FieldInvalid, NotTranslated, ParameterInvalid
from impl.events.build import RESOURCES
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
from impl.tmf678 import API

MEANINGLESS = ("sort", "limit", "offset", "cursor")
"""Parameters that are about lists."""

MOST_LOOKS = 25_000
"""How many values a query may look at in one event; 20 characters searched by pattern are one.

So many take up to a quarter of a second.
"""

_UNLISTED = attributes.without_choices(API.event)


class TooMuch(Exception):
    """The query looks at more of an event than one may."""


@dataclass(frozen=True)
class Selector:
    """What a subscription wants: the events that fulfil a condition, and these attributes."""

    where: Condition
    fields: Selection | None
    unknown: tuple[Path, ...] = ()
    """Paths that it filters on and the contract does not know."""

    def selects(self, event: Document) -> bool:
        """Whether the event is for the subscription; TooMuch where that takes too long to tell."""
        looked = 0

        def looks(values: int) -> None:
            nonlocal looked
            looked += values
            if looked > MOST_LOOKS:
                raise TooMuch

        return holds(self.where, event, looks)

    def shown(self, event: Document) -> Document:
        """What the subscription wants to see of the event."""
        return project(event, self.fields)


def read(text: str, zone: tzinfo) -> Selector:
    """What a subscription's query says; FieldInvalid where it can't be read.

    Dates in it are days of the time zone.
    """
    return _selector(_parsed(_plain(text), API.event, zone))


@lru_cache(maxsize=4096)
def kept(text: str, zone: tzinfo) -> tuple[Selector, str]:
    """What a query says that is kept already, and why not where it can't be read: then, nothing.

    What an earlier release took goes on: a value that an enumeration does not have, or a type of
    event that there is not, selects nothing; with JSONPath in `fields`, all is shown.
    """
    try:
        return read(text, zone), ""
    except FieldInvalid:
        pass
    parts = _plain(text).split("&")
    unread = "&".join(each for each in parts if not _is_jsonpath_in_fields(each))
    try:
        return _selector(_parsed(unread, _UNLISTED, zone)), ""
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
        parse.parse(part, _UNLISTED, parse.Limits(), UTC)
    except NotTranslated:
        return part.startswith("fields")
    except ParameterInvalid:
        pass
    return False


def _selector(found: Query) -> Selector:
    query = whole(found)
    return Selector(query.where, query.fields, query.unknown)


def whole(query: Query) -> Query:
    """The query, its paths whole that begin with a resource's name instead of `event`."""
    return replace(
        query,
        where=renamed(query.where, _whole),
        order=tuple(replace(key, path=_whole(key.path)) for key in query.order),
        fields=_within_event(query.fields),
        unknown=tuple(map(_whole, query.unknown)),
    )


def _whole(path: Path) -> Path:
    return ("event", *path) if path[:1] and path[0] in RESOURCES else path


def _within_event(fields: Selection | None) -> Selection | None:
    """The selection with what it names by the resource's name at its place in the event."""
    if fields is None or not any(name in fields for name in RESOURCES):
        return fields
    kept = {name: inner for name, inner in fields.items() if name not in RESOURCES}
    short = {name: fields[name] for name in RESOURCES if name in fields}
    event = kept.get("event", {})
    return kept | {"event": event if event is None else {**event, **short}}
