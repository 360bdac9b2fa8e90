"""What serves /hub: who is told of events."""

from generated import api, schemas, types
from impl.errors import Conflict
from impl.handlers.collection import Collection, Services
from impl.patch.apply import Patch
from impl.query.language import Compare, Every, Page, Query


class Hub(api.HubApi[Query, Page, Patch]):
    """Subscriptions to events."""

    def __init__(self, services: Services) -> None:
        self._subscriptions: Collection[types.EventSubscription] = Collection(
            "hub", schemas.EventSubscription, services
        )

    def list_listener(self, query: Query) -> Page:
        return self._subscriptions.list(query)

    def register_listener(self, body: types.EventSubscriptionInput) -> types.EventSubscription:
        same = tuple(Compare((name,), (str(body.get(name, "")),)) for name in ("callback", "query"))
        for other in self._subscriptions.list(Query(Every(same))):
            raise Conflict(f"callback: {other['id']!r} subscribes it to the same query already")
        return self._subscriptions.create({"query": "", **body})

    def retrieve_listener(self, id_: str, query: Query) -> types.EventSubscription:
        return self._subscriptions.retrieve(id_, query)

    def unregister_listener(self, id_: str, *, if_match: str | None = None) -> None:
        self._subscriptions.delete(id_, if_match=if_match)
