"""gunicorn with the application in it: forks the workers, and gives each its own MongoClient."""

from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from impl import app
from impl.contract import Contract
from impl.settings import Settings
from impl.store.mongo import Store

GRACE_SECONDS = 30


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
            "asgi_lifespan": "off",
            "graceful_timeout": GRACE_SECONDS,
            "keepalive": 75,
            "limit_request_line": 0,  # the edge answers 414 in the Error shape
            "control_socket_disable": True,
            "proc_name": "tmf678",
            "loglevel": settings.log_level,
            "when_ready": lambda _: self._started(),
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Called in each worker after the fork."""
        store = Store(self._uri, self._settings.mongodb_db)
        app.keep_indexed(store)
        return app.create(self._settings, store, self._contract)
