"""What lists promise: pages, counts, order and equality filters."""

from typing import Any

import httpx
import pytest

BILLS: list[dict[str, Any]] = [
    {
        "id": f"bill-{n:02}",
        "billNo": f"{n:05}",
        "state": "sent" if n % 3 else "settled",
        "billDate": f"2026-{1 + n % 12:02}-01T{n:02}:30:00Z",
        "billingAccount": {"id": f"A-{n % 4}"},
        "amountDue": {"unit": "EUR", "value": n + 0.5},
        "relatedParty": [{"id": f"C-{n}", "role": "payer"}, {"id": "C-0", "role": "seller"}],
        "x-tier": n % 2 == 0,
    }
    for n in range(20)
]


@pytest.fixture(scope="module")
def bills(own_api: httpx.Client) -> httpx.Client:
    """A client of a server that holds these bills and no others."""
    for bill in reversed(BILLS):
        assert own_api.post("customerBill", json=bill).status_code == 201
    return own_api


def _ids(answer: httpx.Response) -> list[str]:
    return [bill["id"] for bill in answer.json()]


ALL = [bill["id"] for bill in BILLS]


@pytest.mark.parametrize(
    ("query", "status", "ids"),
    [
        ("", 200, ALL),
        ("limit=5", 206, ALL[:5]),
        ("limit=5&offset=5", 206, ALL[5:10]),
        ("offset=15", 206, ALL[15:]),
        ("limit=20", 200, ALL),
        ("limit=1001", 200, ALL),
        ("limit=99999999999999999999999", 200, ALL),
        ("offset=20", 206, []),
        ("offset=99999999999999999999999", 206, []),
        ("limit=0", 206, []),
    ],
)
def test_pages_are_in_the_order_of_ids_and_206_only_where_a_part_was_asked_for(
    bills: httpx.Client, query: str, status: int, ids: list[str]
) -> None:
    answer = bills.get(f"customerBill?{query}")
    assert (answer.status_code, _ids(answer)) == (status, ids)
    assert answer.headers["X-Total-Count"] == "20"
    assert answer.headers["X-Result-Count"] == str(len(ids))


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("id=bill-03", [3]),
        ("billNo=00007", [7]),
        ("billNo=7", []),
        ("state=settled", [0, 3, 6, 9, 12, 15, 18]),
        ("state=settled&billingAccount.id=A-0", [0, 12]),
        ("amountDue.value=12.5", [12]),
        ("amountDue.value=12.50", [12]),
        ("billDate=2026-03-01", [2, 14]),
        ("billDate=2026-03-01T14:30:00Z", [14]),
        ("billDate=2026-03-01T16:30:00%2B02:00", [14]),
        ("billDate=2026-03-01T16:30:00+02:00", [14]),
        ("relatedParty.id=C-5", [5]),
        ("relatedParty.role=seller&limit=3", list(range(3))),
        ("x-tier=true&limit=2", [0, 2]),
        ("@type=CustomerBill&limit=1", [0]),
    ],
)
def test_filters_are_typed_by_the_contract_and_joined_by_and(
    bills: httpx.Client, query: str, numbers: list[int]
) -> None:
    answer = bills.get(f"customerBill?{query}")
    assert answer.status_code in (200, 206)
    assert _ids(answer) == [ALL[n] for n in numbers]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=1_0", "limit"),
        ("limit=%D9%A3", "limit"),
        ("offset=1.0", "offset"),
        ("offset=1&offset=2", "offset"),
        ("amountDue.value=dear", "amountDue.value"),
        ("billDate=2026-02-30", "billDate"),
        ("billDate=yesterday", "billDate"),
        ("state=", "state"),
        ("state.$gt=a", "state.$gt"),
        ("state=paid", "state"),
        ("nosuch=1", "nosuch"),
        ("nosuch.deeper=1", "nosuch.deeper"),
        ("billingAccount[$ne]=A-1", "billingAccount[$ne]"),
        ("$where=1", "$where"),
        ("_id=bill-03", "_id"),
        ("_rev=1", "_rev"),
        ("nosuch.$gt=a", "nosuch.$gt"),
    ],
)
def test_a_query_400_names_the_parameter_that_can_not_be_read(
    bills: httpx.Client, query: str, name: str
) -> None:
    answer = bills.get(f"customerBill?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "28")
    assert answer.json()["message"].startswith(f"{name}: ")


def test_pages_do_not_move_when_resources_come_in_behind(bills: httpx.Client) -> None:
    first = _ids(bills.get("customerBill?limit=10"))
    made = bills.post("customerBill", json={"id": "bill-99"}).json()
    assert first + _ids(bills.get("customerBill?limit=10&offset=10")) == ALL
    assert bills.delete(made["href"]).status_code == 204


def test_a_limit_is_cut_to_the_most_and_the_default_is_used_without_one(
    api: httpx.Client,
) -> None:
    for n in range(101):
        api.post("hub", json={"callback": f"http://receiver.example/{n}"})
    assert api.get("hub").headers["X-Result-Count"] == "100"
    assert api.get("hub").status_code == 200
    assert api.get("hub?limit=101").headers["X-Result-Count"] == "101"
