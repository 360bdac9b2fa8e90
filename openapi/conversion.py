"""Any TM Forum document, in the form that the generator reads: OpenAPI 3.0, with plain schemas.

It reads Swagger 2.0 and OpenAPI 3.0, in the style of v4 or v5. Names, types, enumerations, required
attributes, paths, statuses and operation ids stay. These change their form:

- Media types lose their parameters, and examples are left out: many of them break their schemas.
- References to bodies and answers become what they refer to; answers with an Error become shared.
- `allOf` becomes one object. A choice by `@type` (`oneOf` with a discriminator) says so in each
  alternative, because JSON Schema ignores discriminators, and would reject a value that fits two.
- Operations under `/listener` are left out: subscribers serve them. So are optional query
  parameters but those of all lists: a list has a filter for each attribute.
- A body with the schema of its own answer gets a copy of it, so that the two may differ.
- Schemas that nothing refers to any more are left out.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from openapi import document
from openapi.members import REFERENCE, ContractError, Json, members, reachable, resolve
from openapi.model import METHODS, base_path

JSON = "application/json"
PAGING = {"fields": "Fields", "offset": "Offset", "limit": "Limit"}
"""The parameters of all lists, and their names among the components."""

JSON_PATCHES = {
    "application/json-patch+json": "JsonPatchOperations",
    "application/json-patch-query+json": "JsonPatchQueryOperations",
}
"""The media types of JSON Patches, and the names of their schemas, which the overlay fills."""

RESPONSES = {
    "400": "BadRequest",
    "401": "Unauthorized",
    "403": "Forbidden",
    "404": "NotFound",
    "405": "MethodNotAllowed",
    "406": "NotAcceptable",
    "409": "Conflict",
    "422": "UnprocessableContent",
    "429": "TooManyRequests",
    "500": "InternalServerError",
    "501": "NotImplemented",
    "503": "ServiceUnavailable",
}
"""The names of shared answers, as in base.yaml."""

ERROR: Json = {
    "type": "object",
    "description": "What went wrong.",
    "required": ["code", "reason"],
    "properties": {
        **{name: {"type": "string"} for name in ("code", "reason", "message", "status")},
        "referenceError": {"type": "string", "format": "uri"},
    },
}
"""The schema of errors, for a document without one."""

KEPT = {
    *("type", "format", "description", "enum", "default", "nullable", "properties", "required"),
    *("items", "oneOf", "anyOf", "discriminator", "minimum", "maximum", "pattern", "minLength"),
    *("maxLength", "minItems", "maxItems", "uniqueItems", "additionalProperties", "not"),
    *("exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minProperties", "maxProperties"),
    "x-strict",
}
"""The words of a schema that are taken over."""


def converted(path: Path) -> tuple[Json, frozenset[str]]:
    """The document in a file, and the names of the events that it declares.

    Raises ContractError if it is neither Swagger 2.0 nor OpenAPI 3.0.
    """
    given = document.load(path)
    if given.get("swagger") == "2.0":
        given = _from_swagger(given)
    if not str(given.get("openapi")).startswith("3.0."):
        raise ContractError(f"{path.name}: is neither Swagger 2.0 nor OpenAPI 3.0")
    schemas = given.get("components", {}).get("schemas", {})
    events = frozenset(name for name in schemas if name.endswith("Event"))
    return _Converter(given).document(), events


def _from_swagger(given: Json) -> Json:
    """An OpenAPI 3.0 document of a Swagger 2.0 one."""
    moved = _renamed(given, {"definitions": "components/schemas", "parameters": "x-parameters"})
    reader = _Swagger(moved)
    paths = {path: reader.path(item) for path, item in moved.get("paths", {}).items()}
    base = f"/{given.get('basePath', '').strip('/')}"
    return {
        "openapi": "3.0.3",
        "info": given["info"],
        "servers": [{"url": f"https://{given.get('host', 'serverRoot')}{base}"}],
        "tags": given.get("tags", []),
        "paths": paths,
        "components": {"schemas": moved.get("definitions", {})},
    }


def _renamed(node: Any, places: Json) -> Any:
    """The node with its references led to other places."""
    if isinstance(node, list):
        return [_renamed(each, places) for each in node]
    if not isinstance(node, dict):
        return node
    changed = {name: _renamed(value, places) for name, value in node.items()}
    if isinstance(changed.get("$ref"), str):
        for place, other in places.items():
            changed["$ref"] = changed["$ref"].replace(f"#/{place}/", f"#/{other}/")
    return changed


class _Swagger:
    """Rewrites the operations of a Swagger 2.0 document."""

    def __init__(self, given: Json) -> None:
        self._shared = {
            f"#/{word}/{name}": value
            for word, place in (("x-parameters", "parameters"), ("responses", "responses"))
            for name, value in given.get(place, {}).items()
        }
        self._consumes = given.get("consumes", [JSON])
        self._produces = given.get("produces", [JSON])

    def path(self, item: Json) -> Json:
        """A path item with its operations."""
        common = item.get("parameters", [])
        return {
            method: self._operation(item[method], common) for method in METHODS if method in item
        }

    def _operation(self, node: Json, common: list[Json]) -> Json:
        given = [self._resolved(each) for each in common + node.get("parameters", [])]
        bodies = [each for each in given if each["in"] == "body"]
        forms = [each for each in given if each["in"] == "formData"]
        changed = {k: v for k, v in node.items() if k not in ("consumes", "produces", "schemes")}
        changed["parameters"] = [_parameter(p) for p in given if p not in bodies + forms]
        consumes = node.get("consumes", self._consumes) or [JSON]
        if bodies:
            changed["requestBody"] = _body(bodies[0], consumes)
        elif forms:
            changed["requestBody"] = _form(forms, consumes)
        changed["responses"] = {
            status: self._response(self._resolved(each), node)
            for status, each in node["responses"].items()
        }
        return changed

    def _response(self, given: Json, node: Json) -> Json:
        changed = {"description": given.get("description", "")}
        if "headers" in given:
            changed["headers"] = {n: _schema_apart(each) for n, each in given["headers"].items()}
        if "schema" in given:
            produces = node.get("produces", self._produces) or [JSON]
            changed["content"] = {kind: {"schema": given["schema"]} for kind in produces}
        return changed

    def _resolved(self, node: Json) -> Json:
        shared: Json = self._shared.get(node.get("$ref", ""), node)
        return shared


def _parameter(given: Json) -> Json:
    rest = {k: v for k, v in given.items() if k not in ("description", "name", "in", "required")}
    fields = {"name": given["name"], "in": given["in"], "schema": _schema_of(rest)}
    if given.get("required") is True:
        fields["required"] = True
    return fields | ({"description": given["description"]} if "description" in given else {})


def _schema_apart(given: Json) -> Json:
    """A header, whose type is in a schema of its own."""
    described = {"description": given["description"]} if "description" in given else {}
    return {**described, "schema": _schema_of(given)}


def _schema_of(given: Json) -> Json:
    return {k: v for k, v in given.items() if k in KEPT and k not in ("description", "required")}


def _body(given: Json, consumes: Iterable[str]) -> Json:
    content = {kind: {"schema": given.get("schema", {})} for kind in consumes}
    return {"required": bool(given.get("required")), "content": content}


def _form(given: list[Json], consumes: Iterable[str]) -> Json:
    """The body that has the fields of a form."""
    schema = {
        "type": "object",
        "properties": {each["name"]: _schema_of(each) for each in given},
    }
    return {"required": True, "content": {kind: {"schema": schema} for kind in consumes}}


class _Converter:
    """Brings one OpenAPI 3.0 document into the generator's form."""

    def __init__(self, given: Json) -> None:
        self._given = given
        self._components: Json = given.get("components", {})
        self._given_schemas: Json = self._components.get("schemas", {})
        self._shared: Json = {}
        self._parameters: Json = {}
        self._ids: set[str] = set()

    def document(self) -> Json:
        """The whole document."""
        given = self._given
        schemas = {name: self._schema(each) for name, each in self._given_schemas.items()}
        schemas.setdefault("Error", ERROR)
        patch = {"type": "array", "items": {"type": "object"}}
        schemas |= dict.fromkeys(JSON_PATCHES.values(), patch)
        schemas.setdefault("Any", {"description": "Any JSON value."})
        paths = {_template(path): self._path(path, item) for path, item in given["paths"].items()}
        paths = {path: item for path, item in paths.items() if item}
        for item in paths.values():
            _separate_bodies(item, schemas)
        kept = {*reachable([paths, self._shared], schemas), "Any", "Error"}
        return {
            "openapi": "3.0.3",
            "info": {k: v for k, v in given["info"].items() if k != "termsOfService"},
            "servers": [{"url": base_path(given)}],
            "tags": _tags(given, paths),
            "paths": paths,
            "components": {
                "parameters": self._parameters,
                "responses": self._shared,
                "schemas": {name: each for name, each in schemas.items() if name in kept},
            },
        }

    def _path(self, path: str, item: Json) -> Json:
        if path.strip("/").split("/")[0] in ("listener", "client"):
            return {}
        item = resolve(self._given, item)
        common = item.get("parameters", [])
        return {
            method: self._operation(path, method, item[method], common)
            for method in METHODS
            if method in item
        }

    def _operation(self, path: str, method: str, node: Json, common: list[Json]) -> Json:
        changed = {k: node[k] for k in ("tags", "summary", "description") if node.get(k)}
        changed["operationId"] = self._unique(node.get("operationId") or _words(method, path))
        both = (resolve(self._given, each) for each in common + node.get("parameters", []))
        given = {(each["name"], each["in"]): each for each in both}
        parameters = [self._parameter(each, path) for each in given.values() if _is_kept(each)]
        if parameters:
            changed["parameters"] = parameters
        if "requestBody" in node:
            body = resolve(self._given, node["requestBody"])
            changed["requestBody"] = {
                "required": True,
                "content": self._content(body, is_body=True),
            }
        changed["responses"] = {
            str(status): self._response(str(status), resolve(self._given, each))
            for status, each in node["responses"].items()
        }
        return changed

    def _unique(self, id_: str) -> str:
        while id_ in self._ids:
            id_ += "_"
        self._ids.add(id_)
        return id_

    def _parameter(self, given: Json, path: str) -> Json:
        name = PAGING.get(given["name"]) if given["in"] == "query" else None
        changed = {k: given[k] for k in ("name", "in", "description") if given.get(k)}
        changed["schema"] = self._schema(given.get("schema", {"type": "string"}))
        if given["in"] == "path":
            only = path.count("{") == 1
            return changed | {"name": "id" if only else given["name"], "required": True}
        if given.get("required") is True:
            changed["required"] = True
        if name is None:
            return changed | {"x-edge": True}
        self._parameters.setdefault(name, changed)
        return {"$ref": f"#/components/parameters/{name}"}

    def _response(self, status: str, given: Json) -> Json:
        changed: Json = {"description": given.get("description") or "The answer."}
        headers = {
            name: self._header(resolve(self._given, each))
            for name, each in given.get("headers", {}).items()
        }
        if headers:
            changed["headers"] = headers
        if "content" in given:
            changed["content"] = self._content(given)
        name = RESPONSES.get(status)
        if name is None and status != "default":
            return changed
        error = {JSON: {"schema": {"$ref": f"{REFERENCE}Error"}}}
        self._shared.setdefault(name or "Default", {**changed, "content": error})
        return {"$ref": f"#/components/responses/{name or 'Default'}"}

    def _header(self, given: Json) -> Json:
        described = {"description": given["description"]} if "description" in given else {}
        return {**described, "schema": self._schema(given.get("schema", {"type": "string"}))}

    def _content(self, given: Json, *, is_body: bool = False) -> Json:
        """Schemas by media type, without its parameters."""
        content: Json = {}
        for kind, each in given.get("content", {}).items():
            media = plain_media_type(kind)
            schema = self._schema(each.get("schema", {}))
            if is_body and media in JSON_PATCHES:
                schema = {"$ref": REFERENCE + JSON_PATCHES[media]}
            content.setdefault(media, {"schema": schema})
        return content

    def _schema(self, given: Any) -> Json:
        """A schema in the generator's form: references alone, `allOf` as one object."""
        if not isinstance(given, dict):
            return {}
        if "$ref" in given:
            return {"$ref": given["$ref"]}
        if "allOf" in given or ("properties" in given and "oneOf" not in given):
            return self._object(given)
        changed = {word: value for word, value in given.items() if word in KEPT}
        if "items" in changed:
            changed["items"] = self._schema(changed["items"])
        elif changed.get("type") == "array":
            changed["items"] = {}
        if isinstance(changed.get("additionalProperties"), dict):
            changed["additionalProperties"] = self._schema(changed["additionalProperties"])
        for word in ("oneOf", "anyOf"):
            if word in changed:
                changed[word] = [self._schema(each) for each in changed[word]]
        return self._chosen(_cleaned(changed))

    def _object(self, given: Json) -> Json:
        own = members(self._given, given)
        if own is None:  # not of objects, such as one enumeration
            parts = [self._schema(each) for each in given["allOf"]]
            return parts[0] if len(parts) == 1 else {"allOf": parts}
        changed: Json = {"type": "object"}
        if described := given.get("description") or _described(given):
            changed["description"] = described
        changed["properties"] = {n: self._schema(each) for n, each in own.properties.items()}
        required = [name for name in own.properties if name in own.required]
        if required:
            changed["required"] = required
        if "additionalProperties" in given:
            changed["additionalProperties"] = given["additionalProperties"]
        return changed

    def _chosen(self, schema: Json) -> Json:
        """A choice whose alternatives name the `@type`s that the discriminator maps to them."""
        chooser = schema.pop("discriminator", None)
        if "oneOf" not in schema or not isinstance(chooser, dict):
            return schema
        name = chooser["propertyName"]
        mapping = chooser.get("mapping") or {
            each["$ref"].removeprefix(REFERENCE): each["$ref"]
            for each in schema["oneOf"]
            if "$ref" in each
        }
        alternatives = []
        for each in schema["oneOf"]:
            values = [value for value, target in mapping.items() if target == each.get("$ref")]
            alternatives.append(self._named(each, name, values) if values else each)
        described = {k: schema[k] for k in ("description",) if k in schema}
        return {**described, "oneOf": alternatives}

    def _named(self, alternative: Json, name: str, values: list[str]) -> Json:
        """An alternative of a choice, written out, for these values of the discriminator."""
        plain = self._schema(resolve(self._given, alternative))
        properties = {**plain.get("properties", {}), name: {"type": "string", "enum": values}}
        required = list(dict.fromkeys([*plain.get("required", []), name]))
        return {**plain, "properties": properties, "required": required}


