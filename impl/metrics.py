"""What a process measures of its work, and all that can be scraped (Prometheus).

Every process that serves writes its own numbers to files that prometheus-client shares among them
(its multiprocess mode); whichever of them is asked adds them up. For that PROMETHEUS_MULTIPROC_DIR
must name a folder before this is imported. What waits in the database is asked of the database when
it is scraped, so it is right whoever does the work.
"""

import asyncio
from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from impl.errors import Unavailable
from impl.store.backlog import Backlog
from impl.store.connections import Connections

BUCKETS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
TELL_SECONDS = 0.25
OTHER = "other"
"""What is no operation of the contract."""

Read: TypeAlias = Callable[[], Backlog]
"""What waits in the database; Unavailable where that is away."""

Family = TypeVar("Family", CounterMetricFamily, GaugeMetricFamily)


class Meter:
    """Measures the requests of this process, for one event loop to call.

    Counts are kept here and told four times a second, for the shared files cost more to write.
    """

    def __init__(self, connections: Connections, operations: Iterable[str]) -> None:
        own = CollectorRegistry()  # what is scraped is read from the files
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
        self._of = {each: seconds.labels(each) for each in (*operations, OTHER)}
        self._counted: Tally[tuple[str, int]] = Tally()
        self._present = 0
        self._tells = False

    def begun(self) -> None:
        """One more request is in progress."""
        self._present += 1
        if not self._tells:
            self._tells = True
            self._tell_on()

    def done(self, operation: str, status: int, seconds: float) -> None:
        """A request is over; its answer began after so many seconds, or never: 0."""
        self._present -= 1
        self._counted[operation or OTHER, status] += 1
        if seconds:
            self._of[operation or OTHER].observe(seconds)

    def tell(self) -> None:
        """Write down what was counted since the last time, and what is now."""
        counted, self._counted = self._counted, Tally()
        for (operation, status), count in counted.items():
            self._requests.labels(operation, status).inc(count)
        self._in_progress.set(self._present)
        self._pool.labels("open").set(self._connections.open)
        self._pool.labels("in_use").set(self._connections.in_use)

    def _tell_on(self) -> None:
        self.tell()
        asyncio.get_running_loop().call_later(TELL_SECONDS, self._tell_on)


class Scrape:
    """All metrics of the server, as text."""

    def __init__(self, read: Read) -> None:
        self._waiting = _Waiting(read)

    def __call__(self, accept: str) -> tuple[bytes, str]:
        """The metrics in the format that an `Accept` header likes best, and its media type."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(self._waiting)
        encode, media_type = choose_encoder(accept)
        return encode(registry), media_type


class _Waiting(Collector):
    """What waits in the database."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("tmf678_mongodb_up", "Whether MongoDB answers, within a second.")
        try:
            found = list(_families(self._read()))
        except Unavailable:
            up.add_metric([], 0)
            return [up]
        up.add_metric([], 1)
        return [up, *found]


def _families(backlog: Backlog) -> Iterator[Metric]:
    for name, documentation, value in (
        ("on_demand_requests", "Open requests for a bill.", backlog.requests),
        ("on_demand_oldest_seconds", "Age of the oldest of them.", backlog.request_seconds),
        ("outbox_events", "Events not in the feed yet.", backlog.events),
        ("outbox_oldest_seconds", "Age of the oldest of them.", backlog.event_seconds),
        ("events_set_aside", "Events that can't be moved to the feed.", backlog.dead_letters),
    ):
        yield GaugeMetricFamily(f"tmf678_{name}", documentation, value)
    pending = "Deliveries that are pending, and that the server gave up (dead)."
    yield _labelled(
        GaugeMetricFamily("tmf678_deliveries", pending, labels=["state"]), backlog.deliveries
    )
    tried = "Delivery attempts, by outcome."
    yield _labelled(
        CounterMetricFamily("tmf678_delivery_attempts", tried, labels=["outcome"]), backlog.attempts
    )
    yield CounterMetricFamily(
        "tmf678_documents_lacking_letters",
        "PDFs made of bills whose text has letters that no font has.",
        value=backlog.lacking,
    )
    given_up = "Tasks that workers gave up after a lasting fault, by kind."
    yield _labelled(
        CounterMetricFamily("tmf678_tasks_given_up", given_up, labels=["kind"]), backlog.given_up
    )
    faults = "Faults of the loops of workers that never give up, by loop."
    yield _labelled(
        CounterMetricFamily("tmf678_worker_faults", faults, labels=["loop"]), backlog.faults
    )


def _labelled(family: Family, values: Mapping[str, float]) -> Family:
    """The family with a sample for each value of its label."""
    for label, value in values.items():
        family.add_metric([label], value)
    return family


def forget(pid: int) -> None:
    """A process is dead: what it counted stays, what it was doing is over."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call]
