"""How long a connection stays open on which nothing is asked: for long, but not beyond a stop.

And how long one stays open of whose answer nothing is taken.

Who closes an idle connection just as the other side sends on it has a request fail that was never
begun (RFC 9112 section 9.5). So a server had better be the more patient one: balancers and HTTP
clients give theirs up after 5 to 60 s. gunicorn has one figure for that and for how long such a
connection holds up a stop, and no seam for two; hence this reach into what it keeps to itself.
"""

import asyncio
import weakref
from collections.abc import Callable
from typing import Any

import uvloop
from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers.gasgi import ASGIWorker

SERVING_SECONDS = 65
STOPPING_SECONDS = 2

TAKING_SECONDS, LEAST_TAKEN = 60, 1024 * 1024
"""The server ends a connection whose client takes fewer bytes than this of a longer answer within
this time. An answer that waits for its client takes memory, and a place among the requests in
progress.
"""


class Worker(ASGIWorker):  # type: ignore[misc]
    """gunicorn's, which loses its patience with idle connections when it is to stop."""

    def _setup_event_loop(self) -> None:
        self._connections: weakref.WeakSet[_Connection] = weakref.WeakSet()
        self.loop = _Loop(self._connected)
        asyncio.set_event_loop(self.loop)

    def _connected(self) -> "_Connection":
        connection = _Connection(self)
        self._connections.add(connection)
        return connection

    async def _shutdown(self) -> None:
        for connection in self._connections:
            connection.hurry()
        await super()._shutdown()


class _Connection(ASGIProtocol):  # type: ignore[misc]
    """gunicorn's, with patience that can end: with who asks nothing, and with who takes nothing."""

    _keepalive_handle: asyncio.TimerHandle | None
    _taking: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """More is to be sent than the client has taken."""
        super().pause_writing()
        self._expect_taking()

    def resume_writing(self) -> None:
        """It has taken nearly all."""
        self._stop_expecting()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has left, or was left."""
        self._stop_expecting()
        super().connection_lost(exc)

    def _expect_taking(self) -> None:
        left = self.transport.get_write_buffer_size()
        self._taking = self.worker.loop.call_later(TAKING_SECONDS, self._judge_taking, left)

    def _stop_expecting(self) -> None:
        if self._taking is not None:
            self._taking.cancel()

    def _judge_taking(self, before: int) -> None:
        """Go on waiting where enough was taken; else end, with what nobody reads."""
        if self.transport.get_write_buffer_size() > before - LEAST_TAKEN:
            self.transport.abort()
        else:
            self._expect_taking()

    def hurry(self) -> None:
        """End as though there had been little time from the first; what is asked is answered."""
        if self._awaiting_request:
            timer = self._keepalive_handle
            idle = SERVING_SECONDS - (timer.when() - self.worker.loop.time()) if timer else 0
            self._cancel_keepalive_timer()
            self._keepalive_handle = self.worker.loop.call_later(
                max(0, STOPPING_SECONDS - idle), self._keepalive_timeout
            )


class _Loop(uvloop.Loop):
    """A loop whose servers speak by this protocol, whatever gunicorn's worker says."""

    def __init__(self, protocol: Callable[[], asyncio.BaseProtocol]) -> None:
        super().__init__()
        self._protocol = protocol

    def create_server(self, _factory: Any, **options: Any) -> Any:  # type: ignore[override]
        return super().create_server(self._protocol, **options)
