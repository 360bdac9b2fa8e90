"""What tests of events stand on: a store that tells of its writes, and a worker over it."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from impl import worker
from impl.events import signing
from impl.events.build import build
from impl.events.callbacks import Allowance
from impl.events.dispatcher import Dispatcher, Options
from impl.events.posting import Patience
from impl.events.subscribers import Subscribers
from impl.store.deliveries import Deliveries, Health
from impl.store.embedded import Mongod
from impl.store.mongo import Store

BASE = "http://api.example/v4"
LOOPBACK = Allowance.read("127.0.0.0/8")


class World:
    """A store, its subscriptions, and workers over it, with a clock that can be put forward."""

    def __init__(self, uri: str, database: str, partitions: int = 1) -> None:
        self.uri, self.database = uri, database
        self.store = Store(uri, self.database, record=build, partitions=partitions)
        self.deliveries = Deliveries(self.store)
        self.ahead = timedelta()
        self._stack = ExitStack()

    def now(self) -> datetime:
        return self.deliveries.now() + self.ahead

    def subscribe(self, callback: str, query: str = "") -> str:
        made = self.store.insert("hub", {"id": uuid4().hex, "callback": callback, "query": query})
        self.deliveries.subscribe(made["id"], signing.new_secret())
        return str(made["id"])

    def health(self, subscription: str) -> Health:
        return self.deliveries.health([subscription])[subscription]

    def end(self, subscription: str) -> None:
        Subscribers(self.store, self.deliveries, UTC).end(subscription)

    def dispatcher(self, patience: Patience = Patience(), **options: object) -> Dispatcher:
        chosen = Options(BASE, LOOPBACK, patience=patience, **options)  # type: ignore[arg-type]
        return Dispatcher(self.store, chosen, self.now)

    def work(self, patience: Patience = Patience(), **options: object) -> threading.Event:
        """Start a worker, which runs until the event that comes back is set, or the test ends."""
        stop = threading.Event()
        running = self.dispatcher(patience, **options)
        thread = threading.Thread(target=worker.work, args=([running.step], stop))
        thread.start()
        self._stack.callback(running.close)
        self._stack.callback(thread.join)
        self._stack.callback(stop.set)
        return stop

    def close(self) -> None:
        self._stack.close()
        self.store.close()


@pytest.fixture
def world(mongod: Mongod, empty_database: str) -> Iterator[World]:
    made = World(mongod.uri, empty_database)
    yield made
    made.close()
