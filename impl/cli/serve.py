"""The command `serve`: the API, over the embedded MongoDB unless MONGODB_URI names another one."""

import argparse
import os
import shutil
import socket
import tempfile
from importlib import import_module

from impl import open_store
from impl.cli.checks import require_auth, require_public_url
from impl.plugin import PLUGIN
from impl.processes import Companion, ProcessExitStack, python
from impl.served import API
from impl.settings import Settings, SettingsError
from impl.store import upgrade
from impl.store.embedded import Mongod

RECEIVE_BUFFER_BYTES = 64 * 1024
"""How much of a request the kernel buffers: a worker parses that in one go, and others wait."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of this command."""
    parser.add_argument("--worker", action="store_true", help="run a worker beside the server")


def run(settings: Settings, options: argparse.Namespace) -> None:
    """Serve until a signal stops the process."""
    with ProcessExitStack() as stack:
        if settings.metrics:
            stack.callback(shutil.rmtree, _metrics_folder(), ignore_errors=True)
        # prometheus-client reads PROMETHEUS_MULTIPROC_DIR when it is imported
        from impl import app, server  # noqa: PLC0415

        import_module(PLUGIN.handlers).refuse_missing(API.operations)
        require_auth(settings)
        require_public_url(settings)
        app.try_keys(settings)
        app.try_documents(settings)
        listeners = [stack.enter_context(_listener(*each)) for each in _addresses(settings)]
        uri = settings.mongodb_uri
        if settings.embedded:
            uri = stack.enter_context(Mongod(settings.data, settings.mongod)).uri
        _prepare_database(settings, uri)
        if options.worker:
            stack.enter_context(_worker_process(uri if settings.embedded else ""))
        descriptors = [listener.detach() for listener in listeners]
        server.Server(settings, uri, descriptors, started=lambda: _print_address(settings)).run()


def _prepare_database(settings: Settings, uri: str) -> None:
    """Upgrade an embedded database, or check the version of another one; load the demo data."""
    store = open_store.opened(settings, uri)
    if settings.embedded:
        upgrade.migrate_all(store)
    else:
        open_store.check(store)
    if settings.demo and PLUGIN.demo:
        import_module(PLUGIN.demo).load(store)
    store.close()


def _worker_process(uri: str) -> Companion:
    """A worker with this server's settings; over the database at the URI, if one is given."""
    environment = {name: value for name, value in os.environ.items() if name != "DEMO"}
    command = [*python(), "-m", "impl", "worker"]
    return Companion(command, environment | ({"MONGODB_URI": uri} if uri else {}))


def _metrics_folder() -> str:
    """A new folder in which the server processes share their metrics (impl/metrics.py)."""
    folder = tempfile.mkdtemp(prefix="tmf678-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    return folder


def _addresses(settings: Settings) -> list[tuple[str, str, int]]:
    """The names of the settings, the host and the port of each address to listen on."""
    api = ("HOST, PORT", settings.host, settings.port)
    return [api, *([("METRICS", *settings.metrics_address)] if settings.metrics_address else [])]


def _listener(setting: str, host: str, port: int) -> socket.socket:
    """A listening socket; SettingsError if the address can't be had. Opened before all else."""
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)
        return listener
    except OSError as error:
        trouble = f"{host}:{port} can't be listened on: {os.strerror(error.errno or 0)}"
        raise SettingsError(f"{setting}: {trouble}") from None


def _print_address(settings: Settings) -> None:
    base = settings.public_url or f"http://{settings.host}:{settings.port}"
    print(f"{PLUGIN.title} at {API.url(base)}  (try it: {base}/ui)", flush=True)
    if settings.callback_allow:
        allowed = settings.callback_allow
        print(f"Events may also be posted to {allowed} (CALLBACK_ALLOW)", flush=True)
