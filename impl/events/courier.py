"""Delivers events to one subscriber for a few seconds, in order for each subject.

A receiver gets one delivery at a time at first, and more at a time as long as none fails. So a slow
or dead receiver never takes more than one thread.
"""

import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, wait
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from queue import Empty, SimpleQueue

import structlog

from impl.errors import NotFound
from impl.events import signing
from impl.events.bodies import Bodies, Message
from impl.events.callbacks import Allowance, Resolve
from impl.events.posting import Answer, Patience, Receiver, Unreachable, Watchdog
from impl.events.retry_policy import ENDS_SUBSCRIPTION, RetryPolicy, Tried, retry_after
from impl.events.subscribers import Subscribers, Subscription
from impl.store.deliveries import Claim, Deliveries, DeliveryOutcomes
from impl.store.delivery_rows import Delivery

WIDEST = 8
"""The most deliveries that one subscriber gets at a time."""

DEPTH = 16
"""How many deliveries are read from the database for each of them."""

SLICE_SECONDS = 3.0
"""How long a subscriber is served before the next one gets the thread."""

log = structlog.get_logger("events")


@dataclass(frozen=True)
class CourierContext:
    """The parts that all couriers of a worker share."""

    deliveries: Deliveries
    subscribers: Subscribers
    bodies: Bodies
    retry_policy: RetryPolicy
    allowance: Allowance
    resolve: Resolve
    patience: Patience
    watchdog: Watchdog
    lanes: Executor
    stop: threading.Event

    @property
    def claim_seconds(self) -> float:
        """How long a claim lasts: longer than a delivery that begins at the end of a slice."""
        return SLICE_SECONDS + self.patience.total + 7


