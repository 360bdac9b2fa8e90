"""Waiting for a condition, in place of sleeping for as long as it should take."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T | None], seconds: float = 60, pause: float = 0.02) -> T:
    """The first true value of a condition; AssertionError if none comes in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s; at the end: {value!r}"
        time.sleep(pause)
    return value
