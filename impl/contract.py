"""The effective contract at run time: the document, and its schemas as compiled validators."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import yaml

import generated
from impl.errors import ApiError, BodyInvalid, FieldInvalid, FieldMissing
from impl.instants import instant

Json = dict[str, Any]
DOCUMENT = Path(generated.__file__).with_name("openapi.yaml")
POINTER = "x-pointer"
COMPONENTS = "#/components/schemas/"
ADDRESS = "urn:tmf678:contract"


class Contract:
    """Checks JSON values against the schemas of an OpenAPI 3.0 document."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self.base_path: str = document["servers"][0]["url"].rstrip("/")
        tolerant = _tolerant_of_echoes(document)
        schemas = _json_schema(tolerant, tolerant["components"]["schemas"])
        registry = jsonschema_rs.Registry([(ADDRESS, schemas)])
        self._requests = _Compiled(registry, {"date-time": is_instant})
        self._responses = _Compiled(registry, {})

    @classmethod
    def load(cls, path: Path = DOCUMENT) -> "Contract":
        """The contract that the generator wrote."""
        return cls(yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader))

    def check(self, pointer: str, value: Any) -> None:
        """Check a request's value against the schema at a JSON pointer.

        Raises BodyInvalid, FieldMissing or FieldInvalid, by the first attribute in trouble.
        """
        try:
            self._requests[pointer].validate(value)
        except jsonschema_rs.ValidationError as error:
            raise trouble(error) from None

    def answers(self, pointer: str, value: Any) -> str | None:
        """What is wrong with a response's value, without quoting it; None where nothing is."""
        try:
            self._responses[pointer].validate(value)
        except jsonschema_rs.ValidationError as error:
            return f"{_path(error.instance_path)} breaks {_path(error.schema_path)}"
        return None

    def served(self, issuer: str) -> Json:
        """The document that clients get: with the issuer of the tokens that let them in.

        With none, without what says that they need a token.
        """
        if not issuer:
            return _open(self.document)
        components = self.document["components"]
        schemes = components.get("securitySchemes", {})
        url = issuer.rstrip("/") + "/.well-known/openid-configuration"
        located = {
            name: each | ({"openIdConnectUrl": url} if each["type"] == "openIdConnect" else {})
            for name, each in schemes.items()
        }
        return self.document | {"components": components | {"securitySchemes": located}}

    def routing(self) -> Json:
        """The document for Connexion: bodies' schemas are pointers into this contract.

        Connexion would write each schema out at every place and compile it for every request;
        this way it routes and picks the schema, and `check` knows it compiled.
        """
        document = _open(self.document)
        components = {k: v for k, v in document["components"].items() if k != "schemas"}
        routing: Json = _with_pointers(document | {"components": components})
        return routing

    def kept(self, schema: str) -> frozenset[str]:
        """The attributes that a merge patch schema lets change and not remove."""
        update = self.document["components"]["schemas"][schema]
        properties = update["properties"].items()
        return frozenset(name for name, each in properties if not each.get("nullable"))

    def patchable(self, schema: str) -> frozenset[str] | None:
        """The attributes that a merge patch schema lists, or None where it allows any."""
        update = self.document["components"]["schemas"][schema]
        return None if update["additionalProperties"] else frozenset(update["properties"])


class _Compiled(dict[str, jsonschema_rs.Validator]):
    """Validators by JSON pointer, each compiled when it is first wanted: most never are."""

    def __init__(self, registry: jsonschema_rs.Registry, formats: Json) -> None:
        super().__init__()
        self._registry = registry
        self._formats = formats

    def __missing__(self, pointer: str) -> jsonschema_rs.Validator:
        fragment = quote(pointer.removeprefix("#"), safe="/~")
        self[pointer] = compiled = jsonschema_rs.validator_for(
            {"$ref": f"{ADDRESS}#{fragment}"},
            registry=self._registry,
            validate_formats=True,
            formats=self._formats,
            offline=True,
            pattern_options=jsonschema_rs.RegexOptions(),
        )
        return compiled


def trouble(error: jsonschema_rs.ValidationError) -> ApiError:
    """The error that names the attribute which a validation error is about."""
    kind: Any = error.kind  # its attributes differ by keyword, which the stubs don't tell
    path = list(error.instance_path)
    if kind.name == "anyOf" and (choices := _choices(error)):
        return choices
    nearest = _nearest(error) if kind.name == "anyOf" else None
    if nearest is not None:
        return trouble(nearest)
    if kind.name == "required":
        return FieldMissing(_path([*path, kind.property]), "is needed")
    if kind.name == "additionalProperties":
        return FieldInvalid(_path([*path, kind.unexpected[0]]), "is not known here")
    if not path:
        return BodyInvalid(_brief(error))
    return FieldInvalid(_path(path), _brief(error))


