"""`/health/live` and `/health/ready`, for load balancers and orchestrators.

The edge itself answers them, even while every thread waits for the database.
"""

import asyncio
from collections.abc import Callable

from impl.errors import MethodNotAllowed, Unavailable
from impl.web.errors import Answer, as_json

PATHS = ("/health/live", "/health/ready")


class Health:
    """Alive while the process answers; ready while it can serve, and write to the database."""

    def __init__(self, ping: Callable[[], None], stuck: Callable[[], bool] = lambda: False) -> None:
        """`ping` raises Unavailable without a database; `stuck` says whether no thread is free."""
        self._ping = ping
        self._stuck = stuck

    async def answer(self, method: str, path: str) -> Answer | None:
        """The response of a health path, or None for another path; MethodNotAllowed."""
        if path not in PATHS:
            return None
        if method not in ("GET", "HEAD"):
            raise MethodNotAllowed(method, "GET, HEAD")
        return _answer(200, "live") if path == "/health/live" else await self._ready()

    async def _ready(self) -> Answer:
        if self._stuck():
            return _answer(503, "all threads have been busy for some seconds")
        try:
            await asyncio.to_thread(self._ping)
        except Unavailable:
            return _answer(503, "waiting for the database")
        return _answer(200, "ready")


def _answer(status: int, state: str) -> Answer:
    return as_json(status, {"status": state}, [(b"cache-control", b"no-store")])
