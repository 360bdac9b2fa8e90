"""What the templates read: the contract's operations and schemas as frozen values."""

import builtins
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from openapi.document import REFERENCE, Json

METHODS = ("get", "post", "put", "patch", "delete")
QUERY_PARAMETERS = {"fields", "offset", "limit"}


@dataclass(frozen=True)
class Field:
    """A member of an object schema: its marshmallow field and its Python type, as source text."""

    name: str
    marshmallow: str
    annotation: str


@dataclass(frozen=True)
class Schema:
    """A component schema. `fields` is None where it is not an object; then `annotation` says."""

    name: str
    class_name: str
    summary: str
    fields: tuple[Field, ...] | None
    annotation: str


@dataclass(frozen=True)
class Parameter:
    """An argument of a handler's method, beside its body."""

    name: str
    place: str
    python_name: str
    annotation: str
    required: bool


@dataclass(frozen=True)
class Operation:
    """An operation as routing and the typed seam need it."""

    id: str
    python_name: str
    method: str
    path: str
    resource: str
    summary: str
    arguments: tuple[Parameter, ...]
    takes_query: bool
    body: str | None
    returns: str
    request: dict[str, str | None]
    responses: dict[int, dict[str, str | None]]


@dataclass(frozen=True)
class Resource:
    """The operations below one first path segment, implemented by one class."""

    name: str
    class_name: str
    python_name: str
    operations: tuple[Operation, ...]


@dataclass(frozen=True)
class Contract:
    """All that is generated from one document."""

    title: str
    version: str
    schemas: tuple[Schema, ...]
    resources: tuple[Resource, ...]