def is_instant(text: str) -> bool:
    """Whether a text is an RFC 3339 date-time that can be stored: years 1 to 9999 in UTC."""
    return instant(text) is not None


def _choices(error: jsonschema_rs.ValidationError) -> FieldInvalid | None:
    """The error that names the attribute by which alternatives are told apart, and all its values.

    None where it has one of them, or where there is none such.
    """
    kind: Any = error.kind
    wrong = [[each for each in branch if each.kind.name == "enum"] for branch in kind.context]
    places = {tuple(each.instance_path) for branch in wrong for each in branch}
    if len(places) != 1 or not all(wrong):
        return None
    options = [option for branch in wrong for each in branch for option in _options(each)]
    return FieldInvalid(_path([*places.pop()]), f"must be one of {', '.join(map(str, options))}")


def _options(error: jsonschema_rs.ValidationError) -> list[Any]:
    kind: Any = error.kind
    return list(kind.options)


def _nearest(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError | None:
    """What tells most of why no alternative holds; None where nothing does.

    Where one alternative alone is meant, it is that one's first trouble: the others want null, or
    another of the values that tell alternatives apart. Else it is what the alternative lacks that
    comes nearest to holding.
    """
    kind: Any = error.kind
    branches: list[list[jsonschema_rs.ValidationError]] = [each for each in kind.context if each]
    meant = [branch for branch in branches if not any(map(_is_for_another, branch))]
    if len(meant) == 1 and len(branches) > 1:
        return meant[0][0]
    lacks = ((len(b), each) for b in branches for each in b if each.kind.name == "required")
    return min(lacks, key=lambda lack: lack[0], default=(0, None))[1]


def _is_for_another(error: jsonschema_rs.ValidationError) -> bool:
    kind: Any = error.kind
    return kind.name == "enum" or bool(kind.name == "type" and list(kind.types) == ["null"])


def _brief(error: jsonschema_rs.ValidationError) -> str:
    kind: Any = error.kind
    if kind.name == "enum":
        return f"must be one of {', '.join(map(str, kind.options))}"
    if kind.name == "anyOf":
        return "holds what can't be stored, such as an integer of more than 64 bits"
    line = error.message.splitlines()[0]
    return line if len(line) <= 200 else f"{line[:100]}...{line[-100:]}"


def _path(parts: list[Any]) -> str:
    return ".".join(map(str, parts))


def _open(document: Json) -> Json:
    """The document without what says who may ask for what."""
    paths = {
        path: {k: _unsecured(v) for k, v in i.items()} for path, i in document["paths"].items()
    }
    components = {k: v for k, v in document["components"].items() if k != "securitySchemes"}
    opened: Json = _unsecured(document) | {"paths": paths, "components": components}
    return opened


def _unsecured(node: Any) -> Any:
    return {k: v for k, v in node.items() if k != "security"} if isinstance(node, dict) else node


def _json_schema(node: Any, schemas: Json) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema says it, and each `anyOf` in its cheapest form.

    For an `anyOf` that fails, every fault of the value is looked for before one is told; behind
    `if`, the first one ends it.
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
    """The same alternatives, those for arrays and for objects picked by the value's type.

    That is where each alternative has a type, and no other has that one.
    """
    types = [_target(each, schemas).get("type") for each in alternatives]
    for index, type_ in enumerate(types):
        if type_ in ("array", "object") and types.count(type_) == 1 and None not in types:
            rest = alternatives[:index] + alternatives[index + 1 :]
            one = rest[0] if len(rest) == 1 else _by_type(rest, schemas)
            return {"if": {"type": type_}, "then": alternatives[index], "else": one}
    return {"anyOf": alternatives}


def _target(schema: Json, schemas: Json) -> Json:
    found: Json = schemas.get(schema.get("$ref", "").removeprefix(COMPONENTS), schema)
    return found


def _tolerant_of_echoes(document: Json) -> Json:
    """A patch may repeat what is stored: what else it names is judged against the resource."""
    schemas = dict(document["components"]["schemas"])
    for name in _patch_schemas(document):
        resource = schemas.get(name.removesuffix("_Update"), {})
        schemas[name] = _tolerant(schemas[name], resource.get("properties", {}))
    return document | {"components": document["components"] | {"schemas": schemas}}


def _tolerant(update: Json, stored: Json) -> Json:
    """A patch's schema without the limits that what is stored need not keep to."""
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


def _with_pointers(node: Any, at: str = "#") -> Any:
    if isinstance(node, list):
        return [_with_pointers(each, f"{at}/{index}") for index, each in enumerate(node)]
    if not isinstance(node, dict):
        return node
    if at.rsplit("/", 2)[-2:-1] == ["content"] and "schema" in node:
        return node | {"schema": {POINTER: f"{at}/schema"}}
    return {
        key: _with_pointers(value, f"{at}/{key.replace('~', '~0').replace('/', '~1')}")
        for key, value in node.items()
    }
