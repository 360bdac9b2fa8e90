"""The worker's part in events: moves them from the outbox to the feed, and on to the subscribers.

Any number of workers may run. One worker at a time moves the events of a partition to the feed, and
holds the lease of that partition alone, so that others may move those of the others. All workers
serve subscribers, each subscriber by one worker at a time.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from secrets import randbelow, token_hex

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
from impl.store.counters import FAULTS, Counters
from impl.store.deliveries import Claim, Deliveries
from impl.store.leases import Clock, Lease
from impl.store.mongo import Store
from impl.store.routing import Routing

COURIERS = 64
"""The most subscribers that a worker serves at a time."""

LANES = 64
"""The most deliveries under way at a time, beyond one for each subscriber."""

MOST_EVENTS = 2000
MOST_DELIVERIES = 20_000
"""The most events, and deliveries of events, that one step of the relay adds to the feed."""

RELAY_SECONDS = 5
TURN_SECONDS = 1
"""How long a worker moves events of one partition, before it goes on to the next."""

MOST_REST_SECONDS = 60
"""The longest pause of the relay after a fault."""

REST_SECONDS = 0.3
"""How long a subscriber is left alone if nothing can be delivered to it now."""

log = structlog.get_logger("events")


@dataclass(frozen=True)
class Options:
    """How events are delivered, and for how long they are stored."""

    base: str
    """The beginning of every `href`."""

    allowance: Allowance = field(default_factory=Allowance)
    retry: timedelta = timedelta(hours=72)
    retention: timedelta = timedelta(days=7)
    patience: Patience = field(default_factory=Patience)
    resolve: Resolve = callbacks.lookup
    zone: tzinfo = UTC
    """The time zone whose days the dates in subscriptions' queries mean."""