def plain_media_type(text: str) -> str:
    """A media type without its parameters, such as `;charset=utf-8`."""
    return text.partition(";")[0].strip().lower()


def _cleaned(schema: Json) -> Json:
    """The schema without what is no OpenAPI, such as a `required` that is no list of names."""
    if not (isinstance(schema.get("required"), list) and schema["required"]):
        schema.pop("required", None)
    if isinstance(schema.get("type"), list):
        kinds = [kind for kind in schema["type"] if kind != "null"]
        schema |= {"type": kinds[0], "nullable": len(kinds) < len(schema["type"])}
    if schema.get("type") not in _TYPES:
        schema.pop("type", None)
    if "enum" in schema:
        schema["enum"] = list(dict.fromkeys(schema["enum"])) or [""]
    return schema


_TYPES = {"string", "number", "integer", "boolean", "array", "object"}


def _described(given: Json) -> str:
    """The description in the last part of a composition that has one."""
    texts = [each["description"] for each in given.get("allOf", []) if each.get("description")]
    return texts[-1] if texts else ""


def _template(path: str) -> str:
    """A path without a slash at its end, whose only variable is called `id`."""
    plain = f"/{path.strip('/')}"
    return re.sub(r"\{[^}]*\}", "{id}", plain) if plain.count("{") == 1 else plain


