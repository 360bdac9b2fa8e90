"""The feed is read as single events, as if MongoDB held each by itself."""

import random
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import bson
import pytest
from bson.binary import Binary
from bson.raw_bson import RawBSONDocument

from impl.auth.identity import Identity, set_identity
from impl.errors import ParameterInvalid, SearchUnfinished
from impl.events.event_paths import whole
from impl.query.language import Compare, Every, Page, Position, Query, Window
from impl.query.parse import Limits, parse
from impl.resources import FEED
from impl.store import feed_reader, feed_walk, pages
from impl.store.counters import FAULTS
from impl.store.counts import Counts
from impl.store.documents import Stored
from impl.store.embedded import Mongod
from impl.store.event_batches import BODY
from impl.store.feed_walk import FeedWalk
from impl.store.mongo import Store
from impl.store.pages import StoreLimits
from impl.store.partitions import PREVIOUS
from impl.store.routing import place
from impl.tmf678 import API
from tests.events.entries import entries, row

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
COUNT = 200
KINDS = ("Create", "StateChange", "AttributeValueChange", "Delete")


def event(number: int) -> dict[str, Any]:
    """One of many events, whose attributes repeat at different rates."""
    chance = random.Random(number)
    bill: dict[str, Any] = {"id": f"B-{number % 7}", "state": chance.choice(["new", "onHold"])}
    bill["billingAccount"] = {"id": f"A-{number % 3}"}
    bill["relatedParty"] = [{"id": f"C-{number % 5}", "role": "payer"}, {"id": "C", "role": "x"}]
    bill["billDate"] = NOON + timedelta(hours=chance.randrange(48))
    if number % 4:
        bill["amountDue"] = {"unit": "EUR", "value": chance.randrange(100)}
        bill["x-y"] = {"z": chance.choice(["a", 1, None, ["b", {"c": 1}]])}
    cycle = {"id": f"Y-{number}", "name": "October"}
    resource, document = ("billCycle", cycle) if number % 11 == 0 else ("customerBill", bill)
    name = resource[0].upper() + resource[1:]
    return {
        "eventId": f"E-{chance.getrandbits(32):08x}-{number}",
        "eventTime": NOON + timedelta(seconds=chance.randrange(100)),
        "eventType": f"{name}{KINDS[number % 4]}Event",
        **({"domain": "Commercial"} if number % 2 else {}),
        "event": {resource: document},
    }


def as_rows(events: list[dict[str, Any]]) -> list[Stored]:
    return [row(each, position) for position, each in enumerate(events, 1)]


def as_entries(events: list[dict[str, Any]]) -> list[Stored]:
    return list(entries(events))


def as_small_entries(events: list[dict[str, Any]], begin: int = 0) -> list[Stored]:
    """Entries of one to nine events."""
    chance, made = random.Random(678), list[Stored]()
    while begin < len(events):
        part = events[begin : begin + chance.randrange(1, 10)]
        made += entries(part, begin + 1)
        begin += len(part)
    return made


def mixed(events: list[dict[str, Any]]) -> list[Stored]:
    """Rows of an earlier release, and then entries."""
    return as_rows(events[:90]) + as_small_entries(events, 90)


EVENTS = [event(number) for number in range(COUNT)]
FORMS = {"rows": as_rows, "entries": as_entries, "small": as_small_entries, "mixed": mixed}


@pytest.fixture(scope="module")
def stores(mongod: Mongod) -> Iterator[Mapping[str, Store]]:
    """A store for each form of the same feed."""
    made = {name: Store(mongod.uri, f"feed-{name}-{uuid4().hex}") for name in FORMS}
    for name, store in made.items():
        store.ensure_indexes()
        store.collection(FEED)[0].insert_many(FORMS[name](EVENTS))
    yield made
    for store in made.values():
        store.close()


def query(text: str, **window: Any) -> Query:
    parsed = whole(parse(text, API.event, Limits(), UTC))
    return replace(parsed, window=replace(parsed.window, **window)) if window else parsed


def by_mongodb(store: Store, wanted: Query) -> Page:
    """What MongoDB finds among single events."""
    return pages.find(store.collection(FEED)[0], wanted, Counts(5), 16 << 20)


