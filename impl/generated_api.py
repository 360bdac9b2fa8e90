"""An API as one value, of the package that the generator wrote for it. Pure."""

from functools import cache
from importlib import import_module
from pathlib import Path

from marshmallow import Schema

from impl.api import Api
from impl.events.build import event_types
from impl.links import links
from impl.query import attributes
from impl.query.attributes import Attribute


@cache
def read(package: str) -> Api:
    """The API of a generated package; the same value each time."""
    operations = import_module(f"{package}.operations")
    schemas = import_module(f"{package}.schemas").SCHEMAS
    return Api(
        base_path=operations.BASE_PATH,
        folder=Path(operations.__file__ or "").parent,
        operations=operations.OPERATIONS,
        schemas=schemas,
        handlers=import_module(f"{package}.api").HANDLERS,
        event=_event(schemas["Event"]) if "Event" in schemas else Attribute("object"),
        links=links,
    )


def _event(schema: type[Schema]) -> Attribute:
    """An event's attributes; `event` may be left out in front of a resource's name."""
    event = attributes.with_choices(attributes.of(schema), "eventType", event_types())
    return Attribute("object", {**event.members["event"].members, **event.members})
