"""Reads lines as a `POST` reads bodies: by the same rules, with the same errors."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

from impl.api import Api
from impl.contract.json_schema import COMPONENTS
from impl.errors import BodyInvalid, ContentTooLarge, FieldInvalid, FieldMissing
from impl.handlers.collection import Collection
from impl.instants import plan
from impl.resources import BY_NAME
from impl.store.bulk_insert import New

Json = dict[str, Any]


class Line(NamedTuple):
    """A line whose document can be stored."""

    number: int
    text: bytes
    resource: str
    new: New


@dataclass(frozen=True)
class Format:
    """How lines are read: up to so many bytes, as this resource, or else as each `@type` says.

    A line without an id gets one of its file's `name` and its number: the same one each time the
    file is read. Without a name, lines need ids.
    """

    decode: Callable[[bytes], Any]
    most_bytes: int
    resource: str | None = None
    name: str | None = None

    @property
    def job(self) -> str | None:
        """The name of the import's checkpoint; None if the file has no name."""
        return self.name and f"import {self.resource or '@type'} {self.name}"


@dataclass(frozen=True)
class _Kind:
    resource: str
    check: Callable[[str, Json], None]
    pointer: str
    typed: Callable[[Json], Json]
    collection: Collection[Any]


class Reader:
    """Reads lines as documents of these collections, by the contract and their rules."""

    def __init__(
        self,
        collections: Mapping[str, Collection[Any]],
        api_of: Callable[[str], Api],
        format_: Format,
    ) -> None:
        self._format = format_
        self._stem = format_.name and blake2b(format_.name.encode(), digest_size=8).hexdigest()
        self._kinds = {name: _kind(name, each, api_of(name)) for name, each in collections.items()}
        self._types = {BY_NAME[name].schema: kind for name, kind in self._kinds.items()}

    def read(self, number: int, text: bytes) -> Line:
        """The line, ready to store; raises the error that a `POST` would get."""
        if len(text) > self._format.most_bytes:
            raise ContentTooLarge(f"the line is over {self._format.most_bytes} bytes")
        value = self._format.decode(text)
        kind = self._kind(value)
        kind.check(kind.pointer, value)
        if "id" not in value:
            value = {"id": self._id(number), **value}
        return Line(number, text, kind.resource, kind.collection.ready(kind.typed(value)))

    def _kind(self, value: Any) -> _Kind:
        if not isinstance(value, dict):
            raise BodyInvalid("a line holds one object")
        if self._format.resource is not None:
            return self._kinds[self._format.resource]
        name = value.get("@type")
        if name is None:
            raise FieldMissing("@type", "is needed where no --resource says what the lines are")
        kind = self._types.get(name) if isinstance(name, str) else None
        if kind is None:
            raise FieldInvalid("@type", f"is none of {', '.join(self._types)}")
        return kind

    def _id(self, number: int) -> str:
        if self._stem is None:
            raise FieldMissing("id", "is needed where no --name says what standard input is")
        return f"{self._stem}-{number:010}"


def _kind(resource: str, collection: Collection[Any], api: Api) -> _Kind:
    body = api.create_schema(resource)
    return _Kind(
        resource, api.contract.check, COMPONENTS + body, plan(api.schemas[body]), collection
    )