class Dispatcher:
    """Moves and delivers events, a step at a time."""

    def __init__(self, store: Store, options: Options, clock: Clock | None = None) -> None:
        self._store = store
        self._options = options
        self._deliveries = Deliveries(store, clock)
        self._subscribers = Subscribers(store, self._deliveries, options.zone)
        holder, leases = token_hex(8), store.partitions.leases
        self._leases = [Lease(store, each, holder, self._deliveries.now) for each in leases]
        self._partition, self._turn_ends = randbelow(len(leases)), 0.0
        self._stop = threading.Event()
        self._couriers = ThreadPoolExecutor(COURIERS, "courier")
        self._lanes = ThreadPoolExecutor(LANES, "lane")
        self._serving: set[str] = set()
        self._resting: dict[str, float] = {}
        self._next_relay, self._failed = 0.0, 0
        self._moving = False
        self._context = self._courier_context()
        threading.Thread(
            target=self._context.watchdog.run, args=(self._stop,), name="watchdog", daemon=True
        ).start()

    def step(self) -> bool:
        """Move events from the outbox, and begin deliveries that are due; return whether any were.

        Other threads finish the deliveries.
        """
        moved = self._relay_safely()
        return self._serve() or moved > 0

    def close(self) -> None:
        """Stop, after the deliveries under way."""
        self._stop.set()
        self._couriers.shutdown()
        self._lanes.shutdown()
        with suppress(Unavailable):
            self._leases[self._partition].release()

    def _relay_safely(self) -> int:
        """As `_relay`, but log a fault and try again, after a longer pause each time.

        It never gives up, because no event may be lost. (An event that is broken itself is set
        aside, and is no fault here.)
        """
        if time.monotonic() < self._next_relay:
            return 0
        try:
            moved = self._relay()
        except Unavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - it is tried again
            self._failed += 1
            self._next_relay = time.monotonic() + min(2**self._failed, MOST_REST_SECONDS)
            self._count_fault(fault, "relay", tries=self._failed)
            return 0
        self._failed = 0
        return moved

    def _count_fault(self, fault: Exception, loop: str, **about: object) -> None:
        log.error("fault", loop=loop, exc_info=fault, **about)
        Counters(self._store).add(FAULTS[loop])

    def _relay(self) -> int:
        """Move events from the outbox to the feed, and return how many.

        If this partition has none, or the turn is over, go on to the next one.
        """
        if not self._moving and self._store.relay.is_idle():
            return 0
        moved = 0
        for _ in self._leases:
            moved = self._move()
            self._moving = moved > 0
            if len(self._leases) > 1 and (not moved or time.monotonic() > self._turn_ends):
                self._end_turn()
            if moved:
                break
        return moved

    def _end_turn(self) -> None:
        """Leave this partition to others, and go on to the next one."""
        self._leases[self._partition].release()
        self._partition = (self._partition + 1) % len(self._leases)
        self._turn_ends, self._moving = time.monotonic() + TURN_SECONDS, False

    def _move(self) -> int:
        """Move events of the partition whose turn it is; 0 if another worker does that."""
        relay, partition = self._store.relay, self._partition
        is_idle = len(self._leases) > 1 and not self._moving and relay.is_idle(partition)
        if is_idle or not self._leases[partition].acquire(RELAY_SECONDS):
            return 0
        now = self._deliveries.now()
        subscriptions = self._subscribers.all()
        limit = max(1, min(MOST_EVENTS, MOST_DELIVERIES // max(1, len(subscriptions))))

        def route(event: Document) -> Routing:
            return self._subscribers.route(subscriptions, event)

        expires = now + self._options.retention
        moved = relay.move(route if subscriptions else None, now, expires, limit, partition)
        self._subscribers.report_slow()
        return moved

    def _serve(self) -> bool:
        """Begin to serve every subscriber with deliveries due; return whether there was one."""
        now = time.monotonic()
        self._resting = {id_: until for id_, until in self._resting.items() if until > now}
        waiting = set(self._deliveries.waiting()) - self._serving - self._resting.keys()
        begun = 0
        for id_ in self._claimable(waiting):
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
        """Claim a subscriber if something can be delivered to it now; else let it rest."""
        found = self._deliveries.next(id_, 1)
        if found.due or found.behind:
            return self._deliveries.claim(id_, self._context.claim_seconds)
        self._resting[id_] = time.monotonic() + REST_SECONDS
        return None

    def _claimable(self, waiting: set[str]) -> list[str]:
        """The subscribers that can be claimed; deliveries of ended subscriptions are removed."""
        for id_ in waiting - self._deliveries.consumers(waiting):
            self._subscribers.find(id_)  # removes the deliveries if it has ended
        return self._deliveries.claimable(waiting) if waiting else []

    def _work(self, claim: Claim, subscription: Subscription) -> None:
        try:
            if not Courier(self._context, claim, subscription).run():
                self._resting[claim.subscription] = time.monotonic() + REST_SECONDS
        except Unavailable:
            pass  # another worker takes over when the claim has expired
        except Exception as fault:  # noqa: BLE001 - it is tried again
            with suppress(Unavailable):
                self._record_fault(claim, fault)
        finally:
            self._serving.discard(claim.subscription)

    def _record_fault(self, claim: Claim, fault: Exception) -> None:
        """Log, count and show a fault in serving a subscriber.

        It is served again when the claim has expired, and so on until its deliveries expire.
        """
        self._count_fault(fault, "courier", subscription=claim.subscription)
        self._deliveries.record_error(claim, f"a fault of the server's: {type(fault).__name__}")

    def _courier_context(self) -> CourierContext:
        options = self._options
        return CourierContext(
            deliveries=self._deliveries,
            subscribers=self._subscribers,
            bodies=Bodies(options.base),
            retry_policy=RetryPolicy(options.retry),
            allowance=options.allowance,
            resolve=options.resolve,
            patience=options.patience,
            watchdog=Watchdog(),
            lanes=self._lanes,
            stop=self._stop,
        )
