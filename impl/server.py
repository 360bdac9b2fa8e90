"""gunicorn with the application in it: forks the workers, and gives each its own MongoClient."""

import gc
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gunicorn import glogging
from gunicorn.app.base import BaseApplication
from starlette.types import ASGIApp, Receive, Scope, Send

from generated.operations import BASE_PATH, OPERATIONS
from impl import app, gunicorn_worker, http1_parser, logs, metrics, open_store, tracing
from impl.contract import Contract
from impl.settings import Settings
from impl.store.backlog import backlog
from impl.store.connections import Connections
from impl.web import errors
from impl.web.metrics_endpoint import MetricsEndpoint
from impl.web.routes import Routes

GRACE_SECONDS = 30

STOPPING = {signal.SIGINT, signal.SIGQUIT, signal.SIGTERM}


class Server(BaseApplication):  # type: ignore[misc]
    """The settings as gunicorn takes them, and what each worker serves."""

    def __init__(
        self,
        settings: Settings,
        uri: str,
        listeners: Sequence[int],
        started: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._uri = uri
        self._listeners = listeners
        self._started = started
        self._contract = Contract.load()
        self._process: Any = None
        http1_parser.patch(lambda status, message: errors.of_status(status, message, settings.base))
        super().__init__()

    def load_config(self) -> None:
        """Everything that differs from gunicorn's defaults, and why where it is not plain."""
        settings = self._settings
        for name, value in {
            "bind": [f"fd://{listener}" for listener in self._listeners],
            "workers": settings.workers,
            "worker_class": gunicorn_worker.Worker,
            "http_parser": "python",  # http1_parser patches this one
            "asgi_lifespan": "on",
            "max_requests": settings.max_requests,
            "max_requests_jitter": settings.max_requests // 10,  # not all workers at once
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": gunicorn_worker.SERVING_SECONDS,
            "limit_request_line": 0,  # the edge answers 414 in the Error shape
            "logger_class": _Logger,
            "control_socket_disable": True,
            "proc_name": "tmf678",
            "loglevel": settings.log_level,
            "when_ready": lambda _: self._started(),
            "post_fork": self._forked,
            **({"forwarded_allow_ips": settings.trusted_proxies} if settings.proxies else {}),
            **({"child_exit": _ended} if settings.metrics else {}),
        }.items():
            self.cfg.set(name, value)

    def _forked(self, _arbiter: Any, process: Any) -> None:
        self._process = process
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)

    def _stopping(self) -> bool:
        """Whether this process answers what it has begun, and no more."""
        return self._process is not None and not self._process.alive

    def load(self) -> ASGIApp:
        """Called in each worker after the fork."""
        settings = self._settings
        traced = tracing.instrumented(os.environ, Routes(BASE_PATH, OPERATIONS))
        connections = Connections()
        meter = None
        if settings.metrics:
            meter = metrics.Meter(connections, [operation.id for operation in OPERATIONS])
        listeners = [connections] if meter else []
        guarded = settings.auth == "jwt"
        store = open_store.opened(settings, self._uri, listeners, guarded=guarded)
        store.keep_indexed(open_store.gate(store))
        application = app.create(settings, store, self._contract, self._stopping, meter)
        worker = _Worker(traced(application), [store.close, *([meter.write] if meter else [])])
        _rarely_collect()
        if settings.metrics_address is None:
            return worker
        scraped = MetricsEndpoint(metrics.Scrape(lambda: backlog(store)), settings.base)
        return _by_port({settings.metrics_address[1]: scraped}, worker)


class _Logger(glogging.Logger):  # type: ignore[misc]
    """gunicorn's, whose lines quote nothing of what an error says."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.Formatter(self.error_fmt, self.datefmt))


def _ended(_arbiter: Any, process: Any) -> None:
    metrics.forget(process.pid)


def _by_port(applications: Mapping[int, ASGIApp], other: ASGIApp) -> ASGIApp:
    """Serve each port's requests by its application."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        port: int = (scope.get("server") or ("", 0))[1] or 0
        await applications.get(port, other)(scope, receive, send)

    return serve


def _rarely_collect() -> None:
    """Spare the event loop most of the garbage collector: it stops all requests while it looks.

    What was made at start stays, so it is not looked through; what a request leaves has few cycles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class _Worker:
    """The application with its ASGI lifespan: from the loop's first turn to the last answer.

    A signal to stop that comes while the worker boots is held back until the loop can act on it;
    gunicorn would lose it, and wait for the worker in vain.
    """

    def __init__(self, application: ASGIApp, last: Sequence[Callable[[], None]]) -> None:
        self._application = application
        self._last = last

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._application(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for step in self._last:
            step()
        await send({"type": "lifespan.shutdown.complete"})
