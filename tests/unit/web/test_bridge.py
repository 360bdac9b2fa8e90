"""Flask's threads under the event loop: as many as are needed, and no more than are allowed."""

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import pytest
from starlette.types import Message

from impl.errors import Postponed
from impl.web import bridge as bridge_module
from impl.web import threads as threads_module
from impl.web.bridge import PIECE_BYTES, Bridge
from impl.web.scope_keys import IS_WANTED, RUNS_ALONE
from impl.web.threads import EAGER_THREADS, WRITING_THREADS, Threads

SCOPE = {
    "type": "http",
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "path": "/",
    "query_string": b"",
    "headers": [(b"host", b"h")],
}


async def ask(bridge: Bridge, method: str = "GET") -> list[Message]:
    """All that is sent for one request."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    await bridge(SCOPE | {"method": method}, receive, send)
    return sent


async def begin(begun: threading.Semaphore, most: int) -> bool:
    """Whether so many are begun together, and none more."""
    for _ in range(most):
        assert await asyncio.to_thread(begun.acquire, timeout=20)
    return not await asyncio.to_thread(begun.acquire, timeout=0.2)


def answer(_: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    start("200 OK", [("X-Thread", threading.current_thread().name)])
    return [b"done"]


def test_a_whole_answer_goes_out_in_two_messages() -> None:
    started, body = asyncio.run(ask(Bridge(answer, Threads(1))))
    assert (started["status"], body["body"]) == (200, b"done")


def test_what_the_application_raises_is_raised() -> None:
    def fail(*_: Any) -> Iterable[bytes]:
        raise KeyError("x")

    with pytest.raises(KeyError):
        asyncio.run(ask(Bridge(fail, Threads(1))))


def test_threads_are_added_while_all_of_them_wait() -> None:
    most = EAGER_THREADS + 4
    together = threading.Barrier(most)

    def meet(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        together.wait(20)
        return answer(environ, start)

    async def crowd() -> list[list[Message]]:
        bridge = Bridge(meet, Threads(most))
        return await asyncio.gather(*(ask(bridge) for _ in range(most)))

    assert len(asyncio.run(crowd())) == most


@pytest.mark.parametrize(("method", "most"), [("GET", EAGER_THREADS), ("POST", WRITING_THREADS)])
def test_more_writes_than_reads_are_begun_at_once(
    method: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads_module, "PATIENCE_SECONDS", 60)
    begun, go = threading.Semaphore(0), threading.Event()

    def wait(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        begun.release()
        go.wait(20)
        return answer(environ, start)

    async def crowd() -> bool:
        bridge = Bridge(wait, Threads(16))
        asked = asyncio.gather(*(ask(bridge, method) for _ in range(16)))
        begins = await begin(begun, most)
        go.set()
        await asked
        return begins

    assert asyncio.run(crowd())


def test_threads_that_helped_are_called_again_and_end_when_nobody_calls() -> None:
    used: list[set[int]] = []
    together = threading.Barrier(WRITING_THREADS)

    def meet(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        used[-1].add(threading.get_ident())
        together.wait(20)
        return answer(environ, start)

    async def crowd(bridge: Bridge) -> None:
        used.append(set())
        await asyncio.gather(*(ask(bridge, "POST") for _ in range(WRITING_THREADS)))

    async def twice() -> int:
        bridge = Bridge(meet, Threads(WRITING_THREADS))
        await crowd(bridge)
        await crowd(bridge)
        left = len(used[0])
        while left > EAGER_THREADS:
            await asyncio.sleep(0.05)
            left = len(used[0] & {each.ident for each in threading.enumerate()})
        await crowd(bridge)
        return left

    assert asyncio.run(asyncio.wait_for(twice(), 20)) == EAGER_THREADS
    assert used[0] == used[1]
    assert [len(each) for each in used] == [WRITING_THREADS] * 3


def test_work_that_comes_as_a_helper_goes_aside_is_done_by_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("PATIENCE_SECONDS", "PARKED_SECONDS"):
        monkeypatch.setattr(threads_module, name, 60)
    begun, go, late = threading.Semaphore(0), threading.Event(), threading.Event()

    class Parked(deque[Any]):
        def append(self, item: Any) -> None:
            if not isinstance(item, float) and not late.is_set():
                soon(ask(bridge, "DELETE"), loop)
                soon(asyncio.sleep(0), loop).result(5)  # now its work is in the queue
            super().append(item)

    def serve(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET":
            begun.release()
            go.wait(20)
        elif environ["REQUEST_METHOD"] == "DELETE":
            late.set()
        return answer(environ, start)

    async def crowd() -> bool:
        busy = asyncio.gather(*(ask(bridge) for _ in range(EAGER_THREADS)))
        assert await begin(begun, EAGER_THREADS)
        helped = asyncio.gather(*(ask(bridge, "POST") for _ in range(2)))
        done = await asyncio.to_thread(late.wait, 10)
        go.set()
        await asyncio.gather(busy, helped)
        return done

    monkeypatch.setattr(threads_module, "deque", Parked)
    soon = asyncio.run_coroutine_threadsafe
    bridge, loop = Bridge(serve, Threads(EAGER_THREADS + 1)), asyncio.new_event_loop()
    assert loop.run_until_complete(crowd())
    loop.close()


def test_writes_do_not_take_the_threads_that_a_crowd_of_reads_has_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    most = 2 * WRITING_THREADS
    together = threading.Barrier(most)
    begun, go = threading.Semaphore(0), threading.Event()

    def meet(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET":
            together.wait(20)
        else:
            begun.release()
            go.wait(20)
        return answer(environ, start)

    async def crowds() -> bool:
        bridge = Bridge(meet, Threads(most))
        await asyncio.gather(*(ask(bridge) for _ in range(most)))
        monkeypatch.setattr(threads_module, "PATIENCE_SECONDS", 60)
        await asyncio.sleep(0.1)
        asked = asyncio.gather(*(ask(bridge, "POST") for _ in range(most)))
        begins = await begin(begun, WRITING_THREADS)
        go.set()
        await asked
        return begins

    assert asyncio.run(crowds())


def test_streams_leave_others_as_many_threads_as_there_are_without_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads_module, "PATIENCE_SECONDS", 60)
    go = threading.Event()

    def endless(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return answer(environ, start)
        start("200 OK", [("Content-Type", "text/plain")])
        return pieces()

    def pieces() -> Iterable[bytes]:
        yield b"one"
        go.wait(20)
        yield b"two"

    async def beside() -> list[Message]:
        bridge = Bridge(endless, Threads(2 * EAGER_THREADS))
        streams = asyncio.gather(*(ask(bridge) for _ in range(EAGER_THREADS)))
        await asyncio.sleep(0.2)
        answered = await asyncio.wait_for(ask(bridge, "POST"), 5)
        go.set()
        await streams
        return answered

    assert asyncio.run(beside())[1]["body"] == b"done"


class Panic(BaseException):
    """What a library in another language may raise."""


@pytest.mark.parametrize("raised", [Panic, StopIteration])
def test_what_is_no_error_is_raised_as_one_and_takes_no_thread(
    raised: type[BaseException],
) -> None:
    def fail(*_: Any) -> Iterable[bytes]:
        raise raised("x")

    async def often() -> None:
        bridge = Bridge(fail, Threads(EAGER_THREADS))
        for _ in range(2 * EAGER_THREADS):
            with pytest.raises(RuntimeError, match=raised.__name__):
                await asyncio.wait_for(ask(bridge), 5)

    asyncio.run(often())


def test_no_more_run_together_than_are_allowed() -> None:
    most, running, seen = EAGER_THREADS + 2, [0], [0]
    lock, go = threading.Lock(), threading.Event()

    def count(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        with lock:
            running[0] += 1
            seen[0] = max(seen[0], running[0])
        go.wait(20)
        with lock:
            running[0] -= 1
        return answer(environ, start)

    async def crowd() -> None:
        bridge = Bridge(count, Threads(most))
        asked = asyncio.gather(*(ask(bridge) for _ in range(3 * most)))
        while seen[0] < most:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)  # time enough for one too many
        go.set()
        await asked

    asyncio.run(crowd())
    assert seen[0] == most


def test_a_request_that_was_given_up_leaves_its_thread_to_others() -> None:
    go = threading.Event()

    def wait(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        go.wait(20)
        return answer(environ, start)

    async def leave_and_return() -> list[Message]:
        bridge = Bridge(wait, Threads(1))
        given_up = asyncio.ensure_future(ask(bridge))
        await asyncio.sleep(0)
        given_up.cancel()
        go.set()
        with suppress(asyncio.CancelledError):
            await given_up
        return await ask(bridge)

    assert asyncio.run(leave_and_return())[1]["body"] == b"done"


def test_the_application_can_ask_whether_its_client_still_waits() -> None:
    wanted: list[Callable[[], bool]] = []
    begun, left = threading.Event(), threading.Event()

    def wait(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        wanted.append(environ[IS_WANTED])
        begun.set()
        assert left.wait(20)
        return answer(environ, start)

    async def leave() -> None:
        bridge = Bridge(wait, Threads(1))
        first, second = (asyncio.create_task(ask(bridge, "PATCH")) for _ in range(2))
        assert await asyncio.to_thread(begun.wait, 20)
        assert wanted[0]()
        for request in (first, second):
            request.cancel()
            with suppress(asyncio.CancelledError):
                await request
        assert not wanted[0]()
        left.set()
        await ask(bridge)

    asyncio.run(leave())
    assert len(wanted) == 2  # who left before their turn came is not served


def test_no_answer_is_wanted_any_more_when_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bridge_module, "ANSWER_SECONDS", 0)

    def tell(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        start("200 OK", [])
        return [str(environ[IS_WANTED]()).encode()]

    assert asyncio.run(ask(Bridge(tell, Threads(1))))[1]["body"] == b"False"


def test_what_is_postponed_is_begun_again_one_at_a_time() -> None:
    running: list[bool] = []
    together: list[int] = []

    def heavy(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if not environ[RUNS_ALONE]:
            raise Postponed
        running.append(True)
        time.sleep(0.01)
        together.append(len(running))
        running.pop()
        return answer(environ, start)

    async def crowd() -> list[list[Message]]:
        bridge = Bridge(heavy, Threads(8))
        return await asyncio.gather(*(ask(bridge, "PATCH") for _ in range(12)))

    assert [sent[1]["body"] for sent in asyncio.run(crowd())] == [b"done"] * 12
    assert together == [1] * 12


def streaming(pieces: Iterable[bytes]) -> Callable[..., Iterable[bytes]]:
    """An application that answers GET by a stream, and all else whole."""

    def serve(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET":
            return answer(environ, start)
        start("200 OK", [("Content-Type", "text/plain")])
        return pieces

    return serve


def test_a_stream_takes_none_of_the_threads_that_others_have() -> None:
    go = threading.Event()

    def endless() -> Iterable[bytes]:
        yield b"one"
        go.wait(20)

    async def beside() -> list[Message]:
        bridge = Bridge(streaming(endless()), Threads(1))
        stream = asyncio.ensure_future(ask(bridge))
        await asyncio.sleep(0.1)
        answered = await asyncio.wait_for(ask(bridge, "POST"), 5)
        go.set()
        await stream
        return answered

    assert asyncio.run(beside())[1]["body"] == b"done"


def test_a_stream_goes_out_in_pieces_each_once_the_one_before_is_taken() -> None:
    made: list[int] = []
    taken: list[int] = []

    def rows() -> Iterable[bytes]:
        for number in range(3):
            made.append(number)
            yield b"x" * (2 * PIECE_BYTES + 1)

    async def read() -> None:
        bridge = Bridge(streaming(rows()), Threads(1))

        async def send(message: Message) -> None:
            await asyncio.sleep(0.02)
            assert len(made) <= len(taken) // 3 + 1
            if message["type"] == "http.response.body" and message["body"]:
                taken.append(len(message["body"]))

        await bridge(SCOPE, None, send)  # type: ignore[arg-type]

    asyncio.run(read())
    assert taken == [PIECE_BYTES, PIECE_BYTES, 1] * 3


def test_a_process_whose_threads_do_not_come_free_is_stuck(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads_module, "STUCK_SECONDS", 0.3)
    begun, go = threading.Semaphore(0), threading.Event()

    def wait(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        begun.release()
        go.wait(20)
        return answer(environ, start)

    async def watch(threads: Threads, asked: int) -> list[bool]:
        bridge = Bridge(wait, threads)
        await asyncio.sleep(0.5)
        seen = [threads.stuck]
        crowd = asyncio.gather(*(ask(bridge) for _ in range(asked)))
        await asyncio.sleep(0.1)
        seen.append(threads.stuck)
        await asyncio.sleep(0.6)
        seen.append(threads.stuck)
        go.set()
        await crowd
        return [*seen, threads.stuck]

    for asked, stuck in ((1, False), (2, True), (3, True)):
        go.clear()
        assert asyncio.run(watch(Threads(2), asked)) == [False, False, stuck, False]


def test_a_thread_that_the_machine_refuses_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start
    refused = [3]

    def scarce(thread: threading.Thread) -> None:
        if thread.name == "flask" and refused[0]:
            refused[0] -= 1
            raise RuntimeError("can't start new thread")
        start(thread)

    most = EAGER_THREADS + 1
    together = threading.Barrier(most)

    def meet(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        together.wait(20)
        return answer(environ, start)

    async def crowd() -> int:
        bridge = Bridge(meet, Threads(most))
        monkeypatch.setattr(threading.Thread, "start", scarce)
        return len(await asyncio.gather(*(ask(bridge) for _ in range(most))))

    assert asyncio.run(crowd()) == most
    assert not refused[0]


def test_a_thread_that_ends_as_soon_as_it_has_begun_is_not_counted_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(threads_module, "PARKED_SECONDS", 0)
    start = threading.Thread.start

    def late(thread: threading.Thread) -> None:
        start(thread)
        if thread.name == "flask" and len(seen) < 3:
            seen.append(thread)
            thread.join(1)  # whoever starts it is held up

    seen: list[threading.Thread] = []
    most = EAGER_THREADS + 1
    together = threading.Barrier(most)

    def meet(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET":
            together.wait(5)
        return answer(environ, start)

    async def crowd() -> int:
        threads = Threads(most)
        monkeypatch.setattr(threading.Thread, "start", late)
        for _ in range(3):
            threads._grow(most)  # noqa: SLF001 - with nothing left to do it ends at once
        bridge = Bridge(meet, threads)
        return len(await asyncio.gather(*(ask(bridge) for _ in range(most))))

    assert asyncio.run(crowd()) == most
