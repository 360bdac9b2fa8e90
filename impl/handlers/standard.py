"""The handlers of an API without rules of its own: collections, subscriptions and the feed."""

from collections.abc import Iterable, Mapping
from types import SimpleNamespace
from typing import Any

from impl.api import Api, Handlers, Operation
from impl.handlers.collection import Collection, Services
from impl.handlers.events import Events
from impl.handlers.hub import Hub
from impl.resources import EVENTS, HUB, IMPORTABLE, RESOURCES


def build(services: Services) -> Handlers:
    """The handlers of `/hub` and `/events`, and a collection of each other resource."""
    names, kinds = services.api.handlers, {HUB: Hub, EVENTS: Events}
    own = {names[row.name]: kinds[row.name](services) for row in RESOURCES if row.name in kinds}
    return composed(SimpleNamespace(**own), services)


def composed(own: Any, services: Services) -> Handlers:
    """These handlers, named as in `Api.handlers`, and the collections of the API's resources.

    The collection of a resource is its handler's `collection`, or one without rules.
    """
    names = [row.name for row in RESOURCES if row.name in services.api.handlers]
    handlers = {name: handler(own, services.api, name) for name in names}
    collections = {
        name: getattr(each, "collection", None) or Collection[Any](name, services)
        for name, each in handlers.items()
    }
    if isinstance(handlers.get(HUB), Hub):
        collections[HUB] = handlers[HUB]
    return Handlers(own, collections)


def handler(own: Any, api: Api, resource: str) -> Any:
    """The handler of a resource; None if it has none."""
    return getattr(own, api.handlers.get(resource, ""), None)


def importable(collections: Mapping[str, Any]) -> dict[str, Collection[Any]]:
    """The collections that files may be imported into, by resource."""
    return {name: collections[name] for name in IMPORTABLE if name in collections}


def refuse_missing(_operations: Iterable[Operation]) -> None:
    """Refuse nothing: an operation that no collection serves answers 501."""
