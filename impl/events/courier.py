"""Delivers to one subscriber for a while: in order per subject, and as many at a time as it takes.

A receiver begins with one delivery at a time and gets more of them as long as all goes well, so
that one that is slow or dead never takes more than a thread.
"""

import threading
import time
from concurrent.futures import Executor, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

import structlog

from impl.errors import NotFound
from impl.events import signing
from impl.events.backoff import retry_after
from impl.events.bodies import Bodies
from impl.events.callbacks import Allowance, Resolve
from impl.events.posting import Answer, Patience, Receiver, Unreachable, Watchdog
from impl.events.retry_policy import RetryPolicy, Tried
from impl.events.subscribers import Subscribers, Subscription
from impl.query.language import Document
from impl.store.deliveries import Claim, Deliveries, Delivery, DeliveryOutcomes

WIDEST = 8
"""How many deliveries one subscriber gets at a time, at the most."""

DEPTH = 16
"""How many deliveries are taken up for each of them."""

SLICE_SECONDS = 3.0
"""How long a subscriber is served before it is another's turn."""

GONE = 410
log = structlog.get_logger("events")


@dataclass(frozen=True)
class CourierContext:
    """What all couriers of a worker share."""

    deliveries: Deliveries
    subscribers: Subscribers
    bodies: Bodies
    judge: RetryPolicy
    allowance: Allowance
    resolve: Resolve
    patience: Patience
    watchdog: Watchdog
    lanes: Executor
    stop: threading.Event

    @property
    def claim_seconds(self) -> float:
        """How long a claim lasts: longer than what is begun in a slice can take."""
        return SLICE_SECONDS + self.patience.total + 7


class Courier:
    """One subscriber's turn, for a worker that has claimed it."""

    def __init__(self, kit: CourierContext, claim: Claim, subscription: Subscription) -> None:
        self._kit = kit
        self._claim = claim
        self._subscription = subscription
        self._failures = claim.failures
        self._ends = time.monotonic() + SLICE_SECONDS
        self._receivers: SimpleQueue[Receiver] = SimpleQueue()

    def run(self) -> bool:
        """Deliver until the turn is over or nothing can be done; whether anything could."""
        rounds = 0
        width = 1
        try:
            while not self._over() and (batch := self._next(width)):
                rounds += 1
                width = self._round(batch, width)
                if not width:
                    break
        finally:
            self._close()
        self._kit.deliveries.release(self._claim)
        return rounds > 0

    def _over(self) -> bool:
        return self._kit.stop.is_set() or time.monotonic() >= self._ends

    def _next(self, width: int) -> list[Delivery]:
        limit = 1 if self._failures else width * DEPTH
        return self._kit.deliveries.next(self._subscription.id, limit)

    def _round(self, batch: list[Delivery], width: int) -> int:
        """Try a batch; how many at a time the next may have, 0 where there is none."""
        kit, id_ = self._kit, self._subscription.id
        tried = self._tried(batch, width)
        if any(each.gone for each in tried):
            self._end()
            return 0
        blocked = kit.deliveries.blocked(id_) if any(each.error for each in tried) else 0
        done = kit.judge.judge(tried, self._failures, blocked, kit.deliveries.now())
        if not kit.deliveries.settle(self._claim, done, kit.claim_seconds):
            return 0
        self._tell(done)
        if self._failures and not done.failures:
            kit.deliveries.retry(id_)
        self._failures = done.failures
        if done.failed:
            return 1 if done.delivered else 0
        return min(2 * width, WIDEST)

    def _tried(self, batch: list[Delivery], width: int) -> list[Tried]:
        """What became of a batch; what there was no time for is left out."""
        events = self._kit.deliveries.events(each.position for each in batch)
        subjects: dict[str, list[Delivery]] = {}
        for delivery in batch:
            subjects.setdefault(delivery.subject, []).append(delivery)
        waiting: SimpleQueue[list[Delivery]] = SimpleQueue()
        for queue in subjects.values():
            waiting.put(queue)
        tried: list[Tried] = []
        helpers = min(width, len(subjects)) - 1
        lanes = [self._kit.lanes.submit(self._lane, waiting, events, tried) for _ in range(helpers)]
        self._lane(waiting, events, tried)
        wait(lanes)
        return tried

    def _lane(
        self, waiting: SimpleQueue[list[Delivery]], events: dict[str, Document], tried: list[Tried]
    ) -> None:
        """Deliver subject after subject, until there is none, or no time."""
        receiver = self._receiver()
        with suppress(Empty):
            while not self._over():
                for delivery in waiting.get_nowait():
                    found = self._try(receiver, delivery, events.get(delivery.position))
                    tried.append(found)
                    if found.unreachable or found.gone or found.retry_after is not None:
                        self._ends = 0.0  # the others would fare no better
                    if found.error or self._over():
                        break
        self._receivers.put(receiver)

    def _try(self, receiver: Receiver, delivery: Delivery, event: Document | None) -> Tried:
        if event is None:
            return Tried(delivery, "the event has expired", lost=True)
        try:
            body = self._kit.bodies.body(event, self._subscription.selector)
        except Exception:
            log.exception("event", event_id=event["eventId"])
            return Tried(delivery, "the event can't be written")
        headers = signing.headers(self._claim.secret, event["eventId"], int(time.time()), body)
        if "traceparent" in event:
            headers["traceparent"] = event["traceparent"]
        try:
            answer = receiver.post(body, {"Content-Type": "application/json", **headers})
        except Unreachable as error:
            return Tried(delivery, str(error), unreachable=True)
        return _read(delivery, answer)

    def _receiver(self) -> Receiver:
        try:
            return self._receivers.get_nowait()
        except Empty:
            kit = self._kit
            callback = self._subscription.callback
            return Receiver(callback, kit.allowance, kit.watchdog, kit.patience, kit.resolve)

    def _close(self) -> None:
        while not self._receivers.empty():
            self._receivers.get_nowait().close()

    def _end(self) -> None:
        log.warning("subscription ended", subscription=self._subscription.id, reason="410 Gone")
        try:
            self._kit.subscribers.end(self._subscription.id)
        except NotFound:
            self._kit.deliveries.discard(self._subscription.id)

    def _tell(self, done: DeliveryOutcomes) -> None:
        """Log what an operator should know: that a receiver fails, and what is given up."""
        dead = sum(failure.due is None for failure in done.failed)
        if dead or done.failures == 1:
            error = done.failed[-1].error
            log.warning("delivery", subscription=self._subscription.id, error=error, given_up=dead)


def _read(delivery: Delivery, answer: Answer) -> Tried:
    if 200 <= answer.status < 300:
        return Tried(delivery)
    return Tried(
        delivery,
        f"HTTP status {answer.status}",
        retry_after=retry_after(answer.retry_after, datetime.now(UTC)),
        gone=answer.status == GONE,
    )
