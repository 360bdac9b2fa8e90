"""Kinds of requests that are timed as data grows, each sent to databases of all sizes in turn."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from statistics import quantiles
from typing import Any

import httpx
from pymongo.database import Database

from tests.bench.data import BILL, PRODUCTS, RATE
from tests.bench.queries import LIMIT, SOME_STATES, month
from tests.bench.work import FILTERS, GET_BY_ID, LISTS, PATCH, POST_BILL, POST_RATE, Request, Work
from tests.servers import BASE_PATH

Times = dict[int, dict[str, float]]
"""By size, the seconds that half the requests take at the most, and 99 of 100."""

WARM = 20


@dataclass
class Place:
    """A database of so many bills, and a server over it."""

    size: int
    client: httpx.Client
    database: Database[dict[str, Any]]
    random: Random
    pools: dict[str, list[Request]] = field(default_factory=dict)

    def ask(self, request: Request) -> float:
        """Send a request; the seconds that its answer took."""
        headers = {"Content-Type": "application/json"} if request.body else {}
        began = time.perf_counter()
        answer = self.client.request(
            request.method, request.path, content=request.body, headers=headers
        )
        took = time.perf_counter() - began
        answer.raise_for_status()
        return took

    def did(self, kind: "Kind") -> list[tuple[str, int, int]]:
        """What MongoDB does for one more such request: plans, keys and documents looked at."""
        self.database.command("profile", 2)
        self.ask(kind.request(self))
        self.database.command("profile", 0)
        did = list(self.database["system.profile"].find({"planSummary": {"$exists": True}}))
        self.database.drop_collection("system.profile")
        return [(x["planSummary"], x.get("keysExamined", 0), x.get("docsExamined", 0)) for x in did]


@dataclass(frozen=True)
class Kind:
    """A kind of request, by the place that it is sent to."""

    name: str
    request: Callable[[Place], Request]


def timed(kind: Kind, places: list[Place], requests: int) -> Times:
    """Send so many requests to each place, one after the other, the places in changing turns."""
    took: dict[int, list[float]] = {place.size: [] for place in places}
    for number in range(WARM + requests):
        for place in places[number % len(places) :] + places[: number % len(places)]:
            seconds = place.ask(kind.request(place))
            if number >= WARM:
                took[place.size].append(seconds)
    parts = {size: quantiles(each, n=100, method="inclusive") for size, each in took.items()}
    return {size: {"p50": each[49], "p99": each[98]} for size, each in parts.items()}


def kinds() -> list[Kind]:
    """All that is timed; reads first."""
    lists = [_work(each) for each in (GET_BY_ID, LISTS[1], *FILTERS)]
    writes = [_work(each) for each in (PATCH, POST_BILL, POST_RATE)]
    return [*lists, *_unsorted(), *_pages(""), *_pages("&sort=-billDate"), *_counts(), *writes]


def _work(work: Work) -> Kind:
    def request(place: Place) -> Request:
        pool = place.pools.get(work.name)
        if not pool:
            pool = place.pools[work.name] = work.pool(place.random, place.size)[::-1]
        return pool.pop()

    return Kind(work.name, request)


def _unsorted() -> list[Kind]:
    return [Kind("of a month", lambda p: _get(f"/{BILL}?{month(p.random)}&limit={LIMIT}"))]


def _counts() -> list[Kind]:
    return [
        Kind("count in a state", lambda p: _count(BILL, f"state={p.random.choice(SOME_STATES)}")),
        Kind("count of the settled", lambda _: _count(BILL, "state=settled")),
        Kind("count of a month", lambda p: _count(BILL, month(p.random))),
        Kind(
            "count of a product",
            lambda p: _count(RATE, f"product.id=P-{p.random.randrange(PRODUCTS)}"),
        ),
    ]


def _count(resource: str, query: str) -> Request:
    return _get(f"/{resource}?{query}&limit=0")


def _pages(order: str) -> list[Kind]:
    """The first, the middle and the last page of all, by the links that lead there."""
    first = f"/{BILL}?limit={LIMIT}{order}"
    named = "newest" if order else "all"
    found: dict[tuple[int, str], Request] = {}

    def linked(place: Place, rel: str) -> Request:
        if (place.size, rel) not in found:
            offset = f"&offset={place.size // 2}" if rel == "next" else ""
            answer = place.client.get(_get(first + offset).path)
            path = answer.links[rel]["url"].partition(BASE_PATH)[2]
            found[place.size, rel] = _get(path)
        return found[place.size, rel]

    return [
        Kind(f"{named}, first page", lambda _: _get(first)),
        Kind(f"{named}, middle page", lambda place: linked(place, "next")),
        Kind(f"{named}, last page", lambda place: linked(place, "last")),
    ]


def _get(path: str) -> Request:
    return Request("GET", BASE_PATH + path)
