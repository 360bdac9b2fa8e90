"""Writers that keep account of what a server acknowledged, while faults happen to it."""

import math
import ssl
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pymongo

from impl.store.documents import VERSION
from impl.store.writing import prepare
from tests.waiting import until

PATCH_SECONDS = 0.02
"""How long a client waits until it patches the next bill."""


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

    def __exit__(self, *exc_info: object) -> None:
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


class Persistent:
    """Threads that create bills and send each again until it is acknowledged, under one key.

    Half of them patch bills that are there, each once. Afterwards `acknowledged` holds the marks of
    the bills that were answered 201, one each, and the ids of those whose patch was answered 200,
    `left` those that were still being sent, `refused` counts what else than that and 503 with
    `Retry-After` was answered, and `longest` is the longest time in which nothing was acknowledged.
    `pause` is how many seconds a thread waits before each write.
    """

    def __init__(
        self,
        api: str,
        count: int,
        bills: Iterable[str],
        *,
        pause: float = 0,
        trust: ssl.SSLContext | bool = True,
    ) -> None:
        self.acknowledged: set[str] = set()
        self.left: set[str] = set()
        self.refused: Counter[str] = Counter()
        self.again: Counter[str] = Counter()
        """What was not acknowledged at first, by what came instead."""

        self.longest = 0.0
        self._pause = pause
        self._client = partial(httpx.Client, timeout=60, base_url=f"{api}/", verify=trust)
        self._last = time.monotonic()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._bills = deque(bills)
        kinds = [self._creates, self._patches] * (count // 2)
        self._threads = [threading.Thread(target=kind) for kind in kinds]

    def __enter__(self) -> "Persistent":
        self._last = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for_more(self, seconds: float = 60) -> None:
        """Return when another write is acknowledged; AssertionError where none is in time."""
        known = len(self.acknowledged)
        until(lambda: len(self.acknowledged) > known, seconds)

    def _creates(self) -> None:
        with self._client() as client:
            while not self._stop.wait(self._pause):
                mark = uuid4().hex
                body, headers = {"category": mark}, {"Idempotency-Key": mark}
                self._persist(
                    mark, partial(client.post, "customerBill", json=body, headers=headers)
                )

    def _patches(self) -> None:
        with self._client() as client:
            while not self._stop.wait(max(PATCH_SECONDS, self._pause)):
                try:
                    bill = self._bills.popleft()
                except IndexError:  # another thread may have taken the last one
                    return
                body = {"state": "sent"}
                self._persist(bill, partial(client.patch, f"customerBill/{bill}", json=body))

    def _persist(self, mark: str, send: Callable[[], httpx.Response]) -> None:
        self.left.add(mark)
        while mark in self.left and not self._stop.is_set():
            self._send(mark, send)

    def _send(self, mark: str, send: Callable[[], httpx.Response]) -> None:
        try:
            answer = send()
        except httpx.TransportError as error:
            self.again[type(error).__name__] += 1
            self._stop.wait(0.05)
            return
        if answer.is_success:
            self._acknowledge(mark)
        elif answer.status_code == 503 and "Retry-After" in answer.headers:
            self.again["503"] += 1
            self._stop.wait(0.1)
        else:
            self.refused[f"{answer.status_code} {answer.text[:200]}"] += 1
            self.left.discard(mark)

    def _acknowledge(self, mark: str) -> None:
        with self._lock:
            now = time.monotonic()
            self.longest = max(self.longest, now - self._last)
            self._last = now
            self.acknowledged.add(mark)
            self.left.discard(mark)


def check_writes(
    what: str, writers: Persistent, uri: str, database: str, *, longest: float = math.inf
) -> None:
    """Each acknowledged write is stored once, and others were refused by 503 with Retry-After.

    No gap between acknowledged writes was longer than `longest` seconds.
    """
    found = marks(uri, database)
    lost = writers.acknowledged - found.keys()
    twice = [mark for mark in writers.acknowledged if found[mark] > 1]
    print(
        f"{what}: {len(writers.acknowledged)} acknowledged, {len(lost)} lost, {len(twice)} twice, "
        f"sent again {dict(writers.again)}, refused otherwise {dict(writers.refused)}, "
        f"longest gap {writers.longest:.1f} s"
    )
    assert not lost
    assert not twice
    assert not writers.refused
    assert writers.longest <= longest


def with_bills(uri: str, database: str, count: int) -> list[str]:
    """The ids of so many new bills, whose creation is told of."""
    made = [
        prepare("customerBill", {"id": f"bill-{n}", "state": "new"}, 1)[0] for n in range(count)
    ]
    with pymongo.MongoClient[dict[str, Any]](uri) as client:
        client[database]["customerBill"].insert_many(made)
    return [each["_id"] for each in made]


def marks(uri: str, database: str) -> Counter[str]:
    """How many bills of each mark a database has, and how often each bill was patched, as a
    majority knows them.
    """
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
        uri, readConcernLevel="majority"
    )
    with client:
        bills = list(client[database]["customerBill"].find())
    patched = {bill["_id"]: bill[VERSION] - 1 for bill in bills if "category" not in bill}
    return Counter(bill["category"] for bill in bills if "category" in bill) + Counter(patched)
