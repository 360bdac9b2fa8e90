"""TMF666 beside TMF678: accounts and what belongs to them, in the same store."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from json import loads
from typing import Any

import pytest
from starlette.types import ASGIApp

from impl import app, settings
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.store.routing import Routing
from impl.tmf666 import API as TMF666
from impl.tmf678 import API as TMF678
from tests.api.application import Application, application_over
from tests.api.test_apis import asked
from tests.databases import Databases

HERE, BILLING = TMF666.base_path, TMF678.base_path
PARTY = {"id": "party-1", "name": "Ada Lovelace", "@referredType": "Individual"}
ACCOUNT = {"id": "account-1", "name": "Ada's account", "relatedParty": [PARTY]}
TYPE = "BillingCycleSpecification"
WEEKLY = {"id": "weekly", "name": "Weekly", "frequency": "weekly"}
JSON_PATCH = {"content-type": "application/json-patch+json"}
MERGE_PATCH = {"content-type": "application/merge-patch+json"}


def bill(id_: str, left: float | None, unit: str = "EUR", **more: Any) -> dict[str, Any]:
    amount = {} if left is None else {"remainingAmount": {"unit": unit, "value": left}}
    return {"id": id_, "billingAccount": {"id": "account-1"}, "state": "sent", **amount, **more}


def publish(store: Store) -> None:
    at = datetime.now(UTC)
    while store.relay.move(lambda event: Routing("any", ()), at, at + timedelta(days=1), 100):
        pass


@pytest.fixture(scope="module")
def application(mongod: Mongod, databases: Databases) -> Iterator[Application]:
    with application_over(mongod, databases, events=True, CALLBACK_ALLOW="127.0.0.0/8") as shared:
        yield shared


@pytest.fixture
def store(application: Application, databases: Databases) -> Store:
    return application.empty(databases)


@pytest.fixture
def both(application: Application, store: Store) -> ASGIApp:
    return application.asgi


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("billingAccount", ACCOUNT),
        ("billFormat", {"id": "detailed", "name": "Detailed"}),
        ("billPresentationMedia", {"id": "paper", "name": "Paper"}),
        ("billingCycleSpecification", WEEKLY),
    ],
)
def test_each_resource_is_created_read_changed_found_and_deleted(
    both: ASGIApp, path: str, body: dict[str, Any]
) -> None:
    url = f"{HERE}/{path}"
    one = f"{url}/{body['id']}"
    made, read, listed, merged, patched, gone, missing = asked(
        both,
        ("POST", url, body),
        ("GET", one, None),
        ("GET", f"{url}?name={body['name']}", None),
        ("PATCH", one, {"description": "first"}, MERGE_PATCH),
        ("PATCH", one, [{"op": "replace", "path": "/description", "value": "next"}], JSON_PATCH),
        ("DELETE", one, None),
        ("GET", one, None),
    )
    assert (made.status_code, read.status_code) == (201, 200)
    assert made.json() == read.json() == {**body, **read.json()}
    assert read.json()["href"] == f"http://here{one}"
    assert read.json()["@type"] == path[:1].upper() + path[1:]
    assert [each["id"] for each in listed.json()] == [body["id"]]
    assert (merged.json()["description"], patched.json()["description"]) == ("first", "next")
    assert (gone.status_code, missing.status_code) == (204, 404)


def test_a_specification_is_the_same_document_in_both_apis(both: ASGIApp, store: Store) -> None:
    made, there, changed, here, found, wrong = asked(
        both,
        (
            "POST",
            f"{HERE}/billingCycleSpecification",
            {**WEEKLY, "@type": "BillingCycleSpecification"},
        ),
        ("GET", f"{BILLING}/billCycleSpecification/weekly", None),
        ("PATCH", f"{BILLING}/billCycleSpecification/weekly", {"description": "d"}, MERGE_PATCH),
        ("GET", f"{HERE}/billingCycleSpecification/weekly", None),
        ("GET", f"{HERE}/billingCycleSpecification?@type=BillingCycleSpecification", None),
        ("POST", f"{HERE}/billingCycleSpecification", {"name": "x", "frequency": "at times"}),
    )
    assert made.json()["@type"] == "BillingCycleSpecification"
    assert there.json() == {
        **made.json(),
        "@type": "BillCycleSpecification",
        "href": f"http://here{BILLING}/billCycleSpecification/weekly",
    }
    assert changed.status_code == 200
    assert here.json() == {**made.json(), "description": "d"}
    assert [each["id"] for each in found.json()] == ["weekly"]
    assert (wrong.status_code, wrong.json()["attribute"]) == (400, "frequency")


def test_a_specification_without_a_name_shows_its_id_there(both: ASGIApp, store: Store) -> None:
    store.insert("billCycleSpecification", {"id": "old", "@type": "BillCycleSpecification"})
    one, listed, there = asked(
        both,
        ("GET", f"{HERE}/billingCycleSpecification/old", None),
        ("GET", f"{HERE}/billingCycleSpecification", None),
        ("GET", f"{BILLING}/billCycleSpecification/old", None),
    )
    assert one.json()["name"] == listed.json()[0]["name"] == "old"
    assert "name" not in there.json()


def test_a_specification_that_an_account_is_billed_by_stays(both: ASGIApp) -> None:
    structure = {"cycleSpecification": {"id": "weekly", "isRef": True, "name": "Weekly"}}
    url = f"{HERE}/billingAccount"
    _, _, refused, changed, gone = asked(
        both,
        ("POST", f"{HERE}/billingCycleSpecification", WEEKLY),
        ("POST", url, {**ACCOUNT, "billStructure": structure}),
        ("DELETE", f"{BILLING}/billCycleSpecification/weekly", None),
        ("PATCH", f"{url}/account-1", {"billStructure": None}, MERGE_PATCH),
        ("DELETE", f"{HERE}/billingCycleSpecification/weekly", None),
    )
    assert (refused.status_code, changed.status_code, gone.status_code) == (409, 200, 204)
    assert "'account-1'" in refused.json()["message"]


def test_an_account_names_a_specification_that_is_there(both: ASGIApp) -> None:
    url = f"{HERE}/billingAccount"
    structure = {"cycleSpecification": {"id": "typo", "isRef": True, "name": "Weekly"}}
    refused, made, changed = asked(
        both,
        ("POST", url, {**ACCOUNT, "billStructure": structure}),
        ("POST", url, ACCOUNT),
        ("PATCH", f"{url}/account-1", {"billStructure": structure}, MERGE_PATCH),
    )
    assert (refused.status_code, made.status_code, changed.status_code) == (409, 201, 409)
    assert changed.json()["attribute"] == "billStructure.cycleSpecification.id"


def test_each_api_shows_the_events_of_its_own_resources(both: ASGIApp, store: Store) -> None:
    asked(
        both,
        ("POST", f"{HERE}/billingAccount", ACCOUNT),
        ("POST", f"{HERE}/billingCycleSpecification", WEEKLY),
        ("POST", f"{BILLING}/customerBill", {"id": "one"}),
    )
    publish(store)
    here, there, one, chosen, *foreign = asked(
        both,
        ("GET", f"{HERE}/events", None),
        ("GET", f"{BILLING}/events", None),
        ("GET", f"{HERE}/events?billingCycleSpecification.name=Weekly&fields=eventType", None),
        ("GET", f"{HERE}/events?fields=billingCycleSpecification.id", None),
        ("GET", f"{HERE}/events?eventType=CustomerBillCreateEvent", None),
        ("GET", f"{HERE}/events?customerBill.state=new", None),
        ("GET", f"{BILLING}/events?event.billingAccount.name=x", None),
    )
    types = [each["eventType"] for each in here.json()]
    assert types == ["BillingAccountCreateEvent", "BillingCycleSpecificationCreateEvent"]
    specification = here.json()[1]
    assert specification["title"] == "BillingCycleSpecification created"
    assert specification["description"] == "BillingCycleSpecification weekly is created."
    inner = specification["event"]["billingCycleSpecification"]
    assert inner["href"] == f"http://here{HERE}/billingCycleSpecification/weekly"
    assert inner["@type"] == "BillingCycleSpecification"
    types = [each["eventType"] for each in there.json()]
    assert types == ["BillCycleSpecificationCreateEvent", "CustomerBillCreateEvent"]
    assert there.json()[0]["eventId"] == specification["eventId"], "one write, one event"
    assert here.headers["x-total-count"] == there.headers["x-total-count"] == "2"
    assert [each["eventId"] for each in one.json()] == [specification["eventId"]]
    assert chosen.json()[1]["event"]["billingCycleSpecification"]["id"] == "weekly"
    assert [each.status_code for each in foreign] == [400, 400, 400]


def test_a_subscription_belongs_to_the_api_that_made_it(both: ASGIApp) -> None:
    callback = {"callback": "http://127.0.0.1:8000/events"}
    mine, other, path, here, there, one, gone, left = asked(
        both,
        ("POST", f"{HERE}/hub", {"id": "mine", **callback}),
        ("POST", f"{BILLING}/hub", {**callback, "query": "billingAccount.state=Closed"}),
        ("POST", f"{HERE}/hub", {**callback, "query": "eventType=CustomerBillCreateEvent"}),
        ("GET", f"{HERE}/hub", None),
        ("GET", f"{BILLING}/hub", None),
        ("GET", f"{BILLING}/hub/mine", None),
        ("DELETE", f"{BILLING}/hub/mine", None),
        ("GET", f"{HERE}/hub/mine", None),
    )
    assert (mine.status_code, mine.json()["apiVersion"]) == (201, "tmf666")
    for refused in (other, path):
        assert (refused.status_code, refused.json()["attribute"]) == (400, "query")
    assert ([each["id"] for each in here.json()], there.json()) == (["mine"], [])
    assert (one.status_code, gone.status_code, left.status_code) == (404, 404, 200)


def test_an_account_shows_what_its_bills_leave_unpaid(both: ASGIApp) -> None:
    own = {
        "balanceType": "deposit",
        "amount": {"unit": "EUR", "value": 50},
        "validFor": {"startDateTime": "2026-01-01T00:00:00Z"},
    }
    computed = {**own, "balanceType": "receivableBalance"}  # as a client may have read it
    bills = [
        bill("a", 10.1),
        bill("b", 0.2),
        bill("c", 700, "JPY"),
        bill("d", None, amountDue={"unit": "EUR", "value": 5}),
        bill("e", None, amountDue={"unit": "EUR", "value": 99}, state="settled"),
        bill("f", 3, billingAccount={"id": "account-2"}),
        bill("g", 77, state="settled"),
    ]
    posted = asked(both, *(("POST", f"{BILLING}/customerBill", each) for each in bills))
    made_bills = [each.json() for each in posted]
    url = f"{HERE}/billingAccount"
    made, read, plain, listed, chosen, lines = asked(
        both,
        ("POST", url, {**ACCOUNT, "accountBalance": [own, computed]}),
        ("GET", f"{url}/account-1", None),
        ("GET", f"{url}/account-1?fields=name", None),
        ("GET", url, None),
        ("GET", f"{url}?fields=accountBalance", None),
        ("GET", f"{url}?fields=accountBalance", None, {"accept": "application/x-ndjson"}),
    )
    balances = read.json()["accountBalance"]
    assert balances[0] == own
    assert [each["amount"] for each in balances[1:]] == [
        {"unit": "EUR", "value": 15.3},
        {"unit": "JPY", "value": 700},
    ]
    assert {each["balanceType"] for each in balances[1:]} == {"receivableBalance"}
    assert all(each["validFor"]["startDateTime"] for each in balances)
    assert balances[1]["validFor"]["startDateTime"] == made_bills[3]["lastUpdate"]
    assert [each["accountBalance"] for each in map(loads, lines.text.splitlines())] == [balances]
    assert made.json()["accountBalance"] == [own], "a write answers what it has stored"
    assert chosen.json()[0]["accountBalance"] == balances
    assert "accountBalance" not in plain.json()
    assert listed.json()[0]["accountBalance"] == [own], "a list computes none, if not asked"


def test_a_balance_changes_the_etag_but_not_the_version_of_a_change(both: ASGIApp) -> None:
    url = f"{HERE}/billingAccount/account-1"
    asked(
        both,
        ("POST", f"{HERE}/billingAccount", ACCOUNT),
        ("POST", f"{BILLING}/customerBill", bill("a", 10)),
    )
    (before,) = asked(both, ("GET", url, None))
    asked(both, ("POST", f"{BILLING}/customerBill", bill("b", 5)))
    stale, echoed, changed, refused = asked(
        both,
        ("GET", url, None, {"if-none-match": before.headers["etag"]}),
        ("PATCH", url, before.json(), MERGE_PATCH),
        ("PATCH", url, {"state": "Active"}, {**MERGE_PATCH, "if-match": before.headers["etag"]}),
        ("PATCH", url, {"state": "Closed"}, {**MERGE_PATCH, "if-match": before.headers["etag"]}),
    )
    assert stale.status_code == 200
    assert stale.headers["etag"] != before.headers["etag"]
    assert echoed.status_code == 200, "an account may be sent back as it was read"
    assert (changed.status_code, refused.status_code) == (200, 412)
    assert "accountBalance" not in changed.json()
    assert stale.json()["accountBalance"][0]["amount"]["value"] == 15


@pytest.mark.parametrize(
    "query",
    [
        "accountBalance.amount.value.gt=5",
        "sort=accountBalance.amount.value",
        "sort=-accountBalance.balanceType",
    ],
)
def test_a_computed_balance_is_no_way_to_find_or_sort_accounts(both: ASGIApp, query: str) -> None:
    (refused,) = asked(both, ("GET", f"{HERE}/billingAccount?{query}", None))
    assert refused.status_code == 501, refused.text
    assert refused.json()["attribute"].startswith("accountBalance")


def test_only_the_apis_of_the_settings_are_served(store: Store) -> None:
    chosen = settings.read({"APIS": "tmf666"})
    server = app.create(chosen, store, app.chosen(chosen))
    here, there, index = asked(
        server,
        ("GET", f"{HERE}/billFormat", None),
        ("GET", f"{BILLING}/customerBill", None),
        ("GET", f"{HERE}/openapi.json", None),
    )
    assert (here.status_code, there.status_code) == (200, 404)
    assert index.json()["info"]["title"] == "Account Management"


@pytest.mark.parametrize(
    "question",
    [
        "billingCycleSpecification?@type.regex=^BillingCycle",
        "billingCycleSpecification?sort=@type",
        "events?eventType.regex=^BillingCycle",
        "events?title.regex=^BillingCycle",
        "events?sort=eventType",
    ],
)
def test_a_question_that_the_store_would_answer_by_its_own_names_is_501(
    both: ASGIApp, question: str
) -> None:
    (refused,) = asked(both, ("GET", f"{HERE}/{question}", None))
    assert refused.status_code == 501


def test_events_are_found_by_the_texts_that_are_shown(both: ASGIApp, store: Store) -> None:
    asked(both, ("POST", f"{HERE}/billingCycleSpecification", WEEKLY))
    publish(store)
    found = asked(
        both,
        ("GET", f"{HERE}/events?title=BillingCycleSpecification created", None),
        ("GET", f"{HERE}/events?description=BillingCycleSpecification weekly is created.", None),
        (
            "GET",
            f"{HERE}/events?event.billingCycleSpecification.@type=BillingCycleSpecification",
            None,
        ),
    )
    assert [len(each.json()) for each in found] == [1, 1, 1]


def test_a_patch_that_repeats_a_specification_changes_nothing(both: ASGIApp) -> None:
    url = f"{HERE}/billingCycleSpecification"
    made, repeated = asked(
        both,
        ("POST", url, WEEKLY),
        ("PATCH", f"{url}/weekly", {**WEEKLY, "@type": TYPE}, MERGE_PATCH),
    )
    assert repeated.status_code == 200
    assert repeated.headers["etag"] == made.headers["etag"]


def test_a_cursor_belongs_to_its_api(both: ASGIApp, store: Store) -> None:
    asked(both, *(("POST", f"{BILLING}/customerBill", bill(id_, 1)) for id_ in "ab"))
    publish(store)
    (first,) = asked(both, ("GET", f"{BILLING}/events?limit=1", None))
    query = first.links["next"]["url"].partition("?")[2]
    (refused,) = asked(both, ("GET", f"{HERE}/events?{query}", None))
    assert (refused.status_code, refused.json()["attribute"]) == (400, "cursor")


def test_a_change_of_state_is_an_event_of_its_own(both: ASGIApp, store: Store) -> None:
    url = f"{HERE}/billingAccount"
    asked(
        both,
        ("POST", url, ACCOUNT),
        ("PATCH", f"{url}/account-1", {"state": "Closed"}, MERGE_PATCH),
    )
    publish(store)
    (listed,) = asked(
        both, ("GET", f"{HERE}/events?eventType=BillingAccountStateChangeEvent", None)
    )
    assert [each["event"]["billingAccount"]["state"] for each in listed.json()] == ["Closed"]


def test_a_write_answers_with_the_fields_that_are_chosen(both: ASGIApp) -> None:
    url = f"{HERE}/billingCycleSpecification"
    made, changed = asked(
        both,
        ("POST", f"{url}?fields=name", WEEKLY),
        ("PATCH", f"{url}/weekly?fields=frequency", {"description": "d"}, MERGE_PATCH),
    )
    assert made.json().keys() == {"id", "href", "name"}
    assert changed.json().keys() == {"id", "href", "name", "frequency"}
