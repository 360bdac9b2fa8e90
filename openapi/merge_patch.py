"""The JSON Merge Patch (RFC 7396) forms that an overlay asks for with `x-merge-patch`.

All members of such a form are optional, and null removes one, unless it is required of the whole
resource or the overlay says to keep it. A member that is an object is patched in its turn, by a
form called `<its schema>_Update`; an array is replaced as a whole. `properties` beside
`x-merge-patch` add to what the resource's schema says of a member, or with `x-strict` replace it.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from openapi import variants
from openapi.members import REFERENCE, ContractError, Json, Members, members, resolve

WORD = "x-merge-patch"
OWN = ("id", "href")
"""What no patch changes, unless the overlay lists it."""


def expand(document: Json) -> None:
    """Write out, in place, each schema that is there as `x-merge-patch` only."""
    schemas = document.get("components", {}).get("schemas", {})
    for name, schema in list(schemas.items()):
        if WORD in schema:
            schemas[name] = _Form(document, name, schema).written()


class _Form:
    """One schema's merge patch form."""

    def __init__(self, document: Json, name: str, schema: Json) -> None:
        self._document = document
        self._schemas: Json = document["components"]["schemas"]
        self._schema = schema
        self._rule = _Rule(f"components/schemas/{name}/{WORD}", schema[WORD], self._schemas)

    def written(self) -> Json:
        """The form as a plain schema, with the overlay's `description`."""
        base = self._schemas[self._rule.of]
        found = members(self._document, base) or Members()
        chosen = self._rule.chosen(found)
        kept = {*self._rule.kept(found), *found.required}
        said = self._schema.get("description", f"What a patch of {self._rule.of} may hold.")
        properties = dict(self._members(found, chosen, kept))
        additional = base.get("additionalProperties", True) if self._rule.is_open else False
        return {
            "type": "object",
            "description": said,
            "properties": properties | self._narrower(properties),
            "additionalProperties": additional,
        }

    def _narrower(self, properties: Json) -> Json:
        """The properties of which the overlay says more."""
        more = self._schema.get("properties", {})
        self._rule.refuse(more.keys() - properties.keys(), "is in `properties`, and not patched")
        return {
            name: said if variants.WORD in said else properties[name] | said
            for name, said in more.items()
        }

    def _members(
        self, found: Members, chosen: Iterable[str], kept: Iterable[str]
    ) -> Iterator[tuple[str, Json]]:
        for name, schema in found.properties.items():
            if name in chosen:
                member = self._member(schema)
                yield name, member if name in kept else self._nullable(member)

    def _member(self, schema: Json) -> Json:
        found = members(self._document, schema)
        if found is None:
            return schema
        while len(schema.get("allOf", [])) == 1 and "properties" not in schema:
            schema = schema["allOf"][0]
        name = schema.get("$ref", "").removeprefix(REFERENCE)
        if name not in self._schemas:
            return self._nested(resolve(self._document, schema), found)
        patch = f"{name}_Update"
        if patch not in self._schemas:
            self._schemas[patch] = {"type": "object"}  # for a schema that refers to itself
            self._schemas[patch] = self._nested(resolve(self._document, schema), found)
        return {"$ref": REFERENCE + patch}

    def _nested(self, base: Json, found: Members) -> Json:
        said = {word: value for word, value in base.items() if word not in _COMPOSED}
        written = dict(self._members(found, found.properties, found.required))
        return said | {"type": "object", "properties": written}

    def _nullable(self, schema: Json) -> Json:
        if "$ref" not in schema:
            return schema | {"nullable": True}
        # OpenAPI 3.0 ignores what stands beside a $ref, and `nullable` where there is no `type`.
        core = resolve(self._document, schema)
        typed = {"type": core["type"]} if "type" in core else {}
        return {**typed, "allOf": [schema], "nullable": True}


class _Rule:
    """What an overlay says in `x-merge-patch`, checked against the schema it is about."""

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

    def chosen(self, found: Members) -> list[str]:
        """What a patch may change."""
        never = {*OWN, *self._names("except", found, [])}
        every = [name for name in found.properties if name not in never]
        return self._names("attributes", found, every)

    def kept(self, found: Members) -> list[str]:
        """What a patch may change but not remove."""
        return self._names("keep", found, [])

    def _names(self, word: str, found: Members, default: list[str]) -> list[str]:
        names: list[str] = self._rule.get(word, default)
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ContractError(f"{self._where}: `{word}` must be a list of names")
        self.refuse(set(names) - found.properties.keys(), f"is no member of {self.of}")
        return names

    def refuse(self, names: set[str], why: str) -> None:
        """Raise ContractError for the first of the names, if there is one."""
        if names:
            raise ContractError(f"{self._where}: {min(names)} {why}")


_COMPOSED = ("allOf", "anyOf", "oneOf", "discriminator", "properties", "required", "nullable")
