"""What deploy/ ships, on nine hosts: a replica set, servers, workers, the proxy and a client."""

import os
import shutil
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pymongo
from pymongo.errors import PyMongoError

from impl.processes import spawn
from impl.store.embedded import find_program
from tests.deploy.proxy import NGINX, configuration
from tests.faults.network import namespaces
from tests.faults.network.namespaces import Network
from tests.servers import BASE_PATH, ROOT, environment
from tests.waiting import until

MEMBERS = ["mongo-1", "mongo-2", "mongo-3"]
SERVERS = ["server-1", "server-2"]
WORKERS = ["worker-1", "worker-2"]
HOSTS = [*MEMBERS, *SERVERS, *WORKERS, "proxy", "client"]
DATABASE = "tmf678"
NO_LIMIT, CATCH_UP_MS = -1, 1000
"""How long a new primary waits for members that have more writes: MongoDB's default, and what
deploy/initiate.py sets.
"""
START_SECONDS = 90


def missing() -> str:
    """What this machine lacks, for people; empty if nothing."""
    if NGINX is None or shutil.which("openssl") is None:
        return "nginx and openssl are missing: apt-get install nginx-light openssl"
    return namespaces.missing()


class World:
    """Nine hosts, ready for requests of the client. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        subprocess.run([str(ROOT / "deploy/secrets.sh"), str(folder), "proxy"], check=True)
        with ExitStack() as stack:
            self.network = stack.enter_context(Network(HOSTS))
            stack.callback(self._kill)
            members = ",".join(self._at(member, 27017) for member in MEMBERS)
            self.uri = f"mongodb://{members}/?replicaSet=rs0"
            self.api = f"https://{self._at('proxy', 8443)}{BASE_PATH}"
            self._start_members()
            self._start_servers()
            self._start_proxy()
            self._stack = stack.pop_all()

    def __enter__(self) -> "World":
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    @contextmanager
    def client(self) -> Iterator[None]:
        """Make the connections and threads of this block those of the client."""
        with self.network.inside("client"):
            yield

    def trust(self) -> ssl.SSLContext:
        """A client's trust in the proxy's certificate alone, at any address."""
        trust = ssl.create_default_context(cafile=str(self._folder / "tls_certificate"))
        trust.check_hostname = False
        return trust

    def primary(self) -> str:
        """The member that takes writes, once there is one."""
        return until(lambda: next(filter(self._is_primary, MEMBERS), None), START_SECONDS, 0.1)

    def wait_until_whole(self) -> None:
        """Return when one member is the primary, and the others are secondaries.

        Which one is left open: with 25 ms of delay and writes, the preferred member lost six
        elections in 90 s, because the others were always ahead.
        """
        until(lambda: self._states() == [1, 2, 2], START_SECONDS, 0.2)

    def limit_catch_up(self, milliseconds: int) -> None:
        """Set how long a new primary waits for members that have more writes."""
        with self._admin(self.primary()) as admin:
            config = admin.command("replSetGetConfig")["config"]
            config["settings"]["catchUpTimeoutMillis"] = milliseconds
            admin.command("replSetReconfig", config | {"version": config["version"] + 1})

    def forget_bills(self) -> None:
        """Remove the bills of the writers before."""
        with self.client(), pymongo.MongoClient[dict[str, Any]](self.uri) as client:
            client[DATABASE]["customerBill"].delete_many({})

    def _at(self, host: str, port: int) -> str:
        return f"{self.network.address(host)}:{port}"

    def _start(self, host: str, command: Sequence[str], settings: dict[str, object]) -> None:
        log = str(self._folder / f"{host}.log")
        logged = ["sh", "-c", 'log=$0 && cd "$1" && shift && exec "$@" > "$log" 2>&1', log]
        with self.network.inside(host):
            process = spawn([*logged, str(ROOT), *command], environment=environment(settings))
        self._processes.append(process)

    def _start_members(self) -> None:
        for member in MEMBERS:
            data = self._folder / member
            data.mkdir()
            options = ["--replSet=rs0", "--bind_ip_all", "--nounixsocket", "--oplogSize=256"]
            options += ["--wiredTigerCacheSizeGB=0.25"]
            options += ["--setParameter=oplogFetcherSteadyStateMaxFetcherRestarts=0"]
            self._start(member, [find_program(""), f"--dbpath={data}", *options], {})
        until(self._initiate, START_SECONDS, 0.2)
        self.wait_until_whole()

    def _initiate(self) -> bool:
        members = [
            {"_id": number, "host": self._at(member, 27017), "priority": 1 if number else 2}
            for number, member in enumerate(MEMBERS)
        ]
        config = {
            "_id": "rs0",
            "members": members,
            "settings": {"catchUpTimeoutMillis": CATCH_UP_MS},
        }
        with suppress(PyMongoError), self._admin(MEMBERS[0]) as admin:
            admin.command("replSetInitiate", config)
            return True
        return False

    def _start_servers(self) -> None:
        proxy = self.network.address("proxy")
        settings = {"MONGODB_URI": self.uri, "MONGODB_DB": DATABASE, "AUTH": "off"}
        settings |= {"PUBLIC_URL": "https://proxy", "HOST": "0.0.0.0", "PORT": "8080"}
        settings |= {"WORKERS": "1", "TRUSTED_PROXIES": proxy}
        for server in SERVERS:
            self._start(server, [sys.executable, "-m", "impl", "serve"], {**settings})
        for worker in WORKERS:
            self._start(worker, [sys.executable, "-m", "impl", "worker"], {**settings})
        for server in SERVERS:
            self._wait_for(f"http://{self._at(server, 8080)}/health/ready")

    def _start_proxy(self) -> None:
        servers = [self._at(server, 8080) for server in SERVERS]
        file = self._folder / "nginx.conf"
        file.write_text(configuration(self._folder, self._at("proxy", 8443), servers))
        error = str(self._folder / "error")
        command = [str(NGINX), "-e", error, "-c", str(file), "-g", "daemon off;"]
        self._start("proxy", command, {})
        self._wait_for(f"https://{self._at('proxy', 8443)}/health/ready")

    def _wait_for(self, url: str) -> None:
        """Return when the client gets 200 there."""

        def answers() -> bool:
            with suppress(httpx.TransportError):
                return httpx.get(url, verify=self.trust(), timeout=5).is_success
            return False

        with self.client():
            until(answers, START_SECONDS, 0.2)

    @contextmanager
    def _admin(self, member: str) -> Iterator[Any]:
        """The `admin` database of a member, reached directly by the client."""
        with (
            self.client(),
            pymongo.MongoClient[dict[str, Any]](
                self._at(member, 27017), directConnection=True, timeoutMS=5000
            ) as client,
        ):
            yield client.admin

    def _is_primary(self, member: str) -> bool:
        with suppress(PyMongoError), self._admin(member) as admin:
            return bool(admin.command("hello")["isWritablePrimary"])
        return False

    def _states(self) -> list[int]:
        with suppress(PyMongoError), self._admin(MEMBERS[0]) as admin:
            return sorted(each["state"] for each in admin.command("replSetGetStatus")["members"])
        return []

    def _kill(self) -> None:
        for process in self._processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
