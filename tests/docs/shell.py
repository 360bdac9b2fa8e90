"""A reader's shell beside the server of `make run`, in a folder of their own."""

import os
import shlex
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tests.docs.matching import matches
from tests.docs.pages import Command
from tests.servers import BASE_PATH, ROOT, answers, environment, free_port

PORTS = ("8080", "9000", "9464")
"""The ports that pages name; each is a free one here."""

DOCUMENTED_API = f"http://127.0.0.1:8080{BASE_PATH}"
OF_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")
END = "<<<the command has ended>>>"
PATIENCE_SECONDS = 60
"""How long what a worker does may take, and what a command prints is waited for."""

WRAPPER = f"""#!/bin/sh
PYTHONPATH='{ROOT}' exec '{sys.executable}' -P -m impl "$@"
"""
QUIET = "no-progress-meter\n"  # as on a terminal
STRICT = f"{QUIET}fail-with-body\n"


@dataclass
class Result:
    """What a command printed, and its exit status."""

    printed: str
    status: int


class Ports:
    """A page's ports and the free ones that stand in for them."""

    def __init__(self) -> None:
        self._free = {f":{port}": f":{free_port()}" for port in PORTS}
        self.port = self._free[":8080"][1:]

    def replaced(self, text: str) -> str:
        for named, free in self._free.items():
            text = text.replace(named, free)
        return text


class MadeServer:
    """The server that `make run` starts, over data in a folder; use as a context manager.

    It has the settings that pages give to `make run` in these commands.
    """

    def __init__(self, folder: Path, ports: Ports, starts: Sequence[str]) -> None:
        self._log = folder / "server.log"
        self._url = f"http://127.0.0.1:{ports.port}/health/ready"
        given = [shlex.split(ports.replaced(each), comments=True)[2:] for each in starts]
        # The environment is there already: its stamp counts as current.
        command = ["make", "--silent", "-o", ".venv/run", "run"]
        own = [
            f"BIN={Path(sys.executable).parent}",
            f"PORT={ports.port}",
            f"DATA_DIR={folder / '.data'}",
            "WORKERS=1",
        ]
        others = environment({})
        for name in OF_MAKE:
            others.pop(name, None)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, *own, *chain.from_iterable(given)],
                cwd=ROOT,
                env=others,
                stdout=log,
                stderr=log,
            )

    def __enter__(self) -> "MadeServer":
        if not answers(self._url, self._process):
            self.__exit__()
            raise AssertionError(f"make run does not serve: {self.log}")
        return self

    @property
    def log(self) -> str:
        """The end of the server's log."""
        return self._log.read_text("utf-8")[-3000:]

    def __exit__(self, *exc_info: object) -> None:
        self._process.terminate()
        self._process.wait(60)


class Shell:
    """A bash whose commands are run one by one; use as a context manager."""

    def __init__(self, folder: Path, ports: Ports) -> None:
        self._folder, self._ports = folder, ports
        programs = folder / ".bin"
        programs.mkdir()
        command = programs / "tmf678"
        command.write_text(WRAPPER, "utf-8")
        command.chmod(0o755)
        path = f"{programs}:{Path(sys.executable).parent}:{os.environ['PATH']}"
        api = ports.replaced(DOCUMENTED_API)
        named = {"PATH": path, "ROOT": ROOT, "API": api, "CURL_HOME": folder}
        self._process = subprocess.Popen(
            ["/bin/bash"],
            cwd=folder,
            env=environment(named),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def __enter__(self) -> "Shell":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, command: Command, *, waits: bool = False) -> Result:
        """Run a command; one that `waits` again and again, until it prints what the page shows."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        result = self._run(command)
        while waits and not self.fits(command, result) and time.monotonic() < deadline:
            time.sleep(0.5)
            result = self._run(command)
        return result

    def fits(self, command: Command, result: Result) -> bool:
        """Whether it printed what the page shows; where that is nothing, it succeeded, too."""
        if command.output is None:
            return result.status == 0
        shown = self._ports.replaced(command.output)
        return matches(shown, result.printed) and (bool(shown) or result.status == 0)

    def _run(self, command: Command) -> Result:
        # Where a page does not show what is printed, curl is to tell of an error by its status.
        curl = STRICT if command.output is None else QUIET
        (self._folder / ".curlrc").write_text(curl, "utf-8")
        script = self._folder / ".command"
        script.write_text(f"{self._ports.replaced(command.text)}\n", "utf-8")
        pipe, lines = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert lines is not None
        pipe.write(f". ./.command < /dev/null; printf '\\n{END}%s\\n' $?\n")
        pipe.flush()
        hung = threading.Timer(2 * PATIENCE_SECONDS, self._process.kill)
        hung.start()
        printed = ""
        for line in lines:
            before, ended, status = line.partition(END)
            printed += before
            if ended:
                hung.cancel()
                return Result(printed.strip(), int(status))
        raise AssertionError(f"{command.text}: the shell ended, having printed: {printed}")
