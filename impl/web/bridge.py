"""Flask under an ASGI server: a thread for each request in progress, and one way back from it.

a2wsgi hands a response over in three messages, each a wait of the thread for the event loop, and
its thread waits for ever where the client has left. Here a response that is whole goes back as the
thread's result; only a stream is handed over piece by piece, each once the one before is taken, and
ends when its client is gone.
A thread's result is a future of the event loop's own: those of `concurrent.futures` are locked and
waited for on both sides, which is a tenth of what a small read takes.
"""

import asyncio
import contextvars
import io
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

from a2wsgi.wsgi import build_environ
from starlette.types import Message, Receive, Scope, Send

from impl.errors import Postponed

WsgiApp: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
EAGER_THREADS = 4
WRITING_THREADS = 12
"""How many run at once where it is writes that wait: most of a write's time is MongoDB's."""

PATIENCE_SECONDS = 0.02
PARKED_SECONDS = 2
"""How long a thread that was one more waits for the next call: to start one each time is dear."""

WANTED = "tmf678.wanted"
"""Where a request's environment has what tells whether anybody still waits for its answer."""

ALONE = "tmf678.alone"
"""Key in the environment: true while no other postponed request runs."""

ANSWER_SECONDS = 20
"""How long an answer that is no stream is waited for, at most."""

SEND_SECONDS = 60
"""How long a client may leave a piece of a stream untaken."""

PIECE_BYTES = 64 * 1024
"""How much of a stream is on its way to its client at a time."""

STUCK_SECONDS = 5
"""A process is stuck when no thread has come free for so long."""


class Bridge:
    """A WSGI application as an ASGI one."""

    def __init__(self, app: WsgiApp, threads: "Threads") -> None:
        self._app = app
        self._threads = threads
        self._alone = asyncio.Lock()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one request; what the application raises is raised here."""
        environ: dict[str, Any] = build_environ(scope, io.BytesIO())
        exchange = _Exchange(self._app, environ, send, self._threads.held)
        run = contextvars.copy_context().run
        try:
            work = partial(run, exchange.serve)
            for message in await self._served(work, environ, writes=scope["method"] != "GET"):
                await send(message)
        finally:
            exchange.gone = True

    async def _served(
        self, work: "Work", environ: dict[str, Any], *, writes: bool
    ) -> list[Message]:
        """What is left to send; what was postponed is begun again, one at a time.

        It waits for its turn here, where it takes no thread.
        """
        environ[ALONE] = False
        try:
            return await self._threads.result(work, writes=writes)
        except Postponed:
            async with self._alone:
                environ[ALONE] = True
                return await self._threads.result(work, writes=writes)


Work: TypeAlias = Callable[[], list[Message]]
Done: TypeAlias = "asyncio.Future[list[Message]]"
Task: TypeAlias = "tuple[asyncio.AbstractEventLoop, Done, Work]"


class Threads:
    """Threads that work off one queue: a few at first, up to as many as are allowed.

    Python runs one of them at a time, and hands over at a cost that grows with those that want to
    run. So there is one more only while work has waited for some time, or is a write that finds
    others waiting: then those that have work don't run but wait, for the database or a client.
    Once nothing is left to do, that one waits aside, where reads that come next don't meet it.
    A stream has its thread to itself, beside those: all others have as many as without it.
    """

    def __init__(self, most: int) -> None:
        self._queue: SimpleQueue[Task] = SimpleQueue()
        self._put: deque[float] = deque()
        self._most = most
        self._running: set[threading.Thread] = set()
        self._parked: deque[threading.Lock] = deque()
        self._watched = False
        self._at_work: set[object] = set()
        self._taken = time.monotonic()
        self.held: set[object] = set()
        """The streams that go on."""

        for _ in range(min(EAGER_THREADS, most)):
            self._start(self._serve)

    @property
    def stuck(self) -> bool:
        """Whether no thread has come free for some seconds, though one is needed or may be."""
        long_ago = time.monotonic() - STUCK_SECONDS
        if len(self._at_work) - len(self.held) >= self._most and self._taken < long_ago:
            return True
        return bool(self._waiting()) and self._put[0] < long_ago

    async def result(self, work: Work, *, writes: bool = False) -> list[Message]:
        """What the work returns, or raises, once a thread has come to it."""
        loop = asyncio.get_running_loop()
        done: Done = loop.create_future()
        self._put.append(time.monotonic())
        self._queue.put((loop, done, work))
        if writes and self._queue.qsize() > 1:
            self._grow(WRITING_THREADS + len(self.held))
        elif self.held:
            self._grow(EAGER_THREADS + len(self.held))
        if not self._watched:
            self._watched = True
            loop.call_later(PATIENCE_SECONDS, self._watch, loop)
        return await done

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have one thread more where the first in the queue has waited for too long."""
        self._watched = bool(self._waiting())
        if self._watched:
            if self._put[0] < time.monotonic() - PATIENCE_SECONDS:
                self._grow(self._most + len(self.held))
            loop.call_later(PATIENCE_SECONDS, self._watch, loop)

    def _waiting(self) -> int:
        """How much is in the queue; the first in it is from the time `_put[0]`."""
        waiting = self._queue.qsize()
        while len(self._put) > waiting:
            self._put.popleft()
        return waiting

    def _grow(self, most: int) -> None:
        """Have one thread more, up to so many at work, until nothing is left to do."""
        if len(self._running) - len(self._parked) >= min(most, self._most + len(self.held)):
            return
        try:
            self._parked.pop().release()
        except IndexError:
            with suppress(RuntimeError):  # the machine has no more: those that run do it
                self._start(self._help)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="flask", daemon=True)
        self._running.add(thread)  # before it may end
        try:
            thread.start()
        except BaseException:
            self._running.discard(thread)
            raise

    def _serve(self) -> None:
        while True:
            self._do(*self._queue.get())

    def _help(self) -> None:
        """Do what is there, and again when called, until no call has come for some time."""
        called = threading.Lock()
        called.acquire()
        while True:
            with suppress(Empty):
                while True:
                    self._do(*self._queue.get_nowait())
            self._parked.append(called)
            # Who has put work there just before this took its thread for one that is at work.
            if called.acquire(timeout=PARKED_SECONDS if self._queue.empty() else 0):
                continue
            try:
                self._parked.remove(called)
            except ValueError:  # called after all
                called.acquire()
            else:
                if self._queue.empty():
                    self._running.discard(threading.current_thread())
                    return

    def _do(self, loop: asyncio.AbstractEventLoop, done: Done, work: Work) -> None:
        self._taken = time.monotonic()
        self._at_work.add(work)
        try:
            settle = _settle(done, work)
        finally:
            self._at_work.discard(work)
        with suppress(RuntimeError):  # the loop has closed, and nobody waits
            loop.call_soon_threadsafe(settle)


