"""The folder of another TM Forum document: its contract, its overlay, its rows and its code."""

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from impl.resources import EVENTS, FEED
from impl.store import collection_names
from openapi import new_api
from openapi.conversion import converted
from openapi.members import Json
from openapi.model import base_path
from openapi.new_api_resources import RESERVED

SWAGGER = """
swagger: "2.0"
info: {title: API Fleet Management, version: 4.1.0}
host: serverRoot
basePath: /tmf-api/fleet/v4/
consumes: ["application/json;charset=utf-8"]
produces: ["application/json;charset=utf-8"]
paths:
  /vehicle/:
    get:
      operationId: listVehicle
      parameters:
        - {name: fields, in: query, type: string, required: false}
        - {name: X-Tenant, in: header, type: string}
        - {name: plate, in: query, type: string}
      responses: {"200": {description: All., schema: {type: array, items: {$ref: "#/definitions/Vehicle"}}}}
    post:
      operationId: createVehicle
      parameters: [{name: vehicle, in: body, required: true, schema: {$ref: "#/definitions/Vehicle"}}]
      responses:
        "201": {description: It., schema: {$ref: "#/definitions/Vehicle"}}
        "409": {description: No., schema: {$ref: "#/definitions/Error"}}
  /vehicle/{vehicleId}:
    parameters: [{name: vehicleId, in: path, type: string, required: true}]
    patch:
      operationId: patchVehicle
      parameters: [{name: vehicle, in: body, required: true, schema: {$ref: "#/definitions/Vehicle_Update"}}]
      responses: {"200": {description: It., schema: {$ref: "#/definitions/Vehicle"}}}
    put:
      operationId: patchVehicle
      responses: {"200": {description: It.}}
    delete:
      responses: {"202": {description: Soon.}, "204": {description: Gone.}}
  /listener/vehicleCreateEvent:
    post: {operationId: listen, responses: {"204": {description: Heard.}}}
definitions:
  Vehicle:
    type: object
    required: [id, plate, lastUpdate]
    properties:
      id: {type: string}
      plate: {type: string, required: true}
      state: {type: string}
      lastUpdate: {type: string}
      fuel: {description: What it takes., allOf: [{$ref: "#/definitions/Fuel"}]}
  Vehicle_Update: {type: object, required: [plate], properties: {plate: {type: string}, state: {type: string}}}
  VehicleCreateEvent: {type: object, properties: {event: {type: object}}}
  Fuel: {type: string, enum: [diesel, none]}
  Error: {type: object, required: [code, reason], properties: {code: {type: string}, reason: {type: string}}}
"""  # noqa: E501 - flow style keeps it on one screen
CHOICE = """
openapi: 3.0.1
info: {title: Parking, version: 5.0.0}
servers: [{url: "https://serverRoot"}]
paths:
  /place/{id}:
    get:
      operationId: retrievePlace
      responses: {"200": {$ref: "#/components/responses/Place"}}
components:
  responses:
    Place: {description: It., content: {application/json: {schema: {$ref: "#/components/schemas/Place"}}}}
  schemas:
    Base: {type: object, required: ["@type"], properties: {"@type": {type: string}}}
    Place:
      allOf:
        - {$ref: "#/components/schemas/Base"}
        - {type: object, description: A place., properties: {owner: {$ref: "#/components/schemas/Owner"}}}
    Owner:
      oneOf: [{$ref: "#/components/schemas/Person"}, {$ref: "#/components/schemas/Firm"}]
      discriminator:
        propertyName: "@type"
        mapping: {Person: "#/components/schemas/Person", Firm: "#/components/schemas/Firm"}
    Person: {allOf: [{$ref: "#/components/schemas/Base"}]}
    Firm: {allOf: [{$ref: "#/components/schemas/Base"}]}
"""  # noqa: E501 - as above


