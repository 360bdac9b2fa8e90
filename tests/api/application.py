"""An application that all tests of a module share: to make one takes half a second."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from starlette.types import ASGIApp

from impl import app, settings
from impl.events.build import build
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.databases import Databases


@dataclass(frozen=True)
class Application:
    """The application over a database of its own."""

    database: str
    store: Store
    asgi: ASGIApp

    def empty(self, databases: Databases) -> Store:
        """Its store, without what an earlier test left."""
        databases.empty(self.database)
        return self.store


@contextmanager
def application_over(
    mongod: Mongod, databases: Databases, *, events: bool = False, **named: str
) -> Iterator[Application]:
    """An application that checks its answers; its writes record events if `events` says so."""
    chosen = settings.read({"VALIDATE_RESPONSES": "1"} | named)
    with (
        databases.lent() as name,
        closing(Store(mongod.uri, name, record=build if events else None)) as store,
    ):
        yield Application(name, store, app.create(chosen, store))
