"""The TMF678 API: what the generator wrote, as one value.

No other module imports the values of `generated`; handlers import its types.
"""

from pathlib import Path

import generated
from generated.api import HANDLERS
from generated.operations import BASE_PATH, OPERATIONS
from generated.schemas import SCHEMAS
from impl.api import Api
from impl.events.build import event_types
from impl.links import links
from impl.query import attributes
from impl.query.attributes import Attribute


def _event() -> Attribute:
    """An event's attributes; `event` may be left out in front of a resource's name."""
    event = attributes.with_choices(attributes.of(SCHEMAS["Event"]), "eventType", event_types())
    return Attribute("object", {**event.members["event"].members, **event.members})


API = Api(
    base_path=BASE_PATH,
    folder=Path(generated.__file__).parent,
    operations=OPERATIONS,
    schemas=SCHEMAS,
    handlers=HANDLERS,
    event=_event(),
    links=links,
)
