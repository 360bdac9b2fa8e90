"""A contract: checks JSON values, and returns the documents for clients and Connexion."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from impl.contract import documents
from impl.contract.json_schema import Json, converted
from impl.contract.validation_errors import ErrorFinder
from impl.contract.validators import ADDRESS, Validators
from impl.errors import path, refuse
from impl.instants import instant


class Contract:
    """Checks JSON values against the schemas of an OpenAPI 3.0 document.

    `public` is the document for clients; by default the same one.
    """

    def __init__(self, document: Json, public: Json | None = None) -> None:
        self.document = document
        self._public = document if public is None else public
        self._schemas: Mapping[str, Json] = document["components"]["schemas"]
        converted_document = converted(document)
        registry = jsonschema_rs.Registry([(ADDRESS, converted_document)])
        self._requests = Validators(registry, {"date-time": is_instant})
        self._responses = Validators(registry, {})
        self._errors = ErrorFinder(converted_document, self._requests)

    @classmethod
    def load(cls, folder: Path) -> "Contract":
        """The contract of a folder that the generator wrote."""
        return cls(*(_read(folder / name) for name in ("strict.yaml", "openapi.yaml")))

    def check(self, pointer: str, value: Any) -> None:
        """Check a request's value against the schema at a JSON pointer.

        Raises BodyInvalid, FieldMissing or FieldInvalid for the first wrong attribute, with the
        errors of the others (`refuse`).
        """
        if self._requests[pointer].is_valid(value):
            return
        refuse(self._errors.of(pointer, value))
        raise RuntimeError(f"{pointer}: what breaks it can't be told")

    def response_fault(self, pointer: str, value: Any) -> str | None:
        """The fault of a response's value, which quotes nothing; None if it is valid."""
        try:
            self._responses[pointer].validate(value)
        except jsonschema_rs.ValidationError as error:
            return f"{path(error.instance_path)} breaks {path(error.schema_path)}"
        return None

    def served(self, issuer: str) -> Json:
        """The document that clients get, with the issuer of the tokens that they need.

        Without an issuer, it says that they need no token.
        """
        return documents.for_clients(self._public, issuer)

    def routing(self) -> Json:
        """The document that Connexion gets; its schemas of bodies are pointers for `check`."""
        return documents.for_connexion(self.document)

    def not_removable(self, schema: str) -> frozenset[str]:
        """The attributes that a merge patch may change but not remove, by the patch's schema."""
        properties = self._schemas[schema]["properties"].items()
        return frozenset(name for name, each in properties if not each.get("nullable"))

    def patchable(self, schema: str) -> frozenset[str] | None:
        """The attributes that a patch's schema lists; None if it allows others, too."""
        update = self._schemas[schema]
        return None if update.get("additionalProperties", True) else frozenset(update["properties"])


def is_instant(text: str) -> bool:
    """Whether a text is an RFC 3339 date-time that can be stored: years 1 to 9999 in UTC."""
    return instant(text) is not None


def _read(file: Path) -> Json:
    document: Json = yaml.load(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return document
