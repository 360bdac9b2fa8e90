"""The servers that are compared, one worker each, over the same documents."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.data import BILL
from tests.servers import BASE_PATH, ROOT, ServerProcess, answers, family, free_port

OURS, CHECKED = "tmf678", "tmf678, answers checked"
FLASK, STARLETTE, CONNEXION = "bare Flask", "bare Starlette", "plain Connexion"
BASELINES = {
    FLASK: ("tests.bench.bare_flask:app", "-k gthread --threads 16"),
    STARLETTE: ("tests.bench.bare_starlette:app", "-k asgi"),
    CONNEXION: ("tests.bench.plain_connexion:app", "-k asgi"),
}


@dataclass(frozen=True)
class Served:
    """A server that runs: its port and its processes, the last one its worker."""

    port: int
    processes: list[int]

    def memory(self) -> tuple[float, float]:
        """MiB that the worker holds: resident, and its share where pages are shared."""
        lines = Path(f"/proc/{self.processes[-1]}/smaps_rollup").read_text().splitlines()[1:]
        kib = {name: int(rest.split()[0]) for name, _, rest in (x.partition(":") for x in lines)}
        return kib["Rss"] / 1024, kib["Pss"] / 1024


@contextmanager
def running(folder: Path, uri: str, database: str) -> Iterator[dict[str, Served]]:
    """All of them, ready, by name."""
    named = {"MONGODB_URI": uri, "MONGODB_DB": database}
    with ExitStack() as stack:
        found: dict[str, Served] = {}
        for name, checked in ((OURS, 0), (CHECKED, 1)):
            found[name] = stack.enter_context(ours(folder, named, VALIDATE_RESPONSES=checked))
        theirs = named | {"MONGODB_DB": others(database)}
        for name, (app, options) in BASELINES.items():
            found[name] = stack.enter_context(_gunicorn(folder, theirs, app, options))
        yield found


def others(database: str) -> str:
    """The database beside ours with the same documents, as the other servers store them."""
    return f"{database}-plain"


@contextmanager
def ours(folder: Path, named: dict[str, str], **settings: object) -> Iterator[Served]:
    """The server that is measured, in production's settings."""
    with ServerProcess(folder / "log", **named, LOG_LEVEL="error", **settings) as process:
        yield Served(process.port, process.family())


@contextmanager
def _gunicorn(folder: Path, named: dict[str, str], app: str, options: str) -> Iterator[Served]:
    port = free_port()
    common = f"-m gunicorn -b 127.0.0.1:{port} -w 1 --no-control-socket --log-level error"
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *common.split(), *options.split(), app],
            cwd=ROOT,
            env=os.environ | named,
            stdout=log,
            stderr=log,
        )
    try:
        if not answers(f"http://127.0.0.1:{port}{BASE_PATH}/{BILL}?limit=1", process):
            raise RuntimeError(f"{app} did not get ready: {(folder / 'log').read_text()[-3000:]}")
        yield Served(port, family(process.pid))
    finally:
        process.terminate()
        process.wait()
