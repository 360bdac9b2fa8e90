"""The errors of a value that breaks its schema, each for the attribute that is wrong."""

from collections.abc import Iterator, Mapping
from itertools import chain
from types import NoneType
from typing import Any

import jsonschema_rs

from impl import json_pointer
from impl.contract.json_schema import Json
from impl.contract.validators import Validators
from impl.errors import ApiError, BodyInvalid, FieldInvalid, FieldMissing, Place, path


class ErrorFinder:
    """Finds the errors of a value one after the other, so that the first few of many are cheap.

    A validator either says whether there is any error, or finds all of them. So each schema on the
    way to an error first says whether there is any, and then finds all errors of the value itself,
    but not of its parts.
    """

    def __init__(self, document: Json, validators: Validators) -> None:
        self._document = document
        self._validators = validators
        self._without_parts: dict[str, jsonschema_rs.Validator] = {}

    def of(self, pointer: str, value: Any, at: Place = ()) -> Iterator[ApiError]:
        """The errors of the value at a place in the body, by the schema at a pointer.

        Errors of an `anyOf` come only if there are no others.
        """
        if self._validators[pointer].is_valid(value):
            return
        schema = self._schema(pointer)
        if "$ref" in schema:
            yield from self.of(schema["$ref"], value, at)
            return
        own = list(self._validator_without_parts(pointer, schema).iter_errors(value))
        certain = (each for each in own if each.kind.name != "anyOf")
        parts = (
            self.of(pointer + below, part, at + place)
            for below, part, place in _parts(schema, value)
        )
        errors = chain.from_iterable(chain((_api_errors(each, at) for each in certain), parts))
        first = next(errors, None)
        if first is not None:
            yield first
            yield from errors
            return
        for each in own:
            yield from _api_errors(each, at)

    def _schema(self, pointer: str) -> Json:
        node: Any = self._document
        for part in json_pointer.parts(pointer):
            node = node[int(part) if isinstance(node, list) else part]
        schema: Json = node
        return schema

    def _validator_without_parts(self, pointer: str, schema: Json) -> jsonschema_rs.Validator:
        if pointer not in self._without_parts:
            own = {name: each for name, each in schema.items() if name not in _PARTS}
            known: Json = {name: {} for name in schema.get("properties", {})}
            validator = self._validators.compiled(own | {"properties": known})
            self._without_parts[pointer] = validator
        return self._without_parts[pointer]


_PARTS = {"allOf", "if", "then", "else", "items", "properties"}
_TYPES: Mapping[str, type] = {"null": NoneType, "array": list, "object": dict}


def _parts(schema: Json, value: Any) -> Iterator[tuple[str, Any, Place]]:
    """The schemas below this one: pointer from here, part of the value, and its place."""
    for index in range(len(schema.get("allOf", ()))):
        yield f"/allOf/{index}", value, ()
    if "if" in schema:
        branch = "then" if isinstance(value, _TYPES[schema["if"]["type"]]) else "else"
        if branch in schema:
            yield f"/{branch}", value, ()
    if isinstance(value, dict):
        for name in schema.get("properties", {}):
            if name in value:
                yield f"/properties/{json_pointer.escaped(name)}", value[name], (name,)
    if isinstance(value, list) and "items" in schema:
        for index, each in enumerate(value):
            yield "/items", each, (index,)


def _api_errors(error: jsonschema_rs.ValidationError, at: Place = ()) -> Iterator[ApiError]:
    """The errors that clients get for a validation error of the value at a place."""
    kind: Any = error.kind  # its attributes differ by keyword, which the stubs don't tell
    place = [*at, *error.instance_path]
    chosen = (_choices(error, at) or _nearest(error)) if kind.name == "anyOf" else None
    if isinstance(chosen, FieldInvalid):
        yield chosen
    elif chosen is not None:
        yield from _api_errors(chosen, at)
    elif kind.name == "required":
        yield FieldMissing(path([*place, kind.property]), "is needed")
    elif kind.name == "additionalProperties":
        for name in kind.unexpected:
            yield FieldInvalid(path([*place, name]), "is unknown")
    elif place:
        yield FieldInvalid(path(place), brief(error))
    else:
        yield BodyInvalid(brief(error))


def _choices(error: jsonschema_rs.ValidationError, at: Place) -> FieldInvalid | None:
    """An error with all values of the attribute that tells the alternatives apart.

    None if it has one of these values, or if no single attribute tells them apart.
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
    """The error that explains best why every alternative fails; None if none does.

    An alternative is not meant if it wants null, or another value of the attribute that tells the
    alternatives apart. If one is left, the result is its first error. Otherwise it is the first
    missing attribute of the alternative with the fewest errors.
    """
    kind: Any = error.kind
    branches: list[list[jsonschema_rs.ValidationError]] = [each for each in kind.context if each]
    meant = [branch for branch in branches if not any(map(_is_for_another, branch))]
    if len(meant) == 1 and len(branches) > 1:
        return meant[0][0]
    missing = ((len(b), each) for b in branches for each in b if each.kind.name == "required")
    return min(missing, key=lambda error: error[0], default=(0, None))[1]


def _is_for_another(error: jsonschema_rs.ValidationError) -> bool:
    kind: Any = error.kind
    return kind.name == "enum" or bool(kind.name == "type" and list(kind.types) == ["null"])


def brief(error: jsonschema_rs.ValidationError) -> str:
    """The error in one line of 250 characters at most, unless it lists the values of an enum."""
    kind: Any = error.kind
    if kind.name == "enum":
        return f"must be one of {', '.join(map(str, kind.options))}"
    if kind.name == "anyOf":
        return "has a value that can't be stored, such as an integer of more than 64 bits"
    line = error.message.splitlines()[0]
    return line if len(line) <= 200 else f"{line[:100]}...{line[-100:]}"
