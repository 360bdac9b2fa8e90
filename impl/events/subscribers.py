"""The subscriptions of the hub, each with the consumer that serves it: both are there, or none."""

from dataclasses import dataclass
from datetime import tzinfo

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
    """Who is told of events; dates in their queries are days of the time zone."""

    def __init__(self, store: Store, deliveries: Deliveries, zone: tzinfo) -> None:
        self._store = store
        self._deliveries = deliveries
        self._zone = zone

    def all(self) -> list[Subscription]:
        """Every subscription."""
        return [self._subscription(each) for each in self._store.stream(HUB, Query())]

    def find(self, id_: str) -> Subscription | None:
        """The subscription, or None where it has ended; then nothing is left of it."""
        try:
            return self._subscription(self._store.get(HUB, id_))
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

    def _subscription(self, document: Document) -> Subscription:
        selector = _selector(document, self._zone)
        return Subscription(document["id"], document["callback"], selector)


def _selector(document: Document, zone: tzinfo) -> Selector:
    """What the subscription selects: nothing where its query was readable once, and is no more."""
    try:
        return read(document.get("query", ""), zone)
    except FieldInvalid as error:
        log.warning("subscription", subscription=document["id"], reason=str(error))
        return Selector(NOTHING, None)
