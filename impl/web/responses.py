"""Turns the result of a handler into a response."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import flask

from impl.api import Operation
from impl.errors import TooManyStreams
from impl.etags import etag, is_current
from impl.handlers.representations import Representations
from impl.links import Links
from impl.query.language import Document, Page, Query, Rendered, Selection
from impl.query.project import project
from impl.web import event_stream, negotiation
from impl.web.compression import compressed
from impl.web.file_names import content_disposition
from impl.web.paging import Paging
from impl.web.scope_keys import HEAD

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON = "application/json"
NDJSON = "application/x-ndjson"
EVENT_STREAM = "text/event-stream"
CONTENT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""For documents of bills: nothing in them runs, or is fetched."""

LINES_BYTES = 32 * 1024
"""About how many bytes of lines go out together."""


class Streams:
    """Limits how many streams, of lists and of events, run at the same time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._places = threading.BoundedSemaphore(most)

    def limited(self, rows: Iterable[Document]) -> Iterator[Document]:
        """The rows; they count as a stream until the last one, or until the iterator is closed.

        Its first step raises TooManyStreams if too many streams run.
        """
        if not self._places.acquire(blocking=False):
            raise TooManyStreams(f"all {self._most} streams are in use")
        try:
            yield from rows
        finally:
            self._places.release()


@dataclass(frozen=True)
class Response:
    """A response, and the WSGI application that gives it: its headers are sent as they are.

    Werkzeug's copies and checks headers that are right already, which takes a twentieth of a small
    read.
    """

    status: int
    headers: Mapping[str, str]
    body: Iterable[bytes] = ()

    def __call__(
        self, _environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Start the response, and return its body."""
        start_response(str(self.status), [*self.headers.items()])
        return self.body

    @classmethod
    def whole(
        cls, status: int, media_type: str, body: bytes, headers: Mapping[str, str]
    ) -> "Response":
        """A response that is no stream."""
        own = {"Content-Type": media_type, "Content-Length": str(len(body))}
        return cls(status, {**own, **headers}, (body,))


@dataclass(frozen=True)
class Responder:
    """Makes the response to a request: has all that the response depends on but the result."""

    request: flask.Request
    operation: Operation
    links: Links
    query: Query
    streams: Streams
    shown: Selection | None = None
    """The attributes that the response to a create or a patch has; None for all."""

    def answer(self, result: Any) -> Response:
        """The response for a handler's result."""
        if result is None:
            return Response(success(self.operation), {})
        if isinstance(result, Representations):
            return self._represented(result)
        if not isinstance(result, Page):
            return self._single(result)
        if self.query.window.live:
            return self._live(self._read(result))
        if self.query.window.stream:
            return self._stream(self._read(result))
        return self._page(result)

    def _read(self, page: Page) -> Iterable[Document]:
        """The documents of a page; none for HEAD, whose response has no body."""
        return () if self.request.environ["asgi.scope"].get(HEAD) else page

    def _single(self, result: Any) -> Response:
        status = success(self.operation)
        headers = {}
        if isinstance(result, Document):
            headers["ETag"] = tag = self.links.etag(result.version)
            if status == 201:
                headers["Location"] = self.links.href(result["id"])
            if self.request.method == "GET" and self._has(tag):
                return Response(304, headers)
            result = self._projected(result)
        return Response.whole(status, JSON, self.links.one(result), headers)

    def _projected(self, result: Document) -> Document:
        if self.shown is None:
            return result
        if isinstance(result, Rendered):
            result = Document(self.links.plain(result), result.version)
        return project(result, self.shown)

    def _represented(self, result: Representations) -> Response:
        """The media type and language that the client likes best, each with an ETag of its own."""
        media_type = negotiation.preferred(
            self.request.headers.get("Accept", ""), list(result.made)
        )
        languages = negotiation.languages(self.request.headers.get("Accept-Language", ""))
        language, ending = result.language(languages), media_type.partition("/")[2]
        tag = etag(result.version, ending, language)
        headers = {"ETag": tag, "Vary": "Accept, Accept-Language"}
        if self._has(tag):
            return Response(304, headers)
        headers["Content-Language"] = language
        headers["Content-Disposition"] = content_disposition(result.name, ending)
        headers["Content-Security-Policy"] = CONTENT_POLICY
        charset = "; charset=utf-8" if media_type.startswith("text/") else ""
        body = result.made[media_type](language)
        return Response.whole(200, media_type + charset, body, headers)

    def _has(self, tag: str) -> bool:
        """Whether the client has this version already."""
        return is_current(tag, self.request.headers.get("If-None-Match"))

    def _page(self, page: Page) -> Response:
        query_string = self.request.environ["QUERY_STRING"]
        links = self.links
        paging = Paging(page, self.query, links.base, links.resource, query_string, links.list_name)
        body, status, headers = self.links.many(page), paging.status, paging.headers
        if status == 206:
            body, coding = compressed(body, self.request.accept_encodings)
            headers |= coding
        return Response.whole(status, JSON, body, headers)

    def _stream(self, page: Iterable[Document]) -> Response:
        rows = self.streams.limited(page)
        first = list(islice(rows, 1))  # an error in the first row still becomes an error response
        return Response(200, {"Content-Type": NDJSON}, self._lines(chain(first, rows)))

    def _live(self, page: Iterable[Document]) -> Response:
        rows = self.streams.limited(page)
        first = list(islice(rows, 1))
        text = event_stream.encoded(chain(first, rows), self.links)
        return Response(200, {"Content-Type": EVENT_STREAM, **event_stream.HEADERS}, text)

    def _lines(self, rows: Iterator[Document]) -> Iterator[bytes]:
        lines = bytearray()
        for row in rows:
            lines += self.links.one(row) + b"\n"
            if len(lines) >= LINES_BYTES:
                yield bytes(lines)
                lines.clear()
        yield bytes(lines)


def success(operation: Operation) -> int:
    """The status of the operation's success: the lowest one.

    Of several, 202 is left out: it is for work that goes on, and ours is done.
    """
    good = [status for status in operation.responses if 200 <= status < 300]
    return min((each for each in good if each != HTTPStatus.ACCEPTED), default=min(good))
