"""Which events of the feed belong to an API: those of its own resources. Pure."""

from collections.abc import Iterable
from functools import cache

from impl.api import Api
from impl.errors import ParameterInvalid
from impl.events.build import event_types
from impl.query.language import Compare, Condition, Every, Not, Path
from impl.resources import PUBLISHED
from impl.served import BESIDE


@cache
def own_events(api: Api) -> Condition:
    """The condition for the events of the API's resources.

    The first API excludes the types of other APIs' events: most events are its own, and MongoDB
    then reads the feed in its order.
    """
    others = [name for name in PUBLISHED if name not in api.published]
    if not others:
        return Every()
    if api in BESIDE.values():
        return Compare(("eventType",), event_types(api.published))
    return Not(Compare(("eventType",), event_types(others)))


def refuse_foreign(api: Api, paths: Iterable[Path]) -> None:
    """Raise ParameterInvalid for a path into a resource whose events the API does not have."""
    for path in paths:
        resource = path[1] if path[:1] == ("event",) and len(path) > 1 else ""
        if resource in PUBLISHED and resource not in api.published:
            raise ParameterInvalid(".".join(path), f"no event here is of a {resource}")
