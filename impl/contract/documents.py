"""The OpenAPI document as clients get it, and as Connexion gets it."""

from typing import Any

from impl.contract.json_schema import Json
from impl.json_pointer import escaped

POINTER = "x-pointer"


def for_clients(document: Json, issuer: str) -> Json:
    """The document with the issuer's address, or without its security if there is no issuer."""
    if not issuer:
        return _open(document) | {"security": []}
    components = document["components"]
    schemes = components.get("securitySchemes", {})
    url = issuer.rstrip("/") + "/.well-known/openid-configuration"
    located = {
        name: each | ({"openIdConnectUrl": url} if each["type"] == "openIdConnect" else {})
        for name, each in schemes.items()
    }
    return document | {"components": components | {"securitySchemes": located}}


def for_connexion(document: Json) -> Json:
    """The document without its schemas; where a body's schema stood, there is a pointer to it.

    Connexion would write each schema out at every reference and compile it for every request.
    """
    opened = _open(document)
    components = {k: v for k, v in opened["components"].items() if k != "schemas"}
    routing: Json = _with_pointers(opened | {"components": components})
    return routing


def _open(document: Json) -> Json:
    """The document without its security schemes and requirements."""
    paths = {
        path: {k: _unsecured(v) for k, v in i.items()} for path, i in document["paths"].items()
    }
    components = {k: v for k, v in document["components"].items() if k != "securitySchemes"}
    opened: Json = _unsecured(document) | {"paths": paths, "components": components}
    return opened


def _unsecured(node: Any) -> Any:
    return {k: v for k, v in node.items() if k != "security"} if isinstance(node, dict) else node


def _with_pointers(node: Any, at: str = "#") -> Any:
    if isinstance(node, list):
        return [_with_pointers(each, f"{at}/{index}") for index, each in enumerate(node)]
    if not isinstance(node, dict):
        return node
    if at.rsplit("/", 2)[-2:-1] == ["content"] and "schema" in node:
        return node | {"schema": {POINTER: f"{at}/schema"}}
    return {key: _with_pointers(value, f"{at}/{escaped(key)}") for key, value in node.items()}
