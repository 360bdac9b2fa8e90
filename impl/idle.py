"""How long a connection stays open on which nothing is asked: for long, but not beyond a stop.

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
    """gunicorn's, with patience that can end."""

    _keepalive_handle: asyncio.TimerHandle | None

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
