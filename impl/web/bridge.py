"""Runs WSGI applications under an ASGI server, with a thread for each request in progress.

With a2wsgi, a thread waits for the event loop three times a response, and for ever if the client
has left. Here a thread returns a whole response as its result. Only a stream is sent piece by
piece, each once the client has taken the one before, and ends when the client leaves.
"""

import asyncio
import contextvars
import io
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain
from typing import Any, TypeAlias

from a2wsgi.wsgi import build_environ
from starlette.types import Message, Receive, Scope, Send

from impl.errors import Postponed
from impl.web.scope_keys import IS_WANTED, RUNS_ALONE
from impl.web.threads import Threads, Work

WsgiApp: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
ANSWER_SECONDS = 20
"""How long a client is taken to wait for a response that is no stream."""

SEND_SECONDS = 60
"""A stream ends if its client does not take a piece in this time."""

PIECE_BYTES = 64 * 1024
"""The most bytes of a stream that are sent at a time."""


class Bridge:
    """A WSGI application as an ASGI one."""

    def __init__(self, app: WsgiApp, threads: Threads) -> None:
        self._app = app
        self._threads = threads
        self._alone = asyncio.Lock()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one request; what the application raises is raised here."""
        environ: dict[str, Any] = build_environ(scope, io.BytesIO())
        call = _Call(self._app, environ, send, self._threads.streams)
        run = contextvars.copy_context().run
        try:
            work = partial(run, call.serve)
            for message in await self._served(work, environ, writes=scope["method"] != "GET"):
                await send(message)
        finally:
            call.client_gone = True

    async def _served(self, work: Work, environ: dict[str, Any], *, writes: bool) -> list[Message]:
        """The messages that are left to send.

        A postponed request starts again once no other one runs; it holds no thread while it waits.
        """
        environ[RUNS_ALONE] = False
        try:
            return await self._threads.result(work, writes=writes)
        except Postponed:
            async with self._alone:
                environ[RUNS_ALONE] = True
                return await self._threads.result(work, writes=writes)


class _ClientGone(Exception):
    """The client has left, or takes no more of the stream."""


class _Call:
    """One call of the WSGI application, made in a thread."""

    def __init__(
        self, app: WsgiApp, environ: dict[str, Any], send: Send, streams: set[object]
    ) -> None:
        self.client_gone = False
        self._app = app
        self._environ = environ
        self._send = send
        self._streams = streams
        self._loop = asyncio.get_running_loop()
        self._ends = self._loop.time() + ANSWER_SECONDS
        self._start: Message = {}
        environ[IS_WANTED] = self._is_wanted

    def _is_wanted(self) -> bool:
        """Whether the client has not left, as far as is known, and waited no longer than it may."""
        return not self.client_gone and self._loop.time() < self._ends

    def serve(self) -> list[Message]:
        """The messages that are left to send: all of a whole response, the end of a stream.

        None are left if the client has gone, even before the request got a thread.
        """
        if self.client_gone:
            return []
        body = self._app(self._environ, self._start_response)
        try:
            return self._answer(iter(body))
        except _ClientGone:
            return []
        finally:
            self._streams.discard(self)
            getattr(body, "close", lambda: None)()

    def _answer(self, chunks: Iterator[bytes]) -> list[Message]:
        if self._is_whole:
            body = b"".join(chunks)
            return [self._start, {"type": "http.response.body", "body": body}]
        self._streams.add(self)
        first = next(chunks, b"")  # an error here still becomes an error response
        self._send_piece(self._start)
        for chunk in chain((first,), chunks):
            for at in range(0, len(chunk) or 1, PIECE_BYTES):
                piece = chunk[at : at + PIECE_BYTES]
                self._send_piece({"type": "http.response.body", "body": piece, "more_body": True})
        return [{"type": "http.response.body", "body": b""}]

    @property
    def _is_whole(self) -> bool:
        """Whether the response is no stream: it has a length, or no body."""
        names = {name for name, _ in self._start["headers"]}
        return b"content-length" in names or b"content-type" not in names

    def _send_piece(self, message: Message) -> None:
        """Send a piece, and wait until it is taken; _ClientGone if it is not.

        An empty piece is not sent: a stream yields one to check that the client is still there.
        """
        if self.client_gone:
            raise _ClientGone
        if message.get("body") == b"":
            return
        sent = asyncio.run_coroutine_threadsafe(self._sent(message), self._loop)
        try:
            sent.result(SEND_SECONDS)
        except (TimeoutError, OSError):
            sent.cancel()
            raise _ClientGone from None

    async def _sent(self, message: Message) -> None:
        await self._send(message)

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], _error: Any = None
    ) -> Callable[[bytes], None]:
        self._start = {
            "type": "http.response.start",
            "status": int(status.partition(" ")[0]),
            "headers": [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers],
        }
        return _no_write


def _no_write(_chunk: bytes) -> None:
    raise NotImplementedError("Flask returns its body")
