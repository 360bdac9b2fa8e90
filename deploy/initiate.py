"""Makes a replica set of new MongoDB servers, and its users; changes nothing where there is one.

It reaches the first member on loopback, for only from there does MongoDB listen to strangers, and
only while it has no users. MONGODB_URI_FILE names the file with the servers' URI, which says the
members, the set's name, and the user to make; MONGO_ADMIN_PASSWORD_FILE the administrator's.
"""

import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pymongo
from pymongo.errors import OperationFailure, PyMongoError
from pymongo.uri_parser import parse_uri

ADMIN = "admin"
SECONDS = 120
ALREADY_INITIALIZED = 23


def main() -> None:
    """Initiate the set, make the users, and check that they are let in."""
    uri, password = _secret("MONGODB_URI_FILE"), _secret("MONGO_ADMIN_PASSWORD_FILE")
    said = parse_uri(uri)
    members = [f"{host}:{port}" for host, port in said["nodelist"]]
    port = said["nodelist"][0][1]
    if not _is_open(port, password):
        local = _local(port)
        _until(lambda: _initiate(local, said["options"]["replicaSet"], members))
        _until(lambda: local.admin.command("hello")["isWritablePrimary"])
        roles = ["userAdminAnyDatabase", "clusterAdmin"]
        local.admin.command("createUser", ADMIN, pwd=password, roles=roles)
    database = os.environ.get("MONGODB_DB", "tmf678")
    _until(lambda: _let_in(_local(port, password), said, database))
    print(f"{','.join(members)} are a replica set, and {said['username']} uses {database} on it")


def _secret(name: str) -> str:
    return Path(os.environ[name]).read_text().strip()


def _local(port: int, password: str = "") -> "pymongo.MongoClient[Any]":
    login: dict[str, Any] = {"username": ADMIN, "password": password} if password else {}
    return pymongo.MongoClient("127.0.0.1", port, directConnection=True, timeoutMS=5000, **login)


def _is_open(port: int, password: str) -> bool:
    """Whether the administrator is there already."""
    with suppress(PyMongoError):
        return bool(_local(port, password).admin.command("ping"))
    return False


def _initiate(client: "pymongo.MongoClient[Any]", name: str, members: list[str]) -> bool:
    """The first member is preferred, so that it is the one that the users are made on."""
    hosts = [{"_id": n, "host": host, "priority": 1} for n, host in enumerate(members)]
    hosts[0]["priority"] = 2
    try:
        client.admin.command("replSetInitiate", {"_id": name, "members": hosts})
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:
            raise
    return True


def _let_in(client: "pymongo.MongoClient[Any]", said: Any, database: str) -> bool:
    """Give the servers' user its password and its one right."""
    may = {"pwd": said["password"], "roles": [{"role": "readWrite", "db": database}]}
    known = client.admin.command("usersInfo", said["username"])["users"]
    client.admin.command("updateUser" if known else "createUser", said["username"], **may)
    return True


def _until(done: Callable[[], Any]) -> None:
    """Try until it is done; the last trouble where it never is."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            if done():
                return
        except PyMongoError as error:
            if time.monotonic() > deadline:
                sys.exit(f"it can't be done: {error}")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
