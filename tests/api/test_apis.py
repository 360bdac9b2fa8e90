"""Several APIs in one process: the same contract twice, and one of another domain."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest
from starlette.types import ASGIApp

from impl import app, settings
from impl.api import Api, Handlers
from impl.handlers import composition
from impl.links import links
from impl.query.attributes import Attribute
from impl.query.language import Document, Page, Query
from impl.store.mongo import Store
from impl.tmf678 import API
from tests.openapi.contracts import generated, project

LATER = replace(API, base_path="/tmf-api/customerBillManagement/v5")
PETS = """
openapi: 3.0.3
info: {title: Pets, version: "1.0"}
servers: [{url: /pets/v1}]
paths:
  /pet:
    get:
      operationId: listPet
      responses: {"200": {description: Pets., content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}}}}
    post:
      operationId: createPet
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses: {"201": {description: The pet., content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}
  /pet/{id}/feed:
    post:
      operationId: feedPet
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: It is full., content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}}
components:
  schemas:
    Pet: {type: object, required: [legs], properties: {id: {type: string}, legs: {type: integer}}}
"""  # noqa: E501 - flow style keeps it on one screen


class Pet:
    """Serves /pet without a store."""

    def list_pet(self, query: Query = Query()) -> Page:
        return Page((Document({"id": "1", "legs": 4}),), 1)

    def create_pet(self, body: dict[str, Any]) -> Document:
        return Document({"id": "2", **body}, 1)


class Pets(NamedTuple):
    """The handlers of the pets."""

    pet: Pet = Pet()


@pytest.fixture
def pets(tmp_path: Path) -> Api:
    code = generated(project(tmp_path, PETS))
    return Api(
        base_path=code.operations.BASE_PATH,
        folder=tmp_path / "generated",
        operations=code.operations.OPERATIONS,
        schemas=code.schemas.SCHEMAS,
        handlers=code.api.HANDLERS,
        event=Attribute("any"),
        published=(),
        links=links,
    )


def served(store: Store, apis: app.Apis) -> ASGIApp:
    chosen = settings.read({"VALIDATE_RESPONSES": "1"})
    return app.create(chosen, store, apis)


def asked(application: ASGIApp, *requests: tuple[Any, ...]) -> list[httpx.Response]:
    """The answers to requests, each a method, a path, a JSON body, and headers if it has any."""

    async def ask() -> list[httpx.Response]:
        transport = httpx.ASGITransport(application)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return [
                await client.request(method, path, json=body, headers=dict(*headers))
                for method, path, body, *headers in requests
            ]

    return asyncio.run(ask())


def test_each_api_answers_below_its_base_path(store: Store, pets: Api) -> None:
    apis: app.Apis = {
        API: composition.build,
        LATER: composition.build,
        pets: lambda _: Handlers(Pets(), {}),
    }
    bill = f"/customerBill/{uuid4().hex}"
    created, early, late, listed, made, refused, missing = asked(
        served(store, apis),
        ("POST", f"{LATER.base_path}/customerBill", {"id": bill.rpartition("/")[2]}),
        ("GET", API.base_path + bill, None),
        ("GET", LATER.base_path + bill, None),
        ("GET", "/pets/v1/pet", None),
        ("POST", "/pets/v1/pet", {"legs": 3}),
        ("POST", "/pets/v1/pet", {"legs": "none"}),
        ("GET", f"{LATER.base_path}/pet", None),
    )
    assert created.status_code == 201
    assert created.headers["location"] == f"http://here{LATER.base_path}{bill}"
    assert early.json()["href"] == f"http://here{API.base_path}{bill}"
    assert late.text == early.text.replace(API.base_path, LATER.base_path)
    assert [each["legs"] for each in listed.json()] == [4]
    assert made.json() == {"id": "2", "href": "http://here/pets/v1/pet/2", "legs": 3}
    assert (refused.status_code, missing.status_code) == (400, 404)
    assert "legs" in refused.json()["message"]


def test_an_operation_that_nothing_serves_answers_501(store: Store, pets: Api) -> None:
    apis: app.Apis = {pets: lambda _: Handlers(Pets(), {})}
    (refused,) = asked(served(store, apis), ("POST", "/pets/v1/pet/1/feed", None))
    assert refused.status_code == 501
    assert "feedPet" in refused.json()["message"]


def test_the_documentation_is_that_of_the_first_api(store: Store, pets: Api) -> None:
    builds: app.Apis = {pets: lambda _: Handlers(Pets(), {}), API: composition.build}
    (document,) = asked(served(store, builds), ("GET", "/openapi.json", None))
    assert document.json()["info"]["title"] == "Pets"


def test_the_contract_of_this_server_names_the_base_path_of_its_code() -> None:
    (server,) = API.contract.document["servers"]
    assert server["url"].rstrip("/") == API.base_path
