"""Trouble that no client made: a database that is away (503), and what nobody foresaw (500)."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pymongo
import pytest

from impl.store.embedded import Mongod
from tests.api.test_bad_input import JSON, the_error
from tests.servers import ServerProcess, V4Server, free_port


@pytest.mark.long
def test_while_the_database_is_away_every_operation_says_when_to_come_back(
    tmp_path: Path,
) -> None:
    dead = f"mongodb://127.0.0.1:{free_port()}"
    server = V4Server(tmp_path / "log", MONGODB_URI=dead)
    try:
        server.wait_until_ready("/health/live")
        calls = [("GET", ""), ("POST", ""), ("GET", "/1"), ("PATCH", "/1"), ("DELETE", "/1")]
        with httpx.Client(base_url=server.api, timeout=60) as client, ThreadPoolExecutor() as pool:
            answers = list(pool.map(lambda each: _call(client, *each), calls))
        for answer in answers:
            the_error(answer, 503, "503", "database")
            assert int(answer.headers["Retry-After"]) > 0
        assert httpx.get(f"{server.url}/health/ready", timeout=10).status_code == 503
    finally:
        server.stop()


def _call(client: httpx.Client, method: str, path: str) -> httpx.Response:
    body = b"{}" if method in ("POST", "PATCH") else None
    return client.request(method, f"/customerBill{path}", content=body, headers=JSON)


@pytest.mark.parametrize(
    "stored",
    [
        {"_rev": 1, "id": "x", "billingDate": "secret"},
        {"_rev": 1, "id": "x", "name": ["secret"]},
        {"name": "secret"},
    ],
    ids=["of another format", "of another type", "without its version"],
)
def test_a_document_spoilt_in_the_store_is_a_500_that_quotes_nothing(
    server: ServerProcess, mongod: Mongod, api: httpx.Client, stored: dict[str, Any]
) -> None:
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    with client:
        client["shared"]["billCycle"].insert_one({"_id": "spoilt"} | stored)
        try:
            answer = api.get("billCycle/spoilt")
        finally:
            client["shared"]["billCycle"].delete_one({"_id": "spoilt"})
    the_error(answer, 500, "1", "incident ")
    assert "secret" not in answer.text
    incident = answer.json()["message"].split()[-1].rstrip(".")
    assert incident in server.log.read_text()
