"""What tests stand on: a mongod of their own, and a server over it that checks its own answers."""

from collections.abc import Generator, Iterator
from pathlib import Path
from uuid import uuid4

import coverage
import httpx
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.servers import MeasuredServer, ServerProcess, measure_few

# What is slow here is the machine, and no fault of what is tested.
hypothesis_settings.register_profile(
    "steady", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("steady")


LONG = (
    "contract/test_fuzz",
    "faults/",
    "api/test_streams",
    "store/test_explain",
    "store/test_evaluate",
    "store/test_embedded",
    "bulk/",
    "docs/test_commands",
    "deploy/",
    "openapi/test_stubs",
    "api/test_pages",
    "api/test_trouble",
)
"""What takes the longest begins first, so that no process is left with it when the others end."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not any(long in item.nodeid for long in LONG))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    measure_few()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """Measure no coverage where many examples walk the same lines, which takes twice the time."""
    measuring = coverage.Coverage.current()
    generated = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    if not generated or measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()


@pytest.fixture(scope="session")
def mongod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongod]:
    with Mongod(tmp_path_factory.mktemp("mongod")) as running:
        yield running


@pytest.fixture
def store(mongod: Mongod) -> Iterator[Store]:
    """A store over a database of the test's own, its indexes built."""
    fresh = Store(mongod.uri, f"test-{uuid4().hex}")
    fresh.ensure_indexes()
    yield fresh
    fresh.close()


@pytest.fixture(scope="session")
def server(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server that many tests share: each makes what it needs, and counts on nothing else."""
    log: Path = tmp_path_factory.mktemp("server") / "log"
    with MeasuredServer(
        log, MONGODB_URI=mongod.uri, MONGODB_DB="shared", VALIDATE_RESPONSES=1
    ) as running:
        yield running


@pytest.fixture(scope="session")
def api(server: ServerProcess) -> Iterator[httpx.Client]:
    """A client of the shared server, its base URL the API's."""
    with httpx.Client(base_url=server.api + "/", timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def own_api(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server over an empty database that only this module writes to."""
    log: Path = tmp_path_factory.mktemp("own") / "log"
    with (
        ServerProcess(
            log, MONGODB_URI=mongod.uri, MONGODB_DB=f"own-{uuid4().hex}", VALIDATE_RESPONSES=1
        ) as running,
        httpx.Client(base_url=running.api + "/", timeout=30) as client,
    ):
        yield client
