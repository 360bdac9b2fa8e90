"""Compiled validators of the schemas in one document."""

from typing import Any
from urllib.parse import quote

import jsonschema_rs

from impl.contract.json_schema import Json

ADDRESS = "urn:tmf678:contract"


class Validators(dict[str, jsonschema_rs.Validator]):
    """Validators by JSON pointer. Each is compiled when it is first used; most never are."""

    def __init__(self, registry: jsonschema_rs.Registry, formats: Json) -> None:
        super().__init__()
        self._registry = registry
        self._formats = formats

    def __missing__(self, pointer: str) -> jsonschema_rs.Validator:
        self[pointer] = validator = self.compiled({"$ref": pointer})
        return validator

    def compiled(self, schema: Json) -> jsonschema_rs.Validator:
        """A validator of any schema; its references are pointers into the document."""
        return jsonschema_rs.validator_for(
            _absolute(schema),
            registry=self._registry,
            validate_formats=True,
            formats=self._formats,
            offline=True,
            pattern_options=jsonschema_rs.RegexOptions(),
        )


def _absolute(node: Any) -> Any:
    """A schema whose references can be resolved from outside the document."""
    if isinstance(node, list):
        return [_absolute(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        name: _address(each) if name == "$ref" else _absolute(each) for name, each in node.items()
    }


def _address(pointer: str) -> str:
    fragment = quote(pointer.removeprefix("#"), safe="/~")
    return f"{ADDRESS}#{fragment}"
