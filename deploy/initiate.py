"""Makes a replica set of new MongoDB servers, and its users; limits the catch-up of an old set.

It reaches the first member on loopback, because MongoDB accepts a stranger only from there, and
only while it has no users. A member restored from a backup has users and no set yet, so the
administrator makes the set there. MONGODB_URI_FILE names the file with the servers' URI: the
members, the set's name, and the user to make. MONGO_ADMIN_PASSWORD_FILE has the administrator's
password.
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
NO_LIMIT = -1
CATCH_UP_MS = 1000
"""How long a new primary waits for members that have more writes. It waits in vain for one that is
cut off. No such write was acknowledged, because the servers wait for a majority.
"""


def main() -> None:
    """Initiate the set, make the users, and check that they can log in."""
    uri, password = _secret("MONGODB_URI_FILE"), _secret("MONGO_ADMIN_PASSWORD_FILE")
    target = parse_uri(uri)
    members = [f"{host}:{port}" for host, port in target["nodelist"]]
    port = target["nodelist"][0][1]
    _until(lambda: _begin(port, password, target["options"]["replicaSet"], members))
    database = os.environ.get("MONGODB_DB", "tmf678")
    administrator = _local(port, password)
    _until(lambda: _allow(administrator, target, database))
    _until(lambda: _limit_catch_up(administrator))
    print(f"{','.join(members)} are a replica set, and {target['username']} uses {database} on it")


def _secret(name: str) -> str:
    return Path(os.environ[name]).read_text().strip()


def _local(port: int, password: str = "") -> "pymongo.MongoClient[Any]":
    login: dict[str, Any] = {"username": ADMIN, "password": password} if password else {}
    return pymongo.MongoClient("127.0.0.1", port, directConnection=True, timeoutMS=5000, **login)


def _has_administrator(port: int, password: str) -> bool:
    with suppress(PyMongoError):
        return bool(_local(port, password).admin.command("ping"))
    return False


def _begin(port: int, password: str, name: str, members: list[str]) -> bool:
    """Make the set and its administrator, unless they are there; false while there is no primary.

    Each call looks again: a member whose folder was lost gets users and set from the others.
    """
    is_known = _has_administrator(port, password)
    client = _local(port, password if is_known else "")
    _initiate(client, name, members)
    if is_known:
        return True
    if not client.admin.command("hello")["isWritablePrimary"]:
        return False
    roles = ["userAdminAnyDatabase", "clusterAdmin"]
    client.admin.command("createUser", ADMIN, pwd=password, roles=roles)
    return True


def _initiate(client: "pymongo.MongoClient[Any]", name: str, members: list[str]) -> bool:
    """The first member is preferred, so that it becomes the primary, which makes the users."""
    hosts = [{"_id": n, "host": host, "priority": 1} for n, host in enumerate(members)]
    hosts[0]["priority"] = 2
    config = {"_id": name, "members": hosts, "settings": {"catchUpTimeoutMillis": CATCH_UP_MS}}
    try:
        client.admin.command("replSetInitiate", config)
    except OperationFailure as error:
        if error.code != ALREADY_INITIALIZED:
            raise
    return True


def _allow(client: "pymongo.MongoClient[Any]", target: Any, database: str) -> bool:
    """Give the servers' user its password and its one role."""
    user = {"pwd": target["password"], "roles": [{"role": "readWrite", "db": database}]}
    known = client.admin.command("usersInfo", target["username"])["users"]
    client.admin.command("updateUser" if known else "createUser", target["username"], **user)
    return True


def _limit_catch_up(client: "pymongo.MongoClient[Any]") -> bool:
    """Give CATCH_UP_MS to a set that has no limit yet."""
    config = client.admin.command("replSetGetConfig")["config"]
    if config["settings"]["catchUpTimeoutMillis"] == NO_LIMIT:
        config["settings"]["catchUpTimeoutMillis"] = CATCH_UP_MS
        client.admin.command("replSetReconfig", config | {"version": config["version"] + 1})
    return True


def _until(done: Callable[[], Any]) -> None:
    """Try until `done` returns true; exit with the last error after SECONDS."""
    deadline = time.monotonic() + SECONDS
    trouble = "no member became the primary"
    while time.monotonic() < deadline:
        try:
            if done():
                return
        except PyMongoError as error:
            trouble = str(error)
        time.sleep(0.2)
    sys.exit(f"it can't be done: {trouble}")


if __name__ == "__main__":
    main()
