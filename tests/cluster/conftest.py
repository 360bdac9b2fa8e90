"""One cluster with one release of the chart for all tests; only `make cluster` runs them."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import pytest

from tests.cluster import node
from tests.cluster.node import Cluster
from tests.cluster.release import DATABASE, Release
from tests.containers.engine import Engine
from tests.containers.session import FOLDER, skipped_if_unavailable
from tests.faults.load import Persistent, with_bills
from tests.replicas import ReplicaSet

BILLS, EACH, WRITERS = 4000, 1000, 4

collect_ignore_glob = [] if os.environ.get(FOLDER) else ["test_*.py"]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    folder = Path(os.environ[FOLDER])
    began = time.monotonic()
    with ExitStack() as stack:
        with skipped_if_unavailable():
            engine = stack.enter_context(Engine(folder / "engine", *node.runtime(folder)))
        running = stack.enter_context(Cluster(folder / "cluster", engine))
        print(f"\nthe node is ready after {time.monotonic() - began:.1f} s")
        yield running


@pytest.fixture(scope="session")
def release(cluster: Cluster) -> Iterator[Release]:
    """The chart, applied and ready; MongoDB runs beside the cluster."""
    folder = Path(os.environ[FOLDER]) / "replicas"
    with ReplicaSet(folder, 3, address=cluster.address) as replicas:
        running = Release(cluster, replicas.uri)
        began = time.monotonic()
        running.apply()
        running.wait_until_rolled_out()
        print(f"the chart, applied and ready: {time.monotonic() - began:.1f} s")
        yield running
        running.remove()


@pytest.fixture(scope="session")
def bills(release: Release) -> Iterator[str]:
    """The ids of bills that writers may patch."""
    return iter(with_bills(release.uri, DATABASE, BILLS))


@pytest.fixture
def writers(release: Release, bills: Iterator[str]) -> Persistent:
    """Writers that have not started, to a release whose pods are all ready."""
    release.wait_until_rolled_out()
    return Persistent(release.api, WRITERS, islice(bills, EACH))
