"""The threads that serve requests: few at a time, more while requests wait.

A result is a future of the event loop: a future of `concurrent.futures` takes locks on both sides,
which is a tenth of the time of a small read.
"""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, TypeAlias

from starlette.types import Message

EAGER_THREADS = 4
"""How many threads run at once at first."""

WRITING_THREADS = 12
"""How many run at once while writes wait: most of a write's time is MongoDB's."""

PATIENCE_SECONDS = 0.02
"""One more thread runs each time that a request has waited for so long."""

PARKED_SECONDS = 2
"""How long an additional thread waits for more work before it ends: starting one takes long."""

STUCK_SECONDS = 5
"""A process is stuck if no thread comes free for so long."""

Work: TypeAlias = Callable[[], list[Message]]
Done: TypeAlias = "asyncio.Future[list[Message]]"
Task: TypeAlias = "tuple[asyncio.AbstractEventLoop, Done, Work]"


class Threads:
    """Threads that take work from one queue: a few at first, and at most `most`.

    Python runs one thread at a time, and switching takes longer the more threads want to run. So an
    additional thread runs only if work has waited for some time, or if a write finds other work
    waiting: then the running threads mostly wait for the database or a client. When the queue is
    empty, an additional thread is parked, so that the next reads don't wake it.
    A stream's thread does not count: all other work has as many threads as without streams.
    """

    def __init__(self, most: int) -> None:
        self._queue: SimpleQueue[Task] = SimpleQueue()
        self._put_times: deque[float] = deque()
        self._most = most
        self._running: set[threading.Thread] = set()
        self._parked: deque[threading.Lock] = deque()
        self._watched = False
        self._at_work: set[object] = set()
        self._last_taken = time.monotonic()
        self.streams: set[object] = set()
        """The streams in progress."""

        for _ in range(min(EAGER_THREADS, most)):
            self._start(self._serve)

    @property
    def stuck(self) -> bool:
        """Whether all threads have been busy, or work has waited, for some seconds."""
        long_ago = time.monotonic() - STUCK_SECONDS
        if len(self._at_work) - len(self.streams) >= self._most and self._last_taken < long_ago:
            return True
        return bool(self._waiting()) and self._put_times[0] < long_ago

    async def result(self, work: Work, *, writes: bool = False) -> list[Message]:
        """The result of the work, or its exception, once a thread has done it."""
        loop = asyncio.get_running_loop()
        done: Done = loop.create_future()
        self._put_times.append(time.monotonic())
        self._queue.put((loop, done, work))
        if writes and self._queue.qsize() > 1:
            self._grow(WRITING_THREADS + len(self.streams))
        elif self.streams:
            self._grow(EAGER_THREADS + len(self.streams))
        if not self._watched:
            self._watched = True
            loop.call_later(PATIENCE_SECONDS, self._watch, loop)
        return await done

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run one more thread if work has waited too long; look again while work waits."""
        self._watched = bool(self._waiting())
        if self._watched:
            if self._put_times[0] < time.monotonic() - PATIENCE_SECONDS:
                self._grow(self._most + len(self.streams))
            loop.call_later(PATIENCE_SECONDS, self._watch, loop)

    def _waiting(self) -> int:
        """The length of the queue; its first work was put there at `_put_times[0]`."""
        waiting = self._queue.qsize()
        while len(self._put_times) > waiting:
            self._put_times.popleft()
        return waiting

    def _grow(self, most: int) -> None:
        """Run one more thread, up to this many, until the queue is empty."""
        if len(self._running) - len(self._parked) >= min(most, self._most + len(self.streams)):
            return
        try:
            self._parked.pop().release()
        except IndexError:
            with suppress(RuntimeError):  # the machine has no more: the running ones do it
                self._start(self._help)

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="flask", daemon=True)
        self._running.add(thread)  # before the thread can end
        try:
            thread.start()
        except BaseException:
            self._running.discard(thread)
            raise

    def _serve(self) -> None:
        while True:
            self._do(*self._queue.get())

    def _help(self) -> None:
        """Work until the queue is empty; then park, and end if nobody calls for some time."""
        called = threading.Lock()
        called.acquire()
        while True:
            with suppress(Empty):
                while True:
                    self._do(*self._queue.get_nowait())
            self._parked.append(called)
            # Work that came just before this line counted on this thread: it was not parked yet.
            if called.acquire(timeout=PARKED_SECONDS if self._queue.empty() else 0):
                continue
            try:
                self._parked.remove(called)
            except ValueError:  # called at the last moment
                called.acquire()
            else:
                if self._queue.empty():
                    self._running.discard(threading.current_thread())
                    return

    def _do(self, loop: asyncio.AbstractEventLoop, done: Done, work: Work) -> None:
        self._last_taken = time.monotonic()
        self._at_work.add(work)
        try:
            settle = _settle(done, work)
        finally:
            self._at_work.discard(work)
        with suppress(RuntimeError):  # the loop has closed, so nobody waits
            loop.call_soon_threadsafe(settle)


def _settle(done: Done, work: Work) -> Callable[[], None]:
    """Do the work, and return the function that sets its result on the event loop."""
    try:
        messages = work()
    except BaseException as error:  # noqa: BLE001 - raised again in `result`
        return partial(_unless_cancelled, done, done.set_exception, _error(error))
    return partial(_unless_cancelled, done, done.set_result, messages)


def _error(raised: BaseException) -> Exception:
    """The exception, wrapped if a future does not take it, such as the panic of a Rust library."""
    if isinstance(raised, Exception) and not isinstance(raised, StopIteration):
        return raised
    error = RuntimeError(f"raised {type(raised).__name__}")
    error.__cause__ = raised
    return error


def _unless_cancelled(done: Done, settle: Callable[[Any], None], outcome: Any) -> None:
    if not done.cancelled():
        settle(outcome)
