"""deploy/compose.yaml as shipped, in a copy of the project with settings and secrets of its own."""

import json
import shutil
import ssl
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pymongo
from pymongo.errors import PyMongoError

from tests.containers.engine import Engine
from tests.servers import BASE_PATH, ROOT
from tests.waiting import until

URL = "https://localhost"
API = URL + BASE_PATH
DATABASE = "tmf678"
GATEWAY = "10.67.8.1"
"""This side of the servers' network: what they reach us by."""

SETTINGS = {"PUBLIC_URL": URL, "AUTH": "off", "CALLBACK_ALLOW": GATEWAY}
SERVERS, WORKERS = ("server-1", "server-2"), ("worker-1", "worker-2")
MEMBERS = ("mongo-1", "mongo-2", "mongo-3")
SERVICES = (*SERVERS, *WORKERS, *MEMBERS, "proxy")
"""Those that go on running."""

SHIPPED = ("deploy", "generated", "impl", "requirements")


class Installation:
    """The containers of compose.yaml, by the names of their services."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.engine = engine
        self.deploy = folder / "project" / "deploy"
        for name in SHIPPED:
            ignored = shutil.ignore_patterns("__pycache__", "secrets", ".env")
            shutil.copytree(ROOT / name, folder / "project" / name, ignore=ignored)
        subprocess.run([str(self.deploy / "secrets.sh")], check=True)
        self.secrets = self.deploy / "secrets"
        self.set()

    def set(self, **changes: str) -> None:
        """Write deploy/.env, with these changes; nothing is restarted."""
        settings = SETTINGS | changes
        lines = (f"{name}={value}\n" for name, value in settings.items())
        (self.deploy / ".env").write_text("".join(lines))

    def compose(self, *arguments: str, text: str = "") -> str:
        return self.engine("compose", f"--file={self.deploy}/compose.yaml", *arguments, text=text)

    def script(self, name: str, *arguments: str) -> None:
        """Run a script of deploy/; AssertionError if it fails."""
        command = [str(self.deploy / name), *arguments]
        done = subprocess.run(
            command, env=self.engine.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{name}: {done.stderr[-3000:]}"

    def client(self) -> httpx.Client:
        trust = ssl.create_default_context(cafile=str(self.secrets / "tls_certificate"))
        return httpx.Client(base_url=URL, verify=trust, timeout=60)

    def is_ready(self) -> bool:
        with suppress(httpx.TransportError), self.client() as client:
            return client.get("/health/ready").status_code == 200
        return False

    def wait_until_ready(self, seconds: float = 120) -> float:
        """Seconds until the proxy's /health/ready is 200; AssertionError with the logs."""
        began = time.monotonic()
        self._until(self.is_ready, seconds)
        return time.monotonic() - began

    def _until(self, condition: Callable[[], bool], seconds: float) -> None:
        try:
            until(condition, seconds, 0.1)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.describe()}") from None

    # ---------------------------------------------------------------- containers

    def wait_until_healthy(self) -> None:
        """Return when each container runs and is healthy; AssertionError with the logs."""
        for service in SERVICES:
            self._until(partial(self._is_healthy, service), 120)

    def _is_healthy(self, service: str) -> bool:
        state = self.container(service)["State"]
        return bool(state["Running"]) and state["Health"]["Status"] == "healthy"

    def container(self, service: str) -> dict[str, Any]:
        """What the engine tells about a service's container."""
        [found] = json.loads(self.engine("inspect", f"tmf678-{service}-1"))
        assert isinstance(found, dict)
        return found

    def pid(self, service: str) -> int:
        """The container's first process, as this process sees it; 0 if it does not run."""
        return int(self.container(service)["State"]["Pid"])

    def address(self, service: str, network: str) -> str:
        networks = self.container(service)["NetworkSettings"]["Networks"]
        return str(networks[f"tmf678_{network}"]["IPAddress"])

    # ---------------------------------------------------------------- the database

    def primary(self) -> str:
        """The member that takes writes, once there is one."""
        return until(lambda: next(filter(self._is_primary, MEMBERS), None), 90, 0.2)

    def _is_primary(self, member: str) -> bool:
        with suppress(PyMongoError), self._member(member) as client:
            return bool(client.admin.command("hello")["isWritablePrimary"])
        return False

    def wait_until_whole(self) -> None:
        """Return when the first member is the primary, by its priority, and the others follow."""
        until(lambda: self._states() == [1, 2, 2], 180, 0.5)

    def _states(self) -> list[int]:
        password = (self.secrets / "mongo_admin_password").read_text().strip()
        with (
            suppress(PyMongoError),
            self._member(MEMBERS[0], username="admin", password=password) as client,
        ):
            members = client.admin.command("replSetGetStatus")["members"]
            return [each["state"] for each in members]
        return []

    def _member(self, member: str, **options: Any) -> "pymongo.MongoClient[Any]":
        """A client of one member; while that is down, of an address that refuses."""
        address = self.address(member, "data") or "0.0.0.0"
        return pymongo.MongoClient(address, directConnection=True, timeoutMS=3000, **options)

    def uri(self) -> str:
        """The primary, as the servers' user reaches it."""
        login, _, _ = urlsplit((self.secrets / "mongodb_uri").read_text()).netloc.partition("@")
        address = self.address(self.primary(), "data")
        return f"mongodb://{login}@{address}/?directConnection=true"

    def describe(self) -> str:
        """What runs, and the last lines of each log."""
        states = self.compose("ps", "--all", "--format=table {{.Service}}\t{{.Status}}")
        return f"{states}\n{self.compose('logs', '--tail=8', '--no-color')}"
