"""A page that one reply can't answer is read by a cursor, and is the same page."""

from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from impl.errors import ParameterInvalid
from impl.query.language import Compare, Key, Query, Window
from impl.store import replies
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.pages import StoreLimits
from impl.store.raw_documents import PART_BYTES

BILL = "customerBill"
SENT = Compare(("state",), ("sent",))
ORDERS = [(), (Key(("billNo",)),), (Key(("billNo",), descending=True),)]
LARGE = "x" * 3_000_000


@pytest.fixture
def bills(store: Store) -> Store:
    """Seven bills that were sent; three of them have no number."""
    for number in range(7):
        numbered: dict[str, Any] = {"billNo": f"{number % 3}"} if number < 4 else {}
        store.insert(BILL, {"id": f"{number}", "state": "sent", **numbered})
    return store


def walked(store: Store, order: tuple[Key, ...]) -> list[tuple[list[str], int | None]]:
    """The ids and the total of each page of two, from the first page to the last and back."""
    found: list[tuple[list[str], int | None]] = []
    window: Window | None = Window(limit=2)
    back = False
    while window is not None:
        page = store.find(BILL, Query(SENT, order, window))
        found.append(([each["id"] for each in page], page.total))
        back = back or page.next is None
        place = page.previous if back else page.next
        window = Window(limit=2, position=place) if place else None
    return found


@pytest.mark.parametrize("order", ORDERS)
def test_the_pages_are_the_same_if_every_answer_is_lost(
    bills: Store, order: tuple[Key, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = walked(bills, order)
    assert {total for _, total in pages} == {7}
    assert {id_ for ids, _ in pages for id_ in ids} == {f"{number}" for number in range(7)}

    def lost(*_: object) -> None:
        raise AutoReconnect

    monkeypatch.setattr(replies, "_reply", lost)
    assert walked(bills, order) == pages
    assert bills.show(BILL, "3")["id"] == "3"


@pytest.mark.parametrize("pages", [1, 3])
def test_a_page_over_its_bytes_is_refused_with_its_total_too(store: Store, pages: int) -> None:
    for number in range(7):
        store.insert(BILL, {"id": f"{number}", "state": "sent", "text": LARGE})
    for _ in range(pages):
        assert len(store.find(BILL, Query(SENT, window=Window(limit=3))).items) == 3
    with pytest.raises(ParameterInvalid):
        store.find(BILL, Query(SENT, window=Window(limit=7)))


def test_a_long_reply_has_the_same_documents(store: Store) -> None:
    for number in range(5):
        store.insert(BILL, {"id": f"{number}", "state": "sent", "text": "x" * PART_BYTES})
    page = store.find(BILL, Query(SENT, window=Window(limit=2)))
    again = store.find(BILL, Query(SENT, window=Window(limit=2)))
    assert [each["id"] for each in again] == ["0", "1"]
    assert (again.items, again.total) == (page.items, 5)


def test_a_page_comes_without_the_total_that_takes_too_long(bills: Store, mongod: Mongod) -> None:
    hasty = Store(mongod.uri, bills.collection(BILL)[0].database.name, bounds=StoreLimits(1e-9))
    for _ in range(3):
        page = hasty.find(BILL, Query(SENT, window=Window(limit=2)))
        assert ([each["id"] for each in page], page.total) == (["0", "1"], None)
    hasty.close()
