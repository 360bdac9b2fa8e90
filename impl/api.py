"""What the core knows of an API: one contract, and the code generated from it. Pure.

`impl/generated_api.py` makes one of a generated package. The core takes it as an argument.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from marshmallow import Schema

from impl.links import Links
from impl.patch.apply import Patch
from impl.query.attributes import Attribute
from impl.query.language import Query

if TYPE_CHECKING:
    from impl.contract.contract import Contract

Media: TypeAlias = Mapping[str, str | None]
"""Schemas by media type, as the contract names them; a name ends in [] for an array."""


class Form(Protocol):
    """The form in which an API shows what the handlers know in another one."""

    def attributes(self, resource: str) -> Attribute:
        """The attributes of a resource in this form."""

    def body(self, resource: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body of a create as the handlers know it, with typed values."""

    def query(self, query: Query, links: Links) -> tuple[Query, Links]:
        """The query as the handlers know it, and the links that show what it chooses."""

    def patch(
        self, media_type: str, body: Any, links: Links, wanted: Callable[[], bool], *, alone: bool
    ) -> Patch:
        """A patch of what the links show; the rest as in `Patch`."""

    def errors(self, resource: str) -> AbstractContextManager[None]:
        """Names attributes in this form, in errors that are raised inside."""


class Operation(Protocol):
    """One operation of a contract, as the generator writes it."""

    @property
    def id(self) -> str:
        """Its `operationId`."""

    @property
    def python_name(self) -> str:
        """The method of the handler."""

    @property
    def method(self) -> str:
        """The HTTP method, in capitals."""

    @property
    def path(self) -> str:
        """The path template below the base path."""

    @property
    def resource(self) -> str:
        """The first segment of the path."""

    @property
    def takes_query(self) -> bool:
        """Whether its query string is in the TMF630 query language."""

    @property
    def arguments(self) -> Sequence[tuple[str, str, str]]:
        """Parameters: name, place (path, query or header), Python name."""

    @property
    def request(self) -> Media:
        """The body's schemas; empty if it reads no body."""

    @property
    def responses(self) -> Mapping[int, Media]:
        """The answers' schemas, by status."""

    @property
    def standard(self) -> str | None:
        """The method of a collection that can serve it; None if it needs one of a handler."""

    @property
    def scopes(self) -> Sequence[str]:
        """OAuth scopes, all of which a caller needs."""


@dataclass(frozen=True)
class Handlers:
    """The objects that serve an API's operations."""

    own: Any
    """Has the handlers as attributes, by the names in `Api.handlers`."""

    collections: Mapping[str, Any]
    """Of every resource, by name: they serve the operations that handlers have no methods for."""


@dataclass(frozen=True, eq=False)
class Api:
    """A contract below its base path. Equal to itself alone, so that it can be a key."""

    base_path: str
    folder: Path
    """Holds `strict.yaml` and `openapi.yaml`, which the generator wrote."""

    operations: Sequence[Operation]
    schemas: Mapping[str, type[Schema]]
    """By the names that the contract gives them."""

    handlers: Mapping[str, str]
    """The attribute of the handlers that serves each resource."""

    event: Attribute
    """The attributes of its events, as queries name them."""

    published: Sequence[str]
    """The resources whose events it has, as the store calls them."""

    links: Callable[[str, str], Links]
    """Makes the links of a resource below the URL of the API."""

    form: Form | None = None
    """None if the handlers know the documents as this API shows them."""

    @property
    def version(self) -> str:
        """Its major version as its base path has it, such as v4."""
        return self.base_path.rpartition("/")[2]

    @cached_property
    def contract(self) -> "Contract":
        """The contract, compiled when it is first used: that takes most of a start."""
        from impl.contract.contract import Contract  # noqa: PLC0415 - workers start without it

        return Contract.load(self.folder)

    def create_schema(self, resource: str) -> str:
        """The name of the schema of a create of the resource, which the API has."""
        path = f"/{resource}"
        (operation,) = (e for e in self.operations if (e.method, e.path) == ("POST", path))
        return operation.request["application/json"] or ""

    def url(self, home: str) -> str:
        """The URL of the API on the server at the URL `home`; every `href` begins with it."""
        return home + self.base_path
