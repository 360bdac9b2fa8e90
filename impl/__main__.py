"""Command: `python -m impl serve`."""

import argparse
import os
import sys
from contextlib import ExitStack

from impl import demo, logs, settings
from impl.server import Server
from impl.settings import Settings, SettingsError
from impl.store.embedded import EmbeddedError, Mongod
from impl.store.mongo import Store


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
    except (SettingsError, EmbeddedError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def serve(chosen: Settings) -> None:
    """Serve until told to stop; with no MONGODB_URI, over a mongod of our own."""
    with ExitStack() as stack:
        uri = chosen.mongodb_uri
        if chosen.embedded:
            uri = stack.enter_context(Mongod(chosen.data, chosen.mongod)).uri
            if chosen.demo:
                store = Store(uri, chosen.mongodb_db)
                demo.load(store)
                store.close()
        Server(chosen, uri, started=lambda: _greet(chosen)).run()


def _greet(chosen: Settings) -> None:
    base = chosen.public_url or f"http://{chosen.host}:{chosen.port}"
    print(f"TMF678 at {base}/tmf-api/customerBillManagement/v4  (try it: {base}/ui)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
