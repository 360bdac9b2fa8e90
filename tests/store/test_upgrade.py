"""A database of an earlier release is served as it is, and brought to the form of this one.

`forms/1.jsonl.gz` is what the release before the register of bill numbers left: the demo data, a
cycle that ran and one that is planned, bills on demand, one of them deleted and one whose worker
was killed as it had made it, subscriptions, and events of which some are in the feed.

`forms/5.jsonl.gz` is what the last release made of that, whose stored JSON had all attributes: the
planned cycle ran, too, a rate was changed in one step, another holds its event, a third is large.
"""

import gzip
import os
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import json_util

from impl import demo, open_store
from impl.billing.attempts import Attempts
from impl.billing.maker import BillMaker
from impl.billing.on_demand import OnDemand
from impl.billing.policy import Policy
from impl.billing.runs import Runs
from impl.contract.json_schema import COMPONENTS
from impl.errors import Conflict
from impl.events.build import build, subject
from impl.handlers import composition
from impl.handlers.collection import Services
from impl.links import Links
from impl.patch.apply import Patch
from impl.query.language import Document, Every, Query, Rendered, Window
from impl.resources import REGISTER
from impl.store import upgrade
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.routing import Routing
from impl.store.sequences import Sequences
from impl.store.tasks import CYCLE_TASK, ON_DEMAND_TASK, Tasks
from impl.tmf678 import API
from tests.billing.test_runs import finish
from tests.bulk.commands import Ran, run
from tests.servers import free_port

FORMS = Path(__file__).parent / "forms"
RATE = "appliedCustomerBillingRate"
COUNTS = {
    "customerBill": 30,
    "customerBillOnDemand": 5,
    "appliedCustomerBillingRate": 128,
    "billCycle": 10,
    "billCycleSpecification": 2,
    "billCycleAccount": 3,
    "hub": 2,
}


@pytest.fixture
def old(mongod: Mongod, empty_database: str) -> Iterator[Store]:
    """A store over what an earlier release left."""
    yield from opened(mongod, empty_database, "1.jsonl.gz")


@pytest.fixture
def recent(mongod: Mongod, empty_database: str) -> Iterator[Store]:
    """A store over what the release before the present form left."""
    yield from opened(mongod, empty_database, "5.jsonl.gz")


def opened(mongod: Mongod, database: str, dump: str) -> Iterator[Store]:
    store = Store(mongod.uri, database, record=build)
    rows: dict[str, list[Any]] = defaultdict(list)
    options = json_util.CANONICAL_JSON_OPTIONS.with_options(tz_aware=True, tzinfo=UTC)
    for line in gzip.decompress((FORMS / dump).read_bytes()).decode().splitlines():
        row = json_util.loads(line, json_options=options)
        if "_expires" in row["is"]:
            row["is"]["_expires"] = datetime.now(UTC) + timedelta(days=1)
        rows[row["in"]].append(row["is"])
    for name, documents in rows.items():
        store.collection(name)[0].insert_many(documents)
    yield store
    store.close()


@pytest.fixture(params=["as it is", "upgraded"])
def served(old: Store, request: pytest.FixtureRequest) -> Store:
    """The old database, as a server meets it before and after the upgrade."""
    if request.param == "upgraded":
        upgrade.migrate_all(old)
    assert upgrade.check(old) == (upgrade.CURRENT if request.param == "upgraded" else 1)
    return old


def all_of(store: Store, resource: str) -> list[Document]:
    return list(store.find(resource, Query(window=Window(limit=1000))))


def rows(store: Store) -> dict[str, tuple[str, str]]:
    """Each registered number with its state, and the bill that has it or why none has."""
    return {
        row["number"]: (row["state"], row["bill"]["id"] if "bill" in row else row["statusReason"])
        for row in store.every(REGISTER, Every())
    }


def patch(resource: str, **body: Any) -> Patch:
    return Patch("application/merge-patch+json", body, Links("http://here", resource))


def test_all_is_listed_and_read_as_the_contract_says(served: Store) -> None:
    found = {name: all_of(served, name) for name in COUNTS}
    assert {name: len(each) for name, each in found.items()} == COUNTS
    for resource, documents in found.items():
        for document in documents:
            read = served.get(resource, document["id"])
            assert not [name for name in read if name.startswith("_")]
            name = "EventSubscription" if resource == "hub" else resource[0].upper() + resource[1:]
            shown = Links("http://here", resource).plain(read)
            assert API.contract.response_fault(COMPONENTS + name, shown) is None


