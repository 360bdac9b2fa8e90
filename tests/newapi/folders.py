"""Commands in a folder that `new-api` made."""

import os
import subprocess
import sys
from pathlib import Path

from tests.openapi.contracts import ROOT


def run(folder: Path, *arguments: str, **environment: str) -> str:
    """What a command of Python prints in a folder that depends on this project; it succeeds."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout
