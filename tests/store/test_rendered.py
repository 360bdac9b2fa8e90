"""What is only shown comes as the text that was kept of it, and is the same without that text."""

from typing import Any

import pytest

from impl.links import Links
from impl.query.language import Every, Key, Query, Rendered, Window
from impl.store.mongo import Store
from impl.store.rendition import FIELD, FORMER_FIELDS, MOST_BYTES, remake

BILL = "customerBill"
LINKS = Links("http://h/v4", BILL)
ORDERS = [(), (Key(("billNo",)),), (Key(("billNo",), True), Key(("billingAccount", "name")))]
BILLS: list[dict[str, Any]] = [
    {"id": "1", "billNo": "b", "billingAccount": {"id": "A", "name": "x"}, "a.b": {"$c": [1.5]}},
    {"id": "2", "billNo": "b", "billingAccount": {"id": "A"}, "_rev": "theirs"},
    {"id": "3", "billCycle": {"id": "c"}, "_json1": "theirs"},
    {"id": "4", "billNo": "a", "": None},
]


@pytest.fixture
def bills(store: Store) -> Store:
    """Four bills, of which one was stored before texts were kept."""
    for each in BILLS:
        store.insert(BILL, each)
    collection, _ = store.collection(BILL)
    collection.update_one({"_id": "2"}, {"$unset": {FIELD: 1}})
    return store


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("limit", [1, 2, 10])
def test_a_list_to_show_is_the_list(bills: Store, order: tuple[Key, ...], limit: int) -> None:
    window = Window(limit=limit, offset=1)
    page = bills.find(BILL, Query(order=order, window=window))
    shown = bills.find(BILL, Query(order=order, window=window, ready=True))
    assert LINKS.many(shown) == LINKS.many(page)
    assert (shown.total, shown.next, shown.previous) == (page.total, page.next, page.previous)


def test_texts_are_kept_of_what_was_stored_since(bills: Store) -> None:
    shown = bills.find(BILL, Query(ready=True))
    assert [isinstance(each, Rendered) for each in shown] == [True, False, True, True]


@pytest.mark.parametrize("id_", ["1", "2", "3", "4"])
def test_one_to_show_is_the_one(bills: Store, id_: str) -> None:
    shown, stored = bills.show(BILL, id_), bills.get(BILL, id_)
    assert LINKS.one(shown) == LINKS.one(stored)
    assert shown.version == stored.version


def test_a_change_changes_the_text(bills: Store) -> None:
    for id_ in ("1", "2"):
        changed = bills.change(BILL, id_, lambda before: {**before, "billNo": "new"})
        shown = bills.show(BILL, id_)
        assert isinstance(shown, Rendered)
        assert LINKS.one(shown) == LINKS.one(changed)


@pytest.mark.parametrize("with_text", [True, False])
def test_what_is_the_stores_own_is_never_shown_whichever_release_wrote_it(
    store: Store, with_text: bool
) -> None:
    store.insert(BILL, {"id": "1", "billNo": "a", "_mine": 1})
    collection, _ = store.collection(BILL)
    own: Any = {"$set": {"_json1": b"\x00", "_json99": b"\xff", "_owners": ["x"], "_odd": {"a": 1}}}
    collection.update_one({"_id": "1"}, own | ({} if with_text else {"$unset": {FIELD: 1}}))
    page = store.find(BILL, Query(ready=True))
    for each in (store.get(BILL, "1"), store.show(BILL, "1"), *page, *store.every(BILL, Every())):
        shown = LINKS.plain(each)
        assert {**shown, "href": ""} == {"id": "1", "href": "", "billNo": "a", "_mine": 1}


def test_a_text_that_an_older_release_kept_is_ignored(store: Store) -> None:
    store.insert(BILL, {"id": "1", "category": "\0/evil"})
    assert LINKS.plain(store.show(BILL, "1"))["category"] == "\0/evil"
    collection, _ = store.collection(BILL)
    old = b'{"id":"1","href":"\\u0000/customerBill/1","category":"\\u0000/evil"}'
    collection.update_one({"_id": "1"}, {"$set": {"_json1": old}, "$unset": {FIELD: 1}})
    assert LINKS.plain(store.show(BILL, "1"))["category"] == "\0/evil"


@pytest.mark.parametrize("former", FORMER_FIELDS)
def test_texts_of_an_older_release_are_made_anew(store: Store, former: str) -> None:
    for id_ in "123":
        store.insert(BILL, {"id": id_, "category": "\0/evil", "billCycle": {"id": "c"}})
    collection, _ = store.collection(BILL)
    made = {each["_id"]: each for each in collection.find()}
    old = {"$set": {former: b"old"}, "$unset": {FIELD: 1}}
    collection.update_many({"_id": {"$in": ["1", "2"]}}, old)
    collection.insert_one({"_id": "spoilt", former: b"old"})
    assert [sum(remake(collection.database)) for _ in range(2)] == [2, 0]
    collection.delete_one({"_id": "spoilt"})
    assert {each["_id"]: each for each in collection.find()} == made


def test_no_text_is_kept_of_what_is_large(store: Store) -> None:
    made = store.insert(BILL, {"id": "1", "note": "x" * MOST_BYTES})
    shown = store.show(BILL, "1")
    assert not isinstance(shown, Rendered)
    assert LINKS.one(shown) == LINKS.one(made)
