"""The shipped nginx configuration, run with its names and paths put in place of a container's."""

import shutil
import ssl
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import httpx

from tests.servers import ROOT, free_port
from tests.waiting import until

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
CONFIGURATION = ROOT / "deploy/nginx.conf"


class Proxy:
    """nginx on a free port, before servers at these ports; use as a context manager.

    `changes` are further pairs of text of the configuration and what stands there instead.
    """

    def __init__(self, folder: Path, servers: Sequence[int], *changes: tuple[str, str]) -> None:
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self.folder = folder
        subprocess.run([str(ROOT / "deploy/secrets.sh"), str(folder)], check=True)
        file = folder / "nginx.conf"
        addresses = [f"127.0.0.1:{port}" for port in servers]
        file.write_text(configuration(folder, f"127.0.0.1:{self.port}", addresses, *changes))
        self._command = [str(NGINX), "-e", str(folder / "error"), "-c", str(file)]
        subprocess.run([*self._command, "-t"], check=True, capture_output=True)
        self.process = subprocess.Popen([*self._command, "-g", "daemon off;"])

    def __enter__(self) -> "Proxy":
        until(self._answers, 20)
        return self

    def _answers(self) -> bool:
        with self.client() as client, suppress(httpx.ConnectError):
            client.get("/health/live")
            return True
        return False

    def __exit__(self, *exc_info: object) -> None:
        self.process.terminate()
        self.process.wait(20)

    def trust(self) -> ssl.SSLContext:
        """A client's trust in the proxy's certificate alone."""
        return ssl.create_default_context(cafile=str(self.folder / "tls_certificate"))

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, verify=self.trust(), timeout=30)


def configuration(
    folder: Path, address: str, servers: Sequence[str], *changes: tuple[str, str]
) -> str:
    """The shipped configuration, for a proxy at this address that has its files in a folder."""
    text = CONFIGURATION.read_text()
    for old, new in (
        ("listen 8443", f"listen {address}"),
        *((f"server-{n}:8080", server) for n, server in enumerate(servers, 1)),
        ("/run/secrets/", f"{folder}/"),
        ("/tmp/nginx", f"{folder}/nginx"),  # noqa: S108 - the container's own
        ("/dev/stdout", f"{folder}/access"),
        ("/dev/stderr", f"{folder}/error"),
        ("worker_processes auto;", "worker_processes 1;"),
        *changes,
    ):
        assert old in text, f"{CONFIGURATION.name} has no {old}"
        text = text.replace(old, new)
    return text
