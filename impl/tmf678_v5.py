"""The TMF678 API of version 5, over the documents and the handlers of version 4."""

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson

from generated import v5
from generated.v5.operations import BASE_PATH, OPERATIONS
from generated.v5.schemas import SCHEMAS
from impl.api import Api
from impl.contract.json_schema import COMPONENTS
from impl.errors import Conflict, NamedError, refuse
from impl.etags import etag
from impl.events.event_paths import whole
from impl.instants import plan
from impl.links import Links, to_json
from impl.patch.apply import Patch
from impl.query import attributes
from impl.query.attributes import Attribute
from impl.query.language import Query, Rendered
from impl.resources import BY_NAME, EVENTS, HUB
from impl.tmf678 import API as V4
from impl.v5 import queries
from impl.v5.documents import converted, down, refuse_v4_names
from impl.v5.errors import named_already, named_by_v5
from impl.v5.links import V5Links
from impl.v5.patches import V5Patch

NAME = "v5"
METHODS = {"createHub": "register_listener", "hubDelete": "unregister_listener"}
"""The methods of handlers that serve operations which version 4 calls otherwise."""

CACHED, CACHED_BYTES = 2048, 4096
"""How many texts of version 5 a process caches, and of at most how many bytes each."""

_STAND_IN = secrets.token_hex(16).encode()
"""Stands for `Rendered.BASE` while a text is decoded: it is random, so that no client knows it."""

_TAG = re.compile(r'"([1-9][0-9]*)"')
_OWN_TAG = re.compile(rf'"([1-9][0-9]*)-{NAME}"')


@dataclass(frozen=True)
class View(V5Links):
    """Documents as answers show them: their ETags and cursors are not those of version 4."""

    @property
    def list_name(self) -> str:
        """The name of the list that cursors belong to."""
        return f"{NAME}/{self.resource}"

    def etag(self, version: int | str) -> str:
        """The ETag of a version of a document."""
        return etag(version, NAME)

    def if_match(self, header: str) -> str:
        """An `If-Match` header with the versions of its ETags; version 4's stand for none."""
        return _OWN_TAG.sub(r'"\1"', _TAG.sub('"0"', header))

    def one(self, document: Mapping[str, Any]) -> bytes:
        """A document as JSON."""
        return self._based(self._text(document))

    def many(self, documents: Iterable[Mapping[str, Any]]) -> bytes:
        """A list of documents as JSON."""
        return self._based(b"[" + b",".join(map(self._text, documents)) + b"]")

    def _text(self, document: Mapping[str, Any]) -> bytes:
        """A document as JSON, which may have `Rendered.BASE` where `href`s begin."""
        if self.fields is not None or not isinstance(document, Rendered):
            return super().one(document)
        text = document.text
        shown = _shown if len(text) <= CACHED_BYTES else _shown.__wrapped__
        return shown(self.resource, text)


@lru_cache(CACHED)
def _shown(resource: str, text: bytes) -> bytes:
    """The stored JSON in version 5's shape, for any base."""
    document = orjson.loads(text.replace(Rendered.BASE, _STAND_IN))
    return to_json(converted(document, resource)).replace(_STAND_IN, Rendered.BASE)


class Form:
    """The form of version 5, over handlers that know version 4."""

    def attributes(self, resource: str) -> Attribute:
        """The attributes of a resource by their names in version 5."""
        return _attributes(resource)

    def body(self, resource: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The body of a create as version 4 has it, with typed values."""
        with named_already():
            refuse_v4_names(body, resource)
            stored = down(body, resource)
        if resource == HUB:
            stored.setdefault("apiVersion", NAME)
        V4.contract.check(_created(resource), stored)
        return _plan(resource)(stored)

    def query(self, query: Query, links: Links) -> tuple[Query, Links]:
        """The query of stored documents, and the links that show what it chooses of them."""
        long = whole(query) if links.resource == EVENTS else query
        translated = queries.translated(long, links.resource)
        return translated.query, View(links.base, links.resource, translated.fields)

    def patch(
        self, media_type: str, body: Any, links: Links, wanted: Callable[[], bool], *, alone: bool
    ) -> Patch:
        """A patch of what the links show."""
        resource, stored = links.resource, V4.links(links.base, links.resource)
        known, check = self.attributes(resource), _check(BY_NAME[resource].schema)
        return V5Patch(media_type, body, stored, wanted, alone, resource, known, check)

    def errors(self, resource: str) -> AbstractContextManager[None]:
        """Names attributes as version 5 does, in errors that are raised inside."""
        return named_by_v5(resource)


@cache
def _attributes(resource: str) -> Attribute:
    schema = V4.schemas[BY_NAME[resource].schema]
    stored = V4.event if resource == EVENTS else attributes.of(schema)
    return queries.attributes(stored, resource)


@cache
def _created(resource: str) -> str:
    """The pointer of the schema of version 4 for a create of the resource."""
    return COMPONENTS + V4.create_schema(resource)


@cache
def _plan(resource: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return plan(V4.schemas[BY_NAME[resource].schema])


@cache
def _check(schema: str) -> Callable[[dict[str, Any]], None]:
    def check(document: dict[str, Any]) -> None:
        try:
            API.contract.check(COMPONENTS + schema, document)
        except NamedError as error:
            refuse(
                Conflict(f"after this patch, {each.trouble}", attribute=each.attribute)
                for each in error.every
            )

    return check


API = Api(
    base_path=BASE_PATH,
    folder=Path(v5.__file__).parent,
    operations=tuple(
        replace(each, python_name=METHODS.get(each.id, each.python_name)) for each in OPERATIONS
    ),
    schemas=SCHEMAS,
    handlers=V4.handlers,
    event=V4.event,
    published=V4.published,
    links=View,
    form=Form(),
)
