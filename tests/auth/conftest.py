"""A server that asks for tokens, with a worker, over a database of its own."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.auth.issuer import AUDIENCE, ISSUER, Issuer
from tests.auth.tokens import bearer
from tests.auth.world import BY_BOTH, LIMITED, World, made
from tests.servers import MeasuredServer, ServerProcess


@pytest.fixture(scope="session")
def issuer() -> Iterator[Issuer]:
    with Issuer("rsa") as running:
        yield running


@pytest.fixture(scope="session")
def database() -> str:
    return f"auth-{uuid4().hex}"


@pytest.fixture(scope="session")
def gated(
    mongod: Mongod, issuer: Issuer, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    log: Path = tmp_path_factory.mktemp("gated") / "log"
    with MeasuredServer(
        log,
        "--worker",
        MONGODB_URI=mongod.uri,
        MONGODB_DB=database,
        VALIDATE_RESPONSES=1,
        CALLBACK_ALLOW="127.0.0.1",
        AUTH="jwt",
        AUTH_ISSUER=ISSUER,
        AUTH_AUDIENCE=f"someone-else,{AUDIENCE}",
        AUTH_JWKS=issuer.url,
        AUTH_ACCOUNTS_CLAIM="accounts",
        AUTH_PARTY_CLAIM="party",
    ) as running:
        yield running


@pytest.fixture(scope="session")
def door(gated: ServerProcess) -> Iterator[httpx.Client]:
    """A client that brings no token of its own."""
    with httpx.Client(base_url=gated.api + "/", timeout=30) as client:
        yield client


@pytest.fixture(scope="session")
def ours(mongod: Mongod, database: str) -> Iterator[Store]:
    """The gated server's database, as our own processes know it."""
    store = Store(mongod.uri, database)
    yield store
    store.close()


@pytest.fixture(scope="session")
def world(door: httpx.Client, ours: Store) -> World:
    return made(door, ours)


@pytest.fixture(
    params=[
        pytest.param(claims, id=name, marks=[pytest.mark.long] if name == BY_BOTH else [])
        for name, claims in LIMITED.items()
    ]
)
def me(request: pytest.FixtureRequest) -> dict[str, str]:
    return bearer(**request.param)
