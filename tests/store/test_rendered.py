"""What is only shown comes as the text that was kept of it, and is the same without that text."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
import pytest

from impl.billing.rate_state import billed_by
from impl.bulk import exporting
from impl.bulk.exporting import LINE
from impl.instants import written
from impl.links import Links
from impl.query.language import Document, Every, Key, Query, Rendered, Window
from impl.resources import BY_NAME
from impl.store.mongo import Store
from impl.store.rendition import FIELD, FORMER_FIELDS, MOST_BYTES, remake, rendition
from impl.store.writing import prepare
from impl.tmf678 import API

BILL = "customerBill"
LINKS = Links("http://h/v4", BILL)
ORDERS = [(), (Key(("billNo",)),), (Key(("billNo",), True), Key(("billingAccount", "name")))]
BILLS: list[dict[str, Any]] = [
    {"id": "1", "billNo": "b", "billingAccount": {"id": "A", "name": "x"}, "a.b": {"$c": [1.5]}},
    {"id": "2", "billNo": "b", "billingAccount": {"id": "A"}, "_rev": "theirs"},
    {"id": "3", "billCycle": {"id": "c"}, "_json1": "theirs"},
    {"id": "4", "billNo": "a", "": None},
]


RATE = "appliedCustomerBillingRate"
RATE_LINKS = Links("http://h/v4", RATE)
RATES: list[dict[str, Any]] = [
    {"id": "1", "isBilled": False, "billingAccount": {"id": "A"}},
    {"id": "2", "isBilled": True, "bill": {"id": "é/1", "x.y": [{"$z": 1}]}, "a.b": 1},
    {"id": "3", "isBilled": True, "bill": {"id": "B", "href": "http://theirs/B"}},
    {"id": "4", "isBilled": True, "bill": {"id": "B", "note": "x" * 1000}},
    {"id": "5", "bill": "no object"},
    {"id": "6"},
]
BILLED: dict[str, Any] = {"isBilled": True, "bill": {"id": "C", "@referredType": "CustomerBill"}}


@pytest.mark.parametrize("resource", [BILL, RATE])
def test_the_text_of_a_new_document_is_that_of_the_document_as_read(resource: str) -> None:
    moment = datetime(2026, 11, 24, 10, 21, 42, 926999, timezone(timedelta(hours=-5)))
    document = {"id": "1", "lastUpdate": moment, "a.b": [{"$at": moment, "~": 1.0}], "bill": None}
    stored, after = prepare(resource, document, 1)
    assert stored[FIELD] == rendition(resource, after)


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


# ---------------------------------------------------------------- what is joined to the text


@pytest.fixture
def rates(store: Store) -> Store:
    """Rates, of which one was changed in one step and has no text yet."""
    for each in [*RATES, {"id": "7", **BILLED}]:
        store.insert(RATE, each)
    store.collection(RATE)[0].update_one({"_id": "7"}, {"$unset": {FIELD: 1}})
    return store


def test_billing_changes_only_what_is_joined() -> None:
    assert billed_by({"id": "1"}).keys() <= {*BY_NAME[RATE].joined}


def test_the_stored_text_leaves_out_what_is_joined(rates: Store) -> None:
    texts = [each.get(FIELD, b"") for each in rates.collection(RATE)[0].find()]
    assert len(texts) == 7
    assert not [text for text in texts if b"isBilled" in text or b'bill"' in text]


RATE_ORDERS = [
    (),
    (Key(("bill", "id")),),
    (Key(("bill", "x.y")), Key(("isBilled",), True)),
    (Key(("billingAccount", "id")),),
]


@pytest.mark.parametrize("order", RATE_ORDERS)
@pytest.mark.parametrize("limit", [2, 10])
def test_rates_to_show_are_the_rates(rates: Store, order: tuple[Key, ...], limit: int) -> None:
    window = Window(limit=limit, offset=1)
    page = rates.find(RATE, Query(order=order, window=window))
    shown = rates.find(RATE, Query(order=order, window=window, ready=True))
    assert plain(shown) == plain(page)
    assert (shown.total, shown.next, shown.previous) == (page.total, page.next, page.previous)
    assert [each["id"] for each in shown if not isinstance(each, Rendered)] in ([], ["7"])


def plain(documents: Any) -> list[Any]:
    return [(RATE_LINKS.plain(each), each.version) for each in documents]


@pytest.mark.parametrize("order", RATE_ORDERS)
@pytest.mark.parametrize("id_", ["1", "2", "3", "4", "5", "6", "7"])
def test_a_change_of_what_is_joined_leaves_the_text_valid(
    rates: Store, id_: str, order: tuple[Key, ...], tmp_path: Path
) -> None:
    """As billing changes it, beside this store: by its values and its version alone."""
    before = rates.show(RATE, id_)
    collection, _ = rates.collection(RATE)
    collection.update_many({"_id": id_}, {"$set": BILLED, "$inc": {"_rev": 1}})
    read = rates.get(RATE, id_)
    assert read.version == before.version + 1
    assert {name: read[name] for name in BILLED} == BILLED
    listed = [
        each for each in rates.find(RATE, Query(order=order, ready=True)) if each["id"] == id_
    ]
    query = Query(order=order, window=Window(stream=True), ready=True)
    streamed = [each for each in rates.stream(RATE, query) if each["id"] == id_]
    shown = rates.show(RATE, id_)
    assert plain([shown, *listed, *streamed]) == plain([read]) * 3
    assert RATE_LINKS.plain(shown)["bill"]["href"] == "http://h/v4/customerBill/C"
    assert isinstance(shown, Rendered) is (id_ != "7")
    every = exporting.query(API, RATE, "", UTC)
    exported = exporting.documents(rates, API, RATE, every, reject=False)
    exporting.export((each for each in exported if each["id"] == id_), str(tmp_path / "rates"))
    line = orjson.loads((tmp_path / "rates").read_bytes())
    assert line == orjson.loads(orjson.dumps(read, written, LINE))


def test_what_is_joined_counts_as_its_documents_length(store: Store) -> None:
    large = {"id": "1", "isBilled": True, "bill": {"id": "B", "note": "x" * MOST_BYTES}}
    made = store.insert(RATE, large)
    assert not isinstance(made, Rendered)
    assert FIELD not in (store.collection(RATE)[0].find_one() or {})


def test_a_write_returns_what_is_joined(store: Store) -> None:
    made = store.insert(RATE, RATES[1])
    assert isinstance(made, Rendered)
    assert RATE_LINKS.plain(made) == RATE_LINKS.plain(Document(RATES[1], 1))
    changed = store.change(RATE, "2", lambda before: {**before, **BILLED})
    assert RATE_LINKS.plain(changed) == RATE_LINKS.plain(store.show(RATE, "2"))
    assert RATE_LINKS.plain(changed)["bill"]["href"].endswith("/customerBill/C")
