"""The store as every process of ours opens it: each write is told of, unless one asks not to."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog
from pymongo.monitoring import ConnectionPoolListener

from impl.errors import Unavailable
from impl.events.build import build
from impl.settings import Settings
from impl.store import embedded, upgrade
from impl.store.mongo import Store
from impl.store.pages import StoreLimits

SPARE_BYTES = 64 * 1024
"""How much larger than MAX_DOCUMENT_BYTES a worker may make a document: it has to write down what
became of a request, or which bill a rate is on, however large these are.
"""

log = structlog.get_logger("database")


def located(settings: Settings) -> Settings:
    """The settings with the URI of the database that the servers work on.

    With no MONGODB_URI that is the embedded one of the server that runs over DATA_DIR; where none
    runs, EmbeddedError.
    """
    if not settings.embedded:
        return settings
    return replace(settings, mongodb_uri=embedded.running(settings.data))


def opened(
    settings: Settings,
    uri: str = "",
    listeners: Sequence[ConnectionPoolListener] = (),
    *,
    guarded: bool = False,
    told: bool = True,
    spare_bytes: int = 0,
) -> Store:
    """The store over the settings' database, or over the one at a URI; `told` makes events.

    Where it is `guarded`, it holds who asks to what is theirs; else it is ours alone. Documents may
    be larger than the settings say by `spare_bytes`.
    """
    bounds = StoreLimits(
        settings.count_timeout_ms / 1000,
        settings.max_page_bytes,
        settings.max_document_bytes,
        spare_bytes,
    )
    return Store(
        uri or settings.mongodb_uri,
        settings.mongodb_db,
        bounds=bounds,
        record=build if told else None,
        listeners=listeners,
        guarded=guarded,
    )


def check(store: Store) -> bool:
    """Whether the database is there; TooNew if a later release has made its schema version.

    An older schema version is logged.
    """
    try:
        version = upgrade.check(store)
    except upgrade.TooNew:
        raise
    except Unavailable:
        return False
    if version < upgrade.CURRENT:
        log.warning("older", form=version, current=upgrade.CURRENT, mend="tmf678 upgrade")
    return True


def gate(store: Store) -> Callable[[], None]:
    """A function that returns once the database was checked: this release knows its schema version.

    Else it raises Unavailable, TooNew among them. So the server reads and writes nothing in a
    database that was away at the start and has a later schema version.
    """
    checked = threading.Event()

    def passed() -> None:
        if not checked.is_set():
            upgrade.check(store)
            checked.set()

    return passed


def readiness(store: Store, passed: Callable[[], None]) -> Callable[[], None]:
    """A function that returns if the database can be written to, and was checked.

    Else it raises Unavailable, in 2 s.
    """

    def ready() -> None:
        store.ping()
        passed()

    return ready
