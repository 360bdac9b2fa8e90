"""Makes the images, then runs tests over them, in namespaces that end with the tests."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from tests.containers import machine
from tests.containers.machine import UnavailableError, isolated
from tests.waiting import until

FOLDER = "CONTAINERS_FOLDER"
"""The setting by which the tests find the images."""

CI = bool(os.environ.get("CI"))
UNAVAILABLE = 2
END_SECONDS = 60
"""How long the processes of killed namespaces may take to end."""


def main(tests: str, prepare: Callable[[], None]) -> int:
    """The exit status of a folder's tests, which get this process's arguments.

    A machine that can't run them gives 0 after a line that says why; under CI it gives 1.
    """
    signal.signal(signal.SIGTERM, _exit)
    try:
        prepare()
        return _run(tests)
    except UnavailableError as error:
        reason = f"this machine can't run containers: {error}"
    print(f"failed under CI, because {reason}" if CI else f"skipped, because {reason}")
    return int(CI)


@contextmanager
def skipped_if_unavailable() -> Iterator[None]:
    """Skip the tests if the machine can't run an engine; under CI, let them fail."""
    try:
        yield
    except UnavailableError as error:
        if CI:
            raise
        pytest.skip(str(error))


def _exit(number: int, _frame: object) -> NoReturn:
    """End by an exception, which removes what there is."""
    sys.exit(128 + number)


def _run(tests: str) -> int:
    folder = Path(tempfile.mkdtemp(prefix="tmf678-containers-"))
    try:
        _make_images(folder)
        options = ["-s", "-q", "-p", "no:cacheprovider", *sys.argv[1:]]
        command = isolated([sys.executable, "-m", "pytest", tests, *options], network=True)
        named = os.environ | {FOLDER: str(folder)}
        return subprocess.run(command, env=named, check=False).returncode
    finally:
        until(lambda: _remove(folder), END_SECONDS, 0.2)


def _make_images(folder: Path) -> None:
    """UnavailableError if the machine can't; SystemExit if something else failed."""
    (folder / "engine").mkdir()
    began = time.monotonic()
    make = [sys.executable, "-m", "tests.containers.images", str(folder / "engine")]
    made = subprocess.run(
        isolated(make, network=False), stderr=subprocess.PIPE, text=True, check=False
    )
    if made.returncode == UNAVAILABLE:
        raise UnavailableError(made.stderr.strip())
    if made.returncode:
        print(made.stderr, file=sys.stderr)
        sys.exit(made.returncode)
    print(f"images: {time.monotonic() - began:.0f} s", flush=True)


def _remove(folder: Path) -> bool:
    """Remove a session's folder and control groups; False if its processes still use them."""
    shutil.rmtree(folder, ignore_errors=True)
    return machine.remove_cgroups(folder.name) and not folder.exists()
