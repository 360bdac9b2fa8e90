"""One installation for all tests; `make containers` alone makes what it needs."""

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path

import pytest

from tests.containers.engine import Engine
from tests.containers.installation import API, DATABASE, Installation
from tests.containers.session import FOLDER, skipped_if_unavailable
from tests.faults.load import Persistent, with_bills

BILLS, EACH, WRITERS = 4000, 400, 4

collect_ignore_glob = [] if os.environ.get(FOLDER) else ["test_*.py"]


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with ExitStack() as stack:
        with skipped_if_unavailable():
            running = stack.enter_context(Engine(Path(os.environ[FOLDER]) / "engine"))
        yield running


@pytest.fixture(scope="session")
def installation(engine: Engine) -> Iterator[Installation]:
    """compose.yaml, up and ready, whose certificate all clients trust."""
    running = Installation(Path(os.environ[FOLDER]), engine)
    began = time.monotonic()
    running.compose("up", "--detach", "--no-build")
    running.wait_until_ready()
    print(f"\nup and ready from nothing: {time.monotonic() - began:.1f} s")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(running.secrets / "tls_certificate"))
        yield running
    running.compose("kill")


@pytest.fixture(scope="session")
def bills(installation: Installation) -> Iterator[str]:
    """The ids of bills that writers may patch."""
    return iter(with_bills(installation.uri(), DATABASE, BILLS))


@pytest.fixture
def writers(installation: Installation, bills: Iterator[str]) -> Persistent:
    """Writers that have not started, to an installation that is whole."""
    installation.wait_until_whole()
    installation.wait_until_ready()
    return Persistent(API, WRITERS, islice(bills, EACH))
