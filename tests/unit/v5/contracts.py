"""Both contracts for tests: random documents of each, and what TM Forum's own files allow.

`oneOf` is read by its `discriminator`; read strictly, it allows no party at all, since each
PartyRef is a PartyRoleRef, too. A subtype, which no discriminator names, is valid as its base.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import strategies as st

from tests.servers import ROOT

Json = dict[str, Any]
OFFICIAL = Path(os.environ.get("OFFICIAL_DOCUMENTS", ROOT.parent / "shared" / "official"))
"""The folder of TM Forum's own files, which are not part of this project."""

V4, V5 = ROOT / "tmf678.yaml", ROOT / "tmf678-v5.yaml"
V4_FILES = (V4, OFFICIAL / "TMF678-CustomerBill-v4.0.0.swagger.json")
V5_FILES = (V5, OFFICIAL / "TMF678-CustomerBill-v5.0.0.oas.yaml")
"""The standard of each version: restated, and TM Forum's own file."""


def by_files(name: str, files: tuple[Path, ...]) -> pytest.MarkDecorator:
    """Runs a test for each of these files; skips one that is not here."""
    return pytest.mark.parametrize(
        name,
        [
            pytest.param(
                each,
                id=each.name,
                marks=pytest.mark.skipif(
                    not each.exists(), reason=f"TM Forum's file is not here: {each}"
                ),
            )
            for each in files
        ],
    )


START = "#/components/schemas/"

RESOURCES: Mapping[str, str] = {
    "customerBill": "CustomerBill",
    "customerBillOnDemand": "CustomerBillOnDemand",
    "appliedCustomerBillingRate": "AppliedCustomerBillingRate",
    "billCycle": "BillCycle",
}
"""The resources that both versions have, and their schemas."""


@cache
def v4() -> Json:
    return _schemas((ROOT / "generated" / "strict.yaml").read_text("utf-8"))


@cache
def v5() -> Json:
    return _schemas(V5.read_text("utf-8"))


def _schemas(text: str) -> Json:
    """The schemas of an OpenAPI 3.0 or Swagger 2.0 document, with references as in the former."""
    text = text.replace("#/definitions/", START)
    document: Json = yaml.load(text, Loader=yaml.CSafeLoader)
    schemas: Json = document.get("definitions") or document["components"]["schemas"]
    return schemas


def properties(schemas: Json, name: str) -> Json:
    """The members of an object, those of what it extends included."""
    return _merged(schemas, {"$ref": START + name})["properties"]  # type: ignore[no-any-return]


def _merged(schemas: Json, schema: Json) -> Json:
    """An object schema with all that it refers to."""
    if "$ref" in schema:
        return _merged(schemas, schemas[schema["$ref"].removeprefix(START)])
    parts = [_merged(schemas, each) for each in schema.get("allOf", ())]
    merged = {**schema, "properties": {}, "required": []}
    for part in (*parts, schema):
        merged["properties"] |= part.get("properties", {})
        merged["required"] = sorted({*merged["required"], *part.get("required", ())})
    return merged


# ---------------------------------------------------------------- what a standard allows


@cache
def _document(file: Path) -> Json:
    schemas: Json = {}
    for name, schema in _schemas(file.read_text("utf-8")).items():
        schemas[f"{name}.alone"] = _alone(schema)
        schemas[name] = _chosen(name, schema)
    return {"components": {"schemas": schemas}}


def _alone(schema: Json) -> Json:
    parts = [
        {"$ref": f"{each['$ref']}.alone"} if "$ref" in each else each
        for each in schema.get("allOf", ())
    ]
    without = {key: each for key, each in schema.items() if key not in ("oneOf", "discriminator")}
    return without | ({"allOf": parts} if parts else {})


def _chosen(name: str, schema: Json) -> Json:
    """The schema that `@type` names, or else the first."""
    mapping = schema.get("discriminator", {}).get("mapping", {})
    if "oneOf" in schema:
        found: Json = {"anyOf": [{"$ref": f"{each['$ref']}.alone"} for each in schema["oneOf"]]}
    else:
        found = {"$ref": f"{START}{name}.alone"}
    for type_, target in mapping.items():
        is_type = {"properties": {"@type": {"const": type_}}, "required": ["@type"]}
        found = {"if": is_type, "then": {"$ref": f"{target}.alone"}, "else": found}
    return found


