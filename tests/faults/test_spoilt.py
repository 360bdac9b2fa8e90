"""Documents that something else has spoilt in the database: told of, and the others are served."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bson
import httpx
import pymongo
import pytest
from pymongo.collection import Collection

from impl.store.embedded import Mongod
from impl.store.routing import place
from tests.api.test_bad_input import the_error
from tests.servers import ServerProcess, V4Server

SPOILT: dict[str, dict[str, Any]] = {
    "nothing": {},
    "no version": {"id": "spoilt", "billNo": "secret"},
    "a version that is none": {"_rev": "secret", "id": "spoilt", "billNo": "secret"},
    "no id": {"_rev": 1, "billNo": "secret"},
    "another id": {"_rev": 1, "id": "secret"},
    "an id of another type": {"_rev": 1, "id": ["secret"]},
    "an object id": {"_rev": 1, "id": "spoilt", "x": bson.ObjectId(b"secret.bytes")},
    "bytes": {"_rev": 1, "id": "spoilt", "x": b"secret"},
    "a decimal": {"_rev": 1, "id": "spoilt", "x": bson.Decimal128("678")},
    "a pattern": {"_rev": 1, "id": "spoilt", "x": bson.Regex("secret")},
    "an instant of no year": {"_rev": 1, "id": "spoilt", "x": bson.DatetimeMS(2**60)},
}
REMOVED = {"an object id", "bytes", "a decimal", "a pattern"}
"""What can be removed, for that asks for no more than id and version."""

NDJSON = {"Accept": "application/x-ndjson"}


@pytest.fixture(scope="module")
def server(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    log: Path = tmp_path_factory.mktemp("server") / "log"
    with V4Server(log, MONGODB_URI=mongod.uri, MONGODB_DB="spoilt", WORKERS=1) as running:
        yield running


@pytest.fixture
def api(server: ServerProcess) -> Iterator[httpx.Client]:
    """A client that finds two bills which nobody has spoilt."""
    with httpx.Client(base_url=server.api + "/", timeout=30) as client:
        for id_ in ("before", "later"):
            client.post("customerBill", json={"id": id_, "billNo": id_})
        yield client


@pytest.fixture
def bills(mongod: Mongod, api: httpx.Client) -> Iterator[Collection[dict[str, Any]]]:
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    with client:
        yield client["spoilt"]["customerBill"]
        client["spoilt"]["customerBill"].delete_many({"_id": {"$nin": ["before", "later"]}})


@pytest.mark.parametrize("case", SPOILT)
def test_a_spoilt_document_is_a_500_that_quotes_nothing_and_the_others_are_served(
    server: ServerProcess, api: httpx.Client, bills: Collection[dict[str, Any]], case: str
) -> None:
    bills.insert_one({"_id": "spoilt"} | SPOILT[case])
    answers = [
        api.get("customerBill/spoilt"),
        api.get("customerBill"),
        api.get("customerBill?sort=-billDate,billNo"),
        api.patch("customerBill/spoilt", json={"billNo": "1"}),
        api.get("customerBill", headers=NDJSON),
        *([] if case in REMOVED else [api.delete("customerBill/spoilt")]),
    ]
    log = server.log.read_text()
    for answer in answers:
        the_error(answer, 500, "1", "incident ")
        assert "secret" not in answer.text
        assert answer.json()["message"].split()[-1].rstrip(".") in log
    the_others_are_served(api)


def the_others_are_served(api: httpx.Client) -> None:
    assert api.get("customerBill/before").json()["billNo"] == "before"
    assert [each["id"] for each in api.get("customerBill?billNo=before,later").json()]
    assert api.patch("customerBill/later", json={"billNo": "later"}).status_code == 200


def test_the_log_names_the_document(
    server: ServerProcess, api: httpx.Client, bills: Collection[dict[str, Any]]
) -> None:
    bills.insert_one({"_id": "named-in-the-log", "billNo": "secret"})
    assert api.get("customerBill").status_code == 500
    told = [line for line in server.log.read_text().splitlines() if "named-in-the-log" in line]
    assert told
    assert "incident" in json.loads(told[0])


def test_a_stream_that_comes_to_a_spoilt_document_is_cut_off_not_ended(
    api: httpx.Client, bills: Collection[dict[str, Any]]
) -> None:
    right = [{"_id": f"m{n:04}", "_rev": 1, "id": f"m{n:04}"} for n in range(1500)]
    bills.insert_many([*right, {"_id": "m1100a", "billNo": "secret"}])
    lines: list[str] = []
    with (
        pytest.raises(httpx.RemoteProtocolError),
        api.stream("GET", "customerBill", headers=NDJSON) as answer,
    ):
        lines.extend(json.loads(line)["id"] for line in answer.iter_lines())
    assert len(lines) > 500
    assert "m1100a" not in lines
    the_others_are_served(api)


def test_a_spoilt_event_is_left_out_and_the_others_are_served(
    mongod: Mongod, api: httpx.Client
) -> None:
    client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(mongod.uri)
    with client:
        feed = client["spoilt"]["event"]
        event = {"_rev": 1, "eventType": "CustomerBillCreateEvent"}
        feed.insert_one({"_id": place(2), "eventId": "spoilt", "eventType": "secret"})
        places = {name: place(number) for name, number in (("e1", 1), ("e3", 3))}
        feed.insert_many(
            [{"_id": at, "id": at, "eventId": name} | event for name, at in places.items()]
        )
        for query in ("", "?eventType=CustomerBillCreateEvent", "?sort=eventType"):
            others = api.get(f"events{query}")
            assert [each["eventId"] for each in others.json()] == ["e1", "e3"]
        lines = api.get("events", headers=NDJSON).text
        assert [json.loads(line)["eventId"] for line in lines.splitlines()] == ["e1", "e3"]
        beside = api.get("events?after=e1&limit=1&eventType=CustomerBillCreateEvent")
        assert [each["eventId"] for each in beside.json()] == ["e3"]
