"""A database that is away at start, goes, and comes back: what is told meanwhile, and how soon."""

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pymongo
import pytest

from tests.api.test_bad_input import JSON, the_error
from tests.replicas import Member, ReplicaSet
from tests.servers import ServerProcess
from tests.waiting import until

READ_SECONDS, WRITE_SECONDS, HEALTH_SECONDS = 5, 20, 5
ON_TIME = 5
"""How much later an answer may come on a busy machine."""

FULL = bool(os.environ.get("FULL"))
READS, WRITES = [("GET", ""), ("GET", "/1")], [("POST", ""), ("PATCH", "/1"), ("DELETE", "/1")]
CALLS = READS + WRITES if FULL else READS


@pytest.fixture
def replicas(tmp_path: Path) -> Iterator[ReplicaSet]:
    with ReplicaSet(tmp_path / "replicas", 1) as running:
        yield running


@pytest.mark.long
def test_a_database_that_goes_and_comes_is_waited_for_by_processes_that_never_end(
    replicas: ReplicaSet, tmp_path: Path
) -> None:
    member = replicas.primary()
    member.kill()  # away at start
    server = ServerProcess(tmp_path / "log", MONGODB_URI=replicas.uri, MONGODB_DB="away", WORKERS=2)
    try:
        server.wait_until_ready("/health/live")
        family = server.family()
        told_while_away(server)
        back = comes_back(server, member)
        with pymongo.MongoClient[dict[str, Any]](replicas.uri) as client:
            assert {each["_id"] for each in client["away"]["form"].find()} == {"database"}
            assert client["away"]["attribute"].find_one({"_id": "collected"})
        member.kill()  # in the middle
        gone = passed(lambda: health(server, "ready") == 503, HEALTH_SECONDS + ON_TIME)
        told_while_away(server)
        back_again = comes_back(server, member)
        assert server.family() == family, "a process ended"
    finally:
        server.stop()
    print(f"away after {gone:.2f} s, back after {back:.2f} and {back_again:.2f} s")


def told_while_away(server: ServerProcess) -> None:
    """Each operation is answered 503 in its time, and the process says that it lives."""
    with ThreadPoolExecutor() as pool:
        answers = [pool.submit(call, server, *each) for each in CALLS]
        while not all(each.done() for each in answers):
            assert health(server, "live") == 200
            assert health(server, "ready") == 503
            time.sleep(0.2)
    for (method, path), each in zip(CALLS, answers, strict=True):
        answer = each.result()
        the_error(answer, 503, "503", "database")
        assert int(answer.headers["Retry-After"]) > 0
        seconds = answer.elapsed.total_seconds()
        print(f"{method} {path or '/'}: 503 after {seconds:.2f} s")
        assert seconds < (READ_SECONDS if method == "GET" else WRITE_SECONDS) + ON_TIME


def call(server: ServerProcess, method: str, path: str) -> httpx.Response:
    body = b"{}" if method in ("POST", "PATCH") else None
    url = f"{server.api}/customerBill{path}"
    return httpx.request(method, url, content=body, headers=JSON, timeout=60)


def comes_back(server: ServerProcess, member: Member) -> float:
    """Start the database; how long after it takes writes the server says so, and does them."""
    member.restart()
    until(member.is_primary, 60)
    seconds = passed(lambda: health(server, "ready") == 200, HEALTH_SECONDS + ON_TIME)
    assert call(server, "POST", "").status_code == 201
    return seconds


def health(server: ServerProcess, which: str) -> int:
    return httpx.get(f"{server.url}/health/{which}", timeout=10).status_code


def passed(happens: Callable[[], bool], seconds: float) -> float:
    """How long it takes until it happens; AssertionError where that is too long."""
    began = time.monotonic()
    until(happens, seconds)
    return time.monotonic() - began
