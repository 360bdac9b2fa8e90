"""What clients are told where MongoDB fails a command in one of the many ways that it can."""

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pymongo
import pytest

from tests.api.test_bad_input import the_error
from tests.replicas import Member, ReplicaSet, failing
from tests.servers import ServerProcess, V4Server

FULL = bool(os.environ.get("FULL"))
ALWAYS = "alwaysOn"
TRANSIENT = ["TransientTransactionError"]
READ_SECONDS, WRITE_SECONDS = 5, 20
ON_TIME = 5
"""How much later than its budget an answer may come on a busy machine."""


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaSet]:
    with ReplicaSet(tmp_path_factory.mktemp("replicas"), 1) as running:
        yield running


@pytest.fixture(scope="module")
def member(replicas: ReplicaSet) -> Member:
    return replicas.primary()


@pytest.fixture(scope="module")
def server(
    replicas: ReplicaSet, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    """A server over more bills than MongoDB sends at once."""
    bills = [{"_id": f"b{n}", "_rev": 1, "id": f"b{n}"} for n in range(1200)]
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(replicas.uri)
    with client:
        client["faults"]["customerBill"].insert_many(bills)
    log = tmp_path_factory.mktemp("server") / "log"
    with V4Server(log, MONGODB_URI=replicas.uri, MONGODB_DB="faults") as running:
        yield running


@pytest.fixture(scope="module")
def api(server: ServerProcess) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.api + "/", timeout=60) as client:
        yield client


@dataclass(frozen=True)
class Fault:
    """A command that fails, how often and how, and what a client is told."""

    command: str
    times: int
    how: dict[str, Any]
    method: str
    status: int

    @property
    def mode(self) -> object:
        return {"times": self.times} if self.times else ALWAYS


CLOSED: dict[str, Any] = {"closeConnection": True}


def code(number: int, *labels: str) -> dict[str, Any]:
    return {"errorCode": number} | ({"errorLabels": list(labels)} if labels else {})


def concern(number: int, *labels: str) -> dict[str, Any]:
    return {"writeConcernError": {"code": number, "errmsg": "secret"}} | (
        {"errorLabels": list(labels)} if labels else {}
    )


FAULTS: dict[str, Fault] = {
    "a read's connection closed": Fault("find", 1, CLOSED, "GET", 200),
    "a read's connection closed twice": Fault("find", 2, CLOSED, "GET", 200),
    "a list's connection closed later": Fault("getMore", 1, CLOSED, "LIST", 503),
    "a list's cursor lost": Fault("getMore", 1, code(43), "LIST", 503),
    "a read by no primary": Fault("find", 1, code(10107), "GET", 200),
    "a read by a server that stops": Fault("find", 1, code(11600), "GET", 200),
    "a read over its time": Fault("find", 1, code(50), "GET", 503),
    "a read that waits for a majority": Fault("find", 1, code(134), "GET", 200),
    "a read that is not allowed": Fault("find", 1, code(13), "GET", 500),
    "a read that nobody foresaw": Fault("find", 1, code(8), "GET", 500),
    "a write's connection closed": Fault("insert", 1, CLOSED, "POST", 201),
    "a write's connection closed twice": Fault("insert", 2, CLOSED, "POST", 201),
    "a write by no primary": Fault("insert", 1, code(10107), "POST", 201),
    "a transaction by no primary": Fault("insert", 1, code(10107, *TRANSIENT), "ASK", 201),
    "a transaction in conflict": Fault("insert", 1, code(112, *TRANSIENT), "ASK", 201),
    "a write over its time": Fault("insert", 1, code(50), "POST", 503),
    "a write without room on disk": Fault("insert", 1, code(14031), "POST", 503),
    "a write that nobody foresaw": Fault("insert", 1, code(8), "POST", 500),
    "a change without room on disk": Fault("update", 1, code(14031), "PATCH", 503),
    "a change by no primary": Fault("update", 1, code(10107), "PATCH", 200),
    "a task in conflict": Fault("update", 1, code(112, *TRANSIENT), "ASK", 201),
    "a task by a locked collection": Fault("update", 2, code(24, *TRANSIENT), "ASK", 201),
    "a key's answer by a stale snapshot": Fault("find", 1, code(246, *TRANSIENT), "KEY", 201),
    "a removal in conflict": Fault("delete", 1, code(112, *TRANSIENT), "DELETE", 204),
    "a commit's connection closed": Fault("commitTransaction", 1, CLOSED, "ASK", 201),
    "a commit by no primary": Fault("commitTransaction", 1, code(10107), "ASK", 201),
    "a commit of what is gone": Fault("commitTransaction", 1, code(251, *TRANSIENT), "ASK", 201),
    "a commit without room on disk": Fault("commitTransaction", 1, code(14031), "ASK", 503),
    "a commit by a server that stops": Fault("commitTransaction", 1, concern(91), "ASK", 201),
    "a commit that no majority has": Fault("commitTransaction", 1, concern(100), "ASK", 503),
    "a commit whose majority is late": Fault("commitTransaction", 1, concern(64), "ASK", 201),
    "an abort's connection closed": Fault("abortTransaction", 1, CLOSED, "TAKEN", 409),
    "an abort by no primary": Fault("abortTransaction", 1, code(10107), "TAKEN", 409),
}


