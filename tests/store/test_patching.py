"""A patch over a store: for as long as somebody waits for it."""

from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest

from generated import types
from impl.bulk import exporting
from impl.errors import FieldInvalid, ParameterInvalid, Postponed, Unavailable
from impl.handlers.bill_cycle_specification import BillCycleSpecifications
from impl.handlers.collection import Collection, Services
from impl.links import Links
from impl.patch.apply import Patch
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.tmf678 import API

BILLS, SPECIFICATION = "customerBill", "billCycleSpecification"
LINKS = Links("http://here", BILLS)
QUERY = "application/json-patch-query+json"
ADD = {"op": "add", "path": "/relatedParty", "value": {"id": "C-1"}}


@pytest.fixture
def store(mongod: Mongod, empty_database: str) -> Iterator[Store]:
    with closing(Store(mongod.uri, empty_database)) as made:
        yield made


@pytest.fixture
def bills(store: Store) -> Collection[types.CustomerBill]:
    return Collection(BILLS, Services(store, API))


def test_a_patch_ends_when_nobody_waits_for_it_any_more(
    store: Store, bills: Collection[types.CustomerBill]
) -> None:
    """Others come between each time that it is tried, and it would be tried a hundred times."""
    bills.create({"id": "1", "x": 0})
    asked: list[int] = []

    def wanted() -> bool:
        asked.append(store.change(BILLS, "1", lambda bill: {**bill, "x": bill["x"] + 1})["x"])
        return len(asked) < 3

    with pytest.raises(Unavailable, match="the patch took too long"):
        bills.patch("1", Patch(QUERY, ADD, LINKS, wanted))
    assert asked == [1, 2, 3]
    assert "relatedParty" not in store.get(BILLS, "1")


def test_a_patch_that_is_postponed_has_changed_nothing(
    store: Store, bills: Collection[types.CustomerBill]
) -> None:
    parties = [{"id": f"C-{n}"} for n in range(900)]
    bills.create({"id": "1", "relatedParty": parties})
    body = {"op": "add", "path": "relatedParty[?(@.id!='z')].name", "value": "x"}
    with pytest.raises(Postponed):
        bills.patch("1", Patch(QUERY, body, LINKS, alone=False))
    assert store.get(BILLS, "1").version == 1
    changed = bills.patch("1", Patch(QUERY, body, LINKS))
    assert [party.get("name") for party in changed.get("relatedParty", ())] == ["x"] * 900


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/merge-patch+json", {"relatedParty": [{"id": "C-1"}]}),
        ("application/json-patch+json", [ADD | {"path": "/relatedParty/-"}]),
        (QUERY, ADD),
    ],
)
def test_any_patch_of_a_large_document_is_postponed(
    bills: Collection[types.CustomerBill], media_type: str, body: object
) -> None:
    """What it takes to read, check and write that is more than the patch itself."""
    bills.create({"id": "large", "x": [{"a": 1, "b": 2}] * 1000, "y": [[1, 2, 3]] * 1000})
    bills.create({"id": "long", "x": "x" * 1_000_000})
    with pytest.raises(Postponed):
        bills.patch("large", Patch(media_type, body, LINKS, alone=False))
    assert "relatedParty" in bills.patch("large", Patch(media_type, body, LINKS))
    assert "relatedParty" in bills.patch("long", Patch(media_type, body, LINKS, alone=False))


def test_a_patch_of_many_operations_is_checked_once(store: Store) -> None:
    contract, checked = API.contract, list[str]()

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(contract, name)

        def check(self, pointer: str, value: Any) -> None:
            checked.append(pointer)
            contract.check(pointer, value)

    api = replace(API)
    vars(api)["contract"] = Counting()
    services = Services(store, api)
    bills: Collection[types.CustomerBill] = Collection(BILLS, services)
    bills.create({"id": "1"})
    checked.clear()
    body = [{"op": "add", "path": "/relatedParty/-", "value": {"id": f"C-{n}"}} for n in range(90)]
    changed = bills.patch("1", Patch("application/json-patch+json", body, LINKS))
    assert len(changed.get("relatedParty", ())) == 90
    assert len(checked) == 1


@pytest.mark.parametrize("reject", [True, False])
def test_a_rate_filter_is_judged_where_it_changes_and_as_unknown_filters_are(
    store: Store, reject: bool
) -> None:
    services = Services(store, API, reject_unknown_filters=reject)
    specifications, links = BillCycleSpecifications(services), Links("http://here", SPECIFICATION)
    store.insert(SPECIFICATION, {"id": "1", "name": "before", "rateFilter": "nosuch=1"})

    def patch(**body: str) -> object:
        merged = Patch("application/merge-patch+json", body, links)
        return specifications.collection.patch("1", merged)

    patch(name="after")
    with pytest.raises(FieldInvalid, match="rateFilter") if reject else nullcontext():
        patch(rateFilter="other=1")
    with pytest.raises(FieldInvalid, match="rateFilter"):
        patch(rateFilter="date=never")
    asked = exporting.query(API, SPECIFICATION, "nosuch=1", UTC)
    with pytest.raises(ParameterInvalid, match="nosuch") if reject else nullcontext():
        assert list(exporting.documents(store, API, SPECIFICATION, asked, reject=reject)) == []
