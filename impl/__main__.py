"""Command: `python -m impl serve`."""

import argparse
import os
import socket
import sys
from contextlib import ExitStack

from impl import demo, logs, settings
from impl.server import Server
from impl.settings import Settings, SettingsError
from impl.store.embedded import EmbeddedError, Mongod
from impl.store.mongo import Store, UriError


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m impl", description="A TMF678 server.")
    commands = parser.add_subparsers(required=True)
    commands.add_parser("serve", help="serve the API").set_defaults(run=serve)
    options = parser.parse_args(arguments)
    try:
        chosen = settings.read(os.environ)
        logs.configure(chosen.log_level)
        options.run(chosen)
    except (SettingsError, EmbeddedError, UriError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def serve(chosen: Settings) -> None:
    """Serve until told to stop; with no MONGODB_URI, over a mongod of our own."""
    with ExitStack() as stack:
        listener = stack.enter_context(_listener(chosen))
        uri = chosen.mongodb_uri
        if chosen.embedded:
            uri = stack.enter_context(Mongod(chosen.data, chosen.mongod)).uri
        store = Store(uri, chosen.mongodb_db)
        if chosen.demo:
            demo.load(store)
        store.close()
        Server(chosen, uri, listener.detach(), started=lambda: _greet(chosen)).run()


def _listener(chosen: Settings) -> socket.socket:
    """The socket to serve on, taken before anything is started."""
    host = chosen.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, chosen.port), family=family, backlog=2048)
    except OSError as error:
        trouble = f"{host}:{chosen.port} can't be listened on: {os.strerror(error.errno or 0)}"
        raise SettingsError(f"HOST, PORT: {trouble}") from None


def _greet(chosen: Settings) -> None:
    base = chosen.public_url or f"http://{chosen.host}:{chosen.port}"
    print(f"TMF678 at {base}/tmf-api/customerBillManagement/v4  (try it: {base}/ui)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
