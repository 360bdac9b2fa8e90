"""The document of a bill: kept under its ETag, and summed up where it has many lines."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from impl.store.embedded import Mongod
from tests.servers import V4Server

BILLS, RATES = "/customerBill", "/appliedCustomerBillingRate"
HTML = {"Accept": "text/html"}
BASE = "https://bills.example"


@pytest.fixture(scope="module")
def api(mongod: Mongod, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server whose documents list three lines at the most."""
    log: Path = tmp_path_factory.mktemp("documents") / "log"
    named: dict[str, Any] = {"MONGODB_URI": mongod.uri, "MONGODB_DB": f"documents-{uuid4().hex}"}
    with (
        V4Server(log, **named, BILL_ITEMISED_LINES=3, PUBLIC_URL=BASE) as server,
        httpx.Client(base_url=server.api, timeout=60) as client,
    ):
        yield client


def billed(api: httpx.Client, lines: int) -> str:
    """The path of a new bill of so many lines."""
    made = api.post(BILLS, json={"taxExcludedAmount": {"unit": "EUR", "value": 10.0 * lines}})
    id_ = made.json()["id"]
    for number in range(lines):
        rate = {
            "name": f"Line {number}.",
            "isBilled": True,
            "bill": {"id": id_},
            "product": {"id": "p", "name": "Fibre"},
            "taxExcludedAmount": {"unit": "EUR", "value": 10},
        }
        assert api.post(RATES, json=rate).status_code == 201
    return f"{BILLS}/{id_}"


def test_a_bill_of_many_lines_says_where_they_are(api: httpx.Client) -> None:
    few = api.get(f"{billed(api, 3)}/document", headers=HTML).text
    assert "Line 0." in few
    assert "?bill.id=" not in few
    path = billed(api, 4)
    many = api.get(f"{path}/document", headers=HTML).text
    id_ = path.rpartition("/")[2]
    address = f"{BASE}{api.base_url.path.rstrip('/')}{RATES}?bill.id={id_}"
    assert address in many
    assert "Line 0." not in many
    assert ">40.00<" in many
    assert len(api.get(f"{RATES}?bill.id={id_}").json()) == 4


def test_what_is_kept_is_of_the_bill_and_rates_as_they_are(api: httpx.Client) -> None:
    path = billed(api, 2)
    id_ = path.rpartition("/")[2]
    tags, texts = set(), set()

    def look() -> None:
        for _ in range(2):
            answer = api.get(f"{path}/document", headers=HTML)
            assert answer.status_code == 200
            tags.add(answer.headers["ETag"])
            texts.add(answer.text)
        known = HTML | {"If-None-Match": answer.headers["ETag"]}
        again = api.get(f"{path}/document", headers=known)
        assert again.status_code == 304

    look()
    rate = api.get(f"{RATES}?bill.id={id_}").json()[0]["id"]
    assert api.patch(f"{RATES}/{rate}", json={"name": "Other."}).status_code == 200
    look()
    assert api.patch(f"{BILLS}/{id_}", json={"state": "onHold"}).status_code == 200
    look()
    assert len(tags) == len(texts) == 3


def test_a_new_bill_under_an_old_id_has_a_document_of_its_own(api: httpx.Client) -> None:
    texts = []
    for number in ("first", "second"):
        assert api.post(BILLS, json={"id": "again", "billNo": number}).status_code == 201
        texts.append(api.get(f"{BILLS}/again/document", headers=HTML).text)
        assert api.delete(f"{BILLS}/again").status_code == 204
    assert ["first" in texts[0], "second" in texts[1]] == [True, True]


def test_a_bill_with_a_language_is_in_that_whatever_the_reader_likes(api: httpx.Client) -> None:
    address = {"contactName": "Ada", "street1": "Lindenweg 4", "postCode": "20095", "city": "Bern"}
    made = api.post(BILLS, json={"language": "de-CH", "billingAddress": address, "taxNumber": "T1"})
    path = f"{BILLS}/{made.json()['id']}/document"
    answer = api.get(path, headers=HTML | {"Accept-Language": "fr, de-CH;q=0"})
    assert answer.headers["Content-Language"] == "de-CH"
    for line in ("Ada", "Lindenweg 4", "20095 Bern", "T1", "Rechnung an"):
        assert line in answer.text
    other = api.post(BILLS, json={"language": "fi"}).json()["id"]
    answer = api.get(f"{BILLS}/{other}/document", headers=HTML | {"Accept-Language": "fr"})
    assert answer.headers["Content-Language"] == "fr"
