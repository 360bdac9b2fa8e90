"""A bare date is a day of BILL_TIME_ZONE, wherever it is asked for."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from impl.store.embedded import Mongod
from tests import forked
from tests.events.receiver import Receiver
from tests.servers import V4Server, WorkerProcess, environment
from tests.waiting import until

ALL = ("before", "first", "last", "after")
TICK = timedelta(milliseconds=1)
PAST, FUTURE = "2027-01-01T00:00:00Z", "2999-01-01T00:00:00Z"


@dataclass(frozen=True)
class Day:
    """A day, with its first instant and the next day's."""

    name: str
    start: str
    end: str

    @property
    def moments(self) -> dict[str, str]:
        """The instants at its ends: two that are of the day, and two that are not."""
        start, end = map(datetime.fromisoformat, (self.start, self.end))
        found = zip(ALL, (start - TICK, start, end - TICK, end), strict=True)
        return {f"{self.name}-{which}": at.isoformat() for which, at in found}

    def ids(self, *which: str) -> list[str]:
        return [f"{self.name}-{each}" for each in which]


ZONES = {
    "Europe/Zurich": [
        Day("2026-07-01", "2026-06-30T22:00Z", "2026-07-01T22:00Z"),
        Day("2026-03-29", "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
        Day("2026-10-25", "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
    ],
    "America/New_York": [
        Day("2026-07-01", "2026-07-01T04:00Z", "2026-07-02T04:00Z"),
        Day("2026-03-08", "2026-03-08T05:00Z", "2026-03-09T04:00Z"),
        Day("2026-11-01", "2026-11-01T04:00Z", "2026-11-02T05:00Z"),
    ],
}


@dataclass(frozen=True)
class World:
    """A server and a worker of one time zone, with a bill and a rate at each end of some days."""

    client: httpx.Client
    days: list[Day]
    settings: dict[str, object]
    heard: Receiver

    def ids(self, query: str) -> list[str]:
        answer = self.client.get(query)
        assert answer.status_code == 200, answer.text
        return [each["id"] for each in answer.json()]

    def command(self, *arguments: str) -> str:
        said = forked.run(arguments, environment(self.settings))
        assert said.returncode == 0, said.stderr
        return said.stdout.decode()


@pytest.fixture(
    scope="module",
    params=[pytest.param("Europe/Zurich", marks=pytest.mark.long), "America/New_York"],
)
def world(
    request: pytest.FixtureRequest, mongod: Mongod, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    log: Path = tmp_path_factory.mktemp("days") / "log"
    named = {"MONGODB_URI": mongod.uri, "MONGODB_DB": f"days-{uuid4().hex}"}
    zone = {"BILL_TIME_ZONE": request.param, "CALLBACK_ALLOW": "127.0.0.1"}
    days = ZONES[request.param]
    with (
        Receiver() as heard,
        V4Server(log, VALIDATE_RESPONSES=1, **named, **zone) as running,
        WorkerProcess(log, named["MONGODB_URI"], named["MONGODB_DB"], **zone),
        httpx.Client(base_url=running.api + "/", timeout=30) as client,
    ):
        for day in days:
            query = f"eventType=CustomerBillCreateEvent&event.customerBill.billDate={day.name}"
            hub = {"callback": heard.url, "query": query}
            assert client.post("hub", json=hub).status_code == 201
        for day in days:
            for id_, at in day.moments.items():
                body: dict[str, Any] = {"id": id_, "billDate": at, "x-signed": at}
                assert client.post("customerBill", json=body).status_code == 201
                amount = {"unit": "EUR", "value": 1}
                body = {"date": at, "billingAccount": {"id": id_}, "taxExcludedAmount": amount}
                made = client.post("appliedCustomerBillingRate", json={"id": id_, **body})
                assert made.status_code == 201, made.text
        yield World(client, days, {**named, **zone}, heard)


def test_a_list_has_the_bills_of_the_whole_day(world: World) -> None:
    for day in world.days:
        wanted = sorted(day.ids("first", "last"))
        assert world.ids(f"customerBill?billDate={day.name}") == wanted
        assert world.ids(f"customerBill?filter=$[?(@.billDate=='{day.name}')]") == wanted
        others = {id_ for each in world.days for id_ in each.moments} - set(wanted)
        assert set(world.ids(f"customerBill?billDate.ne={day.name}")) == others


@pytest.mark.parametrize(
    ("operator", "which"),
    [("lt", {"before"}), ("lte", {"before", "first"}), ("gt", {"last", "after"}),
     ("gte", {"first", "last", "after"})],
)  # fmt: skip
def test_in_an_order_a_date_is_the_first_instant_of_the_day(
    world: World, operator: str, which: set[str]
) -> None:
    symbol = {"lt": "<", "lte": "<=", "gt": ">", "gte": ">="}[operator]
    for day in world.days:
        wanted = set(day.ids(*which))
        own = f"id={','.join(day.moments)}"
        assert set(world.ids(f"customerBill?{own}&billDate.{operator}={day.name}")) == wanted
        path = f"$[?(@.billDate{symbol}'{day.name}')]"
        assert set(world.ids(f"customerBill?{own}&filter={path}")) == wanted


def test_pages_lead_through_the_day(world: World) -> None:
    day = world.days[-1]
    page = world.client.get(f"customerBill?billDate={day.name}&sort=-billDate&limit=1")
    assert [each["id"] for each in page.json()] == day.ids("last")
    page = world.client.get(page.links["next"]["url"])
    assert [each["id"] for each in page.json()] == day.ids("first")
    assert "next" not in page.links


def test_an_instant_stays_an_instant(world: World) -> None:
    for day in world.days:
        assert world.ids(f"customerBill?billDate={day.start}") == day.ids("first")


def test_a_time_without_an_offset_is_of_the_zone(world: World) -> None:
    for day in world.days:
        assert world.ids(f"customerBill?billDate={day.name}T00:00:00") == day.ids("first")


def test_a_text_that_the_contract_does_not_know_is_of_no_zone(world: World) -> None:
    for day in world.days:
        wanted = [id_ for id_, at in day.moments.items() if at.startswith(day.name)]
        assert world.ids(f"customerBill?x-signed={day.name}") == sorted(wanted)


def test_the_feed_has_the_events_of_the_whole_day(world: World) -> None:
    query = "eventType=CustomerBillCreateEvent&limit=0"
    bills = sum(len(day.moments) for day in world.days)
    until(lambda: world.client.get(f"events?{query}").headers["X-Total-Count"] == str(bills))
    for day in world.days:
        query = f"eventType=CustomerBillCreateEvent&event.customerBill.billDate={day.name}"
        events = world.client.get(f"events?{query}").json()
        found = {each["event"]["customerBill"]["id"] for each in events}
        assert found == set(day.ids("first", "last"))


def test_a_subscriber_is_told_of_the_whole_day(world: World) -> None:
    wanted = {f"customerBill/{id_}" for day in world.days for id_ in day.ids("first", "last")}
    until(lambda: len(world.heard.posts) >= len(wanted))
    assert {post.subject for post in world.heard.posts} == wanted


def test_an_export_has_the_bills_of_the_whole_day(world: World) -> None:
    for day in world.days:
        out = world.command("export", "customerBill", "--query", f"billDate={day.name}")
        found = {json.loads(line)["id"] for line in out.splitlines()}
        assert found == set(day.ids("first", "last"))


def test_a_patch_finds_its_place_by_the_day(world: World) -> None:
    headers = {"Content-Type": "application/json-patch-query+json"}
    for day in world.days:
        patch = json.dumps([{"op": "add", "path": f"/billNo?billDate={day.name}", "value": "1"}])
        done = {
            id_: world.client.patch(f"customerBill/{id_}", content=patch, headers=headers)
            for id_ in day.moments
        }
        found = [id_ for id_, answer in done.items() if answer.status_code == 200]
        assert found == day.ids("first", "last")


@pytest.mark.long
def test_a_cycle_bills_the_rates_of_the_whole_day(world: World) -> None:
    for day in world.days:
        specification = world.client.post(
            "billCycleSpecification", json={"name": "Day", "rateFilter": f"date={day.name}"}
        ).json()
        body = {"billCycleSpecification": {"id": specification["id"]}, "chargeDate": PAST}
        made = world.client.post("billCycle", json={**body, "billingDate": FUTURE})
        cycle = made.json()["id"]
        accounts = day.ids("first", "last")
        lines = world.command("bill-cycle", "--dry-run", cycle).splitlines()
        assert [line.split()[0] for line in lines[:-1]] == accounts
        world.command("bill-cycle", cycle)
        assert sorted(
            world.ids(f"appliedCustomerBillingRate?isBilled=true&id={','.join(day.moments)}")
        ) == sorted(accounts)
