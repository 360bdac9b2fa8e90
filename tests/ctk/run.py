"""Command: run the conformance flow of each version against a server, with Newman.

`python -m tests.ctk.run [--url URL]`. URL is a running server's; if it ends with the base path of a
version, only the flow of that version runs. Bills, rates and a cycle are posted first, if the flow
would find none there; it puts the last bill on hold and leaves two requests for a bill. Without
--url it starts a server and a mongod of its own. Each flow runs twice in a row, because a second
run must pass as the first did. Exits 0 if every assertion held, 1 if one did not, 2 if a flow could
not run.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from impl.store.embedded import EmbeddedError, Mongod
from impl.v5.documents import up
from tests.ctk.seed import SeedError, Shape, as_it_is, seed
from tests.npm import ToolsMissing, install
from tests.servers import BASE_PATH, ServerProcess

FOLDER = Path(__file__).parent
NEWMAN = FOLDER / "node_modules" / ".bin" / "newman"
PASSES = 2


@dataclass(frozen=True)
class Flow:
    """The flow of a version: what its files have, one after the other."""

    base_path: str
    files: Sequence[str]
    requests: int
    assertions: int
    """How many a pass makes. Newman says nothing of one that a broken script never came to."""

    shape: Shape
    """Makes of a document of version 4 what the server takes."""

    cycles: bool
    """Whether the standard has bill cycles."""

    def collection(self) -> dict[str, Any]:
        """The collection that Newman runs: the first one, with scripts and requests of the others.

        A variable of a later file replaces an earlier one.
        """
        parts = [json.loads((FOLDER / each).read_text(encoding="utf-8")) for each in self.files]
        variables = {each["key"]: each for part in parts for each in part["variable"]}
        return {
            "info": parts[0]["info"] | parts[-1]["info"],
            "variable": [*variables.values()],
            **{name: [each for part in parts for each in part[name]] for name in ("event", "item")},
        }


FLOWS = (
    Flow(BASE_PATH, ["collection.json"], 20, 136, as_it_is, cycles=False),
    Flow(
        BASE_PATH.replace("v4", "v5"),
        ["collection.json", "collection-v5.json"],
        50,
        302,
        up,
        cycles=True,
    ),
)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.ctk.run", description="The CTK flows.")
    parser.add_argument("--url", help="a running server, such as https://host; default: our own")
    options = parser.parse_args(arguments)
    try:
        install(FOLDER, "Newman")
        passed = _all_pass(options.url) if options.url else _pass_on_our_own()
    except (EmbeddedError, SeedError, ToolsMissing) as error:
        print(f"ctk: {error}", file=sys.stderr)
        return 2
    return 0 if passed else 1


def _all_pass(url: str) -> bool:
    """Run the flow of the version in the URL, or of each; whether all passed."""
    url = url.rstrip("/")
    named = [each for each in FLOWS if url.endswith(each.base_path)]
    outcomes = [_passes(url.removesuffix(each.base_path), each) for each in named or FLOWS]
    return all(outcomes)


def _pass_on_our_own() -> bool:
    """The flows on a new server over an empty mongod; if one fails, with the server's log."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        settings = {"VALIDATE_RESPONSES": 1, "LOG_LEVEL": "error"}
        with (
            Mongod(Path(folder)) as mongod,
            ServerProcess(log, MONGODB_URI=mongod.uri, **settings) as server,
        ):
            passed = _all_pass(server.api.removesuffix(BASE_PATH))
        if not passed:
            print(log.read_text(), end="", file=sys.stderr)
    return passed


def _passes(home: str, flow: Flow) -> bool:
    """Run a flow, and print its outcome; whether all of it was run and nothing failed."""
    api = home + flow.base_path
    seed(api, flow.shape, cycle=flow.cycles)
    with tempfile.TemporaryDirectory() as folder:
        collection, report = Path(folder, "collection.json"), Path(folder, "report.json")
        collection.write_text(json.dumps(flow.collection()), encoding="utf-8")
        command = [
            *(NEWMAN, "run", collection, "--env-var", f"baseUrl={api}"),
            *("--iteration-count", PASSES, "--timeout-request", 30_000),
            *("--reporters", "cli,json", "--reporter-json-export", report),
            *("--reporter-cli-no-success-assertions", "--reporter-cli-no-banner"),
        ]
        status = subprocess.run([*map(str, command)], check=False).returncode
        run = json.loads(report.read_text(encoding="utf-8"))["run"]
    requests = run["stats"]["items"]["total"]
    assertions = run["stats"]["assertions"]["total"]
    expected = PASSES * flow.requests, PASSES * flow.assertions
    print(
        f"{requests} of {expected[0]} requests, "
        f"{assertions} of {expected[1]} assertions, {len(run['failures'])} failures, "
        f"mean response time {run['timings']['responseAverage']:.1f} ms",
        flush=True,
    )
    return status == 0 and (requests, assertions) == expected


if __name__ == "__main__":
    sys.exit(main())
