"""The members of object schemas, with references and composition resolved."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any
from urllib.parse import unquote

Json = dict[str, Any]
REFERENCE = "#/components/schemas/"


class ContractError(Exception):
    """The standard and the overlay make no valid contract; the message says where and why."""


@dataclass(frozen=True)
class Members:
    """The members of an object, each with its schema, and the names of required ones."""

    properties: Json = field(default_factory=dict)
    required: frozenset[str] = frozenset()

    def under(self, other: "Members") -> "Members":
        """Both together; the other's schema counts for a member that both have."""
        return Members(self.properties | other.properties, self.required | other.required)

    def completed_by(self, other: "Members") -> "Members":
        """Both together; this one's schema counts for a member that both have."""
        more = {k: v for k, v in other.properties.items() if k not in self.properties}
        return Members(self.properties | more, self.required | other.required)


def resolve(document: Json, node: Json) -> Json:
    """The node, or the target of its reference; ContractError if that leads back to itself."""
    seen: list[str] = []
    while "$ref" in node:
        if node["$ref"] in seen:
            raise ContractError(f"{node['$ref']} refers to itself")
        seen.append(node["$ref"])
        node = target(document, node["$ref"])
    return node


def target(document: Json, reference: str) -> Json:
    """The target of a reference within the document; ContractError if there is none."""
    node: Any = document
    try:
        for part in reference.removeprefix("#/").split("/"):
            step = unquote(part).replace("~1", "/").replace("~0", "~")
            node = node[int(step) if isinstance(node, list) else step]
    except (LookupError, TypeError, ValueError):
        node = None
    if not isinstance(node, dict):
        raise ContractError(f"{reference} leads nowhere")
    return node


def members(document: Json, schema: Json, seen: tuple[int, ...] = ()) -> Members | None:
    """The members of an object schema, with its composition resolved; None if it is no object.

    A later part of `allOf` overrides an earlier one. For `oneOf` and `anyOf` these are the members
    of any alternative; required are those that all require. A member whose schema differs between
    alternatives may be anything.
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
    composed = reduce(Members.under, [part for part in parts if part], Members()).under(own)
    return reduce(Members.completed_by, map(_either, choices), composed)


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


def reachable(node: Any, schemas: Json) -> Iterator[str]:
    """The names of the schemas that a node refers to, directly or through others."""
    waiting, seen = [node], set()
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix(REFERENCE)
            if name in schemas and name not in seen:
                seen.add(name)
                waiting.append(schemas[name])
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    yield from seen
