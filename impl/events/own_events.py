"""Which events of the feed belong to an API: those of its own resources. Pure."""

from functools import cache

from impl.api import Api
from impl.events.build import event_types
from impl.query.language import Compare, Condition, Every, Not
from impl.resources import PUBLISHED
from impl.served import BESIDE


@cache
def own_events(api: Api) -> Condition:
    """The condition for the events of the API's resources.

    For an API that most events belong to, it excludes the others', so that MongoDB reads the feed
    in its order.
    """
    others = [name for name in PUBLISHED if name not in api.published]
    if not others:
        return Every()
    if api in BESIDE.values():
        return Compare(("eventType",), event_types(api.published))
    return Not(Compare(("eventType",), event_types(others)))
