"""Contracts for the generator's tests: a small one of a pet shop, and how to make code of any."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import NamedTuple
from uuid import uuid4

from openapi import generate

ROOT = Path(__file__).parents[2]
NO_OVERLAY = "actions: []\n"

PETS = r'''
openapi: 3.0.3
info: {title: 'A "pet" shop \ Zoo', version: "1.0"}
paths:
  /pets:
    get:
      operationId: listPets
      summary: |
        Pets, """all""" of
        them, with a "tag"
      parameters:
        - {name: tag, in: query, required: true, schema: {type: array, items: {type: string}}}
        - {name: X-Trace, in: header, required: true, schema: {type: integer}}
      responses:
        default: {description: Trouble., content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
        "200":
          description: Pets.
          content:
            text/plain: {schema: {type: string}}
            application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}
    post:
      operationId: buy-pet
      parameters: [{name: class, in: query, schema: {type: boolean}}]
      requestBody: {$ref: "#/components/requestBodies/Pet"}
      responses: {"202": {description: It will come.}}
  /pets/{petId}:
    parameters:
      - {name: petId, in: path, required: true, schema: {type: string}}
    get:
      operationId: retrievePet
      parameters:
        - {name: petId, in: path, required: true, schema: {type: integer}}
      responses:
        "4XX": {description: No.}
        "404": {description: No such pet., content: {application/json: {schema: {$ref: "#/components/schemas/Error"}}}}
        2XX: {description: The pet., content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
    patch:
      operationId: patchPet
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Pet"}}}}
      responses: {"200": {description: Words., content: {application/json: {schema: {type: array, items: {type: string}}}}}}
  /{anything}:
    delete:
      operationId: deleteAnything
      parameters: [{name: anything, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: Gone.}}
components:
  requestBodies:
    Pet:
      content:
        application/xml: {schema: {$ref: "#/components/schemas/Animal"}}
        application/json; charset=utf-8: {schema: {$ref: "#/components/schemas/Animal"}}
        application/json: {schema: {$ref: "#/components/schemas/Pet"}}
        application/x-many: {schema: {type: array, items: {$ref: "#/components/schemas/Pet"}}}
  schemas:
    Animal:
      type: object
      description: Whatever \ has a """name""".
      required: [name]
      properties:
        name: {type: string}
        born: {type: string, format: date-time, nullable: true}
        size: {$ref: "#/components/schemas/size"}
    Pet:
      allOf:
        - $ref: "#/components/schemas/Animal"
        - required: [legs]
        - properties:
            "@type": {type: string}
            legs: {type: integer}
            tame: {type: boolean}
            weight: {type: number, nullable: true}
            tags: {type: array, items: {type: string, nullable: true}}
            seen: {type: array, items: {type: string, format: date-time}}
            friends: {type: array, items: {$ref: "#/components/schemas/Pet"}}
            owner: {nullable: true, allOf: [{$ref: "#/components/schemas/Owner"}]}
            stay:
              type: object
              required: [since]
              properties: {since: {type: string, format: date-time}, at: {$ref: "#/components/schemas/Owner"}}
            marks: {type: object, additionalProperties: {type: string}}
            grade: {enum: [1, a, null]}
            ratio: {type: number, enum: [0.5, 1]}
            anything: {}
            items: {type: string}
            keeper: {$ref: "#/components/schemas/Keeper"}
            place: {$ref: "#/components/schemas/Place/properties/inner"}
            tree: {$ref: "#/components/schemas/Tree"}
    size: {type: string, enum: [small, large]}
    Size: {allOf: [{$ref: "#/components/schemas/size"}], nullable: true}
    Owner: {type: object, nullable: true, properties: {name: {type: string}}}
    Keeper:
      oneOf: [{$ref: "#/components/schemas/Person"}, {$ref: "#/components/schemas/Zoo"}]
      discriminator: {propertyName: kind}
    Person:
      type: object
      required: [kind, name]
      properties: {kind: {type: string}, name: {type: string, description: Theirs.}, since: {type: string, format: date-time}, code: {type: string}}
    Zoo:
      type: object
      required: [kind]
      properties: {kind: {type: string}, name: {type: string, description: Its.}, code: {type: integer}}
    Place: {type: object, properties: {inner: {type: object, properties: {at: {type: string, format: date-time}, within: {$ref: "#/components/schemas/Place/properties/inner"}}}, trees: {type: array, items: {$ref: "#/components/schemas/Place/properties/trees"}}}}
    Loop: {oneOf: [{$ref: "#/components/schemas/Loop"}, {type: string}]}
    Tree: {type: array, items: {$ref: "#/components/schemas/Tree"}}
    Text: {oneOf: [{type: string}, {type: object, properties: {text: {type: string}}}]}
    Empty: {type: object}
    Alias: {$ref: "#/components/schemas/Pet"}
    Number: {type: object, properties: {number: {type: number}}}
    Resource: {type: object, properties: {id: {type: string}}}
    3d-Model: {type: object, properties: {id: {type: string}}}
    Error: {type: object, required: [code], properties: {code: {type: string}, message: {$ref: "#/components/schemas/Text"}}}
'''  # noqa: E501 - flow style keeps it on one screen


class Generated(NamedTuple):
    """The modules that were generated from a contract."""

    api: ModuleType
    operations: ModuleType
    schemas: ModuleType
    types: ModuleType


def project(folder: Path, standard: str = PETS, overlay: str = NO_OVERLAY) -> Path:
    """A project of a contract and nothing else."""
    (folder / "openapi").mkdir()
    (folder / "tmf678.yaml").write_text(standard)
    (folder / "openapi" / "overlay.yaml").write_text(overlay)
    return folder


def generated(root: Path) -> Generated:
    """Generate, and import what came of it under a name of its own."""
    assert generate.main(["--root", str(root)]) == 0
    package = f"generated_{uuid4().hex}"
    (root / package).symlink_to(root / "generated")
    sys.path.insert(0, str(root))
    try:
        names = [importlib.import_module(f"{package}.{name}") for name in Generated._fields]
    finally:
        sys.path.remove(str(root))
    return Generated(*names)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
