"""A subscription's `query`: the events it selects, and the fields it shows of them. Pure.

Its syntax is that of `GET /events`, such as
`eventType=CustomerBillStateChangeEvent&event.customerBill.state=onHold&fields=eventType`. A leading
`?` is ignored, and `event.` may be left out before the name of a resource.
"""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import lru_cache

from impl.api import Api
from impl.errors import FieldInvalid, NotTranslated, ParameterInvalid
from impl.events.event_paths import whole
from impl.events.own_events import own_events
from impl.links import Links
from impl.query import attributes, parse
from impl.query.attributes import Attribute
from impl.query.evaluate import holds
from impl.query.language import (
    NOTHING,
    Condition,
    Document,
    Every,
    Path,
    Query,
    Selection,
)
from impl.query.project import project
from impl.resources import EVENTS
from impl.served import API, APIS

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

    links: Links | None = None
    """Show events in another form than the stored one."""

    base_path: str = ""
    """That of the API with this form; blank for the stored one."""

    stored_fields: Selection | None = None
    """The stored attributes that the fields of another form are made of."""

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
        """The event with only those attributes that the fields are made of."""
        return project(event, self.fields if self.links is None else self.stored_fields)


def read(text: str, zone: tzinfo, version: str = "") -> Selector:
    """The selector of a subscription's query, over the events of the API that it names.

    FieldInvalid if it can't be read. Dates in the query are days of the time zone.
    """
    api = APIS.get(version, API)
    return _selector(_parsed(_plain(text), _known(api), zone), api)


@lru_cache(maxsize=4096)
def read_stored(text: str, zone: tzinfo, version: str = "") -> tuple[Selector, str]:
    """The selector of a stored query; if it can't be read, one that selects nothing, and why.

    Queries that only earlier releases accepted still work: a value outside an enumeration, or an
    unknown type of event, selects nothing, and JSONPath in `fields` shows all fields.
    """
    try:
        return read(text, zone, version), ""
    except FieldInvalid as error:
        if APIS.get(version, API) is not API:  # which no earlier release had
            return Selector(NOTHING, None), str(error)
    parts = _plain(text).split("&")
    readable = "&".join(each for each in parts if not _is_jsonpath_in_fields(each))
    try:
        return _selector(_parsed(readable, _ANY_VALUE, zone), API), ""
    except FieldInvalid as error:
        return Selector(NOTHING, None), str(error)


def named(version: str) -> AbstractContextManager[None]:
    """Name attributes of events as the version does, in errors raised inside."""
    form = APIS.get(version, API).form
    return nullcontext() if form is None else form.errors(EVENTS)


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


def _known(api: Api) -> Attribute:
    return api.event if api.form is None else api.form.attributes(EVENTS)


def _selector(parsed: Query, api: Api) -> Selector:
    query = whole(parsed)
    if api.form is None:
        return Selector(Every((own_events(api), query.where)), query.fields, query.unknown)
    try:
        stored, links = api.form.query(query, api.links("", EVENTS))
    except NotTranslated as error:
        raise FieldInvalid("query", str(error)) from None
    where = Every((own_events(api), stored.where))
    return Selector(where, query.fields, stored.unknown, links, api.base_path, stored.fields)
