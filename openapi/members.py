"""What schemas say of objects: their members, whatever they are composed of."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]
REFERENCE = "#/components/schemas/"


class ContractError(Exception):
    """The standard and the overlay don't make a contract; the message says where and why."""


@dataclass(frozen=True)
class Members:
    """What an object may hold, each with its schema, and what it must hold."""

    properties: Json = field(default_factory=dict)
    required: frozenset[str] = frozenset()

    def under(self, other: "Members") -> "Members":
        """Both together; where they differ in what a member is, the other's word counts."""
        return Members(self.properties | other.properties, self.required | other.required)

    def completed_by(self, other: "Members") -> "Members":
        """Both together; where they differ in what a member is, this one's word counts."""
        more = {k: v for k, v in other.properties.items() if k not in self.properties}
        return Members(self.properties | more, self.required | other.required)


def resolve(document: Json, node: Json) -> Json:
    """The node, or what its reference leads to; ContractError where that is back to itself."""
    seen: list[str] = []
    while "$ref" in node:
        if node["$ref"] in seen:
            raise ContractError(f"{node['$ref']} refers to itself")
        seen.append(node["$ref"])
        node = target(document, node["$ref"])
    return node


def target(document: Json, reference: str) -> Json:
    """What a reference points to within the document; ContractError where that is nothing."""
    found: Any = document
    try:
        for part in reference.removeprefix("#/").split("/"):
            step = unquote(part).replace("~1", "/").replace("~0", "~")
            found = found[int(step) if isinstance(found, list) else step]
    except (LookupError, TypeError, ValueError):
        found = None
    if not isinstance(found, dict):
        raise ContractError(f"{reference} leads nowhere")
    return found


def members(document: Json, schema: Json, seen: tuple[int, ...] = ()) -> Members | None:
    """The members of an object schema, composition resolved; None where it is no object.

    `allOf` adds, the later part over the earlier. Of `oneOf` and `anyOf` counts what any
    alternative may hold and what all of them must; a member on which alternatives differ is
    anything.
    """
    schema = resolve(document, schema)
    if id(schema) in seen:
        return Members()
    within = (*seen, id(schema))
    parts = [members(document, part, within) for part in schema.get("allOf", [])]
    choices = [
        [members(document, each, within) for each in schema[word]]
        for word in ("oneOf", "anyOf")
        if word in schema
    ]
    if not (_is_object(schema) or any(parts) or any(all(choice) for choice in choices)):
        return None
    own = Members(schema.get("properties", {}), frozenset(schema.get("required", [])))
    found = reduce(Members.under, [part for part in parts if part], Members()).under(own)
    return reduce(Members.completed_by, map(_either, choices), found)


def _is_object(schema: Json) -> bool:
    return schema.get("type") == "object" or bool({"properties", "required"} & schema.keys())


def _either(alternatives: list[Members | None]) -> Members:
    known = [each or Members() for each in alternatives]
    required = frozenset.intersection(*(each.required for each in known))
    return Members(dict(_agreed(known)), required)


def _agreed(alternatives: list[Members]) -> Iterator[tuple[str, Json]]:
    for name in dict.fromkeys(name for each in alternatives for name in each.properties):
        known = [each.properties[name] for each in alternatives if name in each.properties]
        same = all(_facts(each) == _facts(known[0]) for each in known)
        yield name, known[0] if same else {}


def _facts(schema: Json) -> Json:
    return {word: value for word, value in schema.items() if word not in _PROSE}


_PROSE = {"description", "example", "externalDocs", "title"}
