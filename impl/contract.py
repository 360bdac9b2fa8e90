"""The contract at run time: its two documents, and the schemas as compiled validators."""

from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from types import NoneType
from typing import Any, TypeAlias
from urllib.parse import quote

import jsonschema_rs
import yaml

import generated
from impl.errors import ApiError, BodyInvalid, FieldInvalid, FieldMissing, path, refuse
from impl.instants import instant

Json = dict[str, Any]
Place: TypeAlias = tuple[str | int, ...]
GENERATED = Path(generated.__file__).parent
POINTER = "x-pointer"
COMPONENTS = "#/components/schemas/"
ADDRESS = "urn:tmf678:contract"


class Contract:
    """Checks JSON values against the schemas of an OpenAPI 3.0 document.

    `public` is what clients get in its place: the same document, unless said.
    """

    def __init__(self, document: Json, public: Json | None = None) -> None:
        self.document = document
        self._public = document if public is None else public
        self.base_path: str = document["servers"][0]["url"].rstrip("/")
        tolerant = _tolerant_of_echoes(document)
        schemas = _json_schema(tolerant, tolerant["components"]["schemas"])
        registry = jsonschema_rs.Registry([(ADDRESS, schemas)])
        self._requests = _Compiled(registry, {"date-time": is_instant})
        self._responses = _Compiled(registry, {})
        self._faults = _Faults(schemas, self._requests)

    @classmethod
    def load(cls, folder: Path = GENERATED) -> "Contract":
        """The contract that the generator wrote."""
        return cls(*(_read(folder / name) for name in ("strict.yaml", "openapi.yaml")))

    def check(self, pointer: str, value: Any) -> None:
        """Check a request's value against the schema at a JSON pointer.

        Raises BodyInvalid, FieldMissing or FieldInvalid for the first attribute in trouble, which
        knows the others (`refuse`).
        """
        if self._requests[pointer].is_valid(value):
            return
        refuse(self._faults.of(pointer, value))
        raise RuntimeError(f"{pointer}: what breaks it can't be told")

    def answers(self, pointer: str, value: Any) -> str | None:
        """What is wrong with a response's value, without quoting it; None where nothing is."""
        try:
            self._responses[pointer].validate(value)
        except jsonschema_rs.ValidationError as error:
            return f"{path(error.instance_path)} breaks {path(error.schema_path)}"
        return None

    def served(self, issuer: str) -> Json:
        """The document that clients get: with the issuer of the tokens that let them in.

        With none, it says that they need no token.
        """
        if not issuer:
            return _open(self._public) | {"security": []}
        components = self._public["components"]
        schemes = components.get("securitySchemes", {})
        url = issuer.rstrip("/") + "/.well-known/openid-configuration"
        located = {
            name: each | ({"openIdConnectUrl": url} if each["type"] == "openIdConnect" else {})
            for name, each in schemes.items()
        }
        return self._public | {"components": components | {"securitySchemes": located}}

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
        self[pointer] = compiled = self.compiled({"$ref": _address(pointer)})
        return compiled

    def compiled(self, schema: Json) -> jsonschema_rs.Validator:
        """A validator of a schema of its own, whose references are absolute."""
        return jsonschema_rs.validator_for(
            schema,
            registry=self._registry,
            validate_formats=True,
            formats=self._formats,
            offline=True,
            pattern_options=jsonschema_rs.RegexOptions(),
        )


class _Faults:
    """Finds the faults of a value one after the other, so that a few of many are found for little.

    A validator either says whether there are any, or finds all of them at once: each schema on the
    way to one is asked the first, and the second only of the value itself, not of its parts.
    """

    def __init__(self, document: Json, whole: _Compiled) -> None:
        self._document = document
        self._whole = whole
        self._own: dict[str, jsonschema_rs.Validator] = {}

    def of(self, pointer: str, value: Any, at: Place = ()) -> Iterator[ApiError]:
        """The faults of the value at a place in the body, by the schema at a pointer.

        Which alternative was meant is asked only where there are no others.
        """
        if self._whole[pointer].is_valid(value):
            return
        schema = self._schema(pointer)
        if "$ref" in schema:
            yield from self.of(schema["$ref"], value, at)
            return
        own = list(self._of_itself(pointer, schema).iter_errors(value))
        sure = (each for each in own if each.kind.name != "anyOf")
        parts = (
            self.of(pointer + below, part, at + place)
            for below, part, place in _parts(schema, value)
        )
        found = chain.from_iterable(chain((troubles(each, at) for each in sure), parts))
        first = next(found, None)
        if first is not None:
            yield first
            yield from found
            return
        for each in own:
            yield from troubles(each, at)

    def _schema(self, pointer: str) -> Json:
        found: Any = self._document
        for name in pointer.split("/")[1:]:
            plain = name.replace("~1", "/").replace("~0", "~")
            found = found[int(plain) if isinstance(found, list) else plain]
        schema: Json = found
        return schema

    def _of_itself(self, pointer: str, schema: Json) -> jsonschema_rs.Validator:
        if pointer not in self._own:
            own = {name: each for name, each in schema.items() if name not in _OF_PARTS}
            known: Json = {name: {} for name in schema.get("properties", {})}
            self._own[pointer] = self._whole.compiled(_absolute(own | {"properties": known}))
        return self._own[pointer]


