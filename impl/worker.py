"""The worker: a process that makes bills and delivers events, in the background of requests.

Any number of workers share one database, on any number of machines. They know nothing of HTTP.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from importlib import import_module

import structlog

from impl.errors import Unavailable
from impl.events.callbacks import Allowance
from impl.events.dispatcher import Options
from impl.heartbeat import Heartbeat
from impl.plugin import PLUGIN
from impl.processes import collect_garbage_rarely
from impl.served import API
from impl.settings import Settings
from impl.store.mongo import Store

IDLE_SECONDS = 0.2
"""How long a job sleeps if there was nothing to do."""

ERROR_SECONDS = 1.0
"""How long a job sleeps after an error."""

log = structlog.get_logger("worker")

Step = Callable[[], bool]
"""Does one piece of work; returns whether there was any."""


def dispatch_options(settings: Settings) -> Options:
    """How events are stored and delivered, by the settings."""
    return Options(
        API.url(settings.base),
        Allowance.read(settings.callback_allow),
        timedelta(hours=settings.event_retry_hours),
        timedelta(days=settings.event_retention_days),
        zone=settings.policy.zone,
    )


def jobs(settings: Settings, store: Store) -> list[Step]:
    """The jobs of a worker besides the delivery of events, once for each thread that does them."""
    steps: list[Step] = import_module(PLUGIN.jobs).jobs(settings, store) if PLUGIN.jobs else []
    return steps


def work(steps: Sequence[Step], stop: threading.Event, heartbeat: Heartbeat | None = None) -> None:
    """Repeat each step in a thread of its own until `stop` is set.

    Steps in progress are finished first. The heartbeat learns of each turn.
    """
    collect_garbage_rarely()
    log.info("started", jobs=len(steps))
    turns = (stop, heartbeat or Heartbeat())
    threads = [threading.Thread(target=_repeat, args=(step, *turns)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _repeat(step: Step, stop: threading.Event, heartbeat: Heartbeat) -> None:
    while not stop.is_set():
        heartbeat.turn()
        stop.wait(0 if _done(step) else IDLE_SECONDS)
    heartbeat.end()


def _done(step: Step) -> bool:
    try:
        return step()
    except Unavailable as error:
        log.warning("waiting", reason=str(error))
    except Exception as error:
        log.exception("incident", exc_info=error)
    threading.Event().wait(ERROR_SECONDS)
    return False
