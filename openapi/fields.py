"""Schemas as Python source text: marshmallow fields, and types for the type checker."""

from dataclasses import dataclass

from openapi import names
from openapi.members import REFERENCE, Json, Members, members, target


@dataclass(frozen=True)
class Field:
    """A member of an object schema: its marshmallow field and its type."""

    name: str
    marshmallow: str
    annotation: str


@dataclass(frozen=True)
class Schema:
    """A component schema.

    `fields` is None if it is no object. `alias` is the type of its values, unless they are mappings
    with these fields.
    """

    name: str
    class_name: str
    summary: str
    fields: tuple[Field, ...] | None
    alias: str | None


@dataclass(frozen=True)
class _Core:
    """A schema with its references resolved, and the first component on the way."""

    schema: Json
    component: str | None
    nullable: bool


class Source:
    """Writes the schemas of one document as Python."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self.components: Json = document.get("components", {}).get("schemas", {})
        self._classes = names.class_names(self.components)

    def schemas(self) -> tuple[Schema, ...]:
        """Every component, in the document's order."""
        return tuple(self._schema(name, schema) for name, schema in self.components.items())

    def class_name(self, component: str) -> str:
        """The name of a component's schema class, and of its type."""
        return self._classes[component]

    def annotation(self, schema: Json, within: tuple[int, ...] = ()) -> str:
        """The type of a schema's values; names of components are in quotes."""
        core = self._core(schema)
        if core.component:
            return _optional(f'"{self._classes[core.component]}"', core)
        return _optional(self._plain_type(core.schema, within), core)

    def field(self, schema: Json, *options: str, within: tuple[int, ...] = ()) -> str:
        """The marshmallow field of a schema.

        It accepts all values that the schema accepts, and perhaps more: requests are validated
        against the document itself.
        """
        core = self._core(schema)
        if core.nullable:
            options += ("allow_none=True",)
        own = members(self._document, core.schema)
        if own is not None and core.component:
            return _call("fields.Nested", f"lambda: {self._classes[core.component]}", *options)
        if id(core.schema) in within:
            return _call("fields.Raw", *options, "allow_none=True")
        within += (id(core.schema),)
        if own is not None:
            return self._inline_object(own, options, within)
        if core.schema.get("type") == "array":
            items = self.field(core.schema.get("items", {}), within=within)
            return _call("fields.List", items, *options)
        return _scalar_field(core.schema, options)

    def _schema(self, name: str, schema: Json) -> Schema:
        core = self._core(schema)
        own = members(self._document, schema)
        is_mapping = own and own.properties and not _alternatives(core.schema)
        return Schema(
            name=name,
            class_name=self._classes[name],
            summary=schema.get("description", name),
            fields=None if own is None else self._fields(own),
            alias=None if is_mapping else _optional(self._plain_type(core.schema, ()), core),
        )

    def _fields(self, own: Members, within: tuple[int, ...] = ()) -> tuple[Field, ...]:
        return tuple(
            self._member(name, schema, required=name in own.required, within=within)
            for name, schema in own.properties.items()
        )

    def _member(self, name: str, schema: Json, *, required: bool, within: tuple[int, ...]) -> Field:
        options = ("required=True",) if required else ()
        annotation = self.annotation(schema)
        return Field(
            name=name,
            marshmallow=self.field(schema, *options, within=within),
            annotation=annotation if required else f"t.NotRequired[{annotation}]",
        )

    def _inline_object(
        self, own: Members, options: tuple[str, ...], within: tuple[int, ...]
    ) -> str:
        if not own.properties:
            return _call("fields.Dict", *options)
        members = [f"{each.name!r}: {each.marshmallow}" for each in self._fields(own, within)]
        return _call("fields.Nested", f"_Open.from_dict({{{', '.join(members)}}})", *options)

    def _plain_type(self, schema: Json, within: tuple[int, ...]) -> str:
        if id(schema) in within:
            return "t.Any"
        within += (id(schema),)
        if members(self._document, schema) is not None:
            choices = [self.annotation(each, within) for each in _alternatives(schema)]
            return f"t.Union[{', '.join(dict.fromkeys(choices))}]" if choices else _MAPPING
        if schema.get("type") == "array":
            return f"list[{self.annotation(schema.get('items', {}), within)}]"
        return _scalar_type(schema)

    def _core(self, schema: Json) -> _Core:
        component, nullable = None, False
        while True:
            nullable = nullable or schema.get("nullable", False)
            if "$ref" in schema:
                name = schema["$ref"].removeprefix(REFERENCE)
                component = component or (name if name in self.components else None)
                schema = target(self._document, schema["$ref"])
            elif len(schema.get("allOf", [])) == 1 and not _BESIDE & schema.keys():
                schema = schema["allOf"][0]
            else:
                return _Core(schema, component, nullable)


_BESIDE = {"anyOf", "oneOf", "properties"}
_MAPPING = "dict[str, t.Any]"
_SCALARS = {
    "string": ("fields.String", "str"),
    "number": ("Number", "float"),
    "integer": ("_Integer", "int"),
    "boolean": ("_Boolean", "bool"),
}


def scalar(schema: Json) -> str:
    """The Python type of a scalar, or of an array of scalars; `Any` for anything else."""
    if schema.get("type") == "array":
        return f"list[{scalar(schema.get('items', {}))}]"
    return _SCALARS.get(schema.get("type", ""), ("", "Any"))[1]


def _alternatives(schema: Json) -> list[Json]:
    """The alternative schemas of a value, if the schema has nothing beside them."""
    if "properties" in schema or "allOf" in schema:
        return []
    return [*schema.get("oneOf", []), *schema.get("anyOf", [])]


def _scalar_field(schema: Json, options: tuple[str, ...]) -> str:
    kind = schema.get("type", "")
    if "enum" in schema:
        options += (f"validate=validate.OneOf({schema['enum']!r})",)
    if kind == "string" and schema.get("format") == "date-time":
        return _call("_Instant", *options)
    if not kind and None in schema.get("enum", [None]):
        options += ("allow_none=True",)
    return _call(_SCALARS.get(kind, ("fields.Raw", ""))[0], *options)


def _scalar_type(schema: Json) -> str:
    values = schema.get("enum", [])
    if values and all(isinstance(value, str | int | None) for value in values):
        return f"t.Literal[{', '.join(map(repr, values))}]"
    if schema.get("format") == "date-time":
        return "datetime"
    return scalar(schema).replace("Any", "t.Any")


def _optional(annotation: str, core: _Core) -> str:
    if not core.nullable:
        return annotation
    # A quoted name can't be joined to None at run time, so the whole annotation is quoted.
    quoted = annotation.endswith('"')
    return f'{annotation[:-1]} | None"' if quoted else f"{annotation} | None"


def _call(function: str, *arguments: str) -> str:
    return f"{function}({', '.join(dict.fromkeys(arguments))})"
