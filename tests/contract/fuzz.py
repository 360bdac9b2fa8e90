"""Command: fuzz a server against its contract with Schemathesis.

`python -m tests.contract.fuzz [--url URL] [--examples N] [--seed S ...] [--document NAME]
[--version VERSION]`. Both versions of the API are fuzzed unless one is named. The
document is `strict`, what requests are held to as it lies here, or `served`, what clients get from
the server, with the places of tests/contract/looser.py excused; both unless one is named. Without
--url it starts a server and a mongod of its own. A JUnit report goes to build/fuzz/SEED/DOCUMENT/,
and the seed is printed, so that a failure can be walked again. Where the server asks for a token,
it is given in FUZZ_TOKEN. Exits 0 only where every seed found nothing.
"""

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson

from impl.api import Api
from impl.contract.contract import Contract
from impl.store.embedded import Mongod
from impl.tmf678 import API
from impl.tmf678_v5 import API as V5
from tests.servers import BASE_PATH, ROOT, ServerProcess

CONFIG = Path(__file__).with_name("schemathesis.toml")
LENIENT = {"UNKNOWN_FILTER": "empty"}
"""What Schemathesis filters by are names that it makes up."""

PHASES = "examples,coverage,fuzzing,stateful"
DOCUMENTS = STRICT, SERVED = "strict", "served"
VERSIONS = {"v4": API, "v5": V5}
REPORTS = ROOT / "build" / "fuzz"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="a running server, such as https://host; default: our own")
    parser.add_argument("--examples", type=int, default=1000, help="an operation, each seed")
    parser.add_argument("--seed", type=int, action="append", help="may be given more than once")
    parser.add_argument("--document", choices=DOCUMENTS, action="append", help="default: both")
    parser.add_argument("--version", choices=VERSIONS, action="append", help="default: both")
    options = parser.parse_args(arguments)
    seeds = options.seed or [random.randrange(2**32) for _ in range(3)]
    with _server(options.url) as url:
        failed = [
            f"{version} {document} {seed}"
            for version in options.version or VERSIONS
            for document in options.document or DOCUMENTS
            for seed in seeds
            if run(url, seed, options.examples, document, version=version) != 0
        ]
    print(f"seeds {seeds}: {len(failed)} with failures {failed or ''}")
    return 1 if failed else 0


def run(
    url: str, seed: int, examples: int, document: str, phases: str = PHASES, version: str = "v4"
) -> int:
    """Fuzz with one seed, one of the DOCUMENTS and one of the VERSIONS; Schemathesis' status."""
    said = f"{version} {document}, seed {seed}, {examples} examples an operation"
    print(f"{said}, against {url}", flush=True)
    api, home = VERSIONS[version], url.removesuffix(BASE_PATH)
    reports = REPORTS / str(seed) / version / document
    reports.mkdir(parents=True, exist_ok=True)
    token = os.environ.get("FUZZ_TOKEN", "")
    contract = reports / "openapi.json"
    contract.write_bytes(_strict(api, token) if document == STRICT else _served(api, home))
    command = [
        *(Path(sys.executable).with_name("st"), "--config-file", CONFIG, "run", contract),
        *(("--header", f"Authorization: Bearer {token}") if token else ()),
        *("--url", api.url(home)),
        *("--seed", seed, "--max-examples", examples, "--checks", "all", "--phases", phases),
        *("--report", "junit", "--report-junit-path", reports / "junit.xml", "--no-color"),
    ]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT),
        "FUZZED": document,  # for the hooks
    }
    arguments = [*map(str, command)]
    return subprocess.run(arguments, cwd=reports, env=environment, check=False).returncode


def _strict(api: Api, token: str) -> bytes:
    """What requests are held to; with what says that they need a token, where one is used."""
    return orjson.dumps(
        Contract(api.contract.document).served("https://issuer.example" * bool(token))
    )


def _served(api: Api, home: str) -> bytes:
    return httpx.get(f"{api.url(home)}/openapi.json").raise_for_status().content


@contextmanager
def _server(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with (
            Mongod(Path(folder)) as mongod,
            ServerProcess(log, MONGODB_URI=mongod.uri, VALIDATE_RESPONSES=1, **LENIENT) as server,
        ):
            yield server.url


if __name__ == "__main__":
    sys.exit(main())