def _settle(done: Done, work: Work) -> Callable[[], None]:
    """Do the work; what then tells the one who waits for it, if anybody still does."""
    try:
        messages = work()
    except BaseException as error:  # noqa: BLE001 - it is raised where the result is waited for
        return partial(_unless_cancelled, done, done.set_exception, _error(error))
    return partial(_unless_cancelled, done, done.set_result, messages)


def _error(raised: BaseException) -> Exception:
    """What was raised, as one that a future takes: a library's panic, say, is no Exception."""
    if isinstance(raised, Exception) and not isinstance(raised, StopIteration):
        return raised
    error = RuntimeError(f"raised {type(raised).__name__}")
    error.__cause__ = raised
    return error


def _unless_cancelled(done: Done, settle: Callable[[Any], None], outcome: Any) -> None:
    if not done.cancelled():
        settle(outcome)


class _Gone(Exception):
    """Nobody takes what the thread still has to say."""


class _Exchange:
    """One request, as its thread serves it."""

    def __init__(
        self, app: WsgiApp, environ: dict[str, Any], send: Send, held: set[object]
    ) -> None:
        self.gone = False
        self._app = app
        self._environ = environ
        self._send = send
        self._held = held
        self._loop = asyncio.get_running_loop()
        self._ends = self._loop.time() + ANSWER_SECONDS
        self._start: Message = {}
        environ[WANTED] = self._is_wanted

    def _is_wanted(self) -> bool:
        """Whether the client is still there, as far as is known, and its time is not over."""
        return not self.gone and self._loop.time() < self._ends

    def serve(self) -> list[Message]:
        """The messages that are left to send: all of a whole response, none of a stream.

        None, too, where the client left while its request waited for a thread.
        """
        if self.gone:
            return []
        body = self._app(self._environ, self._start_response)
        try:
            return self._answer(iter(body))
        except _Gone:
            return []
        finally:
            self._held.discard(self)
            getattr(body, "close", lambda: None)()

    def _answer(self, chunks: Iterator[bytes]) -> list[Message]:
        if self._is_whole:
            body = b"".join(chunks)
            return [self._start, {"type": "http.response.body", "body": body}]
        self._held.add(self)
        first = next(chunks, b"")  # what goes wrong in it is still an error answer
        self._hand_over(self._start)
        for chunk in chain((first,), chunks):
            for at in range(0, len(chunk) or 1, PIECE_BYTES):
                piece = chunk[at : at + PIECE_BYTES]
                self._hand_over({"type": "http.response.body", "body": piece, "more_body": True})
        return [{"type": "http.response.body", "body": b""}]

    @property
    def _is_whole(self) -> bool:
        """Whether the answer says how long it is, or that it has no body; else it is a stream."""
        names = {name for name, _ in self._start["headers"]}
        return b"content-length" in names or b"content-type" not in names

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