class Courier:
    """Serves one subscriber that the worker has claimed."""

    def __init__(self, context: CourierContext, claim: Claim, subscription: Subscription) -> None:
        self._context = context
        self._claim = claim
        self._subscription = subscription
        self._failures = claim.failures
        self._ends = time.monotonic() + SLICE_SECONDS
        self._receivers: SimpleQueue[Receiver] = SimpleQueue()

    def run(self) -> bool:
        """Deliver until the time is over or nothing is due; return whether anything was."""
        rounds = 0
        width = 1
        try:
            while not self._over() and (batch := self._next(width)):
                rounds += 1
                width = self._deliver(batch, width)
                if not width:
                    break
        finally:
            self._close()
        self._context.deliveries.release(self._claim)
        return rounds > 0

    def _over(self) -> bool:
        return self._context.stop.is_set() or time.monotonic() >= self._ends

    def _next(self, width: int) -> Sequence[Delivery]:
        limit = 1 if self._failures else width * DEPTH
        deliveries, id_ = self._context.deliveries, self._subscription.id
        while (found := deliveries.next(id_, limit)).behind and not self._over():
            if not deliveries.split(self._claim, deliveries.next(id_, WIDEST * DEPTH).behind):
                return []
        return found.due

    def _deliver(self, batch: Sequence[Delivery], width: int) -> int:
        """Try a batch; return the width of the next one, 0 to stop."""
        context, id_ = self._context, self._subscription.id
        tried = self._try_all(batch, width)
        if any(each.gone for each in tried):
            self._end()
            return 0
        blocked = context.deliveries.blocked(id_) if any(each.error for each in tried) else 0
        now = context.deliveries.now()
        outcomes = context.retry_policy.decide(tried, self._failures, blocked, now)
        if not context.deliveries.settle(self._claim, outcomes, context.claim_seconds):
            return 0
        self._log(outcomes)
        if self._failures and not outcomes.failures:
            context.deliveries.retry(id_)
        self._failures = outcomes.failures
        if outcomes.failed:
            return 1 if outcomes.delivered else 0
        return min(2 * width, WIDEST)

    def _try_all(self, batch: Sequence[Delivery], width: int) -> list[Tried]:
        """Try a batch, `width` subjects at a time; return those tried before the time was over."""
        messages = self._messages(batch)
        subjects: dict[str, list[Delivery]] = {}
        for delivery in batch:
            subjects.setdefault(delivery.subject, []).append(delivery)
        waiting: SimpleQueue[list[Delivery]] = SimpleQueue()
        for queue in subjects.values():
            waiting.put(queue)
        tried: list[Tried] = []
        helpers = min(width, len(subjects)) - 1
        submit = self._context.lanes.submit
        lanes = [submit(self._lane, waiting, messages, tried) for _ in range(helpers)]
        self._lane(waiting, messages, tried)
        wait(lanes)
        return tried

    def _messages(self, batch: Sequence[Delivery]) -> dict[str, Message | str]:
        """What to post, by position: a message, or why there is none. Expired events have none."""
        bodies, selector = self._context.bodies, self._subscription.selector
        messages: dict[str, Message | str] = {}
        messages |= bodies.cached((each.position for each in batch), selector)
        unknown = [each for each in batch if each.position not in messages]
        for position, event in self._context.deliveries.events(unknown).items():
            try:
                messages[position] = bodies.message(event, selector)
            except Exception:
                log.exception("event", event_id=event["eventId"])
                messages[position] = "the event can't be written"
        return messages

    def _lane(
        self,
        waiting: SimpleQueue[list[Delivery]],
        messages: Mapping[str, Message | str],
        tried: list[Tried],
    ) -> None:
        """Deliver subject after subject until none is left, or the time is over."""
        receiver = self._receiver()
        with suppress(Empty):
            while not self._over():
                for delivery in waiting.get_nowait():
                    each = self._try(receiver, delivery, messages.get(delivery.position))
                    tried.append(each)
                    if each.unreachable or each.gone or each.retry_after is not None:
                        self._ends = 0.0  # the others would fail alike
                    if each.error or self._over():
                        break
        self._receivers.put(receiver)

    def _try(self, receiver: Receiver, delivery: Delivery, message: Message | str | None) -> Tried:
        if message is None:
            return Tried(delivery, "the event has expired or can't be read", lost=True)
        if isinstance(message, str):
            return Tried(delivery, message)
        now = int(time.time())
        headers = signing.headers(self._claim.secret, message.event_id, now, message.body)
        if message.traceparent is not None:
            headers["traceparent"] = message.traceparent
        try:
            answer = receiver.post(message.body, {"Content-Type": "application/json", **headers})
        except Unreachable as error:
            return Tried(delivery, str(error), unreachable=True)
        return _read(delivery, answer)

    def _receiver(self) -> Receiver:
        try:
            return self._receivers.get_nowait()
        except Empty:
            context, callback = self._context, self._subscription.callback
            return Receiver(
                callback, context.allowance, context.watchdog, context.patience, context.resolve
            )

    def _close(self) -> None:
        while not self._receivers.empty():
            self._receivers.get_nowait().close()

    def _end(self) -> None:
        """End the subscription: its receiver answered 410 Gone."""
        log.warning("subscription ended", subscription=self._subscription.id, reason="410 Gone")
        try:
            self._context.subscribers.end(self._subscription.id)
        except NotFound:
            self._context.deliveries.discard(self._subscription.id)

    def _log(self, outcomes: DeliveryOutcomes) -> None:
        """Log that a receiver begins to fail, and how many deliveries are given up."""
        dead = sum(failure.due is None for failure in outcomes.failed)
        if dead or outcomes.failures == 1:
            error = outcomes.failed[-1].error
            log.warning("delivery", subscription=self._subscription.id, error=error, given_up=dead)


def _read(delivery: Delivery, answer: Answer) -> Tried:
    if 200 <= answer.status < 300:
        return Tried(delivery)
    return Tried(
        delivery,
        f"HTTP status {answer.status}",
        retry_after=retry_after(answer.retry_after, datetime.now(UTC)),
        gone=answer.status == ENDS_SUBSCRIPTION,
    )
