"""The two contracts say what the standard says: no fact fewer, none changed, none of ours.

`standard_facts.txt` was made from TM Forum's own file, not from tmf678.yaml, by
`python -m tests.openapi.facts TMF678-CustomerBill-v4.0.0.swagger.json`; `standard_facts_v5.txt` was
made from TMF678-CustomerBill-v5.0.0.oas.yaml.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from tests.openapi.facts import Node, facts, load

HERE = Path(__file__).parent
CONTRACTS = {"tmf678.yaml": "standard_facts.txt", "tmf678-v5.yaml": "standard_facts_v5.txt"}
GONE = object()
SCHEMAS = ("components", "schemas")
PATCH_BILL = ("paths", "/customerBill/{id}", "patch")
PATCH_FACT = "PATCH /customerBill/{id} body"

# name: (place in the document, what to put there, what the comparison must say)
EDITS: dict[str, tuple[tuple[str | int, ...], Any, list[str]]] = {
    "changed enum": (
        (*SCHEMAS, "stateValue", "enum", 0),
        "fresh",
        ['missing: schema stateValue enum "new"', 'extra: schema stateValue enum "fresh"'],
    ),
    "dropped required": (
        (*SCHEMAS, "Error", "required", 1),
        GONE,
        ['missing: schema Error required "reason"'],
    ),
    "changed type": (
        (*SCHEMAS, "Error", "properties", "code", "type"),
        "integer",
        ['missing: schema Error.code type "string"', 'extra: schema Error.code type "integer"'],
    ),
    "missing property called description": (
        (*SCHEMAS, "Attachment", "properties", "description"),
        GONE,
        ['missing: schema Attachment.description type "string"'],
    ),
    "missing response": (
        ("paths", "/customerBill", "get", "responses", "409"),
        GONE,
        [
            "missing: GET /customerBill 409 answered",
            "missing: GET /customerBill 409 application/json ref Error",
        ],
    ),
    "missing header": (
        ("paths", "/customerBill", "get", "responses", "200", "headers", "X-Total-Count"),
        GONE,
        ['missing: GET /customerBill 200 header X-Total-Count type "integer"'],
    ),
    "optional body": (
        (*PATCH_BILL, "requestBody", "required"),
        False,
        [f"missing: {PATCH_FACT} required", f"extra: {PATCH_FACT} optional"],
    ),
    "media type of ours": (
        (*PATCH_BILL, "requestBody", "content", "application/merge-patch+json"),
        {"schema": {"$ref": "#/components/schemas/CustomerBill_Update"}},
        [f"extra: {PATCH_FACT} application/merge-patch+json ref CustomerBill_Update"],
    ),
    "limit of ours": (
        (*SCHEMAS, "Error", "properties", "code", "maxLength"),
        64,
        ["extra: schema Error.code maxLength 64"],
    ),
    "other prose": ((*SCHEMAS, "Money", "description"), "Cash.", []),
}

SWAGGER = """
swagger: "2.0"
basePath: /a/b/
consumes: [application/json;charset=utf-8]
paths:
  /x/{id}:
    put:
      operationId: putX
      parameters:
        - {name: id, in: path, required: true, type: string}
        - {name: body, in: body, required: true, schema: {$ref: "#/definitions/X"}}
      responses: {204: {description: Done., headers: {N: {type: integer, description: N.}}}}
definitions: {X: {type: object, discriminator: kind, properties: {kind: {type: string}}}}
"""
OPENAPI = """
openapi: 3.0.3
servers: [{url: "https://host/a/b"}]
paths:
  /x/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    put:
      operationId: putX
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/X"}}}
      responses: {"204": {description: OK, headers: {N: {schema: {type: integer}}}}}
components:
  schemas:
    X: {type: object, discriminator: {propertyName: kind}, properties: {kind: {type: string}}}
"""


@pytest.fixture
def document() -> Node:
    """Load tmf678.yaml anew, for a test to edit."""
    return load(HERE.parents[1] / "tmf678.yaml")


def differences(document: Node, name: str = "standard_facts.txt") -> list[str]:
    """Say, a line each, which of the standard's facts a document lacks and which it adds."""
    standard = set((HERE / name).read_text(encoding="utf-8").splitlines())
    ours = set(facts(document))
    missing = [f"missing: {line}" for line in sorted(standard - ours)]
    return missing + [f"extra: {line}" for line in sorted(ours - standard)]


def edit(document: Node, place: tuple[str | int, ...], value: Any) -> None:
    """Put a value at a place in a document, or take out what is there."""
    node: Any = document
    for step in place[:-1]:
        node = node[step]
    if value is GONE:
        del node[place[-1]]
    else:
        node[place[-1]] = value


@pytest.mark.parametrize("name", CONTRACTS)
def test_contract_says_what_the_standard_says(name: str) -> None:
    found = differences(load(HERE.parents[1] / name), CONTRACTS[name])
    assert not found, f"{name} against the standard:\n" + "\n".join(found)


@pytest.mark.parametrize("name", CONTRACTS)
def test_contract_is_valid_openapi(name: str) -> None:
    validate(load(HERE.parents[1] / name))


@pytest.mark.parametrize("name", EDITS)
def test_comparison_notices(document: Node, name: str) -> None:
    place, value, expected = EDITS[name]
    edit(document, place, value)
    assert differences(document) == expected


def test_facts_same_in_both_formats() -> None:
    assert facts(yaml.safe_load(SWAGGER)) == facts(yaml.safe_load(OPENAPI))
