"""Scratch copies of the project: their contract is changed, generated and served."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.openapi.contracts import ROOT
from tests.servers import ServerProcess

OVERLAY = Path("openapi", "overlay.yaml")
ROWS = Path("impl", "resources.py")
OURS = ("generated", "impl", "openapi", "tests/__init__.py", "tests/servers.py")
SETTINGS = ("tmf678.yaml", "setup.cfg", ".ruff.toml")


class ScratchServer(ServerProcess):
    """A server of a copy of the project."""

    def __init__(self, root: Path, *options: str, **settings: object) -> None:
        self._root = root
        super().__init__(root / "log", *options, **settings)

    def _start(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "impl", "serve", *self._options]
            return subprocess.Popen(
                command, cwd=self._root, env=self._environment, stdout=log, stderr=log
            )


def copy_project(into: Path) -> Path:
    """A copy of all that a change of the contract touches."""
    for name in OURS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (into / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, into / name)
    for name in SETTINGS:
        shutil.copy(ROOT / name, into / name)
    return into


def add_row(root: Path, row: str) -> None:
    """Add a row to the resources of a copy."""
    before, begin, after = (root / ROWS).read_text().partition("TMF678_RESOURCES = (\n")
    assert begin, f"{ROWS} has no tuple of rows under that name"
    (root / ROWS).write_text(f"{before}{begin}    {row},\n{after}")


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A module as a command, in the copy and of the copy."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=root,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
