"""The effective contract: the standard's document with the overlay applied."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from oas_patch.overlay import apply_overlay
from openapi_spec_validator import validate

Json = dict[str, Any]
REFERENCE = "#/components/schemas/"
MERGE_PATCH = "x-merge-patch"


class ContractError(Exception):
    """The standard and the overlay don't make a contract; the message says where and why."""


def effective(standard: Path, overlay: Path) -> Json:
    """The overlay applied to the standard, its merge patch forms written out, and checked."""
    document: Json = yaml.safe_load(standard.read_text("utf-8"))
    for action in yaml.safe_load(overlay.read_text("utf-8"))["actions"]:
        document = _applied(document, action)
    _expand_merge_patches(document["components"]["schemas"])
    validate(document)
    return document


def dump(document: Json) -> str:
    """The document as YAML, the same bytes for the same document."""
    return yaml.dump(document, Dumper=_PlainDumper, sort_keys=False, width=100, allow_unicode=True)


class _PlainDumper(yaml.SafeDumper):
    """A dumper that writes everything out, so that a reviewer reads no aliases."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _applied(document: Json, action: Json) -> Json:
    # A round trip through JSON, for YAML's anchors make places share one object.
    unshared = json.loads(json.dumps(action))
    changed: Json = apply_overlay(copy.deepcopy(document), {"actions": [unshared]})
    if changed == document:
        raise ContractError(f"overlay: {action['target']} changes nothing")
    return changed


def _expand_merge_patches(schemas: Json) -> None:
    for name, schema in list(schemas.items()):
        rule = schema.get(MERGE_PATCH)
        if rule is not None:
            schemas[name] = _MergePatch(schemas, rule).of(schema)


class _MergePatch:
    """Writes a schema's merge patch form (RFC 7396): all members optional, null removes one."""

    def __init__(self, schemas: Json, rule: Json) -> None:
        self._schemas = schemas
        self._rule = rule

    def of(self, schema: Json) -> Json:
        base = self._schemas[self._rule["of"]]
        chosen = self._rule.get("attributes", [p for p in base["properties"] if p not in _OWN])
        unknown = set(chosen) - set(base["properties"])
        if unknown:
            raise ContractError(f"overlay: {self._rule['of']} has no {', '.join(sorted(unknown))}")
        kept = {*self._rule.get("keep", []), *base.get("required", [])}
        open_ended = "attributes" not in self._rule
        return {
            "type": "object",
            "description": schema["description"],
            "properties": dict(self._members(base, chosen, kept)),
            "additionalProperties": base["additionalProperties"] if open_ended else False,
        } | {word: schema[word] for word in ("anyOf",) if word in schema}

    def _members(self, base: Json, chosen: list[str], kept: set[str]) -> Iterator[tuple[str, Json]]:
        for name, schema in base["properties"].items():
            if name in chosen:
                member = self._member(schema)
                yield name, member if name in kept else _nullable(member)

    def _member(self, schema: Json) -> Json:
        target = schema.get("$ref", "").removeprefix(REFERENCE)
        if self._schemas.get(target, {}).get("type") != "object":
            return schema
        patch = f"{target}_Update"
        if patch not in self._schemas:
            self._schemas[patch] = self._nested(self._schemas[target])
        return {"$ref": REFERENCE + patch}

    def _nested(self, base: Json) -> Json:
        kept = set(base.get("required", []))
        members = dict(self._members(base, list(base["properties"]), kept))
        optional = {key: value for key, value in base.items() if key != "required"}
        return optional | {"properties": members}


_OWN = ("id", "href")


def _nullable(schema: Json) -> Json:
    # OpenAPI 3.0 ignores what stands beside a $ref, so a reference is wrapped.
    return ({"allOf": [schema]} if "$ref" in schema else schema) | {"nullable": True}
