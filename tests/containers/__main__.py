"""Makes the images, then runs the tests of this folder over them: `make containers`.

All of it runs in namespaces of its own, and is removed at the end. A machine that can't run an
engine is passed over, with a line that says why; `FULL=1` runs the tests that take long, too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.containers import machine
from tests.containers.machine import UnavailableError, isolated

FOLDER = "CONTAINERS_FOLDER"
"""The setting by which the tests find the images."""

UNAVAILABLE = 2


def main() -> int:
    """The exit status of the tests; 0 if this machine can't run them."""
    try:
        machine.check()
    except UnavailableError as error:
        return skipped(str(error))
    folder = Path(tempfile.mkdtemp(prefix="tmf678-containers-"))
    try:
        return _run(folder)
    finally:
        machine.remove_cgroups(folder.name)
        shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path) -> int:
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
    test = [
        sys.executable,
        "-m",
        "pytest",
        "tests/containers",
        "-s",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    command = isolated([*test, *sys.argv[1:]], network=True)
    return subprocess.run(command, env=os.environ | {FOLDER: str(folder)}, check=False).returncode


def skipped(reason: str) -> int:
    print(f"skipped, for this machine can't run containers: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
