"""The command `tmf678`, or `python -m impl`: `serve`, `worker`, `import`, `export` and the rest."""

import argparse
import os
import shutil
import socket
import sys
import tempfile
from contextlib import closing

import orjson
import structlog
from tqdm import tqdm

from impl import __version__, logs, open_store, settings, worker
from impl.billing import preview
from impl.bulk.files import FileTrouble
from impl.bulk.resources import EXPORTED, IMPORTED
from impl.errors import ApiError
from impl.events.dispatcher import Dispatcher, Options
from impl.processes import Companion, Held, Stop, python
from impl.settings import Settings, SettingsError
from impl.store import upgrade
from impl.store.client import UriError
from impl.store.embedded import EmbeddedError, Mongod
from impl.store.mongo import Store
from impl.tmf678 import API

RECEIVED_BYTES = 64 * 1024
"""What a connection holds for a worker to read: it is parsed in one go, and others wait."""

AWAY_SECONDS = 1.0
"""How often a worker looks whether the database is there, at its start."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["generate"]:
        return generate(given[1:])
    options = _parser().parse_args(given)
    try:
        chosen = settings.read(os.environ)
        logs.configure(chosen.log_level)
        return options.run(chosen, options) or 0
    except (SettingsError, EmbeddedError, UriError, ApiError, FileTrouble) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tmf678", description="A TMF678 server.")
    parser.add_argument("--version", action="version", version=f"tmf678 {__version__}")
    commands = parser.add_subparsers(required=True)
    serving = commands.add_parser("serve", help="serve the API")
    serving.add_argument("--worker", action="store_true", help="run a worker beside the server")
    serving.set_defaults(run=serve)
    working = commands.add_parser("worker", help="make bills, deliver events")
    working.set_defaults(run=work)
    cycle = commands.add_parser("bill-cycle", help="run a billing cycle now")
    cycle.add_argument("id", help="the billCycle to run")
    cycle.add_argument("--dry-run", action="store_true", help="show its bills, and write nothing")
    cycle.set_defaults(run=bill_cycle)
    stuck = commands.add_parser("set-aside", help="list events that can't be moved to the feed")
    what = stuck.add_mutually_exclusive_group()
    what.add_argument("--again", metavar="ID", help="retry one, and the events that wait with it")
    what.add_argument("--drop", metavar="ID", help="give one up: no subscriber gets it")
    stuck.set_defaults(run=set_aside)
    rising = commands.add_parser("upgrade", help="upgrade the database to the form of this release")
    rising.add_argument("--dry-run", action="store_true", help="show the steps, and write nothing")
    rising.set_defaults(run=bring_up)
    _add_bulk(commands)
    commands.add_parser("generate", help="write code from a contract of your own")
    return parser


def _add_bulk(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    bring = commands.add_parser("import", help="import a file, each line as a POST of it would")
    bring.add_argument("file", help="JSON lines, compressed if it ends in .gz; - is standard input")
    bring.add_argument("--resource", choices=IMPORTED, help="else each line's @type says")
    bring.add_argument("--name", help="the name to resume by; else the file's own")
    bring.add_argument("--refused", metavar="FILE", help="for refused lines; else *.refused")
    bring.add_argument("--events", action="store_true", help="record events, too")
    bring.set_defaults(run=bring_in)
    write = commands.add_parser("export", help="export the resources of a query, as JSON lines")
    write.add_argument("resource", choices=EXPORTED)
    write.add_argument(
        "--query", default="", help="a list's query, such as 'state=new&sort=-billDate'"
    )
    write.add_argument("-o", dest="file", metavar="FILE", default="-", help="else standard output")
    write.set_defaults(run=write_out)


def serve(chosen: Settings, options: argparse.Namespace) -> None:
    """Serve until told to stop; with no MONGODB_URI, over a mongod of our own."""
    with Held() as stack:
        if chosen.metrics:
            stack.callback(shutil.rmtree, _shared_metrics(), ignore_errors=True)
        from impl import app, demo, handlers, server  # noqa: PLC0415 - a worker starts without them

        handlers.refuse_missing()
        _look_after_door(chosen)
        _look_after_links(chosen)
        app.try_keys(chosen)
        app.try_documents(chosen)
        listeners = [stack.enter_context(_listener(*place)) for place in _addresses(chosen)]
        uri = chosen.mongodb_uri
        if chosen.embedded:
            uri = stack.enter_context(Mongod(chosen.data, chosen.mongod)).uri
        store = open_store.opened(chosen, uri)
        if chosen.embedded:
            upgrade.bring_up(store)
        else:
            open_store.meet(store)
        if chosen.demo:
            demo.load(store)
        store.close()
        if options.worker:
            stack.enter_context(_companion(uri if chosen.embedded else ""))
        descriptors = [listener.detach() for listener in listeners]
        server.Server(chosen, uri, descriptors, started=lambda: _greet(chosen)).run()


def _look_after_door(chosen: Settings) -> None:
    """Raise SettingsError where others are let in who are not asked who they are, unless said."""
    if chosen.on_loopback or chosen.auth == "jwt":
        return
    if not chosen.auth:
        host = f"HOST={chosen.host}"
        raise SettingsError(f"AUTH: is needed with {host}: jwt, or off to accept everybody.")
    structlog.get_logger("auth").warning(
        "open", reason="AUTH=off: everybody can read and change everything", host=chosen.host
    )


def _look_after_links(chosen: Settings) -> None:
    """Raise SettingsError where events would have `href`s that lead nowhere."""
    if not chosen.on_loopback and not chosen.public_url:
        raise SettingsError(
            f"PUBLIC_URL: is needed with HOST={chosen.host}: the URL that clients call. The href in"
            " each event begins with it."
        )


def work(chosen: Settings, _options: argparse.Namespace) -> None:
    """Do what requests leave to be done, until told to stop."""
    _look_after_links(chosen)
    if chosen.embedded:
        raise SettingsError(
            "MONGODB_URI: is needed, the database that the servers work on. Beside the embedded"
            " MongoDB, `serve --worker` runs one."
        )
    stop, store = Stop(), _store(chosen)
    while not (open_store.meet(store) or stop.wait(AWAY_SECONDS)):
        pass
    store.keep_indexed()
    with closing(Dispatcher(store, Options.of(chosen))) as dispatcher:
        worker.work([*worker.jobs(chosen, store), dispatcher.step], stop)
    store.close()


def bill_cycle(chosen: Settings, options: argparse.Namespace) -> None:
    """Run a billing cycle now, whatever its date, or show what it would make."""
    store = _store(chosen)
    upgrade.meet(store)
    if options.dry_run:
        preview.show(store, chosen.policy, options.id)
    else:
        preview.run(store, options.id, worker.jobs(chosen, store))
    store.close()


def set_aside(chosen: Settings, options: argparse.Namespace) -> None:
    """List the events that are set aside, a line of JSON each; or end that for one of them."""
    with closing(_store(chosen)) as store:
        upgrade.meet(store)
        aside = store.outbox.aside
        if options.again:
            aside.again(options.again)
            print(f"{options.again} is tried again")
        elif options.drop:
            store.in_transaction(lambda: aside.drop(options.drop))
            print(f"{options.drop} is given up")
        for note in [] if options.again or options.drop else aside.notes():
            print(orjson.dumps(aside.told(note), option=orjson.OPT_UTC_Z).decode())


def bring_up(chosen: Settings, options: argparse.Namespace) -> None:
    """Bring the database to the form of this release, or show what that takes."""
    store = _store(chosen)
    found = upgrade.form(store)
    if options.dry_run:
        has = "no form yet" if found is None else f"form {found} of {upgrade.CURRENT}"
        print(f"the database has {has}")
    for number, step, left in upgrade.missing(store):
        print(f"form {number}: {step.says}, about {left:,} {step.unit}", flush=True)
        if not options.dry_run:
            with tqdm(total=left, unit=f" {step.unit}", disable=None) as bar:
                for count in upgrade.climb(store, number, step):
                    bar.update(count)
    if not options.dry_run:
        print(f"the database has form {upgrade.meet(store)}")
    store.close()


def bring_in(chosen: Settings, options: argparse.Namespace) -> int:
    """Import a file; the exit status."""
    from impl import transfer  # noqa: PLC0415 - a worker starts without it

    return transfer.bring_in(chosen, options)


def write_out(chosen: Settings, options: argparse.Namespace) -> int:
    """Export a resource; the exit status."""
    from impl import transfer  # noqa: PLC0415 - a worker starts without it

    return transfer.write_out(chosen, options)


def generate(arguments: list[str]) -> int:
    """Write code from a contract, as these arguments say; the exit status."""
    try:
        from openapi import generate as generator  # noqa: PLC0415 - it needs the extra
    except ModuleNotFoundError as error:
        print(f"{error}: install the extra `generate`, tmf678[generate]", file=sys.stderr)
        return 2
    return generator.main(arguments, "tmf678 generate")


def _store(chosen: Settings) -> Store:
    return open_store.opened(open_store.located(chosen), spare_bytes=open_store.SPARE_BYTES)


def _companion(uri: str) -> Companion:
    """A worker with the same settings, on our own database where this is its URI."""
    environment = {name: value for name, value in os.environ.items() if name != "DEMO"}
    command = [*python(), "-m", "impl", "worker"]
    return Companion(command, environment | ({"MONGODB_URI": uri} if uri else {}))


def _shared_metrics() -> str:
    """A new folder in which the processes that serve share their numbers (impl.metrics)."""
    folder = tempfile.mkdtemp(prefix="tmf678-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    return folder


def _addresses(chosen: Settings) -> list[tuple[str, str, int]]:
    """Where to listen, and which settings say so."""
    api = ("HOST, PORT", chosen.host, chosen.port)
    return [api, *([("METRICS", *chosen.metrics_address)] if chosen.metrics_address else [])]


def _listener(named: str, host: str, port: int) -> socket.socket:
    """A socket to serve on, taken before anything is started."""
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=2048)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED_BYTES)
        return listener
    except OSError as error:
        trouble = f"{host}:{port} can't be listened on: {os.strerror(error.errno or 0)}"
        raise SettingsError(f"{named}: {trouble}") from None


def _greet(chosen: Settings) -> None:
    base = chosen.public_url or f"http://{chosen.host}:{chosen.port}"
    print(f"TMF678 at {API.url(base)}  (try it: {base}/ui)", flush=True)
    if chosen.callback_allow:
        print(f"Events may also be posted to {chosen.callback_allow} (CALLBACK_ALLOW)", flush=True)


if __name__ == "__main__":
    sys.exit(main())
