"""gunicorn with the application in it: forks the workers, and gives each its own MongoClient."""

import signal
from collections.abc import Callable

from gunicorn.app.base import BaseApplication
from starlette.types import ASGIApp, Receive, Scope, Send

from impl import app
from impl.contract import Contract
from impl.settings import Settings
from impl.store.mongo import Store

GRACE_SECONDS = 30
STOPPING = {signal.SIGINT, signal.SIGQUIT, signal.SIGTERM}


class Server(BaseApplication):  # type: ignore[misc]
    """The settings as gunicorn takes them, and what each worker serves."""

    def __init__(self, settings: Settings, uri: str, started: Callable[[], None]) -> None:
        self._settings = settings
        self._uri = uri
        self._started = started
        self._contract = Contract.load()
        super().__init__()

    def load_config(self) -> None:
        """Everything that differs from gunicorn's defaults, and why where it is not plain."""
        settings = self._settings
        for name, value in {
            "bind": f"{settings.host}:{settings.port}",
            "workers": settings.workers,
            "worker_class": "asgi",
            "asgi_lifespan": "on",
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 75,
            "limit_request_line": 0,  # the edge answers 414 in the Error shape
            "control_socket_disable": True,
            "proc_name": "tmf678",
            "loglevel": settings.log_level,
            "when_ready": lambda _: self._started(),
            "post_fork": lambda _, __: signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING),
        }.items():
            self.cfg.set(name, value)

    def load(self) -> ASGIApp:
        """Called in each worker after the fork."""
        store = Store(self._uri, self._settings.mongodb_db)
        app.keep_indexed(store)
        return _Worker(app.create(self._settings, store, self._contract), store)


class _Worker:
    """The application with its ASGI lifespan: from the loop's first turn to the last answer.

    A signal to stop that comes while the worker boots is held back until the loop can act on it;
    gunicorn would lose it, and wait for the worker in vain.
    """

    def __init__(self, application: ASGIApp, store: Store) -> None:
        self._application = application
        self._store = store

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
        self._store.close()
        await send({"type": "lifespan.shutdown.complete"})
