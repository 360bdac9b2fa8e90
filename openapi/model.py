"""The contract's operations and schemas as immutable objects, for the templates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from openapi.fields import Schema, Source, scalar
from openapi.members import REFERENCE, ContractError, Json, resolve
from openapi.names import class_name, python_name, refuse_same

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")
QUERY_PARAMETERS = {"fields", "offset", "limit"}
JSON = "application/json"
STANDARD = {
    ("GET", ""): ("list", [["query"]]),
    ("POST", ""): ("create", [["body"]]),
    ("GET", "/{id}"): ("retrieve", [["id_", "query"]]),
    ("PATCH", "/{id}"): ("patch", [["id_", "patch"], ["id_", "patch", "if_match"]]),
    ("DELETE", "/{id}"): ("delete", [["id_"], ["id_", "if_match"]]),
}
"""Operations that every collection has, by method and path below the resource's: the collection's
method, and the parameters that it can have.
"""

Media = dict[str, str | None]


@dataclass(frozen=True)
class Parameter:
    """An argument of a handler's method, besides the body."""

    name: str
    place: str
    python_name: str
    annotation: str
    required: bool

    @property
    def declaration(self) -> str:
        """The parameter as written in a signature."""
        default = "" if self.required else " | None = None"
        return f"{self.python_name}: {self.annotation}{default}"


@dataclass(frozen=True)
class Operation:
    """An operation, as routing and the handlers' base classes need it."""

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
    request: Media
    responses: dict[int, Media]
    scopes: tuple[str, ...] = ()

    @property
    def standard(self) -> str | None:
        """The method of every collection that can serve it; None if it needs one of its own."""
        below = self.path.removeprefix(f"/{self.resource}")
        kind, parameters = STANDARD.get((self.method, below), (None, []))
        is_page = self.returns == "PageT"
        return kind if self.parameters in parameters and is_page == (kind == "list") else None

    @property
    def signature(self) -> str:
        """The parameters and result of its method, with the names of generated/api.py."""
        named = [each.declaration for each in self.arguments if each.place != "path"]
        words = ["self", *self._positional, *(["*", *named] if named else [])]
        return f"({', '.join(words)}) -> {self.returns}"

    @property
    def parameters(self) -> list[str]:
        """The names in its signature."""
        named = [each.python_name for each in self.arguments if each.place != "path"]
        return [*(word.partition(":")[0] for word in self._positional), *named]

    @property
    def _positional(self) -> list[str]:
        words = [each.declaration for each in self.arguments if each.place == "path"]
        if self.body:
            words.append(f"{'patch' if self.body == 'PatchT' else 'body'}: {self.body}")
        return [*words, "query: QueryT"] if self.takes_query else words


@dataclass(frozen=True)
class Resource:
    """The operations below one first path segment, implemented by one class."""

    name: str
    class_name: str
    python_name: str
    operations: tuple[Operation, ...]

    @property
    def standard(self) -> list[Operation]:
        """Those that its collection can serve."""
        return [each for each in self.operations if each.standard]

    @property
    def own(self) -> list[Operation]:
        """Those that need a method of their own."""
        return [each for each in self.operations if not each.standard]


@dataclass(frozen=True)
class Contract:
    """The content of all files that are generated from one document."""

    title: str
    version: str
    base_path: str
    schemas: tuple[Schema, ...]
    resources: tuple[Resource, ...]


def read(document: Json) -> Contract:
    """The model of a checked document; ContractError for a name that can't be a Python name."""
    source = Source(document)
    reader = _Reader(document, source)
    return Contract(
        title=document["info"]["title"],
        version=document["info"]["version"],
        base_path=base_path(document),
        schemas=source.schemas(),
        resources=tuple(_resources([*reader.operations()])),
    )


def base_path(document: Json) -> str:
    """The path of the document's first server.

    If a server has a host alone, such as `https://serverRoot`, that is `/tmf-api`, the title in
    camel case, and the major version.
    """
    url = urlsplit(document.get("servers", [{"url": ""}])[0]["url"])
    path: str = url.path.rstrip("/")
    if path or not url.netloc:
        return path
    words = re.findall(r"[0-9A-Za-z]+", document["info"]["title"].removeprefix("API "))
    title = "".join(word[:1].upper() + word[1:] for word in words)
    major: str = document["info"]["version"].removeprefix("v").partition(".")[0]
    return f"/tmf-api/{title[:1].lower()}{title[1:]}/v{major}"


def _resources(operations: list[Operation]) -> Iterator[Resource]:
    names = list(dict.fromkeys(operation.resource for operation in operations))
    refuse_same(names, "resources")
    for name in names:
        own = tuple(operation for operation in operations if operation.resource == name)
        refuse_same([operation.id for operation in own], "operations")
        yield Resource(name, f"{class_name(name)}Api", python_name(name), own)


