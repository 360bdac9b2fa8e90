"""The facts of an API contract, Swagger 2.0 or OpenAPI 3.0: one sorted line a fact, no prose.

    python -m tests.openapi.facts FILE

Two contracts that bind client and server to the same things have the same facts, whichever
format they are written in and whatever their descriptions say.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import yaml

Node = dict[str, Any]

METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
PROSE = {"title", "description", "example", "examples", "externalDocs"}
# What a Swagger 2.0 parameter says beside its schema, which it holds inline.
OUTSIDE_SCHEMA = PROSE | {"name", "in", "required", "schema"}
BRANCHES = {"allOf", "oneOf", "anyOf"}


def load(path: Path) -> Node:
    """Read a contract; JSON is read as the YAML that it is."""
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


def facts(document: Node) -> list[str]:
    """List what a contract says, sorted, prose left out."""
    schemas = document.get("definitions") or document.get("components", {}).get("schemas", {})
    lines = {*_base_paths(document), *_operations(document)}
    for name, schema in schemas.items():
        lines.update(_schema(f"schema {name}", schema))
    return sorted(lines)


def _base_paths(document: Node) -> Iterator[str]:
    urls = [server["url"] for server in document.get("servers", [])]
    for url in urls or [document.get("basePath", "")]:
        yield f"base path /{urlparse(url).path.strip('/')}"


def _operations(document: Node) -> Iterator[str]:
    for path, item in document["paths"].items():
        for method in METHODS & item.keys():
            where, operation = f"{method.upper()} {path}", item[method]
            yield f"{where} operationId {operation.get('operationId')}"
            yield from _parameters(document, where, item, operation)
            if "requestBody" in operation:
                yield from _body(f"{where} body", _resolve(document, operation["requestBody"]), [])
            for status, response in operation["responses"].items():
                yield from _response(document, operation, f"{where} {status}", response)


def _parameters(document: Node, where: str, item: Node, operation: Node) -> Iterator[str]:
    consumes = _media_types("consumes", operation, document)
    for raw in item.get("parameters", []) + operation.get("parameters", []):
        parameter = _resolve(document, raw)
        if parameter["in"] == "body":
            yield from _body(f"{where} body", parameter, consumes)
        else:
            place = f"{where} {parameter['in']} {parameter['name']}"
            yield f"{place} {_need(parameter)}"
            yield from _schema(place, _value(parameter))


def _body(where: str, body: Node, consumes: list[str]) -> Iterator[str]:
    yield f"{where} {_need(body)}"
    yield from _content(where, body, consumes)


def _response(document: Node, operation: Node, where: str, raw: Node) -> Iterator[str]:
    response = _resolve(document, raw)
    yield f"{where} answered"
    yield from _content(where, response, _media_types("produces", operation, document))
    for name, header in response.get("headers", {}).items():
        yield from _schema(f"{where} header {name}", _value(_resolve(document, header)))


def _media_types(word: str, operation: Node, document: Node) -> list[str]:
    """Take what Swagger 2.0 says of media types outside a body: the operation's word first."""
    return operation.get(word) or document.get(word) or ["*/*"]


def _content(where: str, node: Node, media_types: list[str]) -> Iterator[str]:
    """Say the schema of a body or a response under each media type, character set left out."""
    content = node.get("content") or (dict.fromkeys(media_types, node) if "schema" in node else {})
    for media_type, holder in content.items():
        yield from _schema(f"{where} {media_type.split(';')[0]}", holder.get("schema", {}))


def _schema(where: str, schema: Node) -> Iterator[str]:
    """Say each keyword of a schema and of the schemas inside it; unknown keywords count too."""
    if "$ref" in schema:
        yield f"{where} ref {schema['$ref'].rsplit('/', 1)[-1]}"
        return
    inner = list(_inner(where, schema))
    words = schema.keys() - PROSE - {"items", "properties"} - BRANCHES
    if not words and not inner:
        yield f"{where} anything"
    for word in words:
        for value in _values(word, schema[word]):
            yield f"{where} {word} {json.dumps(value, sort_keys=True)}"
    for place, part in inner:
        yield from _schema(place, part)


def _inner(where: str, schema: Node) -> Iterator[tuple[str, Node]]:
    if "items" in schema:
        yield f"{where}[]", schema["items"]
    for name, part in schema.get("properties", {}).items():
        yield f"{where}.{name}", part
    for word in sorted(BRANCHES & schema.keys()):
        for part in schema[word]:
            yield f"{where} {word}", part


def _values(word: str, value: Any) -> list[Any]:
    if word == "discriminator" and isinstance(value, dict):
        return [value["propertyName"]]  # Swagger 2.0 has the name alone
    return value if word in {"required", "enum"} else [value]


def _value(node: Node) -> Node:
    """Take the schema of a parameter or a header: its own keywords in Swagger 2.0."""
    return node.get("schema") or {word: node[word] for word in node.keys() - OUTSIDE_SCHEMA}


def _need(node: Node) -> str:
    return "required" if node.get("required") else "optional"


def _resolve(document: Node, node: Node) -> Node:
    """Follow a reference to a shared parameter, header, body or response."""
    while "$ref" in node:
        target = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


if __name__ == "__main__":
    print("\n".join(facts(load(Path(sys.argv[1])))))
