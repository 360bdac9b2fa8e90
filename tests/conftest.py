"""What tests stand on: a mongod of their own, and a server over it that checks its own answers."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import coverage
import httpx
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.databases import Databases
from tests.servers import MeasuredServer, ServerProcess, V4Server, measure_few

# A slow machine is no fault of the code that is tested. CI tries the same examples each time, so
# that it refuses a change for its own faults; `make test` tries others each time.
hypothesis_settings.register_profile(
    "steady",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.load_profile("steady")


LONG = (
    "docs/test_commands",
    "contract/test_fuzz",
    "tests/auth/",
    "store/test_embedded",
    "api/test_streams",
    "faults/test_kill",
    "bulk/",
    "events/test_delivery",
    "api/test_days",
    "faults/",
    "store/test_upgrade",
    "api/test_metrics",
    "openapi/test_stubs",
    "openapi/test_generate",
    "store/test_explain",
    "store/test_evaluate",
    "api/test_trouble",
    "api/test_admission",
)
"""Files that take the longest, in this order, so that no process is left with one at the end."""


class Files(LoadFileScheduling):  # type: ignore[misc]
    """A process gets all tests of a file; those of auth/, which share a server, go to one."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return "tests/auth" if file.startswith("tests/auth/") else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Files | None:
    return Files(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _place(item.nodeid))


def _place(nodeid: str) -> int:
    return next((place for place, long in enumerate(LONG) if long in nodeid), len(LONG))


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


@pytest.fixture(scope="session")
def databases(mongod: Mongod) -> Iterator[Databases]:
    with Databases(mongod.uri) as pool:
        yield pool


@pytest.fixture
def empty_database(databases: Databases) -> Iterator[str]:
    """The name of an empty database that no other test uses meanwhile, its indexes built."""
    with databases.lent() as name:
        yield name


@pytest.fixture
def store(mongod: Mongod, empty_database: str) -> Iterator[Store]:
    """A store over a database of the test's own, its indexes built."""
    fresh = Store(mongod.uri, empty_database)
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
        V4Server(
            log, MONGODB_URI=mongod.uri, MONGODB_DB=f"own-{uuid4().hex}", VALIDATE_RESPONSES=1
        ) as running,
        httpx.Client(base_url=running.api + "/", timeout=30) as client,
    ):
        yield client