class _Reader:
    """Reads a document's operations."""

    def __init__(self, document: Json, source: Source) -> None:
        self._document = document
        self._source = source

    def operations(self) -> Iterator[Operation]:
        """All operations, in the document's order."""
        for path, item in self._document["paths"].items():
            resolved = self._resolve(item)
            for method in METHODS:
                if method in resolved:
                    yield self._operation(path, method, resolved)

    def _operation(self, path: str, method: str, item: Json) -> Operation:
        node = item[method]
        if "operationId" not in node:
            raise ContractError(f"{method.upper()} {path}: needs an `operationId`")
        parameters = self._parameters(item, node)
        takes_query = method == "get" and any(p["name"] in QUERY_PARAMETERS for p in parameters)
        request = self._media(node.get("requestBody", {}))
        responses = self._responses(node)
        return Operation(
            id=node["operationId"],
            python_name=python_name(node["operationId"]),
            method=method.upper(),
            path=path,
            resource=_resource(path),
            summary=node.get("summary", node["operationId"]),
            arguments=tuple(
                _argument(p)
                for p in parameters
                if not (_at_edge(p) or (takes_query and _in_query(p)))
            ),
            takes_query=takes_query,
            body=self._body(method, request),
            returns=self._returns(responses, takes_query=takes_query),
            request=request,
            responses=responses,
            scopes=self._scopes(node),
        )

    def _scopes(self, node: Json) -> tuple[str, ...]:
        """The scopes that a request needs, from all schemes of its security requirement."""
        alternatives: list[Json] = {**self._document, **node}.get("security", [])
        if len(alternatives) > 1:
            raise ContractError(f"{node['operationId']}: has alternatives in its `security`")
        scopes = (scope for each in alternatives for needed in each.values() for scope in needed)
        return tuple(dict.fromkeys(scopes))

    def _parameters(self, item: Json, node: Json) -> list[Json]:
        """The parameters of path and operation; the operation's count if both have one name."""
        both = map(self._resolve, item.get("parameters", []) + node.get("parameters", []))
        return list({(each["name"], each["in"]): each for each in both}.values())

    def _responses(self, node: Json) -> dict[int, Media]:
        """The responses by status; `2XX` counts as 200 and so on, `default` is left out."""
        ranges_first = sorted(node["responses"].items(), key=lambda each: "X" not in each[0])
        responses = {
            int(status.replace("X", "0")): self._media(response)
            for status, response in ranges_first
            if status.replace("X", "0").isdigit()
        }
        return dict(sorted(responses.items()))

    def _media(self, node: Json) -> Media:
        """The schema's name by media type, JSON first; `Name[]` for an array."""
        content = self._resolve(node).get("content", {})
        kinds = sorted(content, key=lambda kind: kind.split(";")[0] != JSON)
        return {kind: self._schema_name(content[kind].get("schema", {})) for kind in kinds}

    def _schema_name(self, schema: Json) -> str | None:
        if schema.get("type") == "array":
            item = self._schema_name(schema.get("items", {}))
            return item and f"{item}[]"
        name: str = schema.get("$ref", "").removeprefix(REFERENCE)
        return name if name in self._source.components else None

    def _body(self, method: str, request: Media) -> str | None:
        if not request:
            return None
        if method == "patch":
            return "PatchT"
        types = [self._type(name) for name in request.values()]
        return "Any" if "Any" in types else " | ".join(dict.fromkeys(types))

    def _returns(self, responses: dict[int, Media], *, takes_query: bool) -> str:
        success = next((media for status, media in responses.items() if 200 <= status < 300), {})
        name = next(iter(success.values()), None)
        if not success:
            return "None"
        return "PageT" if takes_query and name and name.endswith("[]") else self._type(name)

    def _type(self, name: str | None) -> str:
        if name is None:
            return "Any"
        if name.endswith("[]"):
            return f"list[{self._type(name.removesuffix('[]'))}]"
        return f"types.{self._source.class_name(name)}"

    def _resolve(self, node: Json) -> Json:
        return resolve(self._document, node)


def _at_edge(parameter: Json) -> bool:
    """Whether the server handles the parameter for all operations, so that no handler gets it."""
    return parameter["name"] == "fields" or bool(parameter.get("x-edge"))


def _in_query(parameter: Json) -> bool:
    """Whether the parameter is part of the query that a handler gets as a whole."""
    return bool(parameter["in"] == "query") and not parameter.get("x-argument")


def _resource(path: str) -> str:
    """The first segment of a path; `root` if it has none, or a variable one."""
    first = path.split("/")[1]
    return first if first and "{" not in first else "root"


def _argument(parameter: Json) -> Parameter:
    schema: dict[str, Any] = parameter.get("schema", {})
    return Parameter(
        name=parameter["name"],
        place=parameter["in"],
        python_name=python_name(parameter["name"]),
        annotation=scalar(schema),
        required=parameter.get("required", False),
    )
