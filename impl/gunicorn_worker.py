"""Timeouts of connections: idle ones, and those whose client does not read its answer.

A server that closes an idle connection just as the client sends on it fails a request that it never
read (RFC 9112 section 9.5). So the server should wait longer than its clients: load balancers and
HTTP clients close idle connections after 5 to 60 s. But an idle connection must not delay a stop
for that long. gunicorn has one timeout for both and no way to set two, so this changes its private
classes.
"""

import asyncio
import weakref
from collections.abc import Callable
from typing import Any

import uvloop
from gunicorn.asgi.protocol import ASGIProtocol
from gunicorn.workers.gasgi import ASGIWorker

SERVING_SECONDS, STOPPING_SECONDS = 65, 2
"""The idle timeout of a connection, and the one once the worker is to stop."""

READ_SECONDS, LEAST_READ = 60, 1024 * 1024
"""The server ends a connection whose client reads fewer bytes than this of a longer answer within
this time. An answer that waits for its client takes memory, and a place among the requests in
progress.
"""


class Worker(ASGIWorker):  # type: ignore[misc]
    """gunicorn's worker, with a short idle timeout once it is to stop."""

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
            connection.shorten_idle()
        await super()._shutdown()


class _Connection(ASGIProtocol):  # type: ignore[misc]
    """gunicorn's connection, with both timeouts."""

    _keepalive_handle: asyncio.TimerHandle | None
    _read_timer: asyncio.TimerHandle | None = None

    def pause_writing(self) -> None:
        """The buffer is full, because the client has not read it yet."""
        super().pause_writing()
        self._start_read_timer()

    def resume_writing(self) -> None:
        """The client has read nearly all."""
        self._stop_read_timer()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed, by either side."""
        self._stop_read_timer()
        super().connection_lost(exc)

    def _start_read_timer(self) -> None:
        size = self.transport.get_write_buffer_size()
        self._read_timer = self.worker.loop.call_later(READ_SECONDS, self._check_read, size)

    def _stop_read_timer(self) -> None:
        if self._read_timer is not None:
            self._read_timer.cancel()

    def _check_read(self, size_before: int) -> None:
        """Wait on if the client has read enough; else close the connection."""
        if self.transport.get_write_buffer_size() > size_before - LEAST_READ:
            self.transport.abort()
        else:
            self._start_read_timer()

    def shorten_idle(self) -> None:
        """Count the idle time against STOPPING_SECONDS; a request in progress is answered."""
        if self._awaiting_request:
            timer = self._keepalive_handle
            idle = SERVING_SECONDS - (timer.when() - self.worker.loop.time()) if timer else 0
            self._cancel_keepalive_timer()
            self._keepalive_handle = self.worker.loop.call_later(
                max(0, STOPPING_SECONDS - idle), self._keepalive_timeout
            )


class _Loop(uvloop.Loop):
    """An event loop whose servers use this protocol, whatever gunicorn's worker passes."""

    def __init__(self, protocol: Callable[[], asyncio.BaseProtocol]) -> None:
        super().__init__()
        self._protocol = protocol

    def create_server(self, _factory: Any, **options: Any) -> Any:  # type: ignore[override]
        return super().create_server(self._protocol, **options)
