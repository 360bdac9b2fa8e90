"""The wait before the next try of a delivery. Pure."""

import random
from collections.abc import Callable
from datetime import datetime
from email.utils import parsedate_to_datetime

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 3600.0
JITTER = 0.2


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
