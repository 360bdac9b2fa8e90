"""The subscriptions of the hub, each with the consumer that serves it: both are there, or none."""

from dataclasses import dataclass

import structlog

from impl.errors import FieldInvalid, NotFound
from impl.events.subscriptions import Selector, read
from impl.query.language import NOTHING, Document, Query
from impl.store.deliveries import Deliveries
from impl.store.mongo import Store

HUB = "hub"
log = structlog.get_logger("events")


@dataclass(frozen=True)
class Subscription:
    """A subscription as deliveries need it."""

    id: str
    callback: str
    selector: Selector


class Subscribers:
    """Who is told of events."""

    def __init__(self, store: Store, deliveries: Deliveries) -> None:
        self._store = store
        self._deliveries = deliveries

    def all(self) -> list[Subscription]:
        """Every subscription."""
        return [_subscription(each) for each in self._store.stream(HUB, Query())]

    def find(self, id_: str) -> Subscription | None:
        """The subscription, or None where it has ended; then nothing is left of it."""
        try:
            return _subscription(self._store.get(HUB, id_))
        except NotFound:
            self._deliveries.discard(id_)
            return None

    def end(self, id_: str, versions: frozenset[int] | None = None) -> None:
        """End a subscription, and what is pending for it; NotFound or PreconditionFailed."""

        def end() -> None:
            self._store.delete(HUB, id_, versions)
            self._deliveries.unsubscribe(id_)

        self._store.in_transaction(end)
        self._deliveries.discard(id_)


def _subscription(document: Document) -> Subscription:
    return Subscription(document["id"], document["callback"], _selector(document))


def _selector(document: Document) -> Selector:
    """What the subscription selects: nothing where its query was readable once, and is no more."""
    try:
        return read(document.get("query", ""))
    except FieldInvalid as error:
        log.warning("subscription", subscription=document["id"], reason=str(error))
        return Selector(NOTHING, None)
