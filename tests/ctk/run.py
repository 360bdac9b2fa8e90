"""Command: run the conformance flow of collection.json against a server, with Newman.

`python -m tests.ctk.run [--url URL]`. URL is a running server's, with the API's base path or
without. Where the flow would find no bills and rates there, they are posted first; the flow itself
puts the last bill on hold and leaves two requests for a bill. Without --url it starts a server and
a mongod of its own. The flow runs twice in a row, because a second run must pass as the first did.
Exits 0 where every assertion held, 1 where one did not, 2 where the flow could not run.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from impl.store.embedded import EmbeddedError, Mongod
from tests.ctk.seed import SeedError, seed
from tests.npm import ToolsMissing, install
from tests.servers import BASE_PATH, ServerProcess

FOLDER = Path(__file__).parent
COLLECTION = FOLDER / "collection.json"
NEWMAN = FOLDER / "node_modules" / ".bin" / "newman"
PASSES = 2
REQUESTS = 20
ASSERTIONS = 136
"""How many a pass makes. Newman says nothing of one that a broken script never came to."""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.ctk.run", description="The CTK flow.")
    parser.add_argument("--url", help="a running server, such as https://host; default: our own")
    options = parser.parse_args(arguments)
    try:
        install(FOLDER, "Newman")
        passed = _passes(_api(options.url)) if options.url else _passes_on_our_own()
    except (EmbeddedError, SeedError, ToolsMissing) as error:
        print(f"ctk: {error}", file=sys.stderr)
        return 2
    return 0 if passed else 1


def _api(url: str) -> str:
    return url.rstrip("/").removesuffix(BASE_PATH) + BASE_PATH


def _passes_on_our_own() -> bool:
    """The flow on a new server over an empty mongod; where it fails, with what the server said."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        settings = {"VALIDATE_RESPONSES": 1, "LOG_LEVEL": "error"}
        with (
            Mongod(Path(folder)) as mongod,
            ServerProcess(log, MONGODB_URI=mongod.uri, **settings) as server,
        ):
            passed = _passes(server.api)
        if not passed:
            print(log.read_text(), end="", file=sys.stderr)
    return passed


def _passes(api: str) -> bool:
    """Run the flow, and say how it went; whether all of it was run and nothing failed."""
    seed(api)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [
            *(NEWMAN, "run", COLLECTION, "--env-var", f"baseUrl={api}"),
            *("--iteration-count", PASSES, "--timeout-request", 30_000),
            *("--reporters", "cli,json", "--reporter-json-export", report),
            *("--reporter-cli-no-success-assertions", "--reporter-cli-no-banner"),
        ]
        status = subprocess.run([*map(str, command)], check=False).returncode
        run = json.loads(report.read_text(encoding="utf-8"))["run"]
    requests = run["stats"]["items"]["total"]
    assertions = run["stats"]["assertions"]["total"]
    print(
        f"{requests} of {PASSES * REQUESTS} requests, "
        f"{assertions} of {PASSES * ASSERTIONS} assertions, {len(run['failures'])} failures, "
        f"mean response time {run['timings']['responseAverage']:.1f} ms",
        flush=True,
    )
    return status == 0 and (requests, assertions) == (PASSES * REQUESTS, PASSES * ASSERTIONS)


if __name__ == "__main__":
    sys.exit(main())
