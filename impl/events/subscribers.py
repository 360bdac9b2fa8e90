"""The subscriptions of the hub, each with the consumer that serves it: both are there, or none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import tzinfo

import structlog

from impl.errors import ApiError, NotFound
from impl.events.subscriptions import Selector, kept
from impl.query.language import Document
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
        self._told: dict[str, str] = {}

    def all(self) -> list[Subscription]:
        """Every subscription; one that is spoilt is left out, and told of in the log."""
        found = map(self._read, self._store.sound(HUB, self._tell_spoilt))
        return [each for each in found if each]

    def find(self, id_: str) -> Subscription | None:
        """The subscription; None where it is spoilt, or has ended: then nothing is left of it."""
        try:
            return self._read(self._store.get(HUB, id_))
        except NotFound:
            self._deliveries.discard(id_)
        except ApiError:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
            self._tell_spoilt(id_, fault)
        return None

    def select(self, subscriptions: Iterable[Subscription], event: Document) -> tuple[str, ...]:
        """Whom of the subscriptions an event is for; not for one that can't be asked."""
        return tuple(each.id for each in subscriptions if self._selects(each, event))

    def end(self, id_: str, versions: frozenset[int] | None = None) -> None:
        """End a subscription, and what is pending for it; NotFound or PreconditionFailed."""

        def end() -> None:
            self._store.delete(HUB, id_, versions)
            self._deliveries.unsubscribe(id_)

        self._store.in_transaction(end)
        self._deliveries.discard(id_)

    def _read(self, document: Document) -> Subscription | None:
        """The subscription that a document holds, where it holds one."""
        id_ = document["id"]
        try:
            selector, why = kept(document.get("query", ""), self._zone)
            subscription = Subscription(id_, str(document["callback"]), selector)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
            self._tell_spoilt(id_, fault)
            return None
        if why:
            self._tell(id_, why)
        return subscription

    def _selects(self, subscription: Subscription, event: Document) -> bool:
        try:
            return subscription.selector.selects(event)
        except Exception as fault:  # noqa: BLE001 - it must not keep the others from being told
            self._tell_spoilt(subscription.id, fault)
            return False

    def _tell_spoilt(self, id_: object, fault: Exception) -> None:
        self._tell(str(id_), f"can't be read: {type(fault).__name__}")

    def _tell(self, id_: str, why: str) -> None:
        """Log what is wrong with a subscription, once."""
        if self._told.get(id_) != why:
            self._told[id_] = why
            log.warning("subscription", subscription=id_, reason=why)
