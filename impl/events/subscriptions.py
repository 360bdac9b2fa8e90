"""A subscription's `query`: which events it selects, and what of them it shows. Pure.

It is written as for `GET /events`, such as
`eventType=CustomerBillStateChangeEvent&event.customerBill.state=onHold&fields=eventType`. Beyond
that, a leading `?` is no part of it, and a path may begin with the resource's name.
"""

from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache

from generated import schemas
from impl.errors import FieldInvalid, NotTranslated, ParameterInvalid
from impl.events.build import RESOURCES, event_types
from impl.query import attributes, parse
from impl.query.attributes import Attribute
from impl.query.evaluate import holds
from impl.query.language import Compare, Condition, Document, Every, Not, Path, Selection, Some
from impl.query.paths import renamed
from impl.query.project import project

MEANINGLESS = ("sort", "limit", "offset", "cursor")
"""Parameters that are about lists."""

EVENT = attributes.of(schemas.Event)
_SHORT = Attribute("object", {**EVENT.members["event"].members, **EVENT.members})


@dataclass(frozen=True)
class Selector:
    """What a subscription wants: the events that fulfil a condition, and these attributes."""

    where: Condition
    fields: Selection | None
    unknown: tuple[Path, ...] = ()
    """Paths that it filters on and the contract does not know."""

    def selects(self, event: Document) -> bool:
        """Whether the event is for the subscription."""
        return holds(self.where, event)

    def shown(self, event: Document) -> Document:
        """What the subscription wants to see of the event."""
        return project(event, self.fields)


@lru_cache(maxsize=4096)
def read(text: str, zone: tzinfo) -> Selector:
    """What a subscription's query says; FieldInvalid where it can't be read.

    Dates in it are days of the time zone.
    """
    plain = text.strip().removeprefix("?").strip()
    try:
        reserved = parse.Parameters.read(plain).reserved
        found = parse.parse(plain, _SHORT, parse.Limits(), zone)
    except (ParameterInvalid, NotTranslated) as error:
        raise FieldInvalid("query", str(error)) from None
    for name in MEANINGLESS:
        if name in reserved:
            raise FieldInvalid("query", f"{name}: is for lists only")
    try:
        refuse_types(found.where)
    except ParameterInvalid as error:
        raise FieldInvalid("query", str(error)) from None
    unknown = tuple(map(_whole, found.unknown))
    return Selector(renamed(found.where, _whole), _within_event(found.fields), unknown)


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


def refuse_types(where: Condition) -> None:
    """Raise ParameterInvalid where a type of event is asked for that there is not."""
    match where:
        case Compare(("eventType",), values, "eq"):
            for value in values:
                if value is not None and value not in event_types():
                    raise ParameterInvalid("eventType", f"there is no {value}")
        case Every(parts) | Some(parts):
            for part in parts:
                refuse_types(part)
        case Not(part):
            refuse_types(part)