QUERIES = [
    *("", "limit=7", "limit=0", "offset=190&limit=20", "offset=500", "offset=17&limit=5"),
    *("sort=eventTime", "sort=-eventTime&limit=9", "sort=-eventTime&limit=9&offset=30"),
    *("sort=event.customerBill.amountDue.value&limit=1000", "sort=domain,-eventTime&limit=30"),
    *("sort=-event.customerBill.amountDue.value,eventTime&limit=1000", "sort=-domain&limit=3"),
    "eventType=CustomerBillStateChangeEvent&limit=5",
    "eventType=CustomerBillStateChangeEvent,BillCycleCreateEvent&limit=3&offset=2",
    "eventType.ne=CustomerBillCreateEvent&limit=12",
    "eventType.regex=^BillCycle&limit=3",
    "eventType=BillCycleCreateEvent;eventType=CustomerBillDeleteEvent&limit=4",
    f"eventId={EVENTS[33]['eventId']}",
    f"eventId={EVENTS[33]['eventId']}&eventType=BillCycleDeleteEvent",
    *(
        "event.customerBill.id=B-3&limit=4",
        "event.customerBill.id=B-3,B-4&event.customerBill.id=B-4",
    ),
    "event.customerBill.id=B-3;event.billCycle.id=Y-22",
    "event.customerBill.id.regex=3$",
    "customerBill.state=onHold&limit=10",
    "customerBill.state.ne=onHold&limit=10",
    "event.customerBill.billDate=2026-10-02&limit=10",
    "event.customerBill.amountDue.value.gt=49&sort=-event.customerBill.amountDue.value&limit=5",
    "event.customerBill.amountDue.value=7",
    "event.customerBill.relatedParty.id=C-1&event.customerBill.relatedParty.role=payer",
    "event.customerBill.x-y.z.c=1;event.billCycle.name=October",
    "filter=$.event.customerBill.relatedParty[?(@.role=='payer'%26%26@.id=='C-2')]&limit=3",
    "filter=$[?(!@.event.customerBill)]",
    "event.customerBill.x-y.z=b;event.customerBill.x-y.z=1",
    "filter=$[?(@.domain!='Commercial')]",
    "fields=event.customerBill.state&limit=3",
    "fields=none&sort=-eventTime&limit=3",
    "event.customerBill.billNo=nothing",
    "domain=Commercial&limit=2",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", QUERIES)
def test_pages_are_those_of_single_events(
    stores: Mapping[str, Store], form: str, text: str
) -> None:
    """Each page, and the pages before and after, forwards and backwards."""
    expected, found = by_mongodb(stores["rows"], query(text)), stores[form].find(FEED, query(text))
    agree(found, expected)
    for at in (expected.next, expected.previous, Position(backwards=True)):
        if at is not None:
            there = query(text, position=at, offset=0)
            agree(stores[form].find(FEED, there), by_mongodb(stores["rows"], there))


@pytest.fixture(scope="module")
def partitioned(mongod: Mongod) -> Iterator[tuple[Store, Store]]:
    """A feed of three partitions, and its events as single ones at the same places."""
    stores = [Store(mongod.uri, f"feed-{uuid4().hex}", partitions=each) for each in (3, 1)]
    partitions, chance, begin = stores[0].partitions, random.Random(1), 0
    last, made, rows = [0, 0, 0], list[Stored](), list[Stored]()
    while begin < COUNT:
        part, own = EVENTS[begin : begin + chance.randrange(1, 10)], chance.randrange(3)
        (span,) = partitions.spans(own, [len(part)], max(last))
        (entry,) = entries(part, span.start)
        made.append(entry | partitions.mark(own) | {PREVIOUS: last[own]})
        rows += (row(each, at) for each, at in zip(part, span, strict=True))
        last[own], begin = span[-1], begin + len(part)
    for store, documents in zip(stores, (made, rows), strict=True):
        store.ensure_indexes()
        store.collection(FEED)[0].insert_many(documents)
    counters = zip(partitions.counters, last, strict=True)
    stores[0].collection("feed")[0].insert_many(
        {"_id": name, "position": position} for name, position in counters
    )
    yield stores[0], stores[1]
    for store in stores:
        store.close()


@pytest.mark.parametrize("text", QUERIES)
def test_pages_of_several_partitions(partitioned: tuple[Store, Store], text: str) -> None:
    """As those of single events at the same places; so are the larger pages that follow."""
    larger = max(query(text).window.limit, 25)
    found, expected = (
        partitioned[0].find(FEED, query(text)),
        by_mongodb(partitioned[1], query(text)),
    )
    streamed = pages.stream(partitioned[1].collection(FEED)[0], query(text))
    assert [*partitioned[0].stream(FEED, query(text))] == [*streamed]
    while True:
        assert [*found.items] == [*expected.items]
        assert found.total in (expected.total, None)
        assert (found.next is None) == (expected.next is None)
        for mine, other in ((found.previous, expected.previous), (found.next, expected.next)):
            if mine and other:
                there = (
                    query(text, position=each, offset=0, limit=larger) for each in (mine, other)
                )
                following = (
                    partitioned[0].find(FEED, next(there)),
                    by_mongodb(partitioned[1], next(there)),
                )
                assert [*following[0].items] == [*following[1].items]
        if not found.next:
            break
        found, expected = following


def agree(found: Page, expected: Page) -> None:
    assert [*found.items] == [*expected.items]
    assert (found.next, found.previous) == (expected.next, expected.previous)
    assert found.total in (expected.total, None)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", QUERIES)
def test_streams_are_those_of_single_events(
    stores: Mapping[str, Store], form: str, text: str
) -> None:
    expected = pages.stream(stores["rows"].collection(FEED)[0], query(text))
    assert [*stores[form].stream(FEED, query(text))] == [*expected]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("text", QUERIES[:1] + QUERIES[14:])
def test_events_between_two_places(stores: Mapping[str, Store], form: str, text: str) -> None:
    """The end is that of an entry, the beginning is not. Clients name a place by an eventId."""
    wanted = query(text, limit=1000, offset=0, requested=False)
    found = stores[form].feed.between(replace(wanted, order=()), (33,), (COUNT,))
    all_events = by_mongodb(stores["rows"], replace(wanted, order=())).items
    assert [each for part in found for each in part] == [
        each | {"id": each["eventId"]} for each in all_events if each["id"] > place(33)
    ]


@pytest.mark.parametrize("form", FORMS)
def test_pages_after_an_event_and_their_total(stores: Mapping[str, Store], form: str) -> None:
    """A total is counted without decoding for no filter, and for one by type."""
    store = stores[form]
    after = store.feed.place_of(EVENTS[32]["eventId"])
    assert after == (33,)
    for text, is_counted in (
        ("limit=2", True),
        ("limit=2&eventType=CustomerBillDeleteEvent", True),
        ("limit=2&eventType.ne=CustomerBillDeleteEvent", True),
        ("limit=2&eventType.regex=Delete", False),
        ("limit=2&domain=Commercial", False),
    ):
        wanted = query(text)
        behind = Compare(("id",), (store.feed.text(after),), "gt")
        wanted = replace(wanted, where=Every((wanted.where, behind)))
        found, expected = store.find(FEED, wanted), by_mongodb(stores["rows"], wanted)
        agree(found, expected)
        assert found.total == (expected.total if is_counted else None)


@pytest.mark.parametrize("form", FORMS)
def test_events_by_place(stores: Mapping[str, Store], form: str) -> None:
    chance = random.Random(1)
    walk = FeedWalk(stores[form].collection(FEED)[0].database)
    for chosen in ([], [1], [COUNT], [*range(1, COUNT + 1)], chance.sample(range(1, COUNT), 20)):
        wanted = [place(each) for each in chosen]
        read = walk.at([*wanted, place(COUNT + 1), place(10**9)])
        found = {each.event["id"]: each.event for each in read}
        assert sorted(found) == sorted(wanted)
        assert all(EVENTS[int(at) - 1]["eventId"] == found[at]["eventId"] for at in found)


@pytest.mark.parametrize("form", FORMS)
def test_restricted_callers_see_their_own_events(stores: Mapping[str, Store], form: str) -> None:
    store, everything = stores[form], by_mongodb(stores["rows"], query("limit=1000")).items
    own = [
        each
        for each in everything
        if each["event"].get("customerBill", {"billingAccount": {"id": "A-1"}})["billingAccount"]
        == {"id": "A-1"}
    ]
    set_identity(Identity("me", accounts=frozenset({"A-1"})))
    try:
        page = store.find(FEED, query("limit=1000"))
        assert ([*page.items], page.total) == (own, len(own))
        first = store.find(FEED, query("limit=10"))
        assert ([*first.items], first.total) == (own[:10], len(own))
        assert [*store.stream(FEED, query(""))] == own
        assert store.feed.place_of(own[5]["eventId"]) == (int(own[5]["id"]),)
        others = next(each for each in everything if each not in own)
        with pytest.raises(ParameterInvalid):
            store.feed.place_of(others["eventId"])
        assert store.find(FEED, query(f"eventId={others['eventId']}")).total == 0
        assert [*store.find(FEED, query("_owners=everybody")).items] == []
    finally:
        set_identity(None)


@pytest.mark.parametrize("form", FORMS)
def test_a_search_out_of_time_says_where_to_go_on(
    stores: Mapping[str, Store], form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Following what it says leads through the whole feed, and to every match."""
    monkeypatch.setattr(feed_reader, "SHARE", 0.0)
    store, wanted = stores[form], query("customerBill.state=onHold&limit=10")
    expected = [
        each["eventId"]
        for each in by_mongodb(stores["rows"], replace(wanted, window=Window(limit=1000))).items
    ]
    found, begin = list[str](), wanted
    while True:
        try:
            page = store.find(FEED, begin)
        except SearchUnfinished as unfinished:
            after = store.feed.place_of(str(unfinished).split("after=")[1])
            behind = Compare(("id",), (store.feed.text(after),), "gt")
            begin = replace(wanted, where=Every((wanted.where, behind)))
            continue
        found += [each["eventId"] for each in page.items]
        if page.next is None:
            break
        begin = replace(begin, window=replace(wanted.window, position=page.next))
    assert found == expected
    with pytest.raises(SearchUnfinished, match="sort"):
        store.find(FEED, query("sort=domain"))


def test_what_cannot_be_read_is_left_out_and_counted(mongod: Mongod) -> None:
    store = Store(mongod.uri, f"feed-{uuid4().hex}")
    documents = as_small_entries(EVENTS)
    spoilt = documents[3], documents[5], documents[7]
    spoilt[0][BODY] = Binary(b"nothing")
    spoilt[1][BODY] = Binary(bytes(spoilt[1][BODY])[:-9])
    spoilt[2][BODY] = Binary(zlib.compress(bson.encode({"eventId": "without owners"})))
    corrupt = row(event(COUNT), COUNT + 1) | {"id": "another"}
    not_utf_8 = RawBSONDocument(bson.encode(row(event(0), COUNT + 2)).replace(b"E-", b"\xff-"))
    store.collection(FEED)[0].insert_many([*documents, corrupt, not_utf_8, {"_id": "z"}])
    gone = {each for document in spoilt for each in document["eventId"]}
    expected = [each["eventId"] for each in EVENTS if each["eventId"] not in gone]
    for _ in range(2):
        page = store.find(FEED, query("limit=1000"))
        assert [each["eventId"] for each in page.items] == expected
        assert page.next is None
    assert [each["eventId"] for each in store.stream(FEED, query(""))] == expected
    assert FAULTS["feed"] == feed_walk.UNREADABLE
    counter = store.collection("feed")[0].find_one({"_id": feed_walk.UNREADABLE})
    assert counter
    assert counter["count"] == 6
    store.close()


def test_events_without_owners_are_hidden_from_restricted_callers(mongod: Mongod) -> None:
    """Releases before the owners of events were stored wrote such rows."""
    store = Store(mongod.uri, f"feed-{uuid4().hex}")
    store.collection(FEED)[0].insert_one(row(EVENTS[1], 1) | {"_owners": []})
    former = row(EVENTS[1], 2)
    del former["_owners"]
    store.collection(FEED)[0].insert_one(former)
    assert len(store.find(FEED, query("")).items) == 2
    set_identity(Identity("me", accounts=frozenset({"A-1"})))
    try:
        assert [*store.find(FEED, query("")).items] == []
    finally:
        set_identity(None)
        store.close()


def test_a_page_has_few_bytes(mongod: Mongod) -> None:
    store = Store(mongod.uri, f"feed-{uuid4().hex}", bounds=StoreLimits(page_bytes=5000))
    store.collection(FEED)[0].insert_many(as_entries(EVENTS))
    assert store.find(FEED, query("limit=5")).items
    with pytest.raises(ParameterInvalid, match="limit"):
        store.find(FEED, query("limit=100"))
    assert store.find(FEED, query("limit=20&fields=none")).items
    store.close()
