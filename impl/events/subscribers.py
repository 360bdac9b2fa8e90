"""The subscriptions of the hub, and which of them an event is for."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo

import structlog

from impl.errors import ApiError, NotFound
from impl.events.build import subject
from impl.events.subscription_query import QueryTooCostly, Selector, read_stored
from impl.query.language import Document
from impl.resources import HUB
from impl.store.deliveries import Deliveries
from impl.store.mongo import Store
from impl.store.routing import Immovable, Routing

EVENT_SECONDS = 5
"""CPU time that all queries may take for one event; after that, the slow ones are paused."""

SLOW_SECONDS = 0.01
"""A query that takes longer for one event is slow."""

AT_MOST_SECONDS = 10
"""CPU time that all queries may take before the event is set aside."""

PAUSE_SECONDS = 600
"""How long a slow query is paused; otherwise each event would cost as much CPU."""

TOO_LONG = "its query takes too long to ask of an event"
log = structlog.get_logger("events")


@dataclass(frozen=True)
class Subscription:
    """A subscription as deliveries need it."""

    id: str
    callback: str
    selector: Selector


class QueryTime:
    """CPU time that queries take for one event."""

    def __init__(self) -> None:
        self._by_subscription: dict[str, float] = {}
        self._recent = self._total = 0.0

    @contextmanager
    def measure(self, id_: str) -> Iterator[None]:
        """Count the CPU time of this block as a subscription's."""
        began = time.thread_time()
        yield
        seconds = time.thread_time() - began
        self._by_subscription[id_] = seconds
        self._recent += seconds
        self._total += seconds

    def too_slow(self) -> list[str]:
        """The slow queries, if all together have taken too long since the last slow ones.

        Raises Immovable if pausing those did not help.
        """
        if self._total > AT_MOST_SECONDS:
            raise Immovable("the queries of subscriptions take too long to ask of the event")
        if self._recent <= EVENT_SECONDS:
            return []
        slow = [id_ for id_, seconds in self._by_subscription.items() if seconds > SLOW_SECONDS]
        self._by_subscription, self._recent = {}, 0
        return slow


class Subscribers:
    """The subscriptions in one store; dates in their queries are days of the time zone."""

    def __init__(self, store: Store, deliveries: Deliveries, zone: tzinfo) -> None:
        self._store = store
        self._deliveries = deliveries
        self._zone = zone
        self._logged: dict[str, str] = {}
        self._paused_until: dict[str, float] = {}
        self._slow: set[str] = set()

    def all(self) -> list[Subscription]:
        """Every subscription; one that can't be read is left out, and logged."""
        documents = self._store.readable(HUB, self._log_unreadable)
        return [each for each in map(self._read, documents) if each]

    def find(self, id_: str) -> Subscription | None:
        """The subscription; None if it can't be read or has ended, which removes its deliveries."""
        try:
            return self._read(self._store.get(HUB, id_))
        except NotFound:
            self._deliveries.discard(id_)
        except ApiError:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
            self._log_unreadable(id_, fault)
        return None

    def route(self, subscriptions: Iterable[Subscription], event: Document) -> Routing:
        """The subscriptions that the event is for, and those whose queries are too slow to tell.

        A slow query is paused. A query that fails selects nothing. Raises Immovable if all queries
        together take too long.
        """
        chosen, skipped, query_time = [], [], QueryTime()
        for each in subscriptions:
            if self._is_paused(each.id):
                skipped.append(each.id)
                continue
            with query_time.measure(each.id):
                is_selected = self._selects(each, event)
            if is_selected is None:
                self._pause({each.id})
                skipped.append(each.id)
            elif is_selected:
                chosen.append(each.id)
            self._pause(query_time.too_slow())
        return Routing(subject(event), tuple(chosen), tuple(skipped))

    def report_slow(self) -> None:
        """Show in the health of each subscription paused since the last call that it was slow."""
        while self._slow:
            self._deliveries.skipped(self._slow.pop(), TOO_LONG)

    def end(self, id_: str) -> None:
        """Delete a subscription, its consumer and its deliveries. Raises NotFound."""

        def end() -> None:
            self._store.delete(HUB, id_)
            self._deliveries.unsubscribe(id_)

        self._store.in_transaction(end)
        self._deliveries.discard(id_)

    def _read(self, document: Document) -> Subscription | None:
        """The subscription in a document; None, and logged, if it can't be read."""
        id_ = document["id"]
        try:
            version = str(document.get("apiVersion", ""))
            selector, why = read_stored(document.get("query", ""), self._zone, version)
            subscription = Subscription(id_, str(document["callback"]), selector)
        except Exception as fault:  # noqa: BLE001 - whatever is wrong with it
            self._log_unreadable(id_, fault)
            return None
        if why:
            self._log(id_, why)
        return subscription

    def _is_paused(self, id_: str) -> bool:
        return self._paused_until.get(id_, 0) > time.monotonic()

    def _pause(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            self._paused_until[id_] = time.monotonic() + PAUSE_SECONDS
            self._slow.add(id_)
            log.warning("subscription", subscription=id_, reason=TOO_LONG)

    def _selects(self, subscription: Subscription, event: Document) -> bool | None:
        """Whether the subscription selects the event; None if its query is too slow."""
        try:
            return subscription.selector.selects(event)
        except QueryTooCostly:
            return None
        except Exception as fault:  # noqa: BLE001 - the others must get the event
            self._log_unreadable(subscription.id, fault)
            return False

    def _log_unreadable(self, id_: object, fault: Exception) -> None:
        self._log(str(id_), f"can't be read: {type(fault).__name__}")

    def _log(self, id_: str, why: str) -> None:
        """Log why a subscription can't be read, once."""
        if self._logged.get(id_) != why:
            self._logged[id_] = why
            log.warning("subscription", subscription=id_, reason=why)
