"""The secrets and the replica set of compose.yaml, with real mongods that trust a key file."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pymongo
import pytest
from pymongo.database import Database
from pymongo.errors import OperationFailure

from impl.store.embedded import Mongod
from tests.deploy.mongods import program, strangers
from tests.servers import ROOT, ServerProcess

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl is missing: apt-get install openssl"
)


def _initiate(secrets: Path) -> None:
    files = {"MONGODB_URI_FILE": "mongodb_uri", "MONGO_ADMIN_PASSWORD_FILE": "mongo_admin_password"}
    named = {name: str(secrets / file) for name, file in files.items()}
    command = [sys.executable, "deploy/initiate.py"]
    subprocess.run(command, cwd=ROOT, env=os.environ | named, check=True)


@contextmanager
def _administrator(port: int, password: str) -> Iterator[Database[Any]]:
    login: dict[str, Any] = {"username": "admin", "password": password, "directConnection": True}
    with pymongo.MongoClient[Any]("127.0.0.1", port, **login) as client:
        yield client.admin


def _catch_up(admin: Database[Any]) -> int:
    config = admin.command("replSetGetConfig")["config"]
    return int(config["settings"]["catchUpTimeoutMillis"])


def _set_catch_up(admin: Database[Any], milliseconds: int) -> None:
    config = admin.command("replSetGetConfig")["config"]
    config["settings"]["catchUpTimeoutMillis"] = milliseconds
    admin.command("replSetReconfig", config | {"version": config["version"] + 1})


def test_new_members_become_a_replica_set_that_only_its_user_is_let_into(
    folder: Path, mongod: Mongod
) -> None:
    secrets = folder / "secrets"
    subprocess.run([str(ROOT / "deploy/secrets.sh"), str(secrets)], check=True)
    (secrets / "mongo_keyfile").chmod(0o400)
    with strangers(folder, program(mongod), secrets / "mongo_keyfile") as ports:
        uri = (secrets / "mongodb_uri").read_text().strip()
        for number, port in enumerate(ports, 1):
            uri = uri.replace(f"mongo-{number}:27017", f"127.0.0.1:{port}")
        (secrets / "mongodb_uri").chmod(0o600)
        (secrets / "mongodb_uri").write_text(uri)
        _initiate(secrets)
        password = (secrets / "mongo_admin_password").read_text().strip()
        with _administrator(ports[0], password) as admin:
            assert _catch_up(admin) == 1000
            _set_catch_up(admin, -1)  # as a set from before that setting has it
            _initiate(secrets)  # a second time, as each `compose up` does
            assert _catch_up(admin) == 1000
            _set_catch_up(admin, 5000)
            _initiate(secrets)
            assert _catch_up(admin) == 5000
        with ServerProcess(folder / "log", MONGODB_URI=uri) as server:
            made = httpx.post(f"{server.api}/customerBill", json={"billNo": "1"}, timeout=30)
            assert made.status_code == 201
        with (
            pymongo.MongoClient[dict[str, object]]("127.0.0.1", ports[0]) as stranger,
            pytest.raises(OperationFailure, match="requires authentication"),
        ):
            stranger["tmf678"]["customerBill"].find_one()
