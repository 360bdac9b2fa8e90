"""Makes the images, then runs tests over them, in namespaces that end with the tests."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.containers import machine
from tests.containers.machine import isolated

FOLDER = "CONTAINERS_FOLDER"
"""The setting by which the tests find the images."""

UNAVAILABLE = 2


def run(tests: str) -> int:
    """Run the tests of this folder, with this process's arguments; their exit status.

    0 if the machine can't make the images, after a line that says why.
    """
    folder = Path(tempfile.mkdtemp(prefix="tmf678-containers-"))
    try:
        return _run(tests, folder)
    finally:
        machine.remove_cgroups(folder.name)
        shutil.rmtree(folder, ignore_errors=True)


def _run(tests: str, folder: Path) -> int:
    (folder / "engine").mkdir()
    began = time.monotonic()
    make = [sys.executable, "-m", "tests.containers.images", str(folder / "engine")]
    made = subprocess.run(
        isolated(make, network=False), stderr=subprocess.PIPE, text=True, check=False
    )
    if made.returncode == UNAVAILABLE:
        return skipped(made.stderr.strip())
    if made.returncode:
        print(made.stderr, file=sys.stderr)
        return made.returncode
    print(f"images: {time.monotonic() - began:.0f} s", flush=True)
    options = ["-s", "-q", "-p", "no:cacheprovider", *sys.argv[1:]]
    command = isolated([sys.executable, "-m", "pytest", tests, *options], network=True)
    return subprocess.run(command, env=os.environ | {FOLDER: str(folder)}, check=False).returncode


def skipped(reason: str) -> int:
    """The status of tests that are passed over, after a line that says why."""
    print(f"skipped, for this machine can't run containers: {reason}")
    return 0
