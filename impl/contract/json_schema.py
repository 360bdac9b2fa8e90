"""An OpenAPI 3.0 document as JSON Schema, whose checks say what the contract says. Pure."""

import re
from collections.abc import Iterator
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
COMPONENTS = "#/components/schemas/"


def converted(document: Json) -> Json:
    """The document with every schema as JSON Schema; the schemas of patches allow more."""
    tolerant = _tolerant_of_echoes(document)
    schemas: Json = _json_schema(tolerant, tolerant["components"]["schemas"])
    return schemas


def _json_schema(node: Any, schemas: Json) -> Any:
    """Write OpenAPI 3.0's `nullable` as JSON Schema does, and each `anyOf` in its cheapest form.

    If an `anyOf` fails, the validator finds every error in all alternatives before it reports one;
    behind `if`, the first error is enough.
    """
    if isinstance(node, list):
        return [_json_schema(each, schemas) for each in node]
    if not isinstance(node, dict):
        return node
    plain = {key: _json_schema(value, schemas) for key, value in node.items() if key != "nullable"}
    if isinstance(plain.get("anyOf"), list):
        plain |= _by_type(plain.pop("anyOf"), schemas)
    return {"if": {"type": "null"}, "else": plain} if node.get("nullable") is True else plain


def _by_type(alternatives: list[Json], schemas: Json) -> Json:
    """The same alternatives; the value's type picks those for arrays and for objects.

    This needs a type in each alternative, and no other alternative of the same type.
    """
    types = [_target(each, schemas).get("type") for each in alternatives]
    for index, type_ in enumerate(types):
        if type_ in ("array", "object") and types.count(type_) == 1 and None not in types:
            rest = alternatives[:index] + alternatives[index + 1 :]
            one = rest[0] if len(rest) == 1 else _by_type(rest, schemas)
            return {"if": {"type": type_}, "then": alternatives[index], "else": one}
    return {"anyOf": alternatives}


def _target(schema: Json, schemas: Json) -> Json:
    target: Json = schemas.get(schema.get("$ref", "").removeprefix(COMPONENTS), schema)
    return target


def _tolerant_of_echoes(document: Json) -> Json:
    """The document whose patches may repeat what is stored.

    The resource's schema decides later about the other attributes that a patch names.
    """
    schemas = dict(document["components"]["schemas"])
    for name in _patch_schemas(document):
        resource = schemas.get(re.sub("_(Update|MVO)$", "", name), {})
        schemas[name] = _tolerant(schemas[name], resource.get("properties", {}))
    return document | {"components": document["components"] | {"schemas": schemas}}


def _tolerant(update: Json, stored: Json) -> Json:
    """A patch's schema without the limits that stored values may exceed."""
    rest = {k: v for k, v in update.items() if k not in ("additionalProperties", "properties")}
    members = {
        name: member if "maxLength" in stored.get(name, {}) else _of_any_length(member)
        for name, member in update.get("properties", {}).items()
    }
    return rest | {"properties": members}


def _of_any_length(schema: Json) -> Json:
    return {k: v for k, v in schema.items() if k != "maxLength"}


def _patch_schemas(document: Json) -> Iterator[str]:
    for item in document["paths"].values():
        for media in item.get("patch", {}).get("requestBody", {}).get("content", {}).values():
            reference = media["schema"].get("$ref", "")
            if reference.startswith(COMPONENTS):
                yield reference.removeprefix(COMPONENTS)
