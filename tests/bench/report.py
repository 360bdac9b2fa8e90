"""Command: the last bench's tables, as CONTRIBUTING.md has them: `python -m tests.bench.report`.

Also what the bench writes: medians, ratios, and whether the goals are met.
"""

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from tests.bench.load import CLIENTS, Rate, tool
from tests.bench.servers import CHECKED, CONNEXION, FLASK, OURS, STARLETTE
from tests.bench.work import VERSIONS
from tests.servers import ROOT

FOLDER = ROOT / "build" / "bench"
Json = dict[str, Any]
Rates = Mapping[str, Mapping[str, list[Rate]]]

GOALS: dict[str, tuple[float, float]] = {
    "GET by id": (1.2, 1.8),
    "list of 20": (1.2, 1.8),
    "list of 100": (1.3, 2.0),
    "list of 1,000": (1.5, 2.5),
    "PATCH state": (0.8, 1.8),
    "POST a rate": (0.8, 1.8),
    "POST a bill": (0.8, 1.8),
}
"""At least this many times bare Flask and plain Connexion: requests a second, and CPU inversely."""

VERSION_GOAL = 0.6
"""The same of version 5, as a multiple of version 4."""


def summary(rates: Rates, memory: Mapping[str, list[Json]], settings: Json) -> Json:
    """What a bench found, as it is kept: medians by work and server, and where it ran."""
    work = {
        name: {server: _medians(each) for server, each in by_server.items()}
        for name, by_server in rates.items()
    }
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine(),
        "settings": {"clients": CLIENTS, "load": tool(), **settings},
        "work": work,
        "memory": dict(memory),
    }


def machine() -> str:
    """The machine, as far as figures depend on it."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}"


def ratio(work: Json, other: str) -> tuple[float, float]:
    """How many times another server's requests a second, and inversely how many times its CPU."""
    return _ratio(work[OURS], work[other])


def _ratio(ours: Json, theirs: Json) -> tuple[float, float]:
    cheaper = theirs["cpu_seconds"] / ours["cpu_seconds"] if ours["cpu_seconds"] else float("inf")
    return ours["per_second"] / theirs["per_second"], cheaper


def markdown(found: Json) -> str:
    """The tables: ratios and goals, each server's figures, what checks cost, and memory."""
    settings = found["settings"]
    said = (
        f"{found['date']}, {found['machine']}; {settings['bills']:,} bills, {settings['clients']} "
        f"connections, one worker each, {settings['load']}; medians of {settings['rounds']} rounds."
    )
    work = {name: each for name, each in found["work"].items() if FLASK in each}
    parts = (said, _ratios(work), _figures(work), _versions(found["work"]), _checks(work))
    return "\n\n".join((*parts, _memory(found["memory"]))) + "\n"


def keep(name: str, found: Json, text: str) -> None:
    """Write a report as JSON and as Markdown to `build/bench/`."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_bytes(orjson.dumps(found, option=orjson.OPT_INDENT_2))
    (FOLDER / f"{name}.md").write_text(text, "utf-8")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; all but the first column are figures."""
    names = list(head)
    rule = ["---", *["--:"] * (len(names) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (names, rule, *rows))


def _medians(rates: list[Rate]) -> Json:
    return {
        "per_second": median(rate.per_second for rate in rates),
        "cpu_seconds": median(rate.cpu_seconds for rate in rates),
    }


def _ratios(work: Json) -> str:
    head = [
        "requests/s and CPU inversely",
        *(f"{other}: {what}" for other in (FLASK, CONNEXION) for what in ("goal", "req/s", "CPU")),
        *(f"{STARLETTE}: {what}" for what in ("req/s", "CPU")),
    ]
    return table(head, (_ratio_row(name, each) for name, each in work.items()))


def _ratio_row(name: str, each: Json) -> list[str]:
    row = [name]
    for other, goal in zip((FLASK, CONNEXION), GOALS.get(name, (0, 0)), strict=True):
        row += [f"≥ {goal:g}" if goal else "", *(_judged(r, goal) for r in ratio(each, other))]
    return [*row, *(f"{r:.2f}" for r in ratio(each, STARLETTE))]


def _judged(found: float, goal: float) -> str:
    """A ratio; bold where it misses its goal."""
    text = f"{found:.2f}"
    return f"**{text}**" if float(text) < goal else text


def _figures(work: Json) -> str:
    servers = (OURS, FLASK, CONNEXION, STARLETTE)
    head = [
        "",
        *(f"{server}: {what}" for server in servers for what in ("req/s", "CPU s per 1,000")),
    ]
    rows = (
        [name, *(text for server in servers for text in _figure(each[server]))]
        for name, each in work.items()
    )
    return table(head, rows)


def _figure(each: Json) -> tuple[str, str]:
    return f"{each['per_second']:,.0f}", f"{each['cpu_seconds']:.3f}"


def _versions(work: Json) -> str:
    rows = [
        [each.name, *_figure(work[each.name][OURS]), *_of_version_4(work, each.name, first.name)]
        for first, *others in VERSIONS
        for each in others
        if each.name in work
    ]
    names = ("req/s", "CPU s per 1,000", "goal", "of v4: req/s", "CPU")
    return table(["lists of v5", *names], rows)


def _of_version_4(work: Json, name: str, first: str) -> list[str]:
    ratios = _ratio(work[name][OURS], work[first][OURS])
    return [f"≥ {VERSION_GOAL:g}", *(_judged(each, VERSION_GOAL) for each in ratios)]


def _checks(work: Json) -> str:
    rows = (
        [
            name,
            f"{each[OURS]['cpu_seconds']:.3f}",
            f"{each[CHECKED]['cpu_seconds']:.3f}",
            f"{each[CHECKED]['cpu_seconds'] / each[OURS]['cpu_seconds'] - 1:+.0%}",
        ]
        for name, each in work.items()
        if CHECKED in each
    )
    return table(["CPU s per 1,000", "VALIDATE_RESPONSES=0", "=1", "cost"], rows)


def _memory(memory: Json) -> str:
    rows = (
        [server, *(f"{at['requests']:,}: {at['rss']:.0f} / {at['pss']:.0f}" for at in each)]
        for server, each in memory.items()
    )
    head = ("MiB a worker, RSS / PSS after so many requests", "at start", "at rest", "at the end")
    return table(head, rows)


def main() -> int:
    """Print the tables; 1 where no bench has run."""
    file = FOLDER / "bench.json"
    if not file.exists():
        print("no bench has run here: `make bench`", file=sys.stderr)
        return 1
    print(markdown(orjson.loads(file.read_bytes())), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
