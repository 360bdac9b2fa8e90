"""Command: fuzz a server of this plug-in's API with Schemathesis, all checks and all phases.

`python -m impl.conformance.fuzz [--url URL] [--examples N] [--seed S ... | --seeds N]
[--document NAME] [--api NAME] [--phases NAMES] [--hooks MODULE]`. The document is `strict`,
which requests are validated against, or `served`, which clients get; both unless one is named. So
are all APIs. --hooks names a module of what Schemathesis can't know of this API.
Without --url it starts a server and an empty MongoDB for each API, because what is stored changes
what Schemathesis sends. A JUnit report goes to
build/fuzz/SEED/API/DOCUMENT/, and the seed is printed, so that a failure can be repeated. If
the server needs a token, FUZZ_TOKEN has it. Exits 0 if no seed found anything.
"""

import argparse
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import orjson

from impl.api import Api
from impl.conformance import server
from impl.contract.contract import Contract
from impl.served import API, APIS

CONFIG = Path(__file__).with_name("schemathesis.toml")
PHASES = "examples,coverage,fuzzing,stateful"
DOCUMENTS = STRICT, SERVED = "strict", "served"
HOOKS = "impl.conformance.hooks"
REPORTS = Path("build", "fuzz")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", help="a running server, such as https://host; default: our own")
    parser.add_argument("--examples", type=int, default=100, help="an operation, each seed")
    parser.add_argument("--seed", type=int, action="append", help="may be given more than once")
    parser.add_argument("--seeds", type=int, default=1, help="how many, if none is given")
    parser.add_argument("--document", choices=DOCUMENTS, action="append", help="default: both")
    parser.add_argument("--api", choices=APIS, action="append", help="default: all")
    parser.add_argument("--phases", default=PHASES)
    parser.add_argument("--hooks", default=HOOKS, help="a module of hooks of Schemathesis")
    options = parser.parse_args(arguments)
    seeds = options.seed or [secrets.randbelow(2**32) for _ in range(options.seeds)]
    failed: list[str] = []
    for name in options.api or APIS:
        with _server(options.url) as url:
            failed += [
                f"{name} {document} {seed}"
                for document in options.document or DOCUMENTS
                for seed in seeds
                if Fuzz(url, name, document, options.hooks).run(
                    seed, options.examples, options.phases
                )
            ]
    print(f"seeds {seeds}: {len(failed)} with failures {failed or ''}")
    return 1 if failed else 0


@dataclass(frozen=True)
class Fuzz:
    """Schemathesis for one API of the server at a URL, by one of the DOCUMENTS."""

    url: str
    name: str
    """The API, as APIS names it."""

    document: str
    hooks: str = HOOKS

    @property
    def api(self) -> Api:
        """The API."""
        return APIS[self.name]

    def run(self, seed: int, examples: int, phases: str = PHASES) -> int:
        """Fuzz with so many examples an operation; Schemathesis' exit status."""
        said = f"{self.name} {self.document}, seed {seed}, {examples} examples an operation"
        print(f"{said}, against {self.url}", flush=True)
        reports = REPORTS.resolve() / str(seed) / self.name / self.document
        reports.mkdir(parents=True, exist_ok=True)
        token = os.environ.get("FUZZ_TOKEN", "")
        contract = reports / "openapi.json"
        contract.write_bytes(self._contract(token))
        command = [
            *(Path(sys.executable).with_name("st"), "--config-file", CONFIG, "run", contract),
            *(("--header", f"Authorization: Bearer {token}") if token else ()),
            *("--url", self.api.url(self.url)),
            *("--seed", seed, "--max-examples", examples, "--checks", "all", "--phases", phases),
            *("--report", "junit", "--report-junit-path", reports / "junit.xml", "--no-color"),
        ]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "SCHEMATHESIS_HOOKS": self.hooks,
            "FUZZED": self.document,  # for the hooks
            "FUZZED_API": self.name,
        }
        arguments = [*map(str, command)]
        return subprocess.run(arguments, cwd=reports, env=environment, check=False).returncode

    def _contract(self, token: str) -> bytes:
        """The document; the strict one asks for a token if one is used."""
        if self.document == SERVED:
            return httpx.get(f"{self.api.url(self.url)}/openapi.json").raise_for_status().content
        issuer = "https://issuer.example" if token else ""
        return orjson.dumps(Contract(self.api.contract.document).served(issuer))


@contextmanager
def _server(url: str | None) -> Iterator[str]:
    if url:
        yield url.rstrip("/").removesuffix(API.base_path)
        return
    with server.running(worker=False, **server.LENIENT) as own:
        yield own


if __name__ == "__main__":
    sys.exit(main())
