"""Command: fuzz a server of this plug-in's API with Schemathesis, all checks and all phases.

`python -m impl.conformance.fuzz [--url URL] [--examples N] [--seed S ...] [--document NAME]`. The
document is `strict`, which requests are validated against, or `served`, which clients get; both
unless one is named. Without --url it starts a server and a MongoDB of its own. A JUnit report goes
to build/fuzz/SEED/DOCUMENT/. If the server needs a token, FUZZ_TOKEN has it. Exits 0 if no seed
found anything.
"""

import argparse
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson

from impl.conformance import server
from impl.contract.contract import Contract
from impl.served import API

CONFIG = Path(__file__).with_name("schemathesis.toml")
PHASES = "examples,coverage,fuzzing,stateful"
DOCUMENTS = STRICT, SERVED = "strict", "served"
REPORTS = Path("build", "fuzz")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", help="a running server, such as https://host; default: our own")
    parser.add_argument("--examples", type=int, default=100, help="an operation, each seed")
    parser.add_argument("--seed", type=int, action="append", help="may be given more than once")
    parser.add_argument("--document", choices=DOCUMENTS, action="append", help="default: both")
    parser.add_argument("--phases", default=PHASES)
    options = parser.parse_args(arguments)
    seeds = options.seed or [secrets.randbelow(2**32)]
    with _server(options.url) as url:
        failed = [
            f"{document} {seed}"
            for document in options.document or DOCUMENTS
            for seed in seeds
            if run(url, seed, options.examples, document, options.phases) != 0
        ]
    print(f"seeds {seeds}: {len(failed)} with failures {failed or ''}")
    return 1 if failed else 0


def run(url: str, seed: int, examples: int, document: str, phases: str = PHASES) -> int:
    """Fuzz with one seed and one of the DOCUMENTS; Schemathesis' exit status."""
    print(f"{document}, seed {seed}, {examples} examples an operation, against {url}", flush=True)
    reports = REPORTS.resolve() / str(seed) / document
    reports.mkdir(parents=True, exist_ok=True)
    token = os.environ.get("FUZZ_TOKEN", "")
    contract = reports / "openapi.json"
    contract.write_bytes(_strict(token) if document == STRICT else _served(url))
    command = [
        *(Path(sys.executable).with_name("st"), "--config-file", CONFIG, "run", contract),
        *(("--header", f"Authorization: Bearer {token}") if token else ()),
        *("--url", url.removesuffix(API.base_path) + API.base_path),
        *("--seed", seed, "--max-examples", examples, "--checks", "all", "--phases", phases),
        *("--report", "junit", "--report-junit-path", reports / "junit.xml", "--no-color"),
    ]
    path = os.pathsep.join(filter(None, sys.path))
    environment = os.environ | {"PYTHONPATH": path, "FUZZED": document}  # for the hooks
    arguments = [*map(str, command)]
    return subprocess.run(arguments, cwd=reports, env=environment, check=False).returncode


def _strict(token: str) -> bytes:
    """The document that requests are validated against; it asks for a token if one is used."""
    issuer = "https://issuer.example" if token else ""
    return orjson.dumps(Contract(API.contract.document).served(issuer))


def _served(url: str) -> bytes:
    return httpx.get(url.removesuffix(API.base_path) + "/openapi.json").raise_for_status().content


@contextmanager
def _server(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with server.running(**server.LENIENT) as own:
        yield own


if __name__ == "__main__":
    sys.exit(main())