_OF_PARTS = {"allOf", "if", "then", "else", "items", "properties"}
_TYPES: Mapping[str, type] = {"null": NoneType, "array": list, "object": dict}


def _parts(schema: Json, value: Any) -> Iterator[tuple[str, Any, Place]]:
    """Where the schema goes on, each with the part of the value that it is about, and its place."""
    for index in range(len(schema.get("allOf", ()))):
        yield f"/allOf/{index}", value, ()
    if "if" in schema:
        branch = "then" if isinstance(value, _TYPES[schema["if"]["type"]]) else "else"
        if branch in schema:
            yield f"/{branch}", value, ()
    if isinstance(value, dict):
        for name in schema.get("properties", {}):
            if name in value:
                yield f"/properties/{_escaped(name)}", value[name], (name,)
    if isinstance(value, list) and "items" in schema:
        for index, each in enumerate(value):
            yield "/items", each, (index,)


def _address(pointer: str) -> str:
    fragment = quote(pointer.removeprefix("#"), safe="/~")
    return f"{ADDRESS}#{fragment}"


def _absolute(node: Any) -> Any:
    """A schema with its references as they are read from anywhere."""
    if isinstance(node, list):
        return [_absolute(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _address(each) if name == "$ref" else _absolute(each) for name, each in node.items()
    }


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def troubles(error: jsonschema_rs.ValidationError, at: Place = ()) -> Iterator[ApiError]:
    """The errors that name the attributes which a validation error is about, from a place on."""
    kind: Any = error.kind  # its attributes differ by keyword, which the stubs don't tell
    place = [*at, *error.instance_path]
    chosen = (_choices(error, at) or _nearest(error)) if kind.name == "anyOf" else None
    if isinstance(chosen, FieldInvalid):
        yield chosen
    elif chosen is not None:
        yield from troubles(chosen, at)
    elif kind.name == "required":
        yield FieldMissing(path([*place, kind.property]), "is needed")
    elif kind.name == "additionalProperties":
        for name in kind.unexpected:
            yield FieldInvalid(path([*place, name]), "is unknown")
    elif place:
        yield FieldInvalid(path(place), brief(error))
    else:
        yield BodyInvalid(brief(error))


def is_instant(text: str) -> bool:
    """Whether a text is an RFC 3339 date-time that can be stored: years 1 to 9999 in UTC."""
    return instant(text) is not None


def _choices(error: jsonschema_rs.ValidationError, at: Place) -> FieldInvalid | None:
    """The error that names the attribute by which alternatives are told apart, and all its values.

    None where it has one of them, or where there is none such.
    """
    kind: Any = error.kind
    wrong = [[each for each in branch if each.kind.name == "enum"] for branch in kind.context]
    places = {tuple(each.instance_path) for branch in wrong for each in branch}
    if len(places) != 1 or not all(wrong):
        return None
    options = [option for branch in wrong for each in branch for option in _options(each)]
    place = path([*at, *places.pop()])
    return FieldInvalid(place, f"must be one of {', '.join(map(str, options))}")


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


def brief(error: jsonschema_rs.ValidationError) -> str:
    """The fault in one line of a few hundred characters at most."""
    kind: Any = error.kind
    if kind.name == "enum":
        return f"must be one of {', '.join(map(str, kind.options))}"
    if kind.name == "anyOf":
        return "has a value that can't be stored, such as an integer of more than 64 bits"
    line = error.message.splitlines()[0]
    return line if len(line) <= 200 else f"{line[:100]}...{line[-100:]}"


def _read(file: Path) -> Json:
    document: Json = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return document


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
    return {key: _with_pointers(value, f"{at}/{_escaped(key)}") for key, value in node.items()}
