"""How long a server process keeps a quick request waiting while it works on another one."""

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.api.test_http1 import Wire, ask, request

PROBE = request("GET", "/health/live")
PAUSE_SECONDS = 0.002


@dataclass(frozen=True)
class Stall:
    """How long others waited for a request, in seconds."""

    own: float
    """Without the time in which the process was ready and other programs had the processors: on a
    busy machine that is most of it.
    """

    whole: float
    status: int


class Prober:
    """Asks one server process, again and again, whether it is alive."""

    def __init__(self, port: int, pid: int) -> None:
        self._port = port
        self._pid = pid

    def stall(self, raw: bytes) -> Stall:
        """The longest waits while a request is served."""
        found: list[int] = []
        asked = threading.Thread(target=lambda: found.append(self._status(raw)))
        own = whole = 0.0
        with Wire(self._port) as wire:
            wire.send(PROBE).answer()
            asked.start()
            while asked.is_alive():
                waited, queued = self._wait(wire)
                own, whole = max(own, waited - queued), max(whole, waited)
                time.sleep(PAUSE_SECONDS)
        asked.join()
        return Stall(own, whole, found[0])

    def _wait(self, wire: Wire) -> tuple[float, float]:
        queued, began = self._queued(), time.perf_counter()
        assert wire.send(PROBE).answer().status == 200
        waited = time.perf_counter() - began
        now = self._queued()
        return waited, max((now[each] - queued.get(each, 0) for each in now), default=0)

    def _status(self, raw: bytes) -> int:
        return ask(self._port, raw).status

    def _queued(self) -> dict[str, float]:
        """How long each thread was ready to run and did not, in seconds (Linux's schedstat)."""
        found = {}
        for own in (self._pid, "self"):
            for task in Path(f"/proc/{own}/task").iterdir():
                with suppress(OSError):
                    found[str(task)] = int((task / "schedstat").read_text().split()[1]) / 1e9
        return found
