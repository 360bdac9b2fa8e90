"""A resource is added to a copy of the project, by a row and by its contract, and served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pymongo
import pytest

from impl.store.embedded import Mongod
from tests.auth.issuer import AUDIENCE, ISSUER, Issuer
from tests.auth.tokens import bearer, unlimited
from tests.openapi.contracts import contents
from tests.openapi.scratch import OVERLAY, ROWS, ScratchServer, add_row, copy_project, run
from tests.waiting import until

pytestmark = pytest.mark.long

ROW = """Resource(
        "dispute",
        "Dispute",
        owners={ACCOUNT: OF_ACCOUNT},
        indexes=("billingAccount.id",),
        references={"bill": BILLS},
        events=True,
        state="state",
        with_state=frozenset({"lastUpdate"}),
    )"""
CONTRACT = """
  - target: $.components.schemas
    description: What a customer has against a bill.
    update:
      Dispute: &dispute
        type: object
        required: [id]
        properties:
          id: {type: string}
          href: {type: string}
          "@type": {type: string}
          lastUpdate: {type: string, format: date-time}
          state: {type: string, enum: [open, closed]}
          reason: {type: string}
          bill: {$ref: '#/components/schemas/BillRef'}
          billingAccount: {$ref: '#/components/schemas/BillingAccountRef'}
        additionalProperties: true
      Dispute_Create:
        <<: *dispute
        required: [reason]
      Dispute_Update:
        x-merge-patch: {of: Dispute}
  - target: $.components.schemas.EventPayload.properties
    description: Writes of disputes are published.
    update:
      dispute: {$ref: '#/components/schemas/Dispute'}
  - target: $.paths
    description: Customers dispute bills.
    update:
      /dispute:
        get:
          operationId: listDispute
          security: [{issuer: ['dispute:read'], token: []}]
          parameters: [{$ref: '#/components/parameters/Offset'}, {$ref: '#/components/parameters/Filters'}]
          responses: {"200": {description: All., content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Dispute'}}}}}}
        post:
          operationId: createDispute
          security: [{issuer: ['dispute:write'], token: []}]
          requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Dispute_Create'}}}}
          responses: {"201": &one {description: It., content: {application/json: {schema: {$ref: '#/components/schemas/Dispute'}}}}}
      /dispute/{id}:
        get:
          operationId: retrieveDispute
          security: [{issuer: ['dispute:read'], token: []}]
          parameters: [{$ref: '#/components/parameters/BillCycleId'}, {$ref: '#/components/parameters/Fields'}]
          responses: {"200": *one, "304": {description: The same.}}
        patch:
          operationId: patchDispute
          security: [{issuer: ['dispute:write'], token: []}]
          parameters: [{$ref: '#/components/parameters/BillCycleId'}, {$ref: '#/components/parameters/IfMatch'}]
          requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Dispute_Update'}}}}
          responses: {"200": *one}
        delete:
          operationId: deleteDispute
          security: [{issuer: ['dispute:write'], token: []}]
          parameters: [{$ref: '#/components/parameters/BillCycleId'}, {$ref: '#/components/parameters/IfMatch'}]
          responses: {"204": {description: Gone.}}
"""  # noqa: E501 - flow style keeps it on one screen
SCOPES = ("dispute:read", "dispute:write", "events:read")
MINE = {"billingAccount": {"id": "mine"}}


@pytest.fixture(scope="module")
def touched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, set[str]]:
    """A copy with a resource more, and the files that this took, but for generated ones."""
    root = copy_project(tmp_path_factory.mktemp("scratch"))
    before = contents(root)
    add_row(root, ROW)
    with (root / OVERLAY).open("a") as overlay:
        overlay.write(CONTRACT)
    done = run(root, "openapi.generate")
    assert (done.returncode, done.stderr) == (0, "")
    changed = {name for name, text in contents(root).items() if before.get(name) != text}
    return root, {name for name in changed if not name.startswith("generated")}


@pytest.fixture(scope="module")
def database() -> str:
    return f"dispute-{uuid4().hex}"


@pytest.fixture(scope="module")
def api(touched: tuple[Path, set[str]], mongod: Mongod, database: str) -> Iterator[httpx.Client]:
    """A client of the copy, restricted to the account `mine`."""
    settings: dict[str, Any] = {"MONGODB_URI": mongod.uri, "MONGODB_DB": database}
    settings |= {"AUTH": "jwt", "AUTH_ISSUER": ISSUER, "AUTH_AUDIENCE": AUDIENCE}
    settings |= {"AUTH_ACCOUNTS_CLAIM": "accounts", "VALIDATE_RESPONSES": 1}
    with (
        Issuer("rsa") as issuer,
        ScratchServer(touched[0], "--worker", AUTH_JWKS=issuer.url, **settings) as server,
        httpx.Client(base_url=server.api, timeout=30) as client,
    ):
        client.headers.update(bearer(*SCOPES, accounts=["mine"]))
        yield client


def test_it_takes_a_row_and_its_part_of_the_contract(touched: tuple[Path, set[str]]) -> None:
    assert touched[1] == {str(OVERLAY), str(ROWS)}


def test_it_is_created_read_changed_and_deleted(api: httpx.Client) -> None:
    body = {"id": "1", "reason": "too much", "state": "open", "bill": {"id": "b"}, **MINE}
    made = api.post("/dispute", json=body)
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    assert made.json()["href"].endswith("/dispute/1")
    assert made.json()["bill"]["href"].endswith("/customerBill/b")
    assert made.json()["@type"] == "Dispute"
    assert api.get("/dispute/1", headers={"If-None-Match": '"1"'}).status_code == 304
    changed = api.patch("/dispute/1", json={"state": "closed"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    stale = api.patch("/dispute/1", json={"state": "open"}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert api.get("/dispute/1", params={"fields": "state"}).json()["state"] == "closed"
    assert api.delete("/dispute/1").status_code == 204
    assert api.get("/dispute/1").status_code == 404


def test_it_is_validated(api: httpx.Client) -> None:
    answer = api.post("/dispute", json=MINE | {"reason": 1})
    assert (answer.status_code, answer.json()["attribute"]) == (400, "reason")


def test_it_is_listed_by_filters_that_an_index_serves(
    api: httpx.Client, mongod: Mongod, database: str
) -> None:
    for number in range(3):
        api.post("/dispute", json=MINE | {"id": f"f{number}", "reason": f"{number}"})
    found = api.get("/dispute", params={"reason": "1", "billingAccount.id": "mine"})
    assert [each["id"] for each in found.json()] == ["f1"]
    assert api.get("/dispute", params={"reson": "1"}).status_code == 400
    with pymongo.MongoClient[dict[str, Any]](mongod.uri) as client:
        indexes = client[database]["dispute"].index_information()
    assert "billingAccount.id_1__id_1" in indexes


def test_its_writes_are_published(api: httpx.Client) -> None:
    api.post("/dispute", json=MINE | {"id": "e", "reason": "x", "state": "open"})
    api.patch("/dispute/e", json={"state": "closed"})
    query = {"event.dispute.id": "e"}
    until(lambda: len(api.get("/events", params=query).json()) >= 2)
    events = api.get("/events", params=query).json()
    assert [each["eventType"] for each in events] == [
        "DisputeCreateEvent",
        "DisputeStateChangeEvent",
    ]


def test_restricted_callers_see_and_write_their_own(api: httpx.Client) -> None:
    theirs = {"id": "t", "reason": "x", "billingAccount": {"id": "theirs"}}
    assert api.post("/dispute", json=theirs).status_code == 403
    assert api.post("/dispute", json=theirs, headers=unlimited(*SCOPES)).status_code == 201
    assert api.get("/dispute/t").status_code == 404
    assert "t" not in {each["id"] for each in api.get("/dispute").json()}
    assert api.get("/dispute/t", headers=unlimited(*SCOPES)).status_code == 200
    assert api.get("/dispute", headers=bearer("events:read")).status_code == 403
