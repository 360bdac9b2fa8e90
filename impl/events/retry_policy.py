"""What follows from some deliveries that were tried: who is tried again, and when. Pure."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from impl.events.backoff import delay
from impl.store.deliveries import EVER, Delivery, DeliveryOutcomes, Failure

TOO_MANY_BLOCKED = 5
"""With so many subjects waiting, it is the receiver that is in trouble, and not some events."""


@dataclass(frozen=True)
class Tried:
    """A delivery that was tried, and what went wrong: nothing where the receiver has it."""

    delivery: Delivery
    error: str = ""
    retry_after: float | None = None
    unreachable: bool = False
    gone: bool = False
    """The receiver wants no more events at all."""

    lost: bool = False
    """There is nothing to deliver any more."""


@dataclass(frozen=True)
class RetryPolicy:
    """Judges the rounds of a consumer: how long failures are tried again, by which jitter."""

    retry: timedelta
    jitter: Callable[[], float] = random.random

    def judge(
        self, tried: Sequence[Tried], failures: int, blocked: int, now: datetime
    ) -> DeliveryOutcomes:
        """What became of a round, after so many failed rounds and with so many blocked subjects.

        A delivery that fails holds up what is behind it with the same subject. The receiver is left
        alone as a whole, and then tried with one delivery at a time, where it can't be reached,
        asks for it, or fails for everything.
        """
        delivered = [each.delivery for each in tried if not each.error]
        failed = [each for each in tried if each.error]
        named = [each.retry_after for each in failed if each.retry_after is not None]
        troubled = (
            any(each.unreachable for each in failed)
            or bool(failures and failed)
            or blocked + len(failed) >= TOO_MANY_BLOCKED
        )
        rounds = failures + 1 if troubled and not delivered else 0
        pauses = [*named, *([delay(rounds, self.jitter)] if rounds else [])]
        return DeliveryOutcomes(
            delivered=delivered,
            failed=[self._failure(each, now) for each in failed],
            failures=rounds,
            due=now + timedelta(seconds=max(pauses)) if pauses else EVER,
            dead_before=now - self.retry if rounds else None,
        )

    def _failure(self, each: Tried, now: datetime) -> Failure:
        own = delay(each.delivery.tries + 1, self.jitter)
        due = now + timedelta(seconds=max(own, each.retry_after or 0))
        given_up = each.lost or due > each.delivery.since + self.retry
        return Failure(each.delivery, each.error, None if given_up else due)