def contract(folder: Path, text: str) -> Json:
    """The converted contract of a document."""
    path = folder / "document.yaml"
    path.write_text(text)
    return converted(path)[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a document of Swagger 2.0."""
    root = tmp_path_factory.mktemp("new")
    (root / "document.yaml").write_text(SWAGGER)
    assert new_api.main([str(root / "document.yaml"), str(root / "fleet")]) == 0
    return root / "fleet"


def test_swagger_becomes_openapi_without_parameters_of_media_types(tmp_path: Path) -> None:
    made = contract(tmp_path, SWAGGER)
    create = made["paths"]["/vehicle"]["post"]
    assert made["servers"] == [{"url": "/tmf-api/fleet/v4"}]
    assert list(create["requestBody"]["content"]) == ["application/json"]
    assert create["responses"]["409"] == {"$ref": "#/components/responses/Conflict"}
    assert made["components"]["schemas"]["Vehicle"]["required"] == ["id", "plate", "lastUpdate"]


def test_only_variable_of_a_path_is_the_id_and_operations_have_ids(tmp_path: Path) -> None:
    single = contract(tmp_path, SWAGGER)["paths"]["/vehicle/{id}"]
    assert single["patch"]["parameters"][0]["name"] == "id"
    assert single["delete"]["operationId"] == "deleteVehicleVehicleId"
    assert {single[each]["operationId"] for each in ("put", "patch")} == {
        "patchVehicle",
        "patchVehicle_",
    }


def test_operations_of_subscribers_and_their_schemas_are_left_out(tmp_path: Path) -> None:
    made = contract(tmp_path, SWAGGER)
    assert list(made["paths"]) == ["/vehicle", "/vehicle/{id}"]
    assert "VehicleCreateEvent" not in made["components"]["schemas"]


def test_no_parameter_keeps_an_operation_from_its_collection(tmp_path: Path) -> None:
    paging, header = contract(tmp_path, SWAGGER)["paths"]["/vehicle"]["get"]["parameters"]
    assert paging == {"$ref": "#/components/parameters/Fields"}
    assert (header["name"], header["x-edge"]) == ("X-Tenant", True)


def test_body_with_the_schema_of_its_answer_gets_a_copy(tmp_path: Path) -> None:
    made = contract(tmp_path, SWAGGER)
    body = made["paths"]["/vehicle"]["post"]["requestBody"]["content"]["application/json"]
    assert body["schema"] == {"$ref": "#/components/schemas/Vehicle_Create"}


def test_choice_by_type_names_its_types(tmp_path: Path) -> None:
    schemas = contract(tmp_path, CHOICE)["components"]["schemas"]
    assert schemas["Place"]["required"] == ["@type"]
    assert schemas["Place"]["description"] == "A place."
    types = [each["properties"]["@type"]["enum"] for each in schemas["Owner"]["oneOf"]]
    assert types == [["Person"], ["Firm"]]


@pytest.mark.parametrize(
    ("url", "title", "version", "path"),
    [
        ("https://serverRoot", "Account Management", "5.0.0", "/tmf-api/accountManagement/v5"),
        ("https://serverRoot/", "API Party", "v4.0.0", "/tmf-api/party/v4"),
        ("https://serverRoot/catalog/v5/", "Any", "5.0", "/catalog/v5"),
        ("/pets/v1", "Pets", "1.0", "/pets/v1"),
        ("", "Pets", "1.0", ""),
    ],
)
def test_base_path_is_that_of_the_server_or_of_the_title(
    url: str, title: str, version: str, path: str
) -> None:
    document = {"servers": [{"url": url}], "info": {"title": title, "version": version}}
    assert base_path(document) == path


def test_package_has_a_name_of_its_own(folder: Path) -> None:
    code = {path.name for path in (folder / "fleet_management").iterdir()}
    assert {"api.py", "operations.py", "schemas.py", "types.py", "strict.yaml"} <= code
    assert not (folder / "generated").exists()


def test_folder_has_nothing_of_tmf678(folder: Path) -> None:
    words = ("customerBill", "CustomerBill", "TMF678", "generated.")
    texts = {p: p.read_text() for p in folder.rglob("*") if p.suffix in (".py", ".yaml", ".md")}
    assert len(texts) > 10
    assert {p.name for p, text in texts.items() if any(word in text for word in words)} == set()


def test_rows_are_what_the_document_declares(folder: Path) -> None:
    sys.path.insert(0, str(folder))
    try:
        plugin = importlib.import_module("fleet_management_plugin").PLUGIN
    finally:
        sys.path.remove(str(folder))
    vehicle, feed = plugin.resources
    assert (vehicle.name, vehicle.schema, vehicle.state) == ("vehicle", "Vehicle", "state")
    assert vehicle.events
    assert vehicle.importable
    assert feed.name == "events"


def served(folder: Path) -> Any:
    return yaml.safe_load((folder / "fleet_management" / "openapi.yaml").read_text())


def test_no_client_has_to_send_what_the_server_sets(folder: Path) -> None:
    schemas = served(folder)["components"]["schemas"]
    assert schemas["Vehicle_Create"]["required"] == ["plate"]
    assert schemas["Vehicle"]["properties"]["lastUpdate"]["format"] == "date-time"


def test_patch_is_partial_and_changes_what_the_document_says(folder: Path) -> None:
    update = served(folder)["components"]["schemas"]["Vehicle_Update"]
    assert update["properties"].keys() == {"plate", "state"}
    assert "required" not in update
    assert update["additionalProperties"] is False


def test_document_without_a_hub_gets_none(folder: Path) -> None:
    assert {*served(folder)["paths"]} == {"/vehicle", "/vehicle/{id}", "/events"}


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("swagger: '1.2'", [], "is neither Swagger 2.0 nor OpenAPI 3.0"),
        (SWAGGER, ["--package", "impl"], "impl: can't be the name of a package"),
        (
            SWAGGER.replace("/vehicle", "/task"),
            [],
            "/task: the server has a collection of this name",
        ),
        (SWAGGER, ["--package", "a-b"], "a-b: can't be the name of a package"),
    ],
)
def test_document_or_name_that_cannot_be_used_writes_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    options: list[str],
    said: str,
) -> None:
    (tmp_path / "document.yaml").write_text(text)
    command = [str(tmp_path / "document.yaml"), str(tmp_path / "new"), *options]
    assert new_api.main(command) == 1
    assert said in capsys.readouterr().err
    assert not (tmp_path / "new").exists()


def test_names_of_the_servers_own_collections_are_reserved() -> None:
    own = {each for name, each in vars(collection_names).items() if name.isupper()}
    assert own | {FEED, EVENTS} == RESERVED


def test_folder_with_files_is_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert new_api.main([str(folder.parent / "document.yaml"), str(folder)]) == 1
    assert "has files already" in capsys.readouterr().err
