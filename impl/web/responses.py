"""What a handler returns as the response that a client gets."""

import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import flask
from werkzeug.datastructures import Headers
from werkzeug.http import parse_etags

from impl.api import Operation
from impl.errors import TooManyStreams
from impl.handlers.negotiation import Representations
from impl.links import Links
from impl.query.language import QUIET, Document, Page, Query, Rendered, Selection
from impl.query.project import project
from impl.web import request_checks
from impl.web.compression import packed
from impl.web.file_names import shown_as
from impl.web.paging import Paging
from impl.web.validation import HEAD

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

JSON = "application/json"
NDJSON = "application/x-ndjson"
EVENT_STREAM = "text/event-stream"
CONTENT_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""A document is looked at; nothing in it runs, or is fetched."""

KEEP_ALIVE_SECONDS = 15
"""How long a stream of events is silent at the most."""

LINES_BYTES = 32 * 1024
"""About how much of lines goes out together; the connection's pace is the stream's."""


class Streams:
    """Room for so many streams, lists and live ones, that go on at the same time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._room = threading.BoundedSemaphore(most)

    def kept(self, rows: Iterable[Document]) -> Iterator[Document]:
        """The rows, in a place that is held until the last one or until they are given up.

        Raises TooManyStreams at the first one where all places are taken.
        """
        if not self._room.acquire(blocking=False):
            raise TooManyStreams(f"all {self._most} streams are in use")
        try:
            yield from rows
        finally:
            self._room.release()


class Whole(flask.Response):
    """A body in one piece, with its headers as they go out: hrefs are URIs already.

    Werkzeug encodes what stands in `Location` once more, which takes a twentieth of a create.
    """

    def get_wsgi_headers(self, _environ: "WSGIEnvironment") -> Headers:
        """The headers, as they are."""
        return self.headers


@dataclass(frozen=True)
class Responder:
    """A request, as far as its answer depends on it."""

    request: flask.Request
    operation: Operation
    links: Links
    query: Query
    streams: Streams
    shown: Selection | None = None
    """What a create or a patch shows of its result."""

    def answer(self, result: Any) -> flask.Response:
        """The response for a handler's result."""
        if result is None:
            empty = flask.Response(status=success(self.operation))
            del empty.headers["Content-Type"]
            return empty
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
        """The documents of a page; none where nobody reads them (HEAD)."""
        return () if self.request.environ["asgi.scope"].get(HEAD) else page

    def _single(self, result: Any) -> flask.Response:
        status = success(self.operation)
        headers = {}
        if isinstance(result, Document):
            headers["ETag"] = etag = f'"{result.version}"'
            if status == 201:
                headers["Location"] = self.links.href(result["id"])
            if self.request.method == "GET" and self._known(etag):
                return flask.Response(status=304, headers=headers)
            result = self._projected(result)
        return Whole(self.links.one(result), status, headers, content_type=JSON)

    def _projected(self, result: Document) -> Document:
        if self.shown is None:
            return result
        if isinstance(result, Rendered):
            result = Document(self.links.plain(result), result.version)
        return project(result, self.shown)

    def _represented(self, result: Representations) -> flask.Response:
        """The form and the language that the client likes best, each with an ETag of its own."""
        media = request_checks.preferred(self.request.headers.get("Accept", ""), list(result.made))
        wanted = request_checks.languages(self.request.headers.get("Accept-Language", ""))
        language, ending = result.language(wanted), media.partition("/")[2]
        etag = f'"{result.version}-{ending}-{language}"'
        headers = {"ETag": etag, "Vary": "Accept, Accept-Language"}
        if self._known(etag):
            return flask.Response(status=304, headers=headers)
        headers["Content-Language"] = language
        headers["Content-Disposition"] = shown_as(result.name, ending)
        headers["Content-Security-Policy"] = CONTENT_POLICY
        return flask.Response(result.made[media](language), 200, headers, mimetype=media)

    def _known(self, etag: str) -> bool:
        """Whether the client has this version already (RFC 9110 section 13.1.2)."""
        given = self.request.headers.get("If-None-Match")
        return given is not None and parse_etags(given).contains_weak(etag.strip('"'))

    def _page(self, page: Page) -> flask.Response:
        query_string = self.request.environ["QUERY_STRING"]
        paging = Paging(page, self.query, self.links.base, self.links.resource, query_string)
        body, status, headers = self.links.many(page), paging.status, paging.headers
        if status == 206:
            body, coded = packed(body, self.request.accept_encodings)
            headers |= coded
        return Whole(body, status, headers, content_type=JSON)

    def _stream(self, page: Iterable[Document]) -> flask.Response:
        rows = self.streams.kept(page)
        first = list(islice(rows, 1))  # what goes wrong at once is still an error answer
        return flask.Response(self._lines(chain(first, rows)), 200, content_type=NDJSON)

    def _live(self, page: Iterable[Document]) -> flask.Response:
        rows = self.streams.kept(page)
        first = list(islice(rows, 1))
        told = self._told(chain(first, rows))
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return flask.Response(told, 200, headers, content_type=EVENT_STREAM)

    def _told(self, rows: Iterator[Document]) -> Iterator[bytes]:
        """Server-sent events (HTML); empty where there is nothing to say."""
        yield b": the feed goes on\n\n"
        spoke = time.monotonic()
        for row in rows:
            text = b""
            if row is not QUIET:
                text = _server_sent(row["eventId"], row["eventType"], self.links.one(row))
            elif time.monotonic() - spoke >= KEEP_ALIVE_SECONDS:
                text = b": still here\n\n"
            spoke = time.monotonic() if text else spoke
            yield text

    def _lines(self, rows: Iterator[Document]) -> Iterator[bytes]:
        lines = bytearray()
        for row in rows:
            lines += self.links.one(row) + b"\n"
            if len(lines) >= LINES_BYTES:
                yield bytes(lines)
                lines.clear()
        yield bytes(lines)


def _server_sent(id_: str, kind: str, data: bytes) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (id_.encode(), kind.encode(), data)


def success(operation: Operation) -> int:
    """The status that says that an operation was done."""
    return min(status for status in operation.responses if 200 <= status < 300)
