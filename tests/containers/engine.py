"""A Docker engine with a data folder of its own, in the namespaces of this process."""

import os
import resource
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from tests.containers.machine import PATH, UnavailableError, download, protect, run

START_SECONDS = 60
PLUGIN = "docker-compose"
COMPOSE_SUITE = "trixie"
"""Debian 12's own Compose is too old for `name:` and for files of settings that may be missing."""

BUILD_OPTIONS = ("--bridge=none", "--iptables=false", "--ip-forward=false", "--ip-masq=false")
"""A build uses the machine's own network, and changes nothing in it."""


class Engine:
    """dockerd over a folder; use as a context manager. Calling it runs a docker command."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.environment = os.environ | {
            "PATH": PATH,
            "DOCKER_HOST": f"unix://{folder}/docker.sock",
            "DOCKER_CONFIG": str(folder / "config"),
            "DOCKER_BUILDKIT": "0",
        }
        self._folder = folder
        self._options = options

    def __enter__(self) -> "Engine":
        self._folder.mkdir(exist_ok=True)
        protect(self._folder / "changes")
        run(["umount", "/sys/fs/cgroup/unified"], check=False)  # dockerd would take it for v2
        run(["ip", "link", "set", "lo", "up"])
        self.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._process.terminate()
        self._process.wait(60)

    def start(self) -> None:
        """Start dockerd; UnavailableError if it does not answer in time."""
        _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
        command = [
            str(shutil.which("dockerd", path=PATH)),
            f"--host={self.environment['DOCKER_HOST']}",
            f"--data-root={self._folder}/data",
            f"--exec-root={self._folder}/exec",
            f"--pidfile={self._folder}/pid",
            f"--cgroup-parent=/{self._folder.parent.name}",
            f"--default-ulimit=nofile={files}:{files}",
            "--log-level=warn",
            *self._options,
        ]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        deadline = time.monotonic() + START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            if self._run("version").returncode == 0:
                return
            time.sleep(0.1)
        raise UnavailableError(f"dockerd does not start: {self.log.read_text()[-500:]}")

    def kill(self) -> None:
        """kill -9 dockerd and its containerd; the containers go on."""
        containerd = int((self._folder / "exec/containerd/containerd.pid").read_text())
        for pid in (self._process.pid, containerd):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        (self._folder / "pid").unlink(missing_ok=True)

    @property
    def log(self) -> Path:
        return self._folder / "log"

    def __call__(self, *arguments: str, text: str = "") -> str:
        """The output of a docker command that gets this text; AssertionError if it fails."""
        done = self._run(*arguments, text=text)
        assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stderr[-3000:]}"
        return done.stdout.strip()

    def _run(self, *arguments: str, text: str = "") -> "subprocess.CompletedProcess[str]":
        command = [str(shutil.which("docker", path=PATH)), *arguments]
        return subprocess.run(
            command, env=self.environment, input=text, capture_output=True, text=True, check=False
        )


def install_compose(folder: Path) -> None:
    """Put the Compose plug-in into the engine's folder, from Debian; the machine keeps its own."""
    plugins = folder / "config" / "cli-plugins"
    plugins.mkdir(parents=True)
    work = folder / "compose"
    download(work, COMPOSE_SUITE, PLUGIN)
    [package] = work.glob("*.deb")
    run(["dpkg-deb", "-x", str(package), str(work)])
    (work / "usr/libexec/docker/cli-plugins" / PLUGIN).rename(plugins / PLUGIN)
