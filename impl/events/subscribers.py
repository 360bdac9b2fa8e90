"""The subscriptions of the hub, each with the consumer that serves it: both are there, or none."""

from dataclasses import dataclass

from impl.errors import NotFound
from impl.events.subscriptions import Selector, read
from impl.query.language import Document, Query
from impl.store.deliveries import Deliveries
from impl.store.mongo import Store

HUB = "hub"


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
    return Subscription(document["id"], document["callback"], read(document.get("query", "")))