def test_what_is_there_is_patched_and_deleted(served: Store) -> None:
    door = composition.build(Services(served, API)).collections
    for bill in all_of(served, "customerBill"):
        door["customerBill"].patch(
            bill["id"], patch("customerBill", paymentDueDate="2027-01-01T00:00:00Z")
        )
        changed = served.get("customerBill", bill["id"])
        assert changed["paymentDueDate"] == datetime(2027, 1, 1, tzinfo=UTC)
    door["billCycle"].patch("planned", patch("billCycle", name="Later"))
    door["appliedCustomerBillingRate"].patch(
        "open1", patch("appliedCustomerBillingRate", name="changed")
    )
    door["customerBill"].delete("brought-in")
    asked = served.get("customerBillOnDemand", "asked")["customerBill"]["id"]
    door["customerBill"].delete(asked)
    assert served.get("appliedCustomerBillingRate", "d1")["isBilled"] is False


def test_documents_of_bills_are_made(served: Store) -> None:
    door = composition.build(Services(served, API)).own
    bill = served.get("customerBillOnDemand", "asked")["customerBill"]["id"]
    made = door.customer_bill.retrieve_customer_bill_document(bill).made
    assert made["application/pdf"]("en").startswith(b"%PDF")
    assert b"2026-00000004" in made["text/html"]("en")


def test_bills_are_made_with_numbers_that_none_has(served: Store) -> None:
    before = {bill["billNo"] for bill in all_of(served, "customerBill")}
    tasks = Tasks(served)
    attempts, maker = Attempts(served, tasks, Sequences(served)), BillMaker(served, Policy())
    tasks.put(CYCLE_TASK, "planned")
    assert finish(Runs(maker, attempts), served, "planned")["accountsBilled"] == 6
    served.delete("customerBillOnDemand", "killed")
    request: Any = {"id": "killed", "state": "inProgress", "billingAccount": {"id": "F"}}
    served.insert("appliedCustomerBillingRate", {
        **served.get("appliedCustomerBillingRate", "f1"), "id": "f2", "isBilled": False
    })  # fmt: skip
    served.insert("customerBillOnDemand", request)
    tasks.put(ON_DEMAND_TASK, "killed")
    assert OnDemand(maker, attempts).step()
    assert served.get("customerBillOnDemand", "killed")["state"] == "done"
    after = [bill["billNo"] for bill in all_of(served, "customerBill")]
    assert len({*after} - before) == 7


def test_the_feed_goes_on(served: Store) -> None:
    there = served.collection("event")[0].count_documents({})
    assert there == 187
    now = datetime.now(UTC)
    later = now + timedelta(days=1)
    while served.relay.move(lambda event: Routing(subject(event), ()), now, later, 500):
        pass
    told = [subject(event) for event in served.stream("event", Query())]
    rates = {f"appliedCustomerBillingRate/{id_}" for id_ in ("open1", "open2")}
    assert rates <= {*told}
    assert len(told) > there


def test_the_upgrade_registers_each_number_that_there_is(old: Store) -> None:
    upgrade.migrate_all(old)
    bills = {bill["billNo"]: bill["id"] for bill in all_of(old, "customerBill")
             if bill["billNo"].startswith("2026-") and bill["id"] != "brought-in"}  # fmt: skip
    assert len(bills) == 5
    found = rows(old)
    assert {n: bill for n, (state, bill) in found.items() if state == "used"} == bills
    void = {n: why for n, (state, why) in found.items() if state == "void"}
    assert void == {"2026-00000005": "no bill had the number when numbers began to be registered"}
    assert [n.position for n in Sequences(old).left_over(timedelta(0))] == [6, 7]
    assert "free" not in (old.collection("sequence")[0].find_one() or {})


@pytest.mark.parametrize("proof", ["a request", "rates"])
def test_a_bill_that_a_client_brought_takes_no_number_of_one_made_here(
    old: Store, proof: str
) -> None:
    """It has an older id of the server's, and says that it was made here."""
    request = old.get("customerBillOnDemand", "asked")
    made = old.get("customerBill", request["customerBill"]["id"])
    rates, _ = old.collection("appliedCustomerBillingRate")
    if proof == "a request":
        assert rates.delete_many({"bill.id": made["id"]}).deleted_count
    else:
        old.collection("customerBillOnDemand")[0].delete_one({"_id": "asked"})
    brought = {"id": "0" * 26, "billNo": made["billNo"], "runType": "offCycle"}
    old.insert("customerBill", brought)
    upgrade.migrate_all(old)
    assert rows(old)[made["billNo"]] == ("used", made["id"])


