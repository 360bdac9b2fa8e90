"""An API as one value, of the package that the generator wrote for it. Pure."""

from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

from marshmallow import Schema

from impl.api import Api
from impl.events.build import event_types
from impl.links import links
from impl.query import attributes
from impl.query.attributes import Attribute
from impl.resources import PUBLISHED


@cache
def read(package: str) -> Api:
    """The API of a generated package; the same value each time."""
    operations = import_module(f"{package}.operations")
    schemas = import_module(f"{package}.schemas").SCHEMAS
    handlers = import_module(f"{package}.api").HANDLERS
    published = tuple(name for name in PUBLISHED if name in handlers)
    return Api(
        base_path=operations.BASE_PATH,
        folder=Path(operations.__file__ or "").parent,
        operations=operations.OPERATIONS,
        schemas=schemas,
        handlers=handlers,
        event=_event(schemas["Event"], published) if "Event" in schemas else Attribute("object"),
        published=published,
        links=links,
    )


def _event(schema: type[Schema], published: Sequence[str]) -> Attribute:
    """An event's attributes; `event` may be left out in front of a resource's name."""
    event = attributes.with_choices(attributes.of(schema), "eventType", event_types(published))
    return Attribute("object", {**event.members["event"].members, **event.members})
