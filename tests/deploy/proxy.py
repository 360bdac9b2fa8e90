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
        file.write_text(self._configuration(servers, changes))
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

    def _configuration(self, servers: Sequence[int], changes: Sequence[tuple[str, str]]) -> str:
        text = CONFIGURATION.read_text()
        for old, new in (
            ("listen 8443", f"listen 127.0.0.1:{self.port}"),
            *((f"server-{n}:8080", f"127.0.0.1:{port}") for n, port in enumerate(servers, 1)),
            ("/run/secrets/", f"{self.folder}/"),
            ("/tmp/nginx", f"{self.folder}/nginx"),  # noqa: S108 - the container's own
            ("/dev/stdout", f"{self.folder}/access"),
            ("/dev/stderr", f"{self.folder}/error"),
            ("worker_processes auto;", "worker_processes 1;"),
            *changes,
        ):
            assert old in text, f"{CONFIGURATION.name} has no {old}"
            text = text.replace(old, new)
        return text
