"""/events of three partitions: pages, `after` and the live stream go on where a client was."""

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from impl.store.embedded import Mongod
from tests.servers import V4Server, WorkerProcess
from tests.waiting import until

RATES = "appliedCustomerBillingRate"
LIVE = {"Accept": "text/event-stream"}
WRITES = 24


@pytest.fixture(scope="module")
def named(mongod: Mongod) -> dict[str, Any]:
    """The settings of a server and of workers over a database of their own."""
    return {"MONGODB_URI": mongod.uri, "MONGODB_DB": f"partitions-{uuid4().hex}"}


@pytest.fixture(scope="module")
def api(
    mongod: Mongod, named: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    folder: Path = tmp_path_factory.mktemp("partitions")
    log, database = folder / "worker.log", named["MONGODB_DB"]
    with (
        V4Server(folder / "log", VALIDATE_RESPONSES=1, EVENT_PARTITIONS=3, **named) as server,
        WorkerProcess(log, mongod.uri, database, PORT=server.port, EVENT_PARTITIONS=3),
        httpx.Client(base_url=server.api + "/", timeout=30) as client,
    ):
        for number in range(4):
            rate = {"id": f"r{number}", "name": "0", "billingAccount": {"id": "A-1"}}
            assert client.post(RATES, json=rate).status_code == 201
        for number in range(4, WRITES):
            write(client, number)
        until(lambda: len(client.get("events?limit=1000").json()) == WRITES)
        yield client


def write(client: httpx.Client, number: int) -> None:
    """Change a rate, and move it to another account."""
    body = {"name": str(number), "billingAccount": {"id": f"A-{number % 5}"}}
    assert client.patch(f"{RATES}/r{number % 4}", json=body).status_code == 200


def ids(answer: httpx.Response) -> list[str]:
    return [each["eventId"] for each in answer.json()]


def in_order(events: list[dict[str, Any]]) -> bool:
    """Whether each rate's events are in the order of its writes."""
    numbers = defaultdict(list)
    for each in events:
        rate = each["event"][RATES]
        numbers[rate["id"]].append(int(rate["name"]))
    return all(each == sorted(each) for each in numbers.values())


def test_pages_and_what_comes_after_them(api: httpx.Client) -> None:
    whole = api.get("events?limit=1000")
    assert in_order(whole.json())
    every, answer = ids(whole), api.get("events?limit=5")
    assert (answer.headers["X-Total-Count"], answer.status_code) == (str(WRITES), 206)
    found = ids(answer)
    while "next" in answer.links:
        assert ids(api.get(answer.links["monitor"]["url"])) == every[len(found) :][:5]
        answer = api.get(answer.links["next"]["url"])
        found += ids(answer)
    assert found == every
    monitor = whole.links["monitor"]["url"]
    assert [*whole.links] == ["monitor"]
    assert ids(api.get(monitor)) == ids(api.get(answer.links["monitor"]["url"])) == []
    assert ids(api.get("events?after=&limit=3")) == every[:3]
    assert ids(api.get("events?sort=eventTime&limit=1000")) == sorted(every)
    assert "monitor" not in api.get("events?sort=eventTime&limit=3").links


def test_a_list_keeps_its_filter_as_it_grows(api: httpx.Client) -> None:
    own = f"event.{RATES}.id=r2"
    first = api.get(f"events?{own}&limit=1000")
    number = 10_002
    write(api, number)
    write(api, number + 1)
    until(lambda: ids(api.get(first.links["monitor"]["url"])))
    (event,) = api.get(first.links["monitor"]["url"]).json()
    assert event["event"][RATES]["name"] == str(number)


def test_400_after_an_event_id(api: httpx.Client) -> None:
    (event_id,) = ids(api.get("events?limit=1"))
    answer = api.get(f"events?after={event_id}")
    assert (answer.status_code, answer.json()["code"]) == (400, "28")
    assert answer.json()["message"].startswith("after: is no place in the feed: it is in several")
    live = api.get("events", headers=LIVE | {"Last-Event-ID": event_id})
    assert (live.status_code, live.json()["code"]) == (400, "26")
    assert live.json()["message"].startswith("Last-Event-ID: is no place in the feed")


def test_a_stream_goes_on_after_its_last_id(api: httpx.Client) -> None:
    beginning = "events?after=0.0.0"
    every = ids(api.get("events?limit=1000"))
    told = read(api, beginning, len(every))
    assert {event["eventId"] for _, event in told} == {*every}
    for n in (0, 7, len(told) - 2):
        rest = read(api, "events", len(told) - n - 1, told[n][0])
        assert [event for _, event in rest] == [event for _, event in told[n + 1 :]]
    after = api.get(f"events?limit=1000&after={told[3][0]}")
    assert ids(after) == [event["eventId"] for _, event in told[4:]]


def test_an_empty_page_has_the_end_of_the_feed(api: httpx.Client) -> None:
    empty = api.get("events?eventId=none")
    end = httpx.URL(empty.links["monitor"]["url"]).params["after"]
    assert (ids(empty), ids(api.get(f"events?after={end}"))) == ([], [])
    write(api, 20_002)
    until(lambda: ids(api.get(f"events?after={end}")))
    (event,) = api.get(f"events?after={end}").json()
    assert event["event"][RATES]["name"] == "20002"
    beginning = ids(api.get("events?after=0.0.0&limit=1000"))
    assert beginning == ids(api.get("events?limit=1000"))


def read(
    api: httpx.Client, url: str, most: int, last: str | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """The first events of a stream, each with its id there."""
    found: list[tuple[str, dict[str, Any]]] = []
    headers = LIVE | ({"Last-Event-ID": last} if last else {})
    with api.stream("GET", url, headers=headers) as live:
        id_ = ""
        for line in live.iter_lines():
            name, _, value = line.partition(": ")
            id_ = value if name == "id" else id_
            if name == "data":
                found.append((id_, json.loads(value)))
                if len(found) == most:
                    break
    return found


@pytest.mark.parametrize("partitions", [1, 2])
def test_a_process_with_another_number_does_not_start(
    api: httpx.Client, named: dict[str, Any], tmp_path: Path, partitions: int
) -> None:
    api.get("events")
    log, number = tmp_path / "log", {"EVENT_PARTITIONS": partitions}
    with WorkerProcess(log, named["MONGODB_URI"], named["MONGODB_DB"], **number) as worker:
        assert worker.process.wait(30) == 2
    server = V4Server(log, **number, **named)
    assert server.process.wait(30) == 2
    why = f"EVENT_PARTITIONS: is {partitions}, but the database '{named['MONGODB_DB']}' was made"
    assert log.read_text().count(f"{why} with 3") == 2