@pytest.mark.parametrize("number", ["9" * 5_000, "2026-" + "9" * 400, "9" * 100_000])
def test_no_number_that_a_client_gave_a_bill_stops_the_upgrade(old: Store, number: str) -> None:
    bills, _ = old.collection("customerBill")
    bills.insert_one(
        {"_id": "0" * 26, "id": "0" * 26, "_rev": 1, "billNo": number, "runType": "onCycle"}
    )
    upgrade.migrate_all(old)
    assert upgrade.check(old) == upgrade.CURRENT
    assert number not in rows(old)


def shown(store: Store, resource: str) -> dict[str, tuple[Any, bool]]:
    """What a client sees of each document, and whether its JSON is stored."""
    links, query = Links("http://here", resource), Query(window=Window(limit=1000), ready=True)
    return {
        each["id"]: (links.plain(each), isinstance(each, Rendered))
        for each in store.find(resource, query)
    }


def test_the_json_of_the_last_release_is_ignored_and_made_again(recent: Store) -> None:
    assert upgrade.check(recent) == 5
    seen = {resource: shown(recent, resource) for resource in COUNTS}
    assert not any(stored for documents in seen.values() for _, stored in documents.values())
    for resource, documents in seen.items():
        links = Links("http://here", resource)
        read = {each["id"]: links.plain(each) for each in all_of(recent, resource)}
        assert {id_: document for id_, (document, _) in documents.items()} == read
    upgrade.migrate_all(recent)
    assert upgrade.check(recent) == upgrade.CURRENT
    without = {"large", "relayed"}
    for resource, documents in seen.items():
        expected = {id_: (each, id_ not in without) for id_, (each, _) in documents.items()}
        assert shown(recent, resource) == expected
    assert recent.collection(RATE)[0].count_documents({"_json2": {"$exists": True}}) == 0


@pytest.mark.parametrize("upgraded", [False, True])
def test_documents_of_the_last_release_are_billed_patched_and_published(
    recent: Store, upgraded: bool
) -> None:
    """Their JSON is made by the first write or its event, and says what the write says."""
    if upgraded:
        upgrade.migrate_all(recent)
    rates, _ = recent.collection(RATE)
    open_ids = [each["id"] for each in all_of(recent, RATE) if not each["isBilled"]]
    assert {"large", "relayed", "waits"} <= {*open_ids}
    bill = {"id": "B", "@referredType": "CustomerBill"}
    update = {"$set": {"isBilled": True, "bill": bill}, "$inc": {"_rev": 1}}
    rates.update_many({"isBilled": False}, update)
    links = Links("http://here", RATE)
    door = composition.build(Services(recent, API)).collections[RATE]
    for id_ in open_ids:
        assert links.plain(recent.show(RATE, id_))["bill"] == bill | {
            "href": "http://here/customerBill/B"
        }
        door.patch(id_, patch(RATE, name="changed"))
        read = links.plain(recent.get(RATE, id_))
        assert (read["name"], read["isBilled"], read["bill"]["id"]) == ("changed", True, "B")
        assert links.plain(recent.show(RATE, id_)) == read
    now = datetime.now(UTC)
    later = now + timedelta(days=1)
    while recent.relay.move(lambda event: Routing(subject(event), ()), now, later, 500):
        pass
    found = shown(recent, RATE)
    assert {id_ for id_ in open_ids if not found[id_][1]} == {"large"}
    assert all(found[id_][0]["bill"]["id"] == "B" for id_ in open_ids)


def test_subscriptions_of_one_query_differ_by_version_after_the_upgrade(recent: Store) -> None:
    subscriptions, _ = recent.collection("hub")
    former = subscriptions.create_index([("callback", 1), ("query", 1)], unique=True)
    recent.ensure_indexes()
    there = all_of(recent, "hub")[0]
    other = {**there, "id": "other", "apiVersion": "v5"}
    with pytest.raises(Conflict):
        recent.insert("hub", other)
    *_, (number, _, left) = upgrade.missing(recent)
    assert (number, left) == (7, 1)
    upgrade.migrate_all(recent)
    recent.insert("hub", other)
    for again in (there, other):
        with pytest.raises(Conflict):
            recent.insert("hub", {**again, "id": "again"})
    assert former not in subscriptions.index_information()
    assert list(upgrade.missing(recent)) == []


