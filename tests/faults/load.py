"""Writers that keep account of what a server acknowledged, while faults happen to it."""

import threading
from collections import Counter
from types import TracebackType
from uuid import uuid4

import httpx


class Writers:
    """Threads that create bills as fast as they are answered, each with an id of its own.

    Afterwards `acknowledged` holds the ids that were answered 201, `unanswered` those whose
    request ended without an answer, and `refused` counts the other statuses.
    """

    def __init__(self, api: str, count: int) -> None:
        self.acknowledged: set[str] = set()
        self.unanswered: set[str] = set()
        self.refused: Counter[int] = Counter()
        self._api = api
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write) for _ in range(count)]

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        with httpx.Client(timeout=30) as client:
            while not self._stop.is_set():
                self._create(client, uuid4().hex)

    def _create(self, client: httpx.Client, id_: str) -> None:
        try:
            status = client.post(f"{self._api}/customerBill", json={"id": id_}).status_code
        except httpx.ConnectError:
            self._stop.wait(0.05)  # nobody listens: the request never left
        except httpx.TransportError:
            self.unanswered.add(id_)
        else:
            if status == 201:
                self.acknowledged.add(id_)
            else:
                self.refused[status] += 1


def stored(api: str, ids: set[str]) -> set[str]:
    """Which of these bills the server has."""
    found: set[str] = set()
    with httpx.Client(timeout=30) as client:
        while True:
            page = f"fields=id&limit=1000&offset={len(found)}"
            bills = client.get(f"{api}/customerBill?{page}").json()
            if not bills:
                return ids & found
            found |= {bill["id"] for bill in bills}
