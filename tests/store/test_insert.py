"""A new document: stored once, with its event, whatever becomes of the answer."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from impl.errors import Conflict, NotFound
from impl.events.build import build
from impl.query.language import Query
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.outbox import Outbox
from impl.store.routing import Routing
from tests.store.lossy import Lossy

BILL = "customerBill"
NEW = {"id": "1", "state": "new"}


@pytest.fixture
def store(mongod: Mongod, empty_database: str) -> Iterator[Store]:
    with closing(Store(mongod.uri, empty_database, record=build)) as made:
        yield made


def relay(store: Store) -> int:
    now = datetime.now(UTC)
    return store.relay.move(lambda _: Routing("x", ()), now, now + timedelta(days=7), 500)


def events(store: Store) -> list[str]:
    """The types of all events in their order, without what all types have."""
    while relay(store):
        pass
    types = [event["eventType"] for event in store.stream("event", Query())]
    return [each.removeprefix("CustomerBill").removesuffix("Event") for each in types]


def insert(store: Store, mongod: Mongod, meanwhile: Callable[[], None], *, arrives: bool) -> None:
    """Insert a document over a connection that breaks at it; something happens meanwhile."""
    name = store.collection(BILL)[0].database.name
    lossy = Lossy(mongod.port, b"\x02insert\0", arrives=arrives, meanwhile=meanwhile)
    with closing(lossy) as way, closing(Store(way.uri, name, record=build)) as over:
        try:
            made = over.insert(BILL, NEW)
            assert (made["id"], made.version) == ("1", 1)
        finally:
            assert way.lost


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("relayed", [True, False])
def test_it_is_stored_once_if_its_answer_is_lost(
    store: Store, mongod: Mongod, arrives: bool, relayed: bool
) -> None:
    def meanwhile() -> None:
        if relayed:
            relay(store)

    insert(store, mongod, meanwhile, arrives=arrives)
    assert store.get(BILL, "1") == NEW
    assert events(store) == ["Create"]


def test_it_stays_deleted_if_its_answer_is_lost(store: Store, mongod: Mongod) -> None:
    def delete() -> None:
        store.delete(BILL, "1")

    insert(store, mongod, delete, arrives=True)
    with pytest.raises(NotFound):
        store.get(BILL, "1")
    assert events(store) == ["Create", "Delete"]


def test_the_document_of_another_client_is_a_conflict(store: Store, mongod: Mongod) -> None:
    other = {"id": "1", "state": "sent"}

    def insert_other() -> None:
        store.insert(BILL, other)

    with pytest.raises(Conflict):
        insert(store, mongod, insert_other, arrives=False)
    assert store.get(BILL, "1") == other
    assert events(store) == ["Create"]


def test_an_insert_that_arrives_late_is_no_conflict(
    store: Store, mongod: Mongod, monkeypatch: pytest.MonkeyPatch
) -> None:
    knows, answers = Outbox.knows, iter([False])
    monkeypatch.setattr(Outbox, "knows", lambda *of: next(answers, None) is None and knows(*of))
    insert(store, mongod, lambda: None, arrives=True)
    assert next(answers, None) is None
    assert store.get(BILL, "1") == NEW
    assert events(store) == ["Create"]


def test_an_error_of_mongodb_comes_back_as_of_the_driver(store: Store) -> None:
    store.insert(BILL, NEW)
    with pytest.raises(Conflict):
        store.insert(BILL, NEW)
    assert events(store) == ["Create"]
