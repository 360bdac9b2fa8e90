"""gunicorn with the application: it forks workers, and each has a MongoClient of its own."""

import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from gunicorn import glogging
from gunicorn.app.base import BaseApplication
from starlette.types import ASGIApp, Receive, Scope, Send

from impl import app, gunicorn_worker, http1_parser, logs, metrics, open_store, tracing
from impl.processes import collect_garbage_rarely
from impl.settings import Settings
from impl.store.backlog import backlog
from impl.store.connections import Connections
from impl.web import errors
from impl.web.metrics_endpoint import MetricsEndpoint

GRACE_SECONDS = 30

STOPPING = {signal.SIGINT, signal.SIGQUIT, signal.SIGTERM}


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn's configuration, and the application of each worker."""

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
        self._apis = app.chosen(settings)
        self._contracts = [api.contract for api in self._apis]  # loaded once, before the fork
        self._process: Any = None
        http1_parser.patch(lambda status, message: errors.of_status(status, message, settings.base))
        super().__init__()

    def load_config(self) -> None:
        """Set everything that differs from gunicorn's defaults."""
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
        """Whether this process only finishes the requests that it has begun."""
        return self._process is not None and not self._process.alive

    def load(self) -> ASGIApp:
        """The application; gunicorn calls this in each worker after the fork."""
        settings = self._settings
        traced = tracing.instrumented(os.environ, app.routes(self._apis))
        connections = Connections()
        meter = None
        if settings.metrics:
            meter = metrics.Meter(connections, [o.id for api in self._apis for o in api.operations])
        listeners = [connections] if meter else []
        guarded = settings.auth == "jwt"
        store = open_store.opened(settings, self._uri, listeners, guarded=guarded)
        store.keep_indexed(open_store.requirement(store))
        application = app.create(settings, store, self._apis, self._stopping, meter)
        worker = _Worker(traced(application), [store.close, *([meter.write] if meter else [])])
        collect_garbage_rarely()
        if settings.metrics_address is None:
            return worker
        scraped = MetricsEndpoint(metrics.Scrape(lambda: backlog(store)), settings.base)
        return _by_port({settings.metrics_address[1]: scraped}, worker)


class _Logger(glogging.Logger):  # type: ignore[misc]
    """gunicorn's logger, without the texts of errors."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(logs.Formatter(self.error_fmt, self.datefmt))


def _ended(_arbiter: Any, process: Any) -> None:
    metrics.forget(process.pid)


def _by_port(applications: Mapping[int, ASGIApp], other: ASGIApp) -> ASGIApp:
    """Serve the requests of each port with its application, or with `other`."""

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        port: int = (scope.get("server") or ("", 0))[1] or 0
        await applications.get(port, other)(scope, receive, send)

    return serve


class _Worker:
    """The application with its ASGI lifespan.

    Signals to stop are blocked until the event loop can act on them. gunicorn would lose one that
    comes while the worker boots, and wait for the worker in vain.
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
