"""The command `worker`: makes the bills that requests and cycles ask for, and delivers events."""

import argparse
from contextlib import closing
from pathlib import Path

from impl import open_store, worker
from impl.cli.checks import require_public_url
from impl.events.dispatcher import Dispatcher
from impl.heartbeat import Heartbeat
from impl.processes import Stop
from impl.settings import Settings, SettingsError

CONNECT_SECONDS = 1.0
"""How long a starting worker waits before it tries the database again."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    text = "touch this file every second while all loops turn, for a liveness probe"
    parser.add_argument("--heartbeat", type=Path, metavar="FILE", help=text)


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Work until a signal stops the process."""
    require_public_url(settings)
    if settings.embedded:
        raise SettingsError(
            "MONGODB_URI: is needed, the database that the servers work on. Beside the embedded"
            " MongoDB, `serve --worker` runs one."
        )
    stop = Stop()
    with Heartbeat(options.heartbeat) as heartbeat:
        store = open_store.for_worker(settings)
        while not (open_store.check(store) or stop.wait(CONNECT_SECONDS)):
            pass
        store.keep_indexed()
        with closing(Dispatcher(store, worker.dispatch_options(settings))) as dispatcher:
            worker.work([*worker.jobs(settings, store), dispatcher.step], stop, heartbeat)
        store.close()
