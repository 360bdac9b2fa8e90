"""How a process hears that it is to stop."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

import pytest

from impl.processes import ProcessExitStack, Stop

NUMBERS = (signal.SIGINT, signal.SIGTERM)


@pytest.fixture
def stop() -> Iterator[Stop]:
    before = {number: signal.getsignal(number) for number in NUMBERS}
    yield Stop()
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_is_noted_and_raises_nothing(stop: Stop, number: int) -> None:
    assert not stop.is_set()
    signal.raise_signal(number)
    assert stop.is_set()


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_ends_a_wait_for_input(stop: Stop, number: int) -> None:
    with pytest.raises(KeyboardInterrupt), stop.waiting():
        signal.raise_signal(number)
    signal.raise_signal(number)  # and nothing that comes after it


def test_who_was_told_before_waits_for_no_input(stop: Stop) -> None:
    signal.raise_signal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), stop.waiting():
        pytest.fail("it has begun to wait")


def test_a_wait_that_ends_by_itself_raises_nothing(stop: Stop) -> None:
    with stop.waiting():
        pass
    assert not stop.is_set()


def test_a_fork_that_ends_leaves_be_what_its_process_holds() -> None:
    ended: list[int] = []
    with ProcessExitStack() as held:
        held.callback(ended.append, 1)
        if os.fork() == 0:
            with suppress(SystemExit), held:
                raise SystemExit
            os._exit(len(ended))
        assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
        assert not ended
    assert ended
