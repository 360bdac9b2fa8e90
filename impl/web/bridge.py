"""Flask under an ASGI server: a thread for each request in progress, and one way back from it.

a2wsgi hands a response over in three messages, each a wait of the thread for the event loop, and
its thread waits for ever where the client has left. Here a response that is whole goes back as the
thread's result; only a stream is handed over piece by piece, and ends when its client is gone.
"""

import asyncio
import contextvars
import io
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

from a2wsgi.wsgi import build_environ
from starlette.types import Message, Receive, Scope, Send

WsgiApp: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
SEND_SECONDS = 60
"""How long a client may leave a piece of a stream untaken."""


class Bridge:
    """A WSGI application as an ASGI one."""

    def __init__(self, app: WsgiApp, threads: int) -> None:
        self._app = app
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="flask")

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one request; what the application raises is raised here."""
        environ: dict[str, Any] = build_environ(scope, io.BytesIO())
        exchange = _Exchange(self._app, environ, send)
        run = contextvars.copy_context().run
        try:
            loop = asyncio.get_running_loop()
            for message in await loop.run_in_executor(self._executor, run, exchange.serve):
                await send(message)
        finally:
            exchange.gone = True


class _Gone(Exception):
    """Nobody takes what the thread still has to say."""


class _Exchange:
    """One request, as its thread serves it."""

    def __init__(self, app: WsgiApp, environ: dict[str, Any], send: Send) -> None:
        self.gone = False
        self._app = app
        self._environ = environ
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._start: Message = {}

    def serve(self) -> list[Message]:
        """The messages that are left to send: all of a whole response, none of a stream."""
        body = self._app(self._environ, self._start_response)
        try:
            return self._answer(iter(body))
        except _Gone:
            return []
        finally:
            getattr(body, "close", lambda: None)()

    def _answer(self, chunks: Iterator[bytes]) -> list[Message]:
        first = next(chunks, b"")
        second = next(chunks, None)
        if second is None:
            return [self._start, {"type": "http.response.body", "body": first}]
        self._hand_over(self._start)
        for chunk in (first, second):
            self._hand_over({"type": "http.response.body", "body": chunk, "more_body": True})
        for chunk in chunks:
            self._hand_over({"type": "http.response.body", "body": chunk, "more_body": True})
        return [{"type": "http.response.body", "body": b""}]

    def _hand_over(self, message: Message) -> None:
        """Send a piece, at the pace of the client; _Gone where it has left, or takes nothing.

        Of an empty piece nothing is sent: it only asks whether the client is still there.
        """
        if self.gone:
            raise _Gone
        if message.get("body") == b"":
            return
        sent = asyncio.run_coroutine_threadsafe(self._sent(message), self._loop)
        try:
            sent.result(SEND_SECONDS)
        except (TimeoutError, OSError):
            sent.cancel()
            raise _Gone from None

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