def _is_kept(parameter: Json) -> bool:
    """Whether the server reads the parameter, or a client has to send it."""
    is_ours = parameter["in"] != "query" or parameter["name"] in PAGING
    return is_ours or parameter.get("required") is True


def _words(method: str, path: str) -> str:
    """The id of an operation without one."""
    words = re.findall(r"[0-9A-Za-z]+", path)
    return method + "".join(word[:1].upper() + word[1:] for word in words)


def _separate_bodies(item: Json, schemas: Json) -> None:
    """Give bodies of creates and patches a copy of the schema that their answers have, too."""
    for method, ending in (("post", "Create"), ("patch", "Update")):
        node = item.get(method, {})
        answers = [each for status, each in node.get("responses", {}).items() if status[:1] == "2"]
        shown = [names_of(each)[:1] for each in answers]
        for name in names_of(node.get("requestBody", {})):
            if [name] in shown:
                schemas.setdefault(f"{name}_{ending}", schemas[name])
                for each in node["requestBody"]["content"].values():
                    if each["schema"] == {"$ref": REFERENCE + name}:
                        each["schema"] = {"$ref": f"{REFERENCE}{name}_{ending}"}


def names_of(node: Json) -> list[str]:
    """The names of the schemas that a body or an answer refers to, each once; JSON's first."""
    content = sorted(node.get("content", {}).items(), key=lambda each: each[0] != JSON)
    texts = (str(each.get("schema", {}).get("$ref", "")) for _, each in content)
    return list(dict.fromkeys(text.removeprefix(REFERENCE) for text in texts if text))


def _tags(given: Json, paths: Json) -> list[Json]:
    """The tags that operations have, with their descriptions."""
    described = {each["name"]: each for each in given.get("tags") or []}
    used = [
        tag for item in paths.values() for node in item.values() for tag in node.get("tags", [])
    ]
    return [
        {k: v for k, v in described.get(tag, {"name": tag}).items() if k in ("name", "description")}
        for tag in dict.fromkeys(used)
    ]
