"""The worker's side of events: from the outbox to the feed, and from there to the subscribers.

Any number of workers may run. One of them at a time moves events to the feed; subscribers are
served by all, each by one at a time.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from secrets import token_hex

import structlog

from impl.errors import Unavailable
from impl.events import callbacks
from impl.events.bodies import Bodies
from impl.events.callbacks import Allowance, Resolve
from impl.events.courier import Courier, CourierContext
from impl.events.posting import Patience, Watchdog
from impl.events.retry_policy import RetryPolicy
from impl.events.subscribers import Subscribers, Subscription
from impl.query.language import Document
from impl.settings import Settings
from impl.store.counters import FAULTS, Counters
from impl.store.deliveries import Claim, Deliveries
from impl.store.leases import Clock, Lease
from impl.store.mongo import Store
from impl.store.outbox import MOST_DELIVERIES
from impl.store.pending_events import Routing
from impl.tmf678 import API

COURIERS = 64
"""How many subscribers a worker serves at the same time."""

LANES = 64
"""How many deliveries more than one a subscriber may be on their way."""

MOST_EVENTS = 500
RELAY_SECONDS = 5
MOST_REST_SECONDS = 60
"""How long the relay rests at the most after a fault."""

REST_SECONDS = 0.3
"""How long a subscriber rests who has nothing that can be delivered now."""

log = structlog.get_logger("events")


@dataclass(frozen=True)
class Options:
    """How events are kept and delivered."""

    base: str
    """What every `href` begins with."""

    allowance: Allowance = field(default_factory=Allowance)
    retry: timedelta = timedelta(hours=72)
    retention: timedelta = timedelta(days=7)
    patience: Patience = field(default_factory=Patience)
    resolve: Resolve = callbacks.lookup
    zone: tzinfo = UTC
    """Whose days the dates in subscriptions' queries are."""

    @classmethod
    def of(cls, settings: Settings) -> "Options":
        """The options that the settings give."""
        return cls(
            API.url(settings.base),
            Allowance.read(settings.callback_allow),
            timedelta(hours=settings.event_retry_hours),
            timedelta(days=settings.event_retention_days),
            zone=settings.policy.zone,
        )


class Dispatcher:
    """Moves and delivers events, a step at a time."""

    def __init__(self, store: Store, options: Options, clock: Clock | None = None) -> None:
        self._store = store
        self._options = options
        self._deliveries = Deliveries(store, clock)
        self._subscribers = Subscribers(store, self._deliveries, options.zone)
        self._lease = Lease(store, "relay", token_hex(8), self._deliveries.now)
        self._stop = threading.Event()
        self._couriers = ThreadPoolExecutor(COURIERS, "courier")
        self._lanes = ThreadPoolExecutor(LANES, "lane")
        self._serving: set[str] = set()
        self._resting: dict[str, float] = {}
        self._relays, self._failed = 0.0, 0
        self._kit = self._packed()
        threading.Thread(
            target=self._kit.watchdog.run, args=(self._stop,), name="watchdog", daemon=True
        ).start()

    def step(self) -> bool:
        """Move what is in the outbox, and begin with what can be delivered; whether there was any.

        What is begun goes on in other threads.
        """
        moved = self._relay_or_tell()
        return self._serve() or moved > 0

    def close(self) -> None:
        """End what is begun."""
        self._stop.set()
        self._couriers.shutdown()
        self._lanes.shutdown()
        with suppress(Unavailable):
            self._lease.release()

    def _relay_or_tell(self) -> int:
        """As `_relay`; where that fails, it rests for longer each time, and is tried without end.

        For an event must not be lost. One that is spoilt itself is set aside, and fails nothing.
        """
        if time.monotonic() < self._relays:
            return 0
        try:
            moved = self._relay()
        except Unavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - it is tried again
            self._failed += 1
            self._relays = time.monotonic() + min(2**self._failed, MOST_REST_SECONDS)
            self._tell(fault, "relay", tries=self._failed)
            return 0
        self._failed = 0
        return moved

    def _tell(self, fault: Exception, loop: str, **about: object) -> None:
        log.error("fault", loop=loop, exc_info=fault, **about)
        Counters(self._store).add(FAULTS[loop])

    def _relay(self) -> int:
        outbox = self._store.outbox
        if outbox.is_empty() or not self._lease.hold(RELAY_SECONDS):
            return 0
        now = self._deliveries.now()
        subscriptions = self._subscribers.all()
        limit = max(1, min(MOST_EVENTS, MOST_DELIVERIES // max(1, len(subscriptions))))

        def route(event: Document) -> Routing:
            return self._subscribers.route(subscriptions, event)

        moved = outbox.relay(route, now, now + self._options.retention, limit)
        self._subscribers.tell_failures()
        return moved

    def _serve(self) -> bool:
        """Begin with every subscriber who can be served; whether there was one."""
        now = time.monotonic()
        self._resting = {id_: until for id_, until in self._resting.items() if until > now}
        waiting = set(self._deliveries.waiting()) - self._serving - self._resting.keys()
        begun = 0
        for id_ in self._known(waiting):
            if len(self._serving) >= COURIERS:
                break
            subscription = self._subscribers.find(id_)
            claim = self._claim(id_) if subscription else None
            if claim is not None and subscription is not None:
                self._serving.add(id_)
                self._couriers.submit(self._work, claim, subscription)
                begun += 1
        return begun > 0

    def _claim(self, id_: str) -> Claim | None:
        """Claim a subscriber for whom something can be delivered now; else let them rest."""
        if self._deliveries.next(id_, 1):
            return self._deliveries.claim(id_, self._kit.claim_seconds)
        self._resting[id_] = time.monotonic() + REST_SECONDS
        return None

    def _known(self, waiting: set[str]) -> list[str]:
        """Those who can be claimed; what waits for subscriptions that have ended is removed."""
        for id_ in waiting - self._deliveries.consumers(waiting):
            self._subscribers.find(id_)
        return self._deliveries.claimable(waiting) if waiting else []

    def _work(self, claim: Claim, subscription: Subscription) -> None:
        try:
            if not Courier(self._kit, claim, subscription).run():
                self._resting[claim.subscription] = time.monotonic() + REST_SECONDS
        except Unavailable:
            pass  # another takes over when the claim has run out
        except Exception as fault:  # noqa: BLE001 - it is tried again
            with suppress(Unavailable):
                self._stumbled(claim, fault)
        finally:
            self._serving.discard(claim.subscription)

    def _stumbled(self, claim: Claim, fault: Exception) -> None:
        """Tell of a fault in serving a subscriber; when the claim has run out, it is tried again.

        That goes on until the deliveries expire: a subscriber is owed them until then.
        """
        self._tell(fault, "courier", subscription=claim.subscription)
        self._deliveries.stumbled(claim, f"a fault of the server's: {type(fault).__name__}")

    def _packed(self) -> CourierContext:
        options = self._options
        return CourierContext(
            deliveries=self._deliveries,
            subscribers=self._subscribers,
            bodies=Bodies(options.base),
            judge=RetryPolicy(options.retry),
            allowance=options.allowance,
            resolve=options.resolve,
            patience=options.patience,
            watchdog=Watchdog(),
            lanes=self._lanes,
            stop=self._stop,
        )
