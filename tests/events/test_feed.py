"""/events: the feed as pages, as lines, and live; and who is told the same by a subscription."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from impl.events.subscription_query import read
from impl.query.language import Query
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.servers import ServerProcess, V4Server, WorkerProcess
from tests.waiting import until

THREADS = 6
LIVE = {"Accept": "text/event-stream"}


class Api:
    """A server and a worker over a database of their own."""

    def __init__(self, server: ServerProcess, client: httpx.Client, store: Store) -> None:
        self.server = server
        self.client = client
        self.store = store

    def write(self) -> None:
        """A few events of every kind, and wait until the feed has them."""
        before = self.count()
        bill = {"state": "new", "billNo": "N-1", "billDate": "2026-10-01T12:00:00Z"}
        party = [{"id": "C-1", "role": "payer"}, {"id": "C-2", "role": "seller"}]
        money = {"unit": "EUR", "value": 49}
        body = {**bill, "relatedParty": party, "amountDue": money, "x-score": 7}
        href = self.client.post("customerBill", json=body).json()["href"]
        self.client.patch(href, json={"state": "onHold"})
        self.client.patch(href, json={"billNo": "N-2", "amountDue": money | {"value": 100}})
        self.client.delete(href)
        cycle = self.client.post("billCycle", json={"name": "October"}).json()["href"]
        self.client.patch(cycle, json={"description": "x"})
        self.client.post("customerBillOnDemand", json={"billingAccount": {"id": "A-1"}})
        rate = {"billingAccount": {"id": "A-1"}, "name": "Fibre"}
        self.client.post("appliedCustomerBillingRate", json=rate)
        until(lambda: self.count() >= before + 8)
        until(self.store.relay.is_idle)

    def count(self) -> int:
        return int(self.client.get("events?limit=0").headers["X-Total-Count"])

    def ids(self, query: str = "") -> list[str]:
        return [event["eventId"] for event in self.client.get(f"events?{query}").json()]


@pytest.fixture(scope="module")
def api(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder: Path = tmp_path_factory.mktemp("feed")
    database = f"feed-{uuid4().hex}"
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": database, "THREADS": THREADS}
    store = Store(mongod.uri, database)
    with (
        V4Server(folder / "log", VALIDATE_RESPONSES=1, **named) as server,
        WorkerProcess(folder / "worker.log", mongod.uri, database, PORT=server.port),
        httpx.Client(base_url=server.api + "/", timeout=30) as client,
    ):
        made = Api(server, client, store)
        made.write()
        yield made
    store.close()


def test_events_are_shown_in_order_with_links(api: Api) -> None:
    events = api.client.get("events").json()
    assert [event["eventType"] for event in events[:4]] == [
        *("CustomerBillCreateEvent", "CustomerBillStateChangeEvent"),
        *("CustomerBillAttributeValueChangeEvent", "CustomerBillDeleteEvent"),
    ]
    told = events[0]["event"]["customerBill"]
    assert told["href"] == f"{api.server.api}/customerBill/{told['id']}"
    assert "id" not in events[0]


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("customerBill.state=onHold", "event.customerBill.state=onHold"),
        ("customerBill.billNo=N-2&sort=customerBill.billNo", "event.customerBill.billNo=N-2"),
        ("filter=$[?(@.customerBill.state=='new')]", "event.customerBill.state=new"),
        (
            "eventType=CustomerBillCreateEvent%2CCustomerBillDeleteEvent",
            "eventType=CustomerBillCreateEvent,CustomerBillDeleteEvent",
        ),
    ],
)
def test_the_feed_is_asked_as_a_subscription_is(api: Api, short: str, whole: str) -> None:
    assert api.ids(short) == api.ids(whole) != []


def test_fields_may_leave_event_out(api: Api) -> None:
    (event,) = api.client.get("events?limit=1&fields=customerBill.state").json()
    assert event["event"]["customerBill"]["state"] == "new"


def test_the_request_that_wrote_is_named(api: Api) -> None:
    api.client.post("billCycle", json={"name": "x"}, headers={"X-Request-ID": "who-asked"})
    until(lambda: api.ids("correlationId=who-asked"))


def test_pages_and_after(api: Api) -> None:
    every = api.ids("limit=1000")
    first = api.client.get("events?limit=3")
    assert first.status_code == 206
    assert [event["eventId"] for event in first.json()] == every[:3]
    following = api.client.get(first.links["next"]["url"])
    assert [event["eventId"] for event in following.json()] == every[3:6]
    assert api.ids(f"after={every[2]}&limit=1000")[: len(every) - 3] == every[3:]
    then = api.client.get(f"events?after={every[2]}&limit=2")
    assert [e["eventId"] for e in api.client.get(then.links["next"]["url"]).json()] == every[5:7]
    assert api.ids("after=&limit=2") == every[:2]
    lines = api.client.get("events", headers={"Accept": "application/x-ndjson"}).text
    assert [json.loads(line)["eventId"] for line in lines.splitlines()][: len(every)] == every


def test_400_after_an_event_that_is_not_in_the_feed(api: Api) -> None:
    answer = api.client.get("events?after=nothing")
    assert (answer.status_code, answer.json()["code"]) == (400, "28")
    live = api.client.get("events", headers=LIVE | {"Last-Event-ID": "nothing"})
    assert (live.status_code, live.json()["code"]) == (400, "26")


QUERIES = [
    "eventType=CustomerBillStateChangeEvent",
    "eventType=CustomerBillCreateEvent,BillCycleCreateEvent",
    "eventType=CustomerBillStateChangeEvent&event.customerBill.state=onHold",
    "eventType=BillCycleCreateEvent&eventType=CustomerBillDeleteEvent",
    "eventType.ne=CustomerBillCreateEvent",
    "event.customerBill.amountDue.value.gt=49",
    "event.customerBill.amountDue.value.gte=49&event.customerBill.billNo=N-1",
    "event.customerBill.billDate=2026-10-01",
    "event.customerBill.billDate.lt=2026-10-01T12:00:00Z",
    "event.customerBill.relatedParty.id=C-1&event.customerBill.relatedParty.role=payer",
    "event.customerBill.relatedParty.id=C-1&event.customerBill.relatedParty.role=seller",
    "event.customerBill.x-score=7;event.billCycle.name=October",
    "event.customerBill.billNo.regex=^N-[2-9]",
    "event.billCycle.description=x",
    "event.appliedCustomerBillingRate.isBilled=false",
    "filter=$[?(@.event.customerBill.state=='onHold'%26%26@.eventType=~/State/)]",
    "filter=$.event.customerBill.relatedParty[?(@.role=='seller')]",
    "filter=$[?(!@.event.customerBill)]",
    *("eventTime.gt=2020-01-01", "eventTime.lt=2020-01-01", "domain=Commercial"),
]


@pytest.mark.parametrize("query", QUERIES)
def test_a_subscription_selects_what_the_same_filter_finds(api: Api, query: str) -> None:
    found = set(api.ids(f"{query}&limit=1000"))
    selector = read(query, UTC)
    events = list(api.store.stream("event", Query()))
    assert found == {each["eventId"] for each in events if selector.selects(each)} & set(
        api.ids("limit=1000")
    )


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("nosuch=1", "nosuch: is no attribute of any event"),
        ("event.customerBill.nosuch=1", "event.customerBill.nosuch: "),
        ("event.customerBill.billno=1", "event.customerBill.billno: "),
        ("event.customerBill.state=paid", "event.customerBill.state: 'paid' is none of"),
        ("eventType=NoSuchEvent", "eventType: 'NoSuchEvent' is none of "),
        ("eventType.ne=NoSuchEvent", "eventType: 'NoSuchEvent' is none of "),
        ("filter=$[?(@.eventType!='NoSuchEvent')]", "filter: eventType: 'NoSuchEvent' is none of "),
    ],
)
def test_what_no_event_has_is_refused(api: Api, query: str, message: str, accept: str) -> None:
    answer = api.client.get(f"events?{query}", headers={"Accept": accept})
    assert (answer.status_code, answer.json()["code"]) == (400, "28")
    assert answer.json()["message"].startswith(message)


def test_live_begins_after_an_event_and_goes_on(api: Api) -> None:
    every = api.ids("limit=1000")
    told: list[dict[str, Any]] = []
    with api.client.stream("GET", "events", headers=LIVE | {"Last-Event-ID": every[-2]}) as live:
        assert live.headers["Content-Type"].startswith("text/event-stream")
        for line in live.iter_lines():
            if line.startswith("data: "):
                told.append(json.loads(line.removeprefix("data: ")))
                if len(told) == 1:
                    threading.Thread(target=api.write).start()
            if len(told) == 9:
                break
    expected = [*every[-1:], *api.ids(f"after={every[-1]}")]
    assert [event["eventId"] for event in told] == expected[:9]


def test_live_shows_what_matches_and_what_is_asked_for(api: Api) -> None:
    query = "eventType=BillCycleCreateEvent&fields=event.billCycle.name"
    with api.client.stream("GET", f"events?{query}", headers=LIVE) as live:
        lines = live.iter_lines()
        next(lines)
        threading.Thread(target=api.write).start()
        kept = [next(line for line in lines if line.startswith("data: "))]
    told = json.loads(kept[0].removeprefix("data: "))
    assert told["event"] == {"billCycle": {"name": "October"}}


def test_503_beyond_the_streams_that_there_may_be_and_others_are_served(api: Api) -> None:
    with ExitStack() as stack:
        for _ in range(THREADS):
            until(lambda: _opened(api, stack), 20)  # those of other tests end first
        refused = api.client.get("events", headers=LIVE)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
        assert api.client.get("events?limit=1").status_code == 206
    with ExitStack() as stack:
        until(lambda: _opened(api, stack), 20)


def _opened(api: Api, stack: ExitStack) -> bool:
    live = stack.enter_context(httpx.stream("GET", f"{api.server.api}/events", headers=LIVE))
    return live.status_code == 200


def test_a_stop_ends_streams_cleanly(mongod: Mongod, tmp_path: Path) -> None:
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": f"feed-{uuid4().hex}"}
    with V4Server(tmp_path / "log", **named) as server, httpx.Client(timeout=30) as client:
        with client.stream("GET", f"{server.api}/events", headers=LIVE) as live:
            lines = live.iter_lines()
            assert next(lines) == ": the feed goes on"
            began = time.monotonic()
            threading.Thread(target=server.stop).start()
            assert [line for line in lines if line] == []
        assert server.process.wait(30) == 0
        assert time.monotonic() - began < 10


@pytest.mark.parametrize("media", ["text/event-stream", "application/x-ndjson"])
def test_head_of_a_stream_ends_at_once(api: Api, media: str) -> None:
    answer = api.client.head("events", headers={"Accept": media}, timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (200, media)
