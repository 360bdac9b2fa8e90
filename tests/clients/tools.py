"""The tools that read the contract and make clients of it, each pinned, in folders of their own."""

import os
import subprocess
import sys
from pathlib import Path

from tests.npm import ToolsMissing, install
from tests.servers import ROOT

FOLDER = Path(__file__).parent
LOCK = ROOT / "requirements" / "clients.txt"
WORK = ROOT / ".work" / "clients"
ENVIRONMENT = WORK / "environment"
SECONDS = 120
"""How long a tool may take before it counts as hanging."""


class Tools:
    """Tools of PyPI, among them a Node.js and a Java runtime; with this Node.js, those of npm."""

    def __init__(self) -> None:
        _make_environment()
        own = ENVIRONMENT / "bin"
        npm = install(FOLDER, "what makes clients", f"{own}{os.pathsep}{os.environ['PATH']}")
        path = os.pathsep.join([str(npm), str(own), os.environ["PATH"]])
        self.environment = os.environ | {"PATH": path, "NO_COLOR": "1"}

    def run(self, *command: object, folder: Path = WORK) -> str:
        """What a command prints; AssertionError, with all of it, where it fails."""
        done = subprocess.run(
            ["/usr/bin/env", *map(str, command)],  # which finds commands on the tools' own path
            cwd=folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=SECONDS,
        )
        assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout[-5000:]}"
        return done.stdout

    def generate(self, generator: str, contract: Path, *options: object) -> Path:
        """The folder of a client that openapi-generator makes."""
        folder = WORK / f"openapi-generator-{generator}"
        self.run("openapi-generator-cli", "generate", "-g", generator, "-i", contract,
                 "-o", folder, *options)  # fmt: skip
        return folder

    def flow(self, name: str, client: Path, api: str) -> None:
        """Run the program of this name in flows/ with a client in Python, against an API."""
        program = FOLDER / "flows" / f"{name}.py"
        self.run(f"PYTHONPATH={client}", ENVIRONMENT / "bin" / "python", program, api)


def generator_jar() -> Path:
    """openapi-generator's jar, which holds the Jackson that its clients in Java need."""
    return next(ENVIRONMENT.glob("lib/python*/site-packages/openapi_generator_cli/*.jar"))


def _make_environment() -> None:
    stamp = ENVIRONMENT / ".installed"
    wanted = LOCK.read_text(encoding="utf-8")
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print("installing what makes clients ...", flush=True)
    pip = ["-m", "pip", "--disable-pip-version-check", "--quiet"]
    for command in (
        [sys.executable, "-m", "venv", "--clear", ENVIRONMENT],
        [ENVIRONMENT / "bin" / "python", *pip, "install", "--require-hashes", "-r", LOCK],
    ):
        done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
        if done.returncode:
            raise ToolsMissing(f"{command[0]} fails: {done.stderr.strip()[-500:]}")
    stamp.write_text(wanted, encoding="utf-8")
