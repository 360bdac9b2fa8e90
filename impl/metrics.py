"""The metrics of a server process, and the answer to a scrape (Prometheus).

Each server process writes its numbers to shared files (prometheus-client's multiprocess mode), and
the process that answers a scrape adds them up. PROMETHEUS_MULTIPROC_DIR must name a folder before
this module is imported. The numbers of waiting work come from the database at each scrape, so they
are right whichever process does the work.
"""

import asyncio
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from impl.errors import Unavailable
from impl.store.backlog import Backlog
from impl.store.connections import Connections

BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
WRITE_SECONDS = 0.25
OTHER = "other"
"""The label of requests for no operation of the contract."""

Family: TypeAlias = type[CounterMetricFamily] | type[GaugeMetricFamily]
Read: TypeAlias = Callable[[], Backlog]
"""Reads the backlog; raises Unavailable if the database does not answer."""


class Meter:
    """Measures the requests of this process. Belongs to one event loop.

    It counts in memory and writes four times a second, because the shared files cost more to write.
    """

    def __init__(self, connections: Connections, operations: Iterable[str]) -> None:
        own = CollectorRegistry()  # a scrape reads the files instead
        self._requests = Counter(
            "tmf678_requests", "Requests answered.", ["operation", "status"], registry=own
        )
        seconds = Histogram(
            "tmf678_request_duration_seconds",
            "Time until an answer begins.",
            ["operation"],
            buckets=BUCKETS,
            registry=own,
        )
        self._in_progress = Gauge(
            "tmf678_requests_in_progress",
            "Requests in progress, streams among them.",
            multiprocess_mode="livesum",
            registry=own,
        )
        self._pool = Gauge(
            "tmf678_mongodb_connections",
            "Connections to MongoDB: open, and of these in use.",
            ["state"],
            multiprocess_mode="livesum",
            registry=own,
        )
        self._connections = connections
        self._durations = {each: seconds.labels(each) for each in (*operations, OTHER)}
        self._counted: Tally[tuple[str, int]] = Tally()
        self._requests_open = 0
        self._writes = False

    def begun(self) -> None:
        """One more request is in progress."""
        self._requests_open += 1
        if not self._writes:
            self._writes = True
            self._keep_writing()

    def done(self, operation: str, status: int, seconds: float) -> None:
        """A request is over; its answer began after `seconds`, 0 if it never did."""
        self._requests_open -= 1
        self._counted[operation or OTHER, status] += 1
        if seconds:
            self._durations[operation or OTHER].observe(seconds)

    def write(self) -> None:
        """Add the counts since the last time to the shared files, and set the gauges."""
        counted, self._counted = self._counted, Tally()
        for (operation, status), count in counted.items():
            self._requests.labels(operation, status).inc(count)
        self._in_progress.set(self._requests_open)
        self._pool.labels("open").set(self._connections.open)
        self._pool.labels("in_use").set(self._connections.in_use)

    def _keep_writing(self) -> None:
        self.write()
        asyncio.get_running_loop().call_later(WRITE_SECONDS, self._keep_writing)


class Scrape:
    """Renders all metrics of the server as text."""

    def __init__(self, read: Read) -> None:
        self._backlog = _BacklogCollector(read)

    def __call__(self, accept: str) -> tuple[bytes, str]:
        """The metrics in the format that an `Accept` header likes best, and its media type."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(self._backlog)
        encode, media_type = choose_encoder(accept)
        return encode(registry), media_type


class _BacklogCollector(Collector):
    """Collects the metrics of the work that waits in the database."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("tmf678_mongodb_up", "Whether MongoDB answers, within a second.")
        try:
            families = list(_families(self._read()))
        except Unavailable:
            up.add_metric([], 0)
            return [up]
        up.add_metric([], 1)
        return [up, *families]


def _families(backlog: Backlog) -> Iterator[Metric]:
    for name, documentation, value in (
        ("on_demand_requests", "Open requests for a bill.", backlog.requests),
        ("on_demand_oldest_seconds", "Age of the oldest of them.", backlog.request_seconds),
        ("outbox_events", "Events not in the feed yet.", backlog.events),
        ("outbox_oldest_seconds", "Age of the oldest of them.", backlog.event_seconds),
        ("events_set_aside", "Events that can't be moved to the feed.", backlog.dead_letters),
    ):
        yield GaugeMetricFamily(f"tmf678_{name}", documentation, value)
    yield CounterMetricFamily(
        "tmf678_documents_lacking_letters",
        "PDFs made of bills whose text has letters that no font has.",
        value=backlog.lacking,
    )
    pending = "Deliveries that are pending, and that the server gave up (dead)."
    tried = "Delivery attempts, by outcome."
    given_up = "Tasks that workers gave up after a lasting fault, by kind."
    faults = "Faults of the loops of workers that never give up, by loop."
    gauge, counter = GaugeMetricFamily, CounterMetricFamily
    rows: Iterable[tuple[Family, str, str, str, Mapping[str, float]]] = (
        (gauge, "deliveries", pending, "state", backlog.deliveries),
        (counter, "delivery_attempts", tried, "outcome", backlog.attempts),
        (counter, "tasks_given_up", given_up, "kind", backlog.given_up),
        (counter, "worker_faults", faults, "loop", backlog.faults),
    )
    for family, name, documentation, label, values in rows:
        metric = family(f"tmf678_{name}", documentation, labels=[label])
        for each, value in values.items():
            metric.add_metric([each], value)
        yield metric


def forget(pid: int) -> None:
    """Drop the gauges of a dead process; its counts stay."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call]
