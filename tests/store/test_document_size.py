"""How large a document may be, whichever write would pass it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import bson
import pytest

from impl.errors import ContentTooLarge
from impl.query.language import Document, Every
from impl.store.bulk_insert import ready
from impl.store.document_size import refuse_large
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.pages import StoreLimits
from impl.store.rendition import FIELD, MOST_BYTES
from impl.store.writing import SMALL_BYTES, Assignment, BulkChange, prepare

BILL = "customerBill"
NAMED = r"would take \d+ bytes .* at most 2000 are allowed"


@pytest.fixture
def database() -> str:
    return f"test-{uuid4().hex}"


@pytest.fixture
def store(mongod: Mongod, database: str) -> Iterator[Store]:
    with closing(Store(mongod.uri, database, bounds=StoreLimits(document_bytes=2000))) as made:
        yield made


@pytest.fixture
def large(mongod: Mongod, database: str) -> Iterator[Store]:
    """A store in which documents may be large, over the same database."""
    with closing(Store(mongod.uri, database)) as made:
        yield made


def noted(note: Any) -> Any:
    return lambda before: {**before, "note": note}


def test_no_write_makes_a_document_larger_than_its_bound(store: Store) -> None:
    store.insert(BILL, {"id": "1", "note": "x" * 1500, "state": "new"})
    long: dict[str, Any] = {"id": "2", "note": "x" * 2000}
    (one,) = store.every(BILL, Every())
    for write in (
        lambda: store.insert(BILL, long),
        lambda: ready(store, BILL, long),
        lambda: store.change(BILL, "1", noted("x" * 2000)),
        lambda: store.change(
            BILL, "1", noted("x" * 2000), None, Assignment({"note": "x" * 2000}, {})
        ),
        lambda: store.writer.write_many({}, [BulkChange(BILL, [one], {"more": "x" * 500})]),
        lambda: store.writer.write_many({BILL: [Document(long)]}, []),
    ):
        with pytest.raises(ContentTooLarge, match=NAMED):
            write()
    assert store.every(BILL, Every()) == [one]


def test_what_is_over_the_bound_already_may_shrink_and_not_grow(store: Store, large: Store) -> None:
    large.insert(BILL, {"id": "1", "note": "x" * 5000})
    with pytest.raises(ContentTooLarge, match=NAMED):
        store.change(BILL, "1", noted("x" * 5001))
    for shorter in (5000, 4000, 1000):
        changed = store.change(BILL, "1", noted("y" * shorter))
        assert changed["note"] == "y" * shorter
    with pytest.raises(ContentTooLarge, match=NAMED):
        store.change(BILL, "1", noted("x" * 2000))


def test_a_worker_has_room_to_write_down_what_became_of_a_document(
    mongod: Mongod, database: str, store: Store
) -> None:
    store.insert(BILL, {"id": "1", "note": "x" * 1900})
    own = StoreLimits(document_bytes=2000, spare_bytes=1000)
    with closing(Store(mongod.uri, database, bounds=own)) as workers:
        assert workers.change(BILL, "1", noted("x" * 2500))["note"] == "x" * 2500
        with pytest.raises(ContentTooLarge, match=NAMED):
            workers.change(BILL, "1", noted("x" * 3500))
        with pytest.raises(ContentTooLarge, match=NAMED):
            refuse_large(workers.bounds, BILL, Document({"id": "2", "note": "x" * 2000}))


@pytest.mark.parametrize(
    ("what", "fits", "beyond"),
    [
        ("objects and arrays", [[{}] * 999] * 32, [[{}] * 999] * 33),
        ("values", [[1] * 1000] * 262, [[1] * 1000] * 263),
    ],
)
def test_a_document_holds_as_many_values_as_a_body_may(
    large: Store, what: str, fits: Any, beyond: Any
) -> None:
    """Patch by patch it would grow beyond, and each next one would take longer."""
    large.insert(BILL, {"id": "1", "note": fits})
    with pytest.raises(ContentTooLarge, match=rf"would hold \d+ {what}; up to \d+ are kept"):
        large.change(BILL, "1", noted(beyond))
    rows, _ = large.collection(BILL)
    rows.insert_one({"_id": "2", "id": "2", "_rev": 1, "state": "new", "note": beyond})
    assert large.change(BILL, "2", lambda bill: {**bill, "state": "sent"})
    with pytest.raises(ContentTooLarge, match=what):
        large.change(BILL, "2", noted([*beyond, [{}] * 9, [1] * 9]))
    assert large.change(BILL, "2", noted(beyond[1:]))


@pytest.mark.parametrize(
    "content",
    [
        lambda n: [1] * (n // 2),
        lambda n: [None] * (n // 5),
        lambda n: [""] * (n // 3),
        lambda n: [[]] * (n // 3),
        lambda n: {"." * (n // 8 - 9 + i): 1 for i in range(8)},
    ],
)
def test_a_document_with_a_rendition_is_small(content: Callable[[int], Any]) -> None:
    """So an assignment needs no look at the size of what is stored."""
    stored, _ = prepare(BILL, {"id": "1", "x": content(MOST_BYTES - 500)}, 1)
    assert FIELD in stored
    assert len(stored[FIELD]) > MOST_BYTES - 2000
    assert MOST_BYTES < len(bson.encode(stored)) < SMALL_BYTES
