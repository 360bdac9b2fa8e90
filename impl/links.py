"""Documents as a client reads them: JSON with absolute `href`s, instants in RFC 3339 and UTC.

No `href` of ours is stored: each is made when a resource is shown, for the resource itself and for
the references from it to others that are served here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

from impl.etags import etag
from impl.instants import written
from impl.query.language import Rendered
from impl.resources import BY_NAME

UNQUOTED = "!$&'()*+,;=:@~"
"""What RFC 3986 lets stand in a path segment beside letters, digits, `-`, `.` and `_`."""


@dataclass(frozen=True)
class Links:
    """The `href`s of one resource's documents, under the URL that clients know the API by."""

    base: str
    resource: str

    @property
    def list_name(self) -> str:
        """The name of the list that cursors belong to."""
        return self.resource

    def etag(self, version: int | str) -> str:
        """The strong ETag of a version of a document."""
        return etag(version)

    def if_match(self, header: str) -> str:
        """An `If-Match` header with the versions that its ETags stand for."""
        return header

    def event_type(self, stored: str) -> str:
        """A type of events as this API shows it."""
        return stored

    def href(self, id_: str) -> str:
        """The URL of a document of the resource."""
        return self.base + _path(self.resource, id_)

    def _url(self, path: str) -> Any:
        """A URL as it is put into documents."""
        return self.base + path

    def added(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The document with its `href`, and those of its references that lack one."""
        id_ = document["id"]
        shown = {"id": id_, "href": self._url(_path(self.resource, id_)), **document}
        self.add_to_references(shown)
        name = _document_attribute(self.resource)
        if name and isinstance(document.get(name), list):
            shown[name] = [self._located(each, shown) for each in document[name]]
        return shown

    def add_to_references(self, shown: dict[str, Any]) -> None:
        """Give those of the document's references that lack an `href` theirs."""
        for name, target in _references(self.resource):
            reference = shown.get(name)
            if isinstance(reference, dict) and "href" not in reference and "id" in reference:
                shown[name] = reference | {"href": self._url(_path(target, reference["id"]))}

    def _located(self, attachment: Any, owner: Mapping[str, Any]) -> Any:
        """An attachment of a resource; if this server renders it, with its `url`."""
        if not isinstance(attachment, dict) or attachment.get("id") != owner["id"]:
            return attachment
        return {"url": self._url(_document(self.resource, owner["id"]))} | attachment

    def removed(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        """The document without the `href`s that `added` makes, its own and those of references."""
        document = {name: value for name, value in shown.items() if name != "href"}
        for name, target in _references(self.resource):
            reference, ours = document.get(name), f"{self.base}/{target}/"
            if isinstance(reference, dict) and _begins_with(reference.get("href"), ours):
                document[name] = {k: value for k, value in reference.items() if k != "href"}
        name = _document_attribute(self.resource)
        if name and isinstance(shown.get(name), list):
            url = self.base + _document(self.resource, shown["id"])
            document[name] = [_without(each, "url", url) for each in shown[name]]
        return document

    def one(self, document: Mapping[str, Any]) -> bytes:
        """A document as JSON."""
        if isinstance(document, Rendered):
            return self._based(document.text)
        return to_json(self.added(document))

    def many(self, documents: Iterable[Mapping[str, Any]]) -> bytes:
        """A list of documents as JSON."""
        texts = (
            each.text if isinstance(each, Rendered) else to_json(self.added(each))
            for each in documents
        )
        return self._based(b"[" + b",".join(texts) + b"]")

    def _based(self, text: bytes) -> bytes:
        return text.replace(Rendered.BASE, to_json(self.base)[1:-1])

    def plain(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """A document as the JSON values that a client sees."""
        value: dict[str, Any] = orjson.loads(self.one(document))
        return value


class EventLinks(Links):
    """The `href`s of the resources in events."""

    def added(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The event as it is published, without the id that is its place in the feed."""
        shown = {name: value for name, value in document.items() if name != "id"}
        if "event" in shown:
            shown["event"] = {
                resource: Links(self.base, resource).added(each) if "id" in each else each
                for resource, each in shown["event"].items()
            }
        return shown


def links(base: str, resource: str) -> Links:
    """The `href`s of what a path shows, below the URL that clients know the API by."""
    return EventLinks(base, resource) if resource == "events" else Links(base, resource)


def to_json(value: Any) -> bytes:
    """A value as JSON, with instants in RFC 3339 and UTC."""
    return orjson.dumps(value, default=written, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _references(resource: str) -> Iterable[tuple[str, str]]:
    row = BY_NAME.get(resource)
    return row.references.items() if row else ()


def _begins_with(href: object, start: str) -> bool:
    return isinstance(href, str) and href.startswith(start)


def _without(value: Any, name: str, made: str) -> Any:
    """An object without a member that was made for it."""
    if not isinstance(value, dict):
        return value
    return {k: v for k, v in value.items() if (k, v) != (name, made)}


def _path(resource: str, id_: str) -> str:
    return f"/{resource}/{quote(id_, safe=UNQUOTED)}"


def _document(resource: str, id_: str) -> str:
    return f"{_path(resource, id_)}/document"


def _document_attribute(resource: str) -> str:
    row = BY_NAME.get(resource)
    return row.document if row else ""
