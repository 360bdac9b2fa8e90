"""The subscriptions of the hub, each with the consumer that serves it: both are there, or none."""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import tzinfo

import structlog

from impl.errors import ApiError, NotFound
from impl.events.build import subject
from impl.events.subscriptions import Selector, TooMuch, kept
from impl.query.language import Document
from impl.resources import HUB
from impl.store.deliveries import Deliveries
from impl.store.mongo import Store
from impl.store.routing import Immovable, Routing

EVENT_SECONDS = 5
"""CPU that all queries together may take for one event; past it, the slow ones among them rest."""

SLOW_SECONDS = 0.01
"""What a query takes for one event that is slow."""

AT_MOST_SECONDS = 10
"""CPU that they may take before the event is set aside."""

REST_SECONDS = 600
"""How long a query is not asked that took too long: else each event would cost as much."""

TOO_LONG = "its query takes too long to ask of an event"
log = structlog.get_logger("events")


@dataclass(frozen=True)
class Subscription:
    """A subscription as deliveries need it."""

    id: str
    callback: str
    selector: Selector


class Spent:
    """CPU that queries take for one event."""

    def __init__(self) -> None:
        self._by: dict[str, float] = {}
        self._since = self._all = 0.0

    @contextmanager
    def on(self, id_: str) -> Iterator[None]:
        """Count what is done now as a subscription's."""
        began = time.thread_time()
        yield
        took = time.thread_time() - began
        self._by[id_] = took
        self._since += took
        self._all += took

    def too_slow(self) -> list[str]:
        """The slow ones, once all have taken too long; Immovable once that does not help either."""
        if self._all > AT_MOST_SECONDS:
            raise Immovable("the queries of subscriptions take too long to ask of the event")
        if self._since <= EVENT_SECONDS:
            return []
        slow = [id_ for id_, took in self._by.items() if took > SLOW_SECONDS]
        self._by, self._since = {}, 0
        return slow


class Subscribers:
    """Who is told of events; dates in their queries are days of the time zone."""

    def __init__(self, store: Store, deliveries: Deliveries, zone: tzinfo) -> None:
        self._store = store
        self._deliveries = deliveries
        self._zone = zone
        self._told: dict[str, str] = {}
        self._resting: dict[str, float] = {}
        self._failing: set[str] = set()

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

    def route(self, subscriptions: Iterable[Subscription], event: Document) -> Routing:
        """Whom of the subscriptions an event is for, and whose query takes too long to tell.

        Such a query is left alone for a while. It is for none that can't be asked. Raises Immovable
        where asking all of them takes too long.
        """
        chosen, unasked, spent = [], [], Spent()
        for each in subscriptions:
            if self._rests(each.id):
                unasked.append(each.id)
                continue
            with spent.on(each.id):
                selected = self._selects(each, event)
            if selected is None:
                self._rest({each.id})
                unasked.append(each.id)
            elif selected:
                chosen.append(each.id)
            self._rest(spent.too_slow())
        return Routing(subject(event), tuple(chosen), tuple(unasked))

    def tell_failures(self) -> None:
        """Show with each subscription whose query took too long that it did."""
        while self._failing:
            self._deliveries.unasked(self._failing.pop(), TOO_LONG)

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

    def _rests(self, id_: str) -> bool:
        return self._resting.get(id_, 0) > time.monotonic()

    def _rest(self, ids: Iterable[str]) -> None:
        for id_ in ids:
            self._resting[id_] = time.monotonic() + REST_SECONDS
            self._failing.add(id_)
            log.warning("subscription", subscription=id_, reason=TOO_LONG)

    def _selects(self, subscription: Subscription, event: Document) -> bool | None:
        """Whether it selects the event; None where that takes too long to tell."""
        try:
            return subscription.selector.selects(event)
        except TooMuch:
            return None
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
