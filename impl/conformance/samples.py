"""Small valid values of a contract's schemas, for tests of any API. Pure."""

from collections.abc import Mapping
from typing import Any

from impl.contract.json_schema import Json

QUERY_PATCH = "application/json-patch-query+json"
LEAST, MOST = -(2**63), 2**63 - 1

TEXTS = {
    "date-time": "2026-01-01T00:00:00Z",
    "date": "2026-01-01",
    "uri": "https://example.com/",
    "email": "a@example.com",
    "tmf678-callback": "https://example.com/events",
    "tmf678-event-query": "",
}
"""A text of each format that not every text has."""


def is_beyond_64_bits(value: Any) -> bool:
    """Whether a number in the value is none that the server can store."""
    if isinstance(value, (list, dict)):
        parts = value.values() if isinstance(value, dict) else value
        return any(map(is_beyond_64_bits, parts))
    return isinstance(value, (int, float)) and not LEAST <= value <= MOST


class Samples:
    """Values by the schemas of one document, which requests are validated against."""

    def __init__(self, document: Json) -> None:
        self._schemas: Mapping[str, Json] = document["components"]["schemas"]

    def body(self, schema: str, type_: str) -> Json:
        """A value of an object schema with its required members; `@type`, if there is one."""
        value: Json = self._value({"$ref": f"#/components/schemas/{schema}"})
        return value | ({"@type": type_} if "@type" in value else {})

    def change(self, schema: str) -> Json:
        """A patch of one attribute that is a plain text; empty if there is none."""
        properties = self._schemas[schema].get("properties", {})
        plain = (name for name, each in properties.items() if self._is_plain(name, each))
        return dict.fromkeys([*plain][:1], "changed")

    def _is_plain(self, name: str, schema: Json) -> bool:
        kept = {word for word in schema if word not in ("description", "nullable", "maxLength")}
        return kept == {"type"} and schema["type"] == "string" and name[:1] != "@"

    def _value(self, schema: Json) -> Any:
        while "$ref" in schema:
            schema = self._schemas[schema["$ref"].rpartition("/")[2]]
        if schema.get("enum"):
            return schema["enum"][0]
        for word in ("oneOf", "anyOf"):
            if word in schema:
                return self._value(schema[word][0])
        match schema.get("type"):
            case "string":
                return TEXTS.get(schema.get("format", ""), "text")
            case "integer" | "number":
                return max(1, schema.get("minimum", 1))
            case "boolean":
                return True
            case "array":
                return [self._value(schema.get("items", {}))] * schema.get("minItems", 0)
        return self._members(schema)

    def _members(self, schema: Json) -> Json:
        members: Json = {}
        for part in schema.get("allOf", []):
            members |= self._value(part)
        properties = schema.get("properties", {})
        required = schema.get("required", [])
        return members | {name: self._value(properties.get(name, {})) for name in required}
