"""Clients that send their bodies a byte at a time: let go in the end, no burden till then."""

import os
import time
from contextlib import ExitStack

import pytest

from impl.web.body import DEADLINE_SECONDS
from tests.api.test_http1 import BILLS, JSON, Wire, ask, request
from tests.servers import ServerProcess

FULL = bool(os.environ.get("FULL"))
CLIENTS = 50
LATE_SECONDS = 10


@pytest.mark.skipif(not FULL, reason="takes long; make faults")
def test_a_body_that_drips_is_refused_at_its_deadline(server: ServerProcess) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(Wire(server.port)) for _ in range(CLIENTS)]
        for wire in slow:
            wire.send(request("POST", BILLS, JSON, "Content-Length: 1000"))
        began = time.monotonic()
        longest = 0.0
        while time.monotonic() - began < DEADLINE_SECONDS - 1:
            for wire in slow:
                wire.send(b" ")
            asked = time.perf_counter()
            assert ask(server.port, request("GET", f"{BILLS}?limit=1")).status in (200, 206)
            longest = max(longest, time.perf_counter() - asked)
            time.sleep(0.5)
        answers = [wire.answer() for wire in slow]
        seconds = time.monotonic() - began
    assert {answer.status for answer in answers} == {400}
    assert {answer.message for answer in answers} == {
        f"the body did not come within {DEADLINE_SECONDS} s"
    }
    assert seconds < DEADLINE_SECONDS + LATE_SECONDS
    print(f"{CLIENTS} let go after {seconds:.1f} s, others waited {longest * 1000:.0f} ms at most")
