"""The store and the exit statuses of `import` and `export`."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from impl import open_store
from impl.processes import collect_garbage_rarely
from impl.settings import Settings
from impl.store import upgrade
from impl.store.mongo import Store

ALL, SOME, NONE, INTERRUPTED = 0, 1, 2, 130
"""Exit statuses: everything is done, some lines were refused, it failed, a signal ended it."""


@contextmanager
def opened(settings: Settings, *, events: bool) -> Iterator[Store]:
    """The store, once the database answers and its version is known; `events` records them.

    SIGTERM raises KeyboardInterrupt, as Ctrl-C does, until a `Stop` listens.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    collect_garbage_rarely()
    store = open_store.opened(open_store.located(settings), events=events)
    try:
        store.ping()
        upgrade.check(store)
        yield store
    finally:
        store.close()
