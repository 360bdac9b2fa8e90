"""Version 5 beside version 4: the same documents, each in its own shape."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from impl import app, demo, settings
from impl.store.embedded import Mongod
from impl.store.mongo import Store
from impl.tmf678 import API as V4
from impl.tmf678_v5 import API as V5
from tests.api.application import Application, application_over
from tests.api.test_apis import asked
from tests.databases import Databases
from tests.unit.v5 import contracts

OLD, NEW = V4.base_path, V5.base_path
PARTY: dict[str, Any] = {
    "@type": "RelatedPartyRefOrPartyRoleRef",
    "role": "payer",
    "partyOrPartyRole": {"@type": "PartyRef", "id": "party-1", "@referredType": "Individual"},
}
BILL = {
    "@type": "CustomerBill",
    "id": "one",
    "state": "new",
    "relatedParty": [PARTY],
    "billingAccount": {"@type": "BillingAccountRef", "id": "account-1"},
}
RATE = {
    "@type": "AppliedCustomerBillingRate",
    "id": "one",
    "appliedBillingRateType": "usage",
    "billingAccount": {"@type": "BillingAccountRef", "id": "account-1"},
    "characteristic": [{"@type": "IntegerCharacteristic", "name": "calls", "value": 5}],
}


@pytest.fixture(scope="module")
def application(mongod: Mongod, databases: Databases) -> Iterator[Application]:
    with application_over(mongod, databases) as shared:
        yield shared


@pytest.fixture
def store(application: Application, databases: Databases) -> Store:
    return application.empty(databases)


@pytest.fixture
def both(application: Application, store: Store) -> ASGIApp:
    return application.asgi


def test_a_bill_has_the_shape_of_each_version(both: ASGIApp) -> None:
    made, old, new = asked(
        both,
        ("POST", f"{NEW}/customerBill", BILL),
        ("GET", f"{OLD}/customerBill/one", None),
        ("GET", f"{NEW}/customerBill/one", None),
    )
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"http://here{NEW}/customerBill/one"
    assert made.json() == new.json()
    assert old.json()["relatedParty"] == [
        {"id": "party-1", "role": "payer", "@referredType": "Individual"}
    ]
    assert new.json()["relatedParty"] == [PARTY]
    assert new.json()["href"] == f"http://here{NEW}/customerBill/one"
    assert (old.headers["etag"], new.headers["etag"]) == ('"1"', '"1-v5"')


def test_queries_use_the_names_of_version_5(both: ASGIApp) -> None:
    _, by_type, by_old_name, chosen, by_path, sorted_ = asked(
        both,
        ("POST", f"{NEW}/appliedCustomerBillingRate", RATE),
        ("GET", f"{NEW}/appliedCustomerBillingRate?appliedBillingRateType=usage", None),
        ("GET", f"{NEW}/appliedCustomerBillingRate?type=usage", None),
        ("GET", f"{NEW}/appliedCustomerBillingRate?fields=appliedBillingRateType", None),
        (
            "GET",
            f"{NEW}/appliedCustomerBillingRate?filter=$[?(@.appliedBillingRateType=='usage')]",
            None,
        ),
        ("GET", f"{NEW}/appliedCustomerBillingRate?sort=-appliedBillingRateType", None),
    )
    assert [each["id"] for each in by_type.json()] == ["one"], by_type.text
    assert by_old_name.status_code == 400
    assert chosen.json() == [
        {
            "id": "one",
            "href": f"http://here{NEW}/appliedCustomerBillingRate/one",
            "@type": "AppliedCustomerBillingRate",
            "appliedBillingRateType": "usage",
        }
    ]
    assert by_path.json() == by_type.json() == sorted_.json()


PATCHES: dict[str, Any] = {
    "application/json": {"relatedParty": [{**PARTY, "role": "receiver"}]},
    "application/merge-patch+json": {"relatedParty": [{**PARTY, "role": "receiver"}]},
    "application/json-patch+json": [
        {"op": "replace", "path": "/relatedParty/0/role", "value": "receiver"}
    ],
    "application/json-patch-query+json": [
        {
            "op": "replace",
            "path": "/relatedParty/role?relatedParty.partyOrPartyRole.id=party-1",
            "value": "receiver",
        }
    ],
}


@pytest.mark.parametrize("media", PATCHES)
def test_each_patch_format_changes_version_5s_shape(both: ASGIApp, media: str) -> None:
    _, patched, old = asked(
        both,
        ("POST", f"{NEW}/customerBill", BILL),
        ("PATCH", f"{NEW}/customerBill/one", PATCHES[media], {"content-type": media}),
        ("GET", f"{OLD}/customerBill/one", None),
    )
    assert patched.status_code == 200, patched.text
    assert patched.json()["relatedParty"] == [{**PARTY, "role": "receiver"}]
    assert old.json()["relatedParty"][0]["role"] == "receiver"


def test_an_etag_is_that_of_its_version(both: ASGIApp) -> None:
    answers = asked(
        both,
        ("POST", f"{NEW}/customerBill", BILL),
        ("PATCH", f"{NEW}/customerBill/one", {"state": "sent"}, {"if-match": '"1"'}),
        ("PATCH", f"{OLD}/customerBill/one", {"state": "sent"}, {"if-match": '"1-v5"'}),
        ("PATCH", f"{NEW}/customerBill/one", {"state": "sent"}, {"if-match": '"1-v5"'}),
        ("GET", f"{NEW}/customerBill/one", None, {"if-none-match": '"2-v5"'}),
        ("GET", f"{NEW}/customerBill/one", None, {"if-none-match": '"2"'}),
    )
    assert [each.status_code for each in answers] == [201, 412, 412, 200, 304, 200]


def test_a_subscription_belongs_to_the_version_that_makes_it(both: ASGIApp) -> None:
    query = "event.appliedCustomerBillingRate.appliedBillingRateType=usage"
    hub = {"callback": "https://8.8.8.8/", "query": query}
    refused, made, old, gone = asked(
        both,
        ("POST", f"{OLD}/hub", hub),
        ("POST", f"{NEW}/hub", {**hub, "id": "one"}),
        ("GET", f"{OLD}/hub/one", None),
        ("DELETE", f"{NEW}/hub/one", None),
    )
    assert refused.status_code == 400
    assert (made.status_code, made.json()["@type"], made.json()["apiVersion"]) == (201, "Hub", "v5")
    assert "secret" in made.json()
    assert old.json()["query"] == query
    assert gone.status_code == 204


def test_a_callback_has_a_query_once_in_each_version(both: ASGIApp) -> None:
    hub = {"callback": "https://8.8.8.8/", "query": "eventType=CustomerBillCreateEvent"}
    answers = asked(
        both,
        ("POST", f"{OLD}/hub", {**hub, "id": "old"}),
        ("POST", f"{NEW}/hub", {**hub, "id": "new"}),
        ("POST", f"{OLD}/hub", {**hub, "apiVersion": "v4"}),
        ("POST", f"{OLD}/hub", {**hub, "apiVersion": "v5"}),
        ("POST", f"{NEW}/hub", hub),
        ("POST", f"{NEW}/hub", {**hub, "apiVersion": "v4"}),
    )
    assert [each.status_code for each in answers] == [201, 201, 409, 409, 409, 409]
    named = [each.json()["message"].split("'")[1] for each in answers[2:]]
    assert named == ["old", "new", "new", "old"]


def test_a_cursor_belongs_to_its_version(both: ASGIApp) -> None:
    asked(
        both,
        ("POST", f"{NEW}/customerBill", BILL),
        ("POST", f"{NEW}/customerBill", {**BILL, "id": "two"}),
    )
    new, old = asked(
        both,
        ("GET", f"{NEW}/customerBill?limit=1", None),
        ("GET", f"{OLD}/customerBill?limit=1", None),
    )
    next_url = new.links["next"]["url"].removeprefix("http://here")
    again, other = asked(both, ("GET", next_url, None), ("GET", next_url.replace("v5", "v4"), None))
    assert again.status_code == 206
    assert old.links["next"]["url"] != new.links["next"]["url"].replace("/v5/", "/v4/")
    assert (other.status_code, other.json()["attribute"]) == (400, "cursor")


def test_an_error_names_the_attribute_as_version_5_does(both: ASGIApp) -> None:
    body = {**RATE, "isBilled": True}
    body.pop("billingAccount")
    (refused,) = asked(both, ("POST", f"{NEW}/appliedCustomerBillingRate", {**RATE, "id": 5}))
    assert (refused.status_code, refused.json()["attribute"]) == (400, "id")
    _, patched = asked(
        both,
        (
            "POST",
            f"{NEW}/appliedCustomerBillingRate",
            {**body, "bill": {"@type": "CustomerBillRef", "id": "1"}},
        ),
        ("PATCH", f"{NEW}/appliedCustomerBillingRate/one", {"appliedBillingRateType": "other"}),
    )
    assert (patched.status_code, patched.json()["attribute"]) == (409, "appliedBillingRateType")


@pytest.mark.parametrize("fields", ["relatedParty.role", "relatedParty.partyOrPartyRole.name"])
def test_chosen_fields_come_with_what_the_contract_requires(both: ASGIApp, fields: str) -> None:
    _, one, listed = asked(
        both,
        ("POST", f"{NEW}/customerBill", BILL),
        ("GET", f"{NEW}/customerBill/one?fields={fields}", None),
        ("GET", f"{NEW}/customerBill?fields={fields}", None),
    )
    for bill in (one.json(), *listed.json()):
        (party,) = bill["relatedParty"]
        assert party["@type"] == PARTY["@type"]
        assert (party["partyOrPartyRole"]["id"], party["partyOrPartyRole"]["@type"]) == (
            "party-1",
            "PartyRef",
        )


def test_an_error_about_what_a_client_wrote_names_it_as_written(both: ASGIApp) -> None:
    beside = {**PARTY, "partyOrPartyRole": {**PARTY["partyOrPartyRole"], "role": "inner"}}
    hub = {"callback": "https://8.8.8.8/", "query": "event.customerBill.relatedParty.id=1"}
    party, type_, query = asked(
        both,
        ("POST", f"{NEW}/customerBill", {**BILL, "relatedParty": [beside]}),
        ("POST", f"{NEW}/appliedCustomerBillingRate", {"@type": RATE["@type"], "type": "credit"}),
        ("POST", f"{NEW}/hub", hub),
    )
    assert (party.status_code, party.json()["attribute"]) == (
        400,
        "relatedParty[0].partyOrPartyRole.role",
    )
    assert (type_.status_code, type_.json()["message"]) == (
        400,
        "type: is appliedBillingRateType in v5",
    )
    assert query.status_code == 400
    assert "relatedPartyRefOrPartyRoleRef" not in query.json()["message"]


def test_each_version_has_its_contract_below_its_base(both: ASGIApp) -> None:
    root, old, new, index = asked(
        both,
        ("GET", "/openapi.json", None),
        ("GET", f"{OLD}/openapi.json", None),
        ("GET", f"{NEW}/openapi.json", None),
        ("GET", "/", None),
    )
    assert root.json() == old.json()
    assert new.json()["info"]["version"] == "5.0.0"
    assert OLD in index.text
    assert f'href="{NEW}/openapi.json"' in index.text


def test_a_patch_that_breaks_the_schema_of_version_5_is_a_conflict(both: ASGIApp) -> None:
    media = {"content-type": "application/json-patch+json"}
    gone = [{"op": "remove", "path": "/relatedParty/0/partyOrPartyRole/id"}]
    _, refused = asked(
        both,
        ("POST", f"{NEW}/customerBill", BILL),
        ("PATCH", f"{NEW}/customerBill/one", gone, media),
    )
    assert refused.status_code == 409
    assert refused.json()["attribute"] == "relatedParty[0].partyOrPartyRole.id"


@pytest.mark.parametrize(("names", "found"), [("v5", (404, 200)), (" v4 ", (200, 404))])
def test_the_server_serves_the_versions_of_its_settings(
    store: Store, names: str, found: tuple[int, int]
) -> None:
    chosen = settings.read({"APIS": names})
    server = app.create(chosen, store, app.chosen(chosen))
    answers = asked(server, *(("GET", f"{base}/customerBill", None) for base in (OLD, NEW)))
    assert tuple(each.status_code for each in answers) == found


@pytest.mark.parametrize("names", [",", "v6", "v4,v6", "v4 v5", "tmf632"])
def test_other_versions_are_refused_at_the_start(names: str) -> None:
    with pytest.raises(settings.SettingsError, match="APIS"):
        settings.read({"APIS": names})


def _demo(store: Store) -> None:
    for resource, document in demo.documents(datetime(2026, 11, 28, tzinfo=UTC)):
        store.insert(resource, document)


def test_the_demo_data_is_valid_in_version_5(both: ASGIApp, store: Store) -> None:
    """The server checks its answers against the contract of the version."""
    _demo(store)
    paths = [f"{NEW}/{each}?limit=200" for each in ("customerBill", "customerBillOnDemand",
             "appliedCustomerBillingRate", "billCycle", "billCycleSpecification",
             "billCycleAccount", "billNumber", "events", "hub")]  # fmt: skip
    for answer in asked(both, *(("GET", path, None) for path in paths)):
        assert answer.status_code in (200, 206), answer.text
        for each in answer.json():
            assert each["@type"]
            assert "/v4/" not in str(each)


STANDARD = {
    "customerBill": "CustomerBill",
    "customerBillOnDemand": "CustomerBillOnDemand",
    "appliedCustomerBillingRate": "AppliedCustomerBillingRate",
}
FIRST = {OLD: {}, NEW: {"@type": "BillingAccountRef"}}
"""What each version wants of a reference."""


def _valid(both: ASGIApp, base: str, file: Path, schemas: dict[str, str]) -> None:
    """Assert that each kind of answer about these resources is valid by the file of a standard."""
    lists = asked(both, *(("GET", f"{base}/{each}?limit=200", None) for each in schemas))
    for schema, answer in zip(schemas.values(), lists, strict=True):
        assert answer.json(), schema
        faults = [contracts.fault(schema, each, file) for each in answer.json()]
        assert [each for each in faults if each] == []
    bill, account = lists[0].json()[0]["id"], {"id": "account-1001", **FIRST[base]}
    request = {"billingAccount": account}
    answers = asked(
        both,
        ("GET", f"{base}/customerBill/{bill}", None),
        ("PATCH", f"{base}/customerBill/{bill}", {"state": "onHold"}),
        ("POST", f"{base}/customerBillOnDemand", {"@type": "CustomerBillOnDemand"} | request),
        ("GET", f"{base}/customerBill/{bill}?fields=relatedParty,billDocument", None),
        ("GET", f"{base}/customerBill/none", None),
        ("POST", f"{base}/customerBillOnDemand", {"state": 1}),
        ("GET", f"{base}/customerBill?limit=many", None),
    )
    assert [each.status_code for each in answers] == [200, 200, 201, 200, 404, 400, 400]
    kinds = ["CustomerBill"] * 2 + ["CustomerBillOnDemand", "CustomerBill"] + ["Error"] * 3
    for schema, answer in zip(kinds, answers, strict=True):
        assert contracts.fault(schema, answer.json(), file) == "", answer.text


@contracts.by_files("file", contracts.V4_FILES)
def test_each_answer_of_version_4_is_valid_by_its_standard(
    both: ASGIApp, store: Store, file: Path
) -> None:
    _demo(store)
    _valid(both, OLD, file, STANDARD)
    (hub,) = asked(both, ("POST", f"{OLD}/hub", {"callback": "https://8.8.8.8/"}))
    assert contracts.fault("EventSubscription", hub.json(), file) == ""


@contracts.by_files("file", contracts.V5_FILES)
def test_each_answer_of_version_5_is_valid_by_its_standard(
    both: ASGIApp, store: Store, file: Path
) -> None:
    _demo(store)
    _valid(both, NEW, file, {**STANDARD, "billCycle": "BillCycle"})
    (hub,) = asked(both, ("POST", f"{NEW}/hub", {"callback": "https://8.8.8.8/", "@type": "Hub"}))
    assert contracts.fault("Hub", hub.json(), file) == ""
