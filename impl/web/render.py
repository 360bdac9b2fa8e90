"""Documents as a client reads them: JSON with absolute `href`s, instants in RFC 3339 and UTC."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

import orjson

UNQUOTED = "!$&'()*+,;=:@~"
"""What RFC 3986 lets stand in a path segment beside letters, digits, `-`, `.` and `_`."""


def href(base: str, resource: str, id_: str) -> str:
    """The URL of a resource."""
    return f"{base}/{resource}/{quote(id_, safe=UNQUOTED)}"


def single(document: Mapping[str, Any], base: str, resource: str) -> bytes:
    """One resource as JSON."""
    return _json(_linked(document, base, resource))


def many(documents: Iterable[Mapping[str, Any]], base: str, resource: str) -> bytes:
    """A list of resources as JSON."""
    return _json([_linked(document, base, resource) for document in documents])


def _linked(document: Mapping[str, Any], base: str, resource: str) -> dict[str, Any]:
    return {"id": document["id"], "href": href(base, resource, document["id"]), **document}


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)
