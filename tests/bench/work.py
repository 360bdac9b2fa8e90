"""What the servers are asked to do: each kind of work as a pool of requests to send in turn."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import orjson

from tests.bench import data
from tests.bench.data import BILL, RATE
from tests.bench.queries import COMMON, Common
from tests.servers import BASE_PATH

POOL = 4_000
"""Requests that differ; what is asked most often is asked again now and then."""

STATES = ("new", "onHold", "partiallyPaid", "sent", "settled", "validated")
FRESH = tuple(state for state in STATES if state not in data.STATES)
"""Which no bill has at first."""


@dataclass(frozen=True)
class Request:
    """One request as it goes over the wire."""

    method: str
    path: str
    body: bytes = b""

    def raw(self, port: int) -> bytes:
        """Its bytes, as HTTP/1.1 has them, for a server on this machine."""
        head = f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        if self.body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(self.body)}\r\n"
        return head.encode() + b"\r\n" + self.body


Pool = list[Request]


@dataclass(frozen=True)
class Work:
    """A kind of work on so many bills; `slow` where a second is few requests."""

    name: str
    pool: Callable[[Random, int], Pool]
    slow: bool = False


def _each(make: Callable[[Random, int], Request]) -> Callable[[Random, int], Pool]:
    return lambda random, count: [make(random, count) for _ in range(POOL)]


def _get(path: str) -> Request:
    return Request("GET", BASE_PATH + path)


def _bill(random: Random, count: int) -> Request:
    return _get(f"/{BILL}/bill-{random.randrange(count):08}")


def _common(common: Common) -> Work:
    return Work(common.name, _each(lambda r, n: _get(common.path(r, n))))


def _list(limit: int, *, slow: bool = False) -> Work:
    name = f"list of {limit:,}"
    return Work(name, _each(lambda r, n: _get(f"/{BILL}?limit={limit}")), slow)


class _Patches:
    """Some bills get one state each, then all of them another: so a patch is a change.

    Each turn has other bills than those before, for as long as there are any: one whose last event
    waits to be told of takes longer to patch, and beside a worker none waits for long.
    """

    def __init__(self) -> None:
        self._turn = 0

    def __call__(self, random: Random, count: int) -> Pool:
        turns = max(1, count // POOL)
        ids = list(range(self._turn % turns, count, turns))
        self._turn += 1
        random.shuffle(ids)
        states = random.sample(FRESH, 2)
        return [_patch(number, state) for state in states for number in ids]


def _patch(number: int, state: str) -> Request:
    path = f"{BASE_PATH}/{BILL}/bill-{number:08}"
    return Request("PATCH", path, orjson.dumps({"state": state}))


def _new_rate(random: Random, count: int) -> Request:
    number = random.randrange(count)
    return Request("POST", f"{BASE_PATH}/{RATE}", data.new_rate(number, count))


def _new_bill(random: Random, count: int) -> Request:
    number = random.randrange(count)
    return Request("POST", f"{BASE_PATH}/{BILL}", data.new_bill(number, count))


def _mixed(random: Random, count: int) -> Request:
    """Nine of ten read: six one bill, three a list; the tenth patches a bill, or posts a rate."""
    kind = random.random()
    if kind < 0.6:
        return _bill(random, count)
    if kind < 0.9:
        return _get(random.choice(COMMON).path(random, count))
    if kind < 0.95:
        return _patch(random.randrange(count), random.choice(STATES))
    return _new_rate(random, count)


def _pages(resource: str, version: str, *, same: bool = False) -> Work:
    """Lists of 100 of a version: all pages of a resource in turn, so that few were read lately."""
    base = BASE_PATH.replace("v4", version)
    kind = "bill" if resource == BILL else "rate"
    name = f"{'the same ' if same else ''}100 {kind}s of {version}"

    def pool(_: Random, count: int) -> Pool:
        firsts = range(0, 100 if same else count, 100)
        paths = (f"{base}/{resource}?id.gte={kind}-{first:08}&limit=100" for first in firsts)
        return [Request("GET", path) for path in paths]

    return Work(name, pool)


GET_BY_ID = Work("GET by id", _each(_bill))
LISTS = (_list(20), _list(100), _list(1_000, slow=True))
FILTERS = tuple(map(_common, COMMON))
PATCH = Work("PATCH state", _Patches())
POST_RATE, POST_BILL = Work("POST a rate", _each(_new_rate)), Work("POST a bill", _each(_new_bill))
MIXED = Work("mixed 90/10", _each(_mixed))

VERSIONS = tuple(
    (_pages(each, "v4"), _pages(each, "v5"), _pages(each, "v5", same=True)) for each in (BILL, RATE)
)
"""Lists of each resource by version 4 and 5; the process has cached the texts of the last alone."""

READS = (GET_BY_ID, *LISTS, *FILTERS)
WRITES = (PATCH, POST_RATE, POST_BILL, MIXED)
