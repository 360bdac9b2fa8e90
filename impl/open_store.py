"""The store as each process opens it: by the settings, with an event for each write."""

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
"""How much larger than MAX_DOCUMENT_BYTES a worker may make a document: it has to store the outcome
of a request, or the bill of a rate, however large the document is.
"""

log = structlog.get_logger("database")


def located(settings: Settings) -> Settings:
    """The settings with the URI of the database that the servers work on.

    Without MONGODB_URI that is the embedded one of the server that runs over DATA_DIR; raises
    EmbeddedError if none runs.
    """
    if not settings.embedded:
        return settings
    return replace(settings, mongodb_uri=embedded.running(settings.data))


def for_worker(settings: Settings) -> Store:
    """The store that workers and commands open, beside the servers; EmbeddedError."""
    return opened(located(settings), spare_bytes=SPARE_BYTES)


def opened(
    settings: Settings,
    uri: str = "",
    listeners: Sequence[ConnectionPoolListener] = (),
    *,
    guarded: bool = False,
    events: bool = True,
    spare_bytes: int = 0,
) -> Store:
    """The store over the settings' database, or over the one at the URI.

    `guarded` restricts callers to what they own. `events` records an event for each write.
    Documents may be `spare_bytes` larger than MAX_DOCUMENT_BYTES.
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
        record=build if events else None,
        listeners=listeners,
        guarded=guarded,
        partitions=settings.event_partitions,
    )


def check(store: Store) -> bool:
    """Whether the database answers; `upgrade.Refused` if this process must not serve it.

    Logs a warning if its schema version is older than this release's.
    """
    try:
        version = upgrade.check(store)
    except upgrade.Refused:
        raise
    except Unavailable:
        return False
    if version < upgrade.CURRENT:
        log.warning("older", form=version, current=upgrade.CURRENT, mend="tmf678 upgrade")
    return True


def requirement(store: Store) -> Callable[[], None]:
    """A function that returns once the database has answered, with a schema version that we know.

    Until then each call checks, and raises Unavailable (`upgrade.Refused` is one). So a server that
    started without a database neither reads nor writes one that a later release upgraded.
    """
    checked = threading.Event()

    def passed() -> None:
        if not checked.is_set():
            upgrade.check(store)
            checked.set()

    return passed


def readiness(store: Store, passed: Callable[[], None]) -> Callable[[], None]:
    """A function that raises Unavailable, in 2 s, unless the database is known and writable."""

    def ready() -> None:
        store.ping()
        passed()

    return ready
