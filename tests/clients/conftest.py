"""A running server, the contract that it serves, and the tools that make clients of that."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from impl.store.embedded import Mongod
from tests.clients.tools import ENVIRONMENT, WORK, Tools
from tests.npm import ToolsMissing
from tests.servers import ServerProcess

collect_ignore_glob = [] if os.environ.get("CLIENTS") else ["test_*.py"]
"""They take minutes, and install much: `make clients` alone runs them."""


@pytest.fixture(scope="session")
def tools() -> Tools:
    WORK.mkdir(parents=True, exist_ok=True)
    for each in WORK.iterdir():
        if each != ENVIRONMENT:
            shutil.rmtree(each) if each.is_dir() else each.unlink()
    try:
        return Tools()
    except ToolsMissing as missing:
        if "CI" in os.environ:  # which has them all
            raise
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def billing(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server with a worker beside it, that makes bills."""
    log = tmp_path_factory.mktemp("billing") / "log"
    with ServerProcess(
        log, "--worker", MONGODB_URI=mongod.uri, MONGODB_DB="clients", VALIDATE_RESPONSES=1
    ) as server:
        yield server


@pytest.fixture(scope="session")
def contract(billing: ServerProcess, tools: Tools) -> Path:
    """The document as the server gives it."""
    path = WORK / "openapi.json"
    path.write_bytes(httpx.get(f"{billing.url}/openapi.json").raise_for_status().content)
    return path


@pytest.fixture(scope="session")
def openapi_generator(tools: Tools, contract: Path) -> Path:
    """The folder of openapi-generator's client in Python."""
    return tools.generate("python", contract, "--package-name", "tmf678_client")
