"""The store of a server that asks for tokens: it serves nobody who does not say who asks."""

import inspect
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from impl.auth.identity import ANYBODY, Identity, as_server, current_identity, set_identity
from impl.errors import Forbidden, NotFound
from impl.query.language import Compare, Every, Query
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.writing import Assignment

ROOT = Path(__file__).parent.parent.parent
BILL = {"id": "b", "billingAccount": {"id": "A"}}
MINE = Identity("me", accounts=frozenset({"A"}))
OTHERS = Identity("them", accounts=frozenset({"B"}))


@pytest.fixture
def guarded(mongod: Mongod) -> Iterator[Store]:
    store = Store(mongod.uri, f"guarded-{uuid4().hex}", guarded=True)
    with as_server():
        store.insert("customerBill", BILL)
    yield store
    set_identity(None)
    store.close()


CALLS: dict[str, Callable[[Store], Any]] = {
    "is_empty": lambda store: store.is_empty("customerBill"),
    "find": lambda store: store.find("customerBill", Query()),
    "stream": lambda store: list(store.stream("customerBill", Query())),
    "knows": lambda store: store.knows("customerBill", ("id",)),
    "recorded": lambda store: store.recorded("customerBill"),
    "every": lambda store: store.every("customerBill", Every()),
    "parts": lambda store: list(store.parts("customerBill", Every(), ["id"])),
    "whole": lambda store: store.whole("customerBill", Every(), 1000),
    "rows": lambda store: store.rows("customerBill", Every(), {"_id": 1}),
    "each": lambda store: list(store.each("customerBill", Every())),
    "readable": lambda store: list(store.readable("customerBill", lambda *_: None)),
    "versions": lambda store: list(store.versions("customerBill", Every())),
    "count": lambda store: store.count("customerBill", Every()),
    "tally": lambda store: store.tally("customerBill", Every(), ("id",)),
    "hold": lambda store: store.hold("customerBill", "b"),
    "values": lambda store: list(store.values("customerBill", Every(), ("id",))),
    "has": lambda store: store.has("customerBill", "b"),
    "get": lambda store: store.get("customerBill", "b"),
    "show": lambda store: store.show("customerBill", "b"),
    "insert": lambda store: store.insert("customerBill", {**BILL, "id": "c"}),
    "change": lambda store: store.change("customerBill", "b", lambda bill: {**bill, "x": 1}),
    "change in one step": lambda store: store.change(
        "customerBill", "b", lambda bill: {**bill, "x": 1}, None, Assignment({"x": 1}, {})
    ),
    "delete_every": lambda store: store.delete_every("customerBill", Every()),
    "delete": lambda store: store.delete("customerBill", "b"),
}
"""Every method of the store that reads or writes a resource."""


def test_every_method_that_is_about_a_resource_is_tried_here() -> None:
    methods = inspect.getmembers(Store, inspect.isfunction)
    about = {n for n, m in methods if n[0] != "_" and "resource" in inspect.signature(m).parameters}
    assert about == {name.split()[0] for name in CALLS}


@pytest.mark.parametrize("name", CALLS)
def test_nobody_is_served(guarded: Store, name: str) -> None:
    set_identity(None)
    with pytest.raises(RuntimeError, match="nobody"):
        CALLS[name](guarded)
    set_identity(ANYBODY)
    assert [each["id"] for each in guarded.every("customerBill", Every())] == ["b"]


@pytest.mark.parametrize("name", CALLS)
def test_others_are_served_as_if_there_were_nothing(guarded: Store, name: str) -> None:
    set_identity(OTHERS)
    try:
        found = CALLS[name](guarded)
    except (Forbidden, NotFound):
        found = None
    if name in ("find", "stream", "every"):
        found = list(found)
    assert found in (None, 0, False, [], {}) or name == "is_empty"
    set_identity(MINE)
    assert guarded.every("customerBill", Every()) == [BILL]


def test_own_behalf_ends_where_it_began(guarded: Store) -> None:
    set_identity(OTHERS)
    with as_server():
        assert guarded.has("customerBill", "b")
        with suppress(ZeroDivisionError), as_server():
            raise ZeroDivisionError
        assert guarded.has("customerBill", "b")
    assert current_identity() is OTHERS
    assert not guarded.has("customerBill", "b")


def test_a_store_of_our_own_processes_asks_nobody(store: Store) -> None:
    store.insert("customerBill", BILL)
    assert store.count("customerBill", Compare(("id",), ("b",))) == 1


def test_where_the_server_acts_on_its_own_behalf_is_known() -> None:
    """Each place is to be thought about: what it shows or writes is not held to who asks."""
    found = {
        str(path.relative_to(ROOT)): len(re.findall(r"with as_server\(\)", path.read_text()))
        for path in (ROOT / "impl").rglob("*.py")
    }
    assert {path: count for path, count in found.items() if count} == {
        "impl/billing/balances.py": 1,
        "impl/handlers/applied_customer_billing_rate.py": 1,
        "impl/handlers/customer_bill.py": 2,
    }


def test_handlers_reach_no_collection_past_the_door() -> None:
    for path in (ROOT / "impl" / "handlers").glob("*.py"):
        assert ".collection(" not in path.read_text(), path