@cache
def _validator(name: str, file: Path) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator({**_document(file), "$ref": START + name})


def fault(name: str, value: Any, file: Path = V5) -> str:
    """The reason why a value is invalid by a schema of a file; blank if it is valid."""
    errors = _validator(name, file).iter_errors(value)
    return "; ".join(f"{list(each.instance_path)}: {each.message}" for each in errors)


# ---------------------------------------------------------------- random documents

texts = st.sampled_from(["", "a", "b", "Individual", "onCycle", "usage", "5"])
scalars = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.5, 2.0]) | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
EXTENSIONS = ("", "x-shelf", "type", "appliedBillingRateType", "BillCycleSpecification", "partyId",
              "partyName", "characteristicRelationship", "name", "id", "value", "role", "billCycle",
              "partyOrPartyRole")  # fmt: skip
"""Names of extension attributes that the other version may give to something else."""


class Documents:
    """Random documents of a contract; `@type`s are missing, defaults, subtypes and wrong ones."""

    def __init__(self, schemas: Json, types: tuple[str, ...], extensions: tuple[str, ...]) -> None:
        self._schemas = schemas
        self._types = types
        self._extensions = extensions

    def of(self, name: str) -> st.SearchStrategy[Json]:
        return self._of({"$ref": START + name}, "")

    def _of(self, schema: Json, name: str) -> st.SearchStrategy[Any]:
        if "$ref" in schema and "discriminator" not in schema:
            name = schema["$ref"].removeprefix(START)
            return self._of({**self._schemas[name]}, name)
        mapping = schema.get("discriminator", {}).get("mapping", {})
        targets = {t: n.removeprefix(START) for t, n in mapping.items() if n != START + name}
        if targets:
            kinds = [self._object(self._schemas[n], t) for t, n in sorted(targets.items())]
            return st.one_of(kinds if "oneOf" in schema else [*kinds, self._object(schema, name)])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if schema.get("type") == "array":
            return st.lists(self._of(schema["items"], ""), max_size=2)
        if "properties" in schema or "allOf" in schema:
            return self._object(schema, name)
        return _value(schema)

    def _object(self, schema: Json, name: str) -> st.SearchStrategy[Json]:
        return st.deferred(lambda: self._members(_merged(self._schemas, schema), name))

    def _members(self, schema: Json, name: str) -> st.SearchStrategy[Json]:
        members = {
            each: self._type(name) if each == "@type" else self._of(member, "")
            for each, member in schema["properties"].items()
        }
        needed = {each: members.pop(each) for each in schema["required"] if each in members}
        others = [each for each in self._extensions if each not in (members | needed)]
        extended = members | dict.fromkeys(others, values)
        some = st.lists(st.sampled_from(sorted(extended)), max_size=5, unique=True)
        return some.flatmap(
            lambda names: st.fixed_dictionaries(needed | {n: extended[n] for n in names})
        )

    def _type(self, name: str) -> st.SearchStrategy[str]:
        return st.sampled_from([name, name, *self._types])


def _value(schema: Json) -> st.SearchStrategy[Any]:
    match schema.get("type"), schema.get("format"):
        case "string", "date-time":
            return st.sampled_from(["2026-10-01T00:00:00Z", "2026-10-02T12:30:00Z"])
        case "string", "uri":
            return st.just("https://example.com/schema")
        case "string", _:
            return texts
        case "number", _:
            return st.sampled_from([0.0, 1.5, -3.25])
        case "integer", _:
            return st.integers(0, 3)
        case "boolean", _:
            return st.booleans()
        case "object", _:
            return st.dictionaries(texts, scalars, max_size=2)
    return values


V4_TYPES = ("BillRef", "RelatedPartyRef", "PartyRoleRef", "AttachmentRef", "StringCharacteristic",
            "NumberArrayCharacteristic", "FloatCharacteristic", "OwnType")  # fmt: skip


def v4_documents(name: str, extensions: tuple[str, ...] = EXTENSIONS) -> st.SearchStrategy[Json]:
    return Documents(v4(), V4_TYPES, extensions).of(name)


def v5_documents(name: str, extensions: tuple[str, ...] = EXTENSIONS) -> st.SearchStrategy[Json]:
    return Documents(v5(), ("OwnType",), extensions).of(name)
