"""What serves /hub: who is told of events, and whether they arrive."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any
from zlib import crc32

from generated import api, types
from impl.errors import Conflict, FieldInvalid, ParameterInvalid, PreconditionFailed
from impl.events import callbacks, signing, subscriptions
from impl.events.subscribers import Subscribers
from impl.handlers.collection import Collection, Services, versions
from impl.patch.apply import Patch
from impl.query.language import Compare, Document, Every, Page, Query
from impl.query.paths import paths
from impl.query.project import project
from impl.store.deliveries import Deliveries, Health

HEALTH = ("state", "delivered", "pending", "failed", "lastError", "lastErrorTime", "lastSuccess")
OWNED = (*HEALTH, "secret")
"""What the server says of a subscription, whatever the client says."""

BATCH = 100


class Hub(api.HubApi[Query, Page, Patch]):
    """Subscriptions to events."""

    def __init__(self, services: Services) -> None:
        self._subscriptions: Collection[types.EventSubscription] = Collection(
            "hub", services.api.schemas["EventSubscription"], services
        )
        self._events: Collection[dict[str, object]] = Collection(
            "event", services.api.schemas["Event"], services
        )
        self._store = services.store
        self._allowance = services.allowance
        self._zone = services.policy.zone
        self._deliveries = Deliveries(services.store)
        self._subscribers = Subscribers(services.store, self._deliveries, self._zone)

    def list_listener(self, query: Query) -> Page:
        _refuse_health(query)
        page = self._subscriptions.list(replace(query, fields=None), to_show=False)
        items = self._shown(page.items, query)
        return replace(page, items=items, tail=self._stream(iter(page.tail), query))

    def register_listener(self, body: types.EventSubscriptionInput) -> types.EventSubscription:
        document = {"query": "", **{k: v for k, v in body.items() if k not in OWNED}}
        try:
            callbacks.check(body["callback"], self._allowance)
        except callbacks.Refused as error:
            raise FieldInvalid("callback", str(error)) from None
        self._judge(subscriptions.read(body.get("query", ""), self._zone))
        return self._store.in_transaction(lambda: self._registered(document))

    def retrieve_listener(self, id_: str, query: Query) -> types.EventSubscription:
        return self._typed(project(self._found(id_), query.fields))

    def redeliver_listener(self, id_: str) -> types.EventSubscription:
        self._store.get("hub", id_)
        self._deliveries.redeliver(id_)
        return self._typed(self._found(id_))

    def unregister_listener(self, id_: str, *, if_match: str | None = None) -> None:
        wanted = versions(if_match)
        if wanted is not None and self._found(id_).version not in wanted:
            raise PreconditionFailed(f"{id_!r} has another version by now", attribute="If-Match")
        self._subscribers.end(id_)

    def _judge(self, selector: subscriptions.Selector) -> None:
        """Raise FieldInvalid where the query is about what no event has."""
        try:
            self._events.refuse_unknown(selector.unknown)
        except ParameterInvalid as error:
            raise FieldInvalid("query", str(error)) from None

    def _registered(self, document: Mapping[str, Any]) -> types.EventSubscription:
        self._refuse_same(document)
        secret = signing.new_secret()
        made = self._subscriptions.create(document)
        self._deliveries.subscribe(made["id"], secret)
        shown = self._found(made["id"])
        return self._typed(Document({**shown, "secret": secret}, shown.version))

    def _refuse_same(self, document: Mapping[str, Any]) -> None:
        """Raise Conflict, which names it, where there is a subscription of the same."""
        same = tuple(Compare((name,), (document[name],)) for name in ("callback", "query"))
        for other in self._subscriptions.list(Query(Every(same)), to_show=False):
            why = f"{other['id']!r} subscribes it to the same query already"
            raise Conflict(why, attribute="callback")

    def _found(self, id_: str) -> Document:
        return self._healthy([self._store.get("hub", id_)])[0]

    def _stream(self, rows: Iterator[Document], query: Query) -> Iterator[Document]:
        while batch := list(islice(rows, BATCH)):
            yield from self._shown(batch, query)

    def _shown(self, rows: Any, query: Query) -> list[Document]:
        return [project(each, query.fields) for each in self._healthy(list(rows))]

    def _healthy(self, rows: list[Document]) -> list[Document]:
        """The subscriptions with how they are doing, which their version depends on."""
        health = self._deliveries.health([each["id"] for each in rows])
        return [_with_health(each, told(health[each["id"]])) for each in rows]

    def _typed(self, document: Any) -> types.EventSubscription:
        typed: types.EventSubscription = document
        return typed


def _with_health(subscription: Document, health: Mapping[str, Any]) -> Document:
    version = 1 + crc32(repr(sorted(health.items())).encode())
    return Document({**subscription, **health}, version)


def told(health: Health) -> dict[str, Any]:
    """What a subscription says of how it is doing; `failed` are deliveries that were given up."""
    kept = {name: health.kept[name] for name in HEALTH if name in health.kept}
    return {
        "state": "failing" if health.kept.get("failures") else "active",
        "delivered": 0,
        **kept,
        "pending": health.pending,
        "failed": health.failed,
    }


def _refuse_health(query: Query) -> None:
    """Raise ParameterInvalid where a list is to depend on what is counted as it is shown."""
    asked = [*paths(query.where), *(key.path for key in query.order)]
    for name in (path[0] for path in asked if path and path[0] in OWNED):
        raise ParameterInvalid(name, "is computed for each answer, and can't be searched or sorted")