def read(document: Json) -> Contract:
    """The model of a checked document."""
    schemas = document["components"]["schemas"]
    shapes = _Shapes(document)
    operations = [
        _operation(document, path, method, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]
    return Contract(
        title=document["info"]["title"],
        version=document["info"]["version"],
        schemas=tuple(shapes.schema(name, schema) for name, schema in schemas.items()),
        resources=tuple(_resources(operations)),
    )


def class_name(name: str) -> str:
    """`CustomerBill_Update` and `stateValue` as Python classes are named."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]", name))


def python_name(name: str) -> str:
    """A name as Connexion's `pythonic_params` writes it: snake case, never a built-in's."""
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    snake = re.sub(r"([a-z\d])([A-Z])", r"\1_\2", words).replace("-", "_").lower()
    return f"{snake}_" if snake in vars(builtins) or keyword.iskeyword(snake) else snake


def resolve(document: Json, node: Json) -> Json:
    """The node, or what its reference leads to."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        node = target
    return node


def _resources(operations: list[Operation]) -> Iterator[Resource]:
    for name in dict.fromkeys(operation.resource for operation in operations):
        own = tuple(operation for operation in operations if operation.resource == name)
        yield Resource(name, f"{class_name(name)}Api", python_name(name), own)


def _operation(document: Json, path: str, method: str, node: Json) -> Operation:
    parameters = [
        resolve(document, parameter)
        for parameter in document["paths"][path].get("parameters", []) + node.get("parameters", [])
    ]
    responses = {
        int(status): _media(resolve(document, response))
        for status, response in node["responses"].items()
        if status.isdigit()
    }
    request = _media(resolve(document, node.get("requestBody", {})))
    takes_query = method == "get" and any(p["name"] in QUERY_PARAMETERS for p in parameters)
    return Operation(
        id=node["operationId"],
        python_name=python_name(node["operationId"]),
        method=method.upper(),
        path=path,
        resource=path.split("/")[1],
        summary=node["summary"] if "summary" in node else node["operationId"],
        arguments=tuple(_argument(p) for p in parameters if p["name"] not in QUERY_PARAMETERS),
        takes_query=takes_query,
        body=_body(method, request),
        returns=_returns(responses, takes_query=takes_query),
        request=request,
        responses=responses,
    )


def _argument(parameter: Json) -> Parameter:
    required = parameter.get("required", False)
    annotation = _SCALARS.get(parameter["schema"].get("type"), ("", "Any"))[1]
    return Parameter(
        name=parameter["name"],
        place=parameter["in"],
        python_name=python_name(parameter["name"]),
        annotation=annotation if required else f"{annotation} | None = None",
        required=required,
    )


def _media(node: Json) -> dict[str, str | None]:
    """The schema's name by media type; an array of a schema is its name and `[]`."""
    return {
        media: _schema_name(content.get("schema", {}))
        for media, content in node.get("content", {}).items()
    }


def _schema_name(schema: Json) -> str | None:
    if schema.get("type") == "array":
        item = _schema_name(schema["items"])
        return item and f"{item}[]"
    return schema["$ref"].removeprefix(REFERENCE) if "$ref" in schema else None


def _body(method: str, request: dict[str, str | None]) -> str | None:
    if not request:
        return None
    if method == "patch":
        return "PatchT"
    name = next(iter(request.values()))
    return f"types.{class_name(name)}" if name else "Any"


def _returns(responses: dict[int, dict[str, str | None]], *, takes_query: bool) -> str:
    success = next((media for status, media in responses.items() if 200 <= status < 300), {})
    name = next(iter(success.values()), None)
    if not success:
        return "None"
    if name is None:
        return "Any"
    if name.endswith("[]"):
        item = f"types.{class_name(name[:-2])}"
        return "PageT" if takes_query else f"list[{item}]"
    return f"types.{class_name(name)}"


_SCALARS = {
    "string": ("fields.String({})", "str"),
    "number": ("Number({})", "float"),
    "integer": ("fields.Integer(strict=True{})", "int"),
    "boolean": ("fields.Boolean(truthy={{True}}, falsy={{False}}{})", "bool"),
}


class _Shapes:
    """Says each schema twice: as marshmallow fields, and as types."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._schemas: Json = document["components"]["schemas"]

    def schema(self, name: str, schema: Json) -> Schema:
        members, required = self._members(schema)
        fields = [
            self._field(key, member, required=key in required) for key, member in members.items()
        ]
        return Schema(
            name=name,
            class_name=class_name(name),
            summary=" ".join(schema.get("description", name).split()),
            fields=tuple(fields) if fields else None,
            annotation=self._annotation(schema),
        )

    def _members(self, schema: Json) -> tuple[Json, set[str]]:
        members: Json = dict(schema.get("properties", {}))
        required = set(schema.get("required", []))
        for part in schema.get("allOf", []):
            more, needed = self._members(resolve(self._document, part))
            members = more | members if "properties" in schema else members | more
            required |= needed
        return members, required

    def _is_object(self, reference: str) -> bool:
        return bool(self._members(self._schemas[reference])[0])

    def _field(self, name: str, schema: Json, *, required: bool) -> Field:
        annotation = self._annotation(schema)
        return Field(
            name=name,
            marshmallow=self._marshmallow(schema, ", required=True" if required else ""),
            annotation=annotation if required else f"t.NotRequired[{annotation}]",
        )

    def _unwrapped(self, schema: Json) -> Json:
        """The one thing that a nullable reference wraps, else the schema itself."""
        return schema["allOf"][0] if len(schema.get("allOf", [])) == 1 else schema

    def _marshmallow(self, schema: Json, options: str = "") -> str:
        if schema.get("nullable"):
            options += ", allow_none=True"
        schema = self._unwrapped(schema)
        reference = schema.get("$ref", "")
        name = reference.removeprefix(REFERENCE)
        if name in self._schemas and self._is_object(name):
            return f"fields.Nested(lambda: {class_name(name)}{options})"
        if reference:
            return self._marshmallow(resolve(self._document, schema), options)
        if schema.get("type") == "array":
            return f"fields.List({self._marshmallow(schema['items'])}{options})"
        if "enum" in schema:
            return f"fields.Raw(validate=validate.OneOf({schema['enum']!r}){options})"
        if schema.get("format") == "date-time":
            return f'fields.AwareDateTime(format="iso"{options})'
        template = _SCALARS.get(schema.get("type", ""), ("fields.Raw({})", "Any"))[0]
        return template.format(options).replace("(, ", "(")

    def _annotation(self, schema: Json) -> str:
        nullable = " | None" if schema.get("nullable") else ""
        schema = self._unwrapped(schema)
        name = schema.get("$ref", "").removeprefix(REFERENCE)
        if name in self._schemas:
            return f'"{class_name(name)}{nullable}"'
        if "$ref" in schema:
            return self._annotation(resolve(self._document, schema)) + nullable
        if schema.get("type") == "array":
            return f"list[{self._annotation(schema['items'])}]{nullable}"
        if "enum" in schema:
            return f"t.Literal[{', '.join(map(repr, schema['enum']))}]{nullable}"
        if schema.get("format") == "date-time":
            return f"datetime{nullable}"
        return _SCALARS.get(schema.get("type", ""), ("", "t.Any"))[1] + nullable
