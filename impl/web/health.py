"""`/health/live` and `/health/ready`, for load balancers and orchestrators.

Answered by the edge itself, so that they answer while every worker thread waits for the database.
"""

import asyncio
from collections.abc import Callable

import orjson

from impl.errors import Unavailable
from impl.web.errors import Answer


class Health:
    """Alive while the process answers; ready while the database can be written to."""

    def __init__(self, ping: Callable[[], None]) -> None:
        self._ping = ping

    async def answer(self, path: str) -> Answer | None:
        """The answer of a health path, or None where it is another path."""
        if path == "/health/live":
            return _answer(200, "live")
        if path == "/health/ready":
            try:
                await asyncio.to_thread(self._ping)
            except Unavailable:
                return _answer(503, "waiting for the database")
            return _answer(200, "ready")
        return None


def _answer(status: int, state: str) -> Answer:
    body = orjson.dumps({"status": state})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    return Answer(status, headers, body)
