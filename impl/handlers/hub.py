"""The operations of /hub: subscriptions to events, and how their deliveries are doing."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any, TypeAlias
from zlib import crc32

from impl.api import Api
from impl.errors import Conflict, FieldInvalid, ParameterInvalid, PreconditionFailed
from impl.etags import versions
from impl.events import callbacks, signing, subscription_query
from impl.events.own_events import refuse_foreign
from impl.events.subscribers import Subscribers
from impl.handlers.collection import Collection, Services
from impl.query.evaluate import holds
from impl.query.language import Compare, Condition, Document, Every, Not, Page, Query
from impl.query.paths import paths
from impl.query.project import project
from impl.resources import EVENTS, HUB
from impl.served import API, APIS, BESIDE
from impl.store.deliveries import Deliveries, Health
from impl.store.mongo import missing

HEALTH = ("state", "delivered", "pending", "failed", "lastError", "lastErrorTime", "lastSuccess")
OWNED = (*HEALTH, "secret")
"""Attributes that the server sets, whatever the client says."""

API_VERSION = "apiVersion"
BATCH = 100

Documents: TypeAlias = list[Document]


class Hub:
    """Subscriptions to events: the standard operations of a collection, and the redelivery."""

    def __init__(self, services: Services) -> None:
        self.collection = Collection[dict[str, Any]](HUB, services)
        self._events = Collection[dict[str, object]](EVENTS, services)
        self._own = _own(services.api)
        self._store = services.store
        self._allowance = services.allowance
        self._zone = services.policy.zone
        self._deliveries = Deliveries(services.store)
        self._subscribers = Subscribers(services.store, self._deliveries, self._zone)

    def list(self, query: Query) -> Page:
        """A page of subscriptions, each with the state of its deliveries."""
        _refuse_health(query)
        of_api = replace(query, fields=None, where=Every((self._own, query.where)))
        page = self.collection.list(of_api, to_show=False)
        items = self._shown(page.items, query)
        return replace(page, items=items, tail=self._stream(iter(page.tail), query))

    def create(self, body: Mapping[str, Any]) -> Document:
        """Subscribe. FieldInvalid for a wrong callback or query, Conflict for the same again."""
        document = {"query": "", **{k: v for k, v in body.items() if k not in OWNED}}
        if document.get(API_VERSION) == API.version:  # the default, which the unique index lacks
            del document[API_VERSION]
        try:
            callbacks.check(body["callback"], self._allowance)
        except callbacks.Refused as error:
            raise FieldInvalid("callback", str(error)) from None
        version = str(body.get("apiVersion", ""))
        selector = subscription_query.read(body.get("query", ""), self._zone, version)
        self._refuse_unknown(selector, version)
        return self._store.in_transaction(lambda: self._registered(document))

    def retrieve(self, id_: str, query: Query) -> Document:
        """The subscription with the state of its deliveries; NotFound."""
        return project(self._with_health(id_), query.fields)

    def redeliver_listener(self, id_: str) -> Any:
        """Try deliveries again that failed for good; the subscription. NotFound."""
        self._get(id_)
        self._deliveries.redeliver(id_)
        return self._with_health(id_)

    def delete(self, id_: str, *, if_match: str | None = None) -> None:
        """Unsubscribe. NotFound or PreconditionFailed."""
        expected, there = versions(if_match), self._with_health(id_)
        if expected is not None and there.version not in expected:
            raise PreconditionFailed(f"{id_!r} has another version by now", attribute="If-Match")
        self._subscribers.end(id_)

    def _refuse_unknown(self, selector: subscription_query.Selector, version: str) -> None:
        """Raise FieldInvalid if the query names an attribute that no event has."""
        try:
            with subscription_query.named(version):
                refuse_foreign(APIS.get(version, API), selector.unknown)
                self._events.refuse_unknown(selector.unknown)
        except ParameterInvalid as error:
            raise FieldInvalid("query", str(error)) from None

    def _registered(self, document: Mapping[str, Any]) -> Document:
        self._refuse_same(document)
        secret = signing.new_secret()
        made = self.collection.create(document)
        self._deliveries.subscribe(made["id"], secret)
        shown = self._with_health(made["id"])
        return Document({**shown, "secret": secret}, shown.version)

    def _refuse_same(self, document: Mapping[str, Any]) -> None:
        """Raise Conflict, which names the other, if the callback has the same query already.

        A query of another version is another one.
        """
        same = tuple(Compare((name,), (document[name],)) for name in ("callback", "query"))
        for other in self.collection.list(Query(Every(same)), to_show=False):
            if _version(other) == _version(document):
                why = f"{other['id']!r} subscribes it to the same query already"
                raise Conflict(why, attribute="callback")

    def _with_health(self, id_: str) -> Document:
        return self._healthy([self._get(id_)])[0]

    def _get(self, id_: str) -> Document:
        """The subscription, if it is one of this API; NotFound."""
        document = self._store.get(HUB, id_)
        if not holds(self._own, document):
            raise missing(HUB, id_)
        return document

    def _stream(self, rows: Iterator[Document], query: Query) -> Iterator[Document]:
        while batch := list(islice(rows, BATCH)):
            yield from self._shown(batch, query)

    def _shown(self, rows: Any, query: Query) -> Documents:
        return [project(each, query.fields) for each in self._healthy(list(rows))]

    def _healthy(self, rows: Documents) -> Documents:
        """The subscriptions with their deliveries' health, which their versions depend on."""
        health = self._deliveries.health([each["id"] for each in rows])
        return [_merged(each, health_attributes(health[each["id"]])) for each in rows]


def _own(api: Api) -> Condition:
    """The condition for subscriptions that were made below the base of the API or its versions."""
    names = {other: name for name, other in BESIDE.items()}
    if api in names:
        return Compare((API_VERSION,), (names[api],))
    return Not(Compare((API_VERSION,), tuple(names.values()))) if names else Every()


def _version(subscription: Mapping[str, Any]) -> str:
    """The version of the API whose form the events of a subscription have."""
    return str(subscription.get(API_VERSION, API.version))


def _merged(subscription: Document, health: Mapping[str, Any]) -> Document:
    version = 1 + crc32(repr(sorted(health.items())).encode())
    return Document({**subscription, **health}, version)


def health_attributes(health: Health) -> dict[str, Any]:
    """The attributes that show a subscription's health; `failed` counts deliveries given up."""
    stored = {name: health.kept[name] for name in HEALTH if name in health.kept}
    return {
        "state": "failing" if health.kept.get("failures") else "active",
        "delivered": 0,
        **stored,
        "pending": health.pending,
        "failed": health.failed,
    }


def _refuse_health(query: Query) -> None:
    """Raise ParameterInvalid if a list filters or sorts by what is computed for each answer."""
    named = [*paths(query.where), *(key.path for key in query.order)]
    for name in (path[0] for path in named if path and path[0] in OWNED):
        raise ParameterInvalid(name, "is computed for each answer, and can't be searched or sorted")