@pytest.mark.parametrize("case", FAULTS)
def test_a_command_that_fails_is_tried_again_or_told_of(
    api: httpx.Client, member: Member, case: str
) -> None:
    fault = FAULTS[case]
    with failing(member, fault.mode, failCommands=[fault.command], appName="tmf678", **fault.how):
        began = time.monotonic()
        answer = asked(api, fault.method, f"b{5000 + list(FAULTS).index(case)}")
        seconds = time.monotonic() - began
    assert answer.status_code == fault.status, answer.text
    assert seconds < WRITE_SECONDS + ON_TIME
    assert "secret" not in answer.text
    if fault.status == 503:
        the_error(answer, 503, "503", "the database")
        assert int(answer.headers["Retry-After"]) > 0
    if fault.status == 500:
        the_error(answer, 500, "1", "incident ")


def asked(api: httpx.Client, method: str, id_: str) -> httpx.Response:
    """What a request of this kind is answered."""
    if method == "GET":
        return api.get("customerBill/b1")
    if method == "LIST":
        return api.get("customerBill?limit=1000")
    if method == "POST":
        return api.post("customerBill", json={"id": id_})
    if method == "ASK":
        return api.post("customerBillOnDemand", json={})
    if method in ("KEY", "TAKEN"):
        bill = {"id": "b1"} if method == "TAKEN" else {}
        return api.post("customerBill", json=bill, headers={"Idempotency-Key": id_})
    body = {"billNo": id_} if method == "PATCH" else None
    return api.request(method, "customerBill/b2", json=body)


@pytest.mark.parametrize(
    ("commands", "method", "how"),
    [
        (["find"], "GET", {"blockConnection": True, "blockTimeMS": 8000}),
        (["find"], "GET", CLOSED),
        *(
            [
                (["insert"], "POST", {"blockConnection": True, "blockTimeMS": 25_000}),
                (["commitTransaction"], "ASK", {"blockConnection": True, "blockTimeMS": 25_000}),
                (["insert"], "POST", CLOSED),
                (["commitTransaction"], "ASK", CLOSED),
                (["commitTransaction"], "ASK", code(10107)),
                (["commitTransaction"], "ASK", concern(91)),
                (["insert"], "ASK", code(112, *TRANSIENT)),
            ]
            if FULL
            else []
        ),
    ],
)
def test_a_command_that_goes_on_failing_is_503_within_the_time_budget(
    api: httpx.Client, member: Member, commands: list[str], method: str, how: dict[str, Any]
) -> None:
    id_ = f"goes-on-{time.monotonic_ns()}"
    with failing(member, ALWAYS, failCommands=commands, appName="tmf678", **how):
        began = time.monotonic()
        answer = asked(api, method, id_)
        seconds = time.monotonic() - began
    the_error(answer, 503, "503", "")
    assert int(answer.headers["Retry-After"]) > 0
    print(f"{commands} {how}: 503 after {seconds:.2f} s")
    assert seconds < (READ_SECONDS if method == "GET" else WRITE_SECONDS) + ON_TIME


def test_a_key_makes_what_was_told_of_as_failed_happen_once(
    api: httpx.Client, replicas: ReplicaSet, member: Member
) -> None:
    """The commit is done, and said to be without its majority: 503, and the same again is safe."""
    key = {"Idempotency-Key": "once"}
    fault = concern(100)
    with failing(member, ALWAYS, failCommands=["commitTransaction"], appName="tmf678", **fault):
        assert api.post("customerBill", json={"category": "once"}, headers=key).status_code == 503
    again = api.post("customerBill", json={"category": "once"}, headers=key)
    assert again.status_code == 201
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(replicas.uri)
    with client:
        assert client["faults"]["customerBill"].count_documents({"category": "once"}) == 1


def test_the_log_says_what_the_database_could_not_do(
    api: httpx.Client, server: ServerProcess, member: Member
) -> None:
    with failing(member, {"times": 1}, failCommands=["find"], appName="tmf678", errorCode=50):
        assert api.get("customerBill/b1").status_code == 503
    said = server.log.read_text()
    assert '"reason":"the database is too slow","cause":"ExecutionTimeout"' in said
    assert '"code":50' in said


def test_the_log_tells_of_incidents_alone(api: httpx.Client, server: ServerProcess) -> None:
    assert api.get("customerBill/b1").status_code == 200
    tracebacks = server.log.read_text().count('"exception"')
    foreseen = [fault for fault in FAULTS.values() if fault.status == 500]
    assert tracebacks <= len(foreseen)
