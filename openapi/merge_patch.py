"""Schemas for JSON Merge Patch (RFC 7396), expanded from `x-merge-patch` in the overlay.

All members of such a schema are optional. Null removes a member, unless the resource requires it or
the overlay says `keep`. A member that is an object has a patch schema of its own, called
`<its schema>_Update`; an array is replaced as a whole. `properties` beside `x-merge-patch` add to
the resource's schema of a member, or replace it by `x-strict`.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from openapi import variants
from openapi.members import REFERENCE, ContractError, Json, Members, members, resolve

WORD = "x-merge-patch"
OWN = ("id", "href")
"""Attributes that no patch changes, unless the overlay lists them."""


def expand(document: Json) -> None:
    """Replace each schema that has `x-merge-patch` by its patch schema, in place."""
    schemas = document.get("components", {}).get("schemas", {})
    for name, schema in list(schemas.items()):
        if WORD in schema:
            schemas[name] = _PatchSchema(document, name, schema).expanded()


class _PatchSchema:
    """One schema with `x-merge-patch`."""

    def __init__(self, document: Json, name: str, schema: Json) -> None:
        self._document = document
        self._schemas: Json = document["components"]["schemas"]
        self._schema = schema
        self._rule = _Rule(f"components/schemas/{name}/{WORD}", schema[WORD], self._schemas)

    def expanded(self) -> Json:
        """The plain patch schema, with the overlay's `description`."""
        base = self._schemas[self._rule.of]
        own = members(self._document, base) or Members()
        patched = self._rule.patched(own)
        not_null = {*self._rule.not_null(own), *own.required}
        description = self._schema.get("description", f"What a patch of {self._rule.of} may hold.")
        properties = dict(self._members(own, patched, not_null))
        additional = _additional(self._document, base) if self._rule.is_open else False
        return {
            "type": "object",
            "description": description,
            "properties": properties | self._narrower(properties),
            "additionalProperties": True if additional is None else additional,
        }

    def _narrower(self, properties: Json) -> Json:
        """The properties for which the overlay has a schema beside the rule."""
        more = self._schema.get("properties", {})
        self._rule.refuse(more.keys() - properties.keys(), "is in `properties`, and not patched")
        return {
            name: schema if variants.WORD in schema else properties[name] | schema
            for name, schema in more.items()
        }

    def _members(
        self, own: Members, patched: Iterable[str], not_null: Iterable[str]
    ) -> Iterator[tuple[str, Json]]:
        for name, schema in own.properties.items():
            if name in patched:
                member = self._member(schema)
                yield name, member if name in not_null else self._nullable(member)

    def _member(self, schema: Json) -> Json:
        own = members(self._document, schema)
        if own is None:
            return schema
        while len(schema.get("allOf", [])) == 1 and "properties" not in schema:
            schema = schema["allOf"][0]
        name = schema.get("$ref", "").removeprefix(REFERENCE)
        if name not in self._schemas:
            return self._nested(resolve(self._document, schema), own)
        patch = f"{name}_Update"
        if patch not in self._schemas:
            self._schemas[patch] = {"type": "object"}  # for a schema that refers to itself
            self._schemas[patch] = self._nested(resolve(self._document, schema), own)
        return {"$ref": REFERENCE + patch}

    def _nested(self, base: Json, own: Members) -> Json:
        rest = {word: value for word, value in base.items() if word not in _COMPOSED}
        properties = dict(self._members(own, own.properties, own.required))
        nested = rest | {"type": "object", "properties": properties}
        additional = _additional(self._document, base)
        return nested if additional is None else nested | {"additionalProperties": additional}

    def _nullable(self, schema: Json) -> Json:
        if "$ref" not in schema:
            return schema | {"nullable": True}
        # OpenAPI 3.0 ignores all words beside a $ref, and `nullable` without a `type`.
        core = resolve(self._document, schema)
        typed = {"type": core["type"]} if "type" in core else {}
        return {**typed, "allOf": [schema], "nullable": True}


def _additional(document: Json, schema: Json) -> Any:
    """The `additionalProperties` of an object, or else of the first part that has them, or None."""
    schema = resolve(document, schema)
    if "additionalProperties" in schema:
        return schema["additionalProperties"]
    parts = (_additional(document, part) for part in schema.get("allOf", ()))
    return next((each for each in parts if each is not None), None)


class _Rule:
    """An `x-merge-patch` of the overlay, checked against the schema that it names."""

    def __init__(self, where: str, rule: Any, schemas: Json) -> None:
        self._where = where
        if not isinstance(rule, dict) or not isinstance(rule.get("of"), str):
            raise ContractError(f"{where}: must say which schema it is `of`")
        self._rule = rule
        self.of: str = rule["of"]
        self.is_open = "attributes" not in rule
        if self.of not in schemas:
            raise ContractError(f"{where}: there is no schema {self.of}")
        self.refuse(rule.keys() - {"of", "attributes", "except", "keep"}, "is unknown")

    def patched(self, own: Members) -> list[str]:
        """The members that a patch may change."""
        never = {*OWN, *self._names("except", own, [])}
        every = [name for name in own.properties if name not in never]
        return self._names("attributes", own, every)

    def not_null(self, own: Members) -> list[str]:
        """The members that a patch may change but not remove."""
        return self._names("keep", own, [])

    def _names(self, word: str, own: Members, default: list[str]) -> list[str]:
        names: list[str] = self._rule.get(word, default)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ContractError(f"{self._where}: `{word}` must be a list of names")
        self.refuse(set(names) - own.properties.keys(), f"is no member of {self.of}")
        return names

    def refuse(self, names: set[str], why: str) -> None:
        """Raise ContractError for the first of these names, if there are any."""
        if names:
            raise ContractError(f"{self._where}: {min(names)} {why}")


_COMPOSED = ("allOf", "anyOf", "oneOf", "discriminator", "properties", "required", "nullable")
