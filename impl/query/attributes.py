"""What the contract says of a resource's attributes: their names, types and members."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

Kind: TypeAlias = Literal["string", "number", "boolean", "instant", "object", "any"]
MAX_LEVELS = 64
"""No document nests deeper, so no path is longer."""


@dataclass(frozen=True)
class Attribute:
    """One attribute: the kind of its value, or of its elements if it is an array."""

    kind: Kind
    members: Mapping[str, "Attribute"] = field(default_factory=dict)
    array: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    """The values of an enumeration; empty if any value may be."""

    @property
    def has_no_comma(self) -> bool:
        """Whether no value of its type holds a comma."""
        return bool(self.choices) or self.kind in ("number", "boolean", "instant")

    @property
    def always(self) -> frozenset[str]:
        """The required members, which are shown whatever a client selects."""
        return frozenset(name for name, member in self.members.items() if member.required)

    def array_on(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """The path to the first array of objects that this path goes through; empty without one."""
        for end in range(1, len(path)):
            attribute = self.find(path[:end])
            if attribute is not None and attribute.array and attribute.kind == "object":
                return path[:end]
        return ()

    def find(self, path: tuple[str, ...]) -> "Attribute | None":
        """The attribute at a path below this one; None if the contract does not know it."""
        if not path:
            return self
        member = self.members.get(path[0])
        return member and member.find(path[1:])


def of(schema: type[Schema]) -> Attribute:
    """The attributes of a generated schema, as the members of one object."""
    return Attribute("object", {name: _attribute(each) for name, each in schema().fields.items()})


def without_choices(owner: Attribute) -> Attribute:
    """The attribute with any text in place of an enumeration, in its members too."""
    members = {name: without_choices(member) for name, member in owner.members.items()}
    return replace(owner, choices=(), members=members)


def with_choices(owner: Attribute, name: str, choices: tuple[str, ...]) -> Attribute:
    """The attribute with these as the only values of one member."""
    member = replace(owner.members[name], choices=choices)
    return replace(owner, members={**owner.members, name: member})


def _attribute(each: fields.Field[Any], within: tuple[type[Schema], ...] = ()) -> Attribute:
    if isinstance(each, fields.List):
        element = _attribute(each.inner, within)
        return replace(element, array=True, required=each.required)
    if isinstance(each, fields.Nested):
        schema = type(each.schema)
        if schema in within:  # a recursive schema: its deeper members are left out
            return Attribute("object", required=each.required)
        inside = (*within, schema)
        members = {name: _attribute(member, inside) for name, member in each.schema.fields.items()}
        return Attribute("object", members, required=each.required)
    kind = _kind(each)
    choices = _choices(each) if kind == "string" else ()
    return Attribute(kind, required=each.required, choices=choices)


def _kind(each: fields.Field[Any]) -> Kind:
    match each:
        case fields.AwareDateTime():
            return "instant"
        case fields.Boolean():
            return "boolean"
        case fields.Integer():
            return "number"
        case fields.String():
            return "string"
    return "number" if type(each).__name__ == "Number" else _of_choices(each)


def _choices(each: fields.Field[Any]) -> tuple[str, ...]:
    enumerations = (known for known in each.validators if isinstance(known, OneOf))
    return next((tuple(filter(None, known.choices)) for known in enumerations), ())


def _of_choices(each: fields.Field[Any]) -> Kind:
    return "string" if each.validators else "any"
