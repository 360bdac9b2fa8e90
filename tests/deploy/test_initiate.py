"""The secrets and the replica set of compose.yaml, with real mongods that trust a key file."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pymongo
import pytest
from pymongo.database import Database
from pymongo.errors import OperationFailure
from pymongo.write_concern import WriteConcern

from impl.store.embedded import Mongod
from tests.deploy.mongods import data_folder, program, strangers
from tests.deploy.rehearsal import written_down
from tests.servers import ROOT, ServerProcess
from tests.waiting import until

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="openssl is missing: apt-get install openssl"
)


def _secrets(folder: Path) -> Path:
    """The files that secrets.sh makes, with rights that mongod accepts."""
    secrets = folder / "secrets"
    subprocess.run([str(ROOT / "deploy/secrets.sh"), str(secrets)], check=True)
    (secrets / "mongo_keyfile").chmod(0o400)
    (secrets / "mongodb_uri").chmod(0o600)
    return secrets


def _name_members(secrets: Path, ports: Sequence[int]) -> str:
    """Have the servers' URI name these ports instead of compose's members; the URI."""
    uri = (secrets / "mongodb_uri").read_text().strip()
    for number, port in enumerate(ports, 1):
        uri = uri.replace(f"mongo-{number}:27017", f"127.0.0.1:{port}")
    (secrets / "mongodb_uri").write_text(uri)
    return uri


def _password(secrets: Path) -> str:
    return (secrets / "mongo_admin_password").read_text().strip()


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
    secrets = _secrets(folder)
    with strangers(folder, program(mongod), secrets / "mongo_keyfile") as ports:
        uri = _name_members(secrets, ports)
        _initiate(secrets)
        with _administrator(ports[0], _password(secrets)) as admin:
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


def test_a_second_user_in_the_uri_is_made_beside_the_first(folder: Path, mongod: Mongod) -> None:
    secrets = _secrets(folder)
    with strangers(folder, program(mongod), secrets / "mongo_keyfile") as ports:
        first = _name_members(secrets, ports)
        _initiate(secrets)
        second = first.replace("mongodb://tmf678:", "mongodb://tmf678-2:another")
        (secrets / "mongodb_uri").write_text(second)
        _initiate(secrets)
        for uri in (first, second):
            with pymongo.MongoClient[dict[str, object]](uri) as client:
                assert client["tmf678"]["customerBill"].count_documents({}) == 0


def test_a_member_restored_from_a_backup_becomes_the_set_again(
    folder: Path, mongod: Mongod
) -> None:
    secrets, binary = _secrets(folder), program(mongod)
    base, changes = folder / "base", folder / "changes"
    with strangers(folder, binary, secrets / "mongo_keyfile") as ports:
        uri = _name_members(secrets, ports)
        _initiate(secrets)
        admin = f"mongodb://admin:{_password(secrets)}@127.0.0.1:{ports[0]}"
        with pymongo.MongoClient[dict[str, object]](uri) as client:
            bills = client.get_database("tmf678", write_concern=WriteConcern("majority")).bills
            with written_down(admin, changes):
                bills.insert_one({"_id": "in the base backup"})
                _backup("base", admin, base)
                bills.insert_one({"_id": "in the changes"})
                until(lambda: b"in the changes" in changes.read_bytes())
    for port in ports:
        shutil.rmtree(data_folder(folder, port))
    first = data_folder(folder, ports[0])
    first.mkdir()  # as a volume is mounted
    now = datetime.now(UTC).isoformat()
    _backup("restore", base, changes, first, "--until", now, "--mongod", binary)
    with strangers(folder, binary, secrets / "mongo_keyfile", ports):
        _initiate(secrets)
        with _administrator(ports[0], _password(secrets)) as admin_database:
            config = admin_database.command("replSetGetConfig")["config"]
            assert len(config["members"]) == 3
        with pymongo.MongoClient[dict[str, object]](uri) as client:
            found = set(client["tmf678"].bills.distinct("_id"))
            assert found == {"in the base backup", "in the changes"}


def _backup(*arguments: object) -> None:
    command = [sys.executable, "deploy/backup.py", *map(str, arguments)]
    subprocess.run(command, cwd=ROOT, check=True)
