"""What clients ask for most is found by an index, at fifty thousand documents of each kind."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import pymongo
import pytest
from pymongo.database import Database

from generated import schemas
from impl.query import attributes
from impl.query.language import Page, Query, Window
from impl.query.parse import Limits, parse
from impl.store.documents import Stored
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from tests.bench.data import BILL, RATE, fill
from tests.bench.queries import COMMON, Common
from tests.servers import ServerProcess

pytestmark = pytest.mark.long

KNOWN = {
    BILL: attributes.of(schemas.CustomerBill),
    RATE: attributes.of(schemas.AppliedCustomerBillingRate),
}
COUNT = 50_000
Json = dict[str, Any]


class Archive:
    """A store of fifty thousand bills and as many rates, and what MongoDB does for it."""

    def __init__(self, uri: str) -> None:
        self.uri, self.name = uri, f"test-{uuid4().hex}"
        self._client: pymongo.MongoClient[Stored] = pymongo.MongoClient(uri)
        self.database: Database[Stored] = self._client[self.name]
        fill(uri, self.name, COUNT)
        self.store = Store(uri, self.name)

    def close(self) -> None:
        self.store.close()
        self._client.drop_database(self.name)
        self._client.close()

    def find(self, resource: str, query: str) -> tuple[Page, list[Json]]:
        """The page that a query string asks for, and what each command for it did."""
        return self.found(resource, parse(query, KNOWN[resource], Limits(), UTC))

    def found(self, resource: str, query: Query) -> tuple[Page, list[Json]]:
        """The page that a query asks for, and what each command for it did."""
        self.database.command("profile", 2)
        page = self.store.find(resource, query)
        self.database.command("profile", 0)
        did = list(self.database["system.profile"].find({"ns": f"{self.name}.{resource}"}))
        self.database.drop_collection("system.profile")
        return page, did


@pytest.fixture(scope="module")
def archive(mongod: Mongod) -> Iterator[Archive]:
    archive = Archive(mongod.uri)
    yield archive
    archive.close()


QUERIES = [
    (BILL, "id=bill-00000042", 1),
    (BILL, "billingAccount.id=A-42", 20),
    (BILL, "billingAccount.id=A-42&state=settled", 20),
    (BILL, "state=onHold", 500),
    (BILL, "relatedParty.id=C-142", 25),
    (BILL, "relatedParty.id=C-142&relatedParty.role=payer", 25),
    (BILL, "billDate.gte=2026-08-01&billDate.lt=2026-09-01&state=sent", 138),
    (RATE, "bill.id=bill-00000042", 10),
    (RATE, "isBilled=false&billingAccount.id=A-42", 1),
    (RATE, "product.id=P-42", 125),
    (BILL, "sort=-billDate&billingAccount.id=A-42", 20),
    (BILL, "sort=-billDate&billingAccount.id=A-42&limit=1", 20),
    (BILL, "sort=-billDate&limit=20", COUNT),
    (BILL, "sort=-billDate&limit=20&state=settled", 45_000),
]


@pytest.mark.parametrize(("resource", "query", "total"), QUERIES)
def test_a_common_query_and_its_count_are_answered_by_an_index(
    archive: Archive, resource: str, query: str, total: int
) -> None:
    page, did = archive.find(resource, query)
    assert page.total == total
    assert did
    assert {each["planSummary"].split()[0] for each in did} <= INDEXED
    assert sum(each["docsExamined"] for each in did) <= 3 * len(page.items)


@pytest.mark.parametrize("common", COMMON, ids=lambda each: each.name)
def test_each_of_the_ten_commonest_lists_has_its_index(archive: Archive, common: Common) -> None:
    query = common.text(Random(678), COUNT)
    page, did = archive.find(common.resource, f"{query}&limit=20")
    assert page.items
    assert {each["planSummary"].split()[0] for each in did} <= INDEXED
    assert sum(each["docsExamined"] for each in did) <= 3 * len(page.items)


@pytest.mark.parametrize("common", COMMON, ids=lambda each: each.name)
def test_such_a_list_and_its_total_take_one_round_trip(archive: Archive, common: Common) -> None:
    query = f"{common.text(Random(678), COUNT)}&limit=20"
    page, _ = archive.find(common.resource, query)  # now the store knows whether a count is needed
    again, did = archive.find(common.resource, query)
    assert len(did) == 1
    assert (again.items, again.total, again.next) == (page.items, page.total, page.next)


INDEXED = {"COUNT_SCAN", "IXSCAN", "RECORD_STORE_FAST_COUNT"}


def test_a_page_far_into_a_common_list_costs_what_the_first_one_costs(archive: Archive) -> None:
    before, _ = archive.find(BILL, "state=settled&sort=-billDate&offset=80000&limit=1")
    query = parse("state=settled&sort=-billDate", KNOWN[BILL], Limits(), UTC)
    window = Window(limit=20, requested=True, position=before.next)
    page, did = archive.found(BILL, replace(query, window=window))
    assert len(page.items) == 20
    looked_at = [each["keysExamined"] for each in did if each["planSummary"].startswith("IXSCAN")]
    assert sum(looked_at) < 2 * 21


def test_all_are_counted_without_being_looked_at(archive: Archive) -> None:
    archive.store.close()
    archive.store = Store(archive.uri, archive.name)  # which has no total from before
    page, did = archive.find(BILL, "limit=1")
    assert page.total == COUNT
    assert "RECORD_STORE_FAST_COUNT" in {each["planSummary"] for each in did}


# ---------------------------------------------------------------- what no index helps with


@pytest.fixture(scope="module")
def api(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server over the archive that has a millisecond to count."""
    log: Path = tmp_path_factory.mktemp("archive") / "log"
    with (
        ServerProcess(
            log, MONGODB_URI=archive.uri, MONGODB_DB=archive.name, COUNT_TIMEOUT_MS=1
        ) as running,
        httpx.Client(base_url=running.api + "/", timeout=60) as client,
    ):
        yield client


def test_a_page_is_answered_without_its_count_where_that_takes_too_long(api: httpx.Client) -> None:
    answer = api.get("customerBill?category=normal&limit=5")
    assert answer.status_code == 206
    assert [each["id"] for each in answer.json()] == [f"bill-{number:08}" for number in range(5)]
    assert "X-Total-Count" not in answer.headers
    assert answer.headers["X-Result-Count"] == "5"
    assert answer.headers["Content-Range"] == "items 0-4/*"
    following = api.get(answer.links["next"]["url"])
    assert following.json()[0]["id"] == "bill-00000005"


def test_a_pattern_that_never_ends_is_refused(api: httpx.Client) -> None:
    answer = api.get("customerBill", params={"x-note.regex": "(a+)+$"})
    assert (answer.status_code, answer.json()["code"]) == (400, "28")


def test_a_costly_search_ends_and_others_are_served_meanwhile(api: httpx.Client) -> None:
    def search(number: int) -> httpx.Response:
        lines = {"Accept": "application/x-ndjson, application/json;q=0.1"} if number % 2 else {}
        return api.get("customerBill", params={"x-note.regex": "a.*b.*c.*d$"}, headers=lines)

    with ThreadPoolExecutor(8) as pool:
        searches = [pool.submit(search, number) for number in range(8)]
        served = 0
        while not all(each.done() for each in searches):
            assert api.get("customerBill/bill-00000042").status_code == 200
            served += 1
    assert served > 8
    ends = {(each.result().status_code, each.result().json()["code"]) for each in searches}
    assert ends == {(400, "28"), (503, "503")}, "some took their time, and the others no turn"
