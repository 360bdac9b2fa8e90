"""Decides after each round of deliveries what is tried again, and after which delay."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from impl.store.deliveries import EVER, DeliveryOutcomes, Failure
from impl.store.delivery_rows import Delivery

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 3600.0
JITTER = 0.2
ENDS_SUBSCRIPTION = 410
"""The status of a receiver that wants no more events: Gone. Any other failure is tried again."""

TOO_MANY_BLOCKED = 5
"""With so many subjects waiting, the receiver is in trouble, and not only some events."""


@dataclass(frozen=True)
class Tried:
    """A delivery that was tried, with its error; blank if the receiver accepted it."""

    delivery: Delivery
    error: str = ""
    retry_after: float | None = None
    unreachable: bool = False
    gone: bool = False
    """The receiver wants no more events at all."""

    lost: bool = False
    """The event has expired, so that nothing is left to deliver."""


@dataclass(frozen=True)
class RetryPolicy:
    """How long failed deliveries are retried, and with which jitter."""

    retry: timedelta
    jitter: Callable[[], float] = random.random

    def decide(
        self, tried: Sequence[Tried], failures: int, blocked: int, now: datetime
    ) -> DeliveryOutcomes:
        """The outcomes of a round, after so many failed rounds and with so many blocked subjects.

        A failed delivery blocks later ones of its subject. If the receiver can't be reached, asks
        for a pause, or fails for everything, all its deliveries pause, and then it gets one at a
        time.
        """
        delivered = [each.delivery for each in tried if not each.error]
        failed = [each for each in tried if each.error]
        requested = [each.retry_after for each in failed if each.retry_after is not None]
        in_trouble = (
            any(each.unreachable for each in failed)
            or bool(failures and failed)
            or blocked + len(failed) >= TOO_MANY_BLOCKED
        )
        rounds = failures + 1 if in_trouble and not delivered else 0
        pauses = [*requested, *([delay(rounds, self.jitter)] if rounds else [])]
        return DeliveryOutcomes(
            delivered=delivered,
            failed=[self._failure(each, now) for each in failed],
            failures=rounds,
            due=now + timedelta(seconds=max(pauses)) if pauses else EVER,
            dead_before=now - self.retry if rounds else None,
        )

    def _failure(self, tried: Tried, now: datetime) -> Failure:
        """The failure with the time of its next try: None if it is over, or too late by then."""
        backoff = delay(tried.delivery.tries + 1, self.jitter)
        due = now + timedelta(seconds=max(backoff, tried.retry_after or 0))
        given_up = tried.lost or due > tried.delivery.since + self.retry
        return Failure(tried.delivery, tried.error, None if given_up else due)


def delay(tries: int, jitter: Callable[[], float] = random.random) -> float:
    """Seconds to wait after so many failed tries: from 1 to 3600, 20 % more or less."""
    mean: float = FIRST_SECONDS * 2 ** min(tries - 1, 20)
    return min(LONGEST_SECONDS, mean * (1 - JITTER + 2 * JITTER * jitter()))


def retry_after(text: str | None, now: datetime) -> float | None:
    """The seconds in a `Retry-After` header (RFC 9110), at most 3600; None if it can't be read."""
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return min(LONGEST_SECONDS, float(text[:10]))
    try:
        seconds = (parsedate_to_datetime(text) - now).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(LONGEST_SECONDS, max(0.0, seconds))