def test_an_upgrade_that_was_cut_short_goes_on(old: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("impl.store.register_upgrade.BATCH", 2)
    number, step, left = next(upgrade.missing(old))
    assert left == 7
    next(iter(upgrade.migrate(old, number, step)))
    assert upgrade.check(old) == 1
    first = rows(old)
    assert len(first) == 1
    for _ in range(2):
        upgrade.migrate_all(old)
    assert len(rows(old)) == 6
    assert first.items() <= rows(old).items()
    assert upgrade.check(old) == upgrade.CURRENT


def test_a_new_database_has_the_form_of_this_release(store: Store) -> None:
    assert upgrade.schema_version(store) is None
    assert upgrade.check(store) == upgrade.CURRENT
    assert store.names.has("customerBill", ("nosuch",)) is False
    store.insert("customerBill", {"id": "1"})
    assert upgrade.check(store) == upgrade.CURRENT
    assert list(upgrade.missing(store)) == []


def command(store: Store, mongod: Mongod, *named: str) -> Ran:
    database = store.collection("form")[0].database.name
    return run(mongod, database, *named, measured=False, PORT=free_port())


def test_the_command_shows_what_it_would_do_and_does_it(old: Store, mongod: Mongod) -> None:
    shown = command(old, mongod, "upgrade", "--dry-run")
    assert shown.status == 0
    assert "the database has form 1 of 7\n" in shown.out
    assert "form 2: register the existing bill numbers, about 7 numbers" in shown.out
    assert rows(old) == {}
    assert upgrade.check(old) == 1
    done = command(old, mongod, "upgrade")
    assert f"the database has form {upgrade.CURRENT}" in done.out
    assert len(rows(old)) == 6
    again = command(old, mongod, "upgrade", "--dry-run")
    assert again.out == "the database has form 7 of 7\n"


def test_the_demo_data_of_a_new_database_have_their_names_on_record(store: Store) -> None:
    upgrade.migrate_all(store)
    demo.load(store)
    assert upgrade.schema_version(store) == upgrade.CURRENT
    for resource in COUNTS:
        if resource not in ("billCycleAccount", "hub"):
            assert store.names.has(resource, ("nosuch",)) is False


def test_a_dry_run_writes_nothing_to_a_new_database(store: Store, mongod: Mongod) -> None:
    shown = command(store, mongod, "upgrade", "--dry-run")
    assert (shown.status, shown.out) == (0, "the database has no form yet\n")
    database = store.collection("form")[0].database
    assert {"form", "attribute"}.isdisjoint(database.list_collection_names())


def test_a_server_whose_database_came_later_begins_the_record_of_names_or_refuses(
    store: Store,
) -> None:
    """Its gate is what every request goes through before a handler."""
    passed = open_store.requirement(store)
    passed()
    store.insert("customerBill", {"id": "1"})
    assert store.names.has("customerBill", ("nosuch",)) is False
    assert upgrade.schema_version(store) == upgrade.CURRENT
    later = {"$set": {"version": upgrade.CURRENT + 1}}
    store.collection("form")[0].update_one({}, later)
    with pytest.raises(upgrade.TooNew):
        open_store.requirement(store)()
    database = store.collection("form")[0].database
    database["billNumber"].drop()
    store.keep_indexed(open_store.requirement(store))
    assert "billNumber" not in database.list_collection_names()


@pytest.mark.parametrize(
    "named",
    [("worker",), ("serve",), ("upgrade",), ("export", "customerBill"), ("set-aside",)],
)
def test_a_database_of_a_later_release_is_refused(
    store: Store, mongod: Mongod, named: tuple[str, ...]
) -> None:
    store.collection("form")[0].insert_one({"_id": "database", "version": upgrade.CURRENT + 1})
    refused = command(store, mongod, *named)
    assert refused.status == 2
    assert f"has form {upgrade.CURRENT + 1}, made by a later release" in refused.error
    assert os.linesep not in refused.error.strip()


@pytest.mark.parametrize("made_with", [1, 3])
def test_the_partitions_of_a_database_are_fixed(
    mongod: Mongod, empty_database: str, made_with: int
) -> None:
    """Those of a database that says nothing are one, also if an earlier release made it."""
    stores = {n: Store(mongod.uri, empty_database, partitions=n) for n in (1, 2, 3)}
    upgrade.check(stores[made_with])
    (form,) = stores[1].collection("form")[0].find()
    expected = {"_id": "database", "version": upgrade.CURRENT}
    assert form == expected | ({"partitions": 3} if made_with == 3 else {})
    for n, store in stores.items():
        if n == made_with:
            assert open_store.check(store)
            continue
        with pytest.raises(upgrade.OtherPartitions, match=f"is {n}, .* made with {made_with}"):
            open_store.check(store)
        with pytest.raises(upgrade.OtherPartitions):
            open_store.requirement(store)()
    for store in stores.values():
        store.close()
