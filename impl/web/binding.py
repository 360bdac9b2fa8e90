"""Operations bound to handlers: what Connexion's resolver gives it to call.

For each row of the operations table one view function, which reads the request into a handler's
arguments and answers with what the handler returns. Nothing here knows any one operation.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Any

import flask
import orjson
from connexion.resolver import Resolver
from flask.globals import request_ctx
from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from generated import schemas
from generated.api import HANDLERS
from generated.operations import OPERATIONS, Operation
from impl.auth.identity import set_identity
from impl.events import subscriptions
from impl.events.build import correlation, trace
from impl.handlers import Handlers
from impl.handlers.idempotency import Answer, Idempotency
from impl.instants import plan
from impl.links import Links, links
from impl.patch.apply import Patch
from impl.query import attributes, parse
from impl.query.attributes import Attribute
from impl.query.language import Query, Selection
from impl.query.project import selection
from impl.web import cursor, paging
from impl.web.authentication import IDENTITY
from impl.web.bridge import IS_WANTED, RUNS_ALONE
from impl.web.responses import EVENT_STREAM, JSON, NDJSON, Responder, Streams, success
from impl.web.tracing import TRACE
from impl.web.validation import ARGUMENTS, BODY

LISTS = (JSON, NDJSON, EVENT_STREAM)


@dataclass(frozen=True)
class Server:
    """Where the API is served, how its lists are asked, and what keeps answers to repeat."""

    base_path: str
    public_url: str
    limits: parse.Limits
    zone: tzinfo
    """Whose days the dates in queries are."""

    idempotency: Idempotency
    streams: Streams
    met: Callable[[], None]
    """Raises Unavailable until the database is there, and is one to serve."""

    def base(self, request: flask.Request) -> str:
        """What every `href` begins with: PUBLIC_URL, or else the URL that the client came by."""
        came_by = request.environ  # its host is one that the guard has let in
        return (
            self.public_url or f"{came_by['wsgi.url_scheme']}://{came_by['HTTP_HOST']}"
        ) + self.base_path


def resolver(handlers: Handlers, server: Server) -> Resolver:
    """A Connexion resolver that finds the view of each operation by its id."""
    views = {operation.id: _View(operation, handlers, server) for operation in OPERATIONS}
    return Resolver(lambda operation_id: views[operation_id].serve)


class _View:
    """One operation as Connexion calls it."""

    def __init__(self, operation: Operation, handlers: Handlers, server: Server) -> None:
        self._operation = operation
        self._server = server
        self._method = _method(operation, handlers)
        self._arguments = operation.arguments
        self._known = _attributes(operation)
        self._typed = _body_plan(operation)
        self._media = [each for each in LISTS if each in operation.responses[success(operation)]]
        self._own = [name for name, place, _ in operation.arguments if place == "query"]
        self._listed = (operation.responses[success(operation)].get(JSON) or "").endswith("[]")
        self._plain = parse.parse("", self._known, server.limits, server.zone)

    def serve(self, **_: Any) -> flask.Response:
        """Answer the request that Flask is serving."""
        request = request_ctx.request
        scope = request.environ["asgi.scope"]
        correlation.set(scope["tmf678.request_id"])
        trace.set(scope[TRACE])
        set_identity(scope.get(IDENTITY))
        self._server.met()
        changes = request.method in ("POST", "PATCH")
        key = request.headers.get("Idempotency-Key") if changes else None
        return self._respond(request) if key is None else self._once(request, key)

    def _once(self, request: flask.Request, key: str) -> flask.Response:
        def produce() -> Answer:
            response = self._respond(request)
            return Answer(response.status_code, dict(response.headers), response.get_data())

        content = orjson.dumps(self._content(request), option=orjson.OPT_SORT_KEYS)
        if request.method == "PATCH":  # whose media type says what the same body means
            content = request.mimetype.encode() + b"\0" + content
        answer, again = self._server.idempotency.once(
            f"{request.method} {request.path}", key, content, produce
        )
        headers = answer.headers | ({"Idempotency-Replayed": "true"} if again else {})
        return flask.Response(answer.body, answer.status, headers)

    def _respond(self, request: flask.Request) -> flask.Response:
        shows = links(self._server.base(request), self._operation.resource)
        arguments = self._given(request)
        query, shown = Query(), None
        if self._operation.takes_query:
            query = arguments["query"] = self._query(request)
        else:
            shown = self._shown(request)
        if self._operation.request:
            name, value = self._read(request, shows)
            arguments[name] = value
        asked = Responder(request, self._operation, shows, query, self._server.streams, shown)
        return asked.answer(self._method(**arguments))

    def _query(self, request: flask.Request) -> Query:
        text: str = request.environ["QUERY_STRING"]
        if not text and not self._listed:
            return self._plain

        def place(given: str, keys: int) -> Any:
            return cursor.from_text(given, f"{self._operation.resource}?{text}", keys)

        asked = cursor.without(text, self._own) if self._own else text
        query = parse.parse(asked, self._known, self._server.limits, self._server.zone, place)
        if not self._listed:
            return query
        query = paging.in_range(query, request.headers.get("Range"), self._server.limits.most)
        media = _preferred(request.headers.get("Accept"), self._media)
        window = replace(query.window, stream=media == NDJSON, live=media == EVENT_STREAM)
        return replace(query, window=window)

    def _shown(self, request: flask.Request) -> Selection | None:
        parameters = parse.Parameters.read(request.environ["QUERY_STRING"])
        return selection(parameters.reserved.get("fields", ""), self._known)

    def _given(self, request: flask.Request) -> dict[str, Any]:
        """The operation's arguments by their Python names; a header that did not come is None."""
        places: dict[str, Any] = {
            "path": request.view_args or {},
            "query": request.environ["asgi.scope"][ARGUMENTS],
            "header": request.headers,
        }
        return {
            python_name: places[place].get(name) for name, place, python_name in self._arguments
        }

    def _content(self, request: flask.Request) -> Any:
        return request.environ["asgi.scope"].get(BODY)

    def _read(self, request: flask.Request, links: Links) -> tuple[str, Any]:
        value = self._content(request)
        if self._operation.method == "PATCH":
            came_by = request.environ
            patch = Patch(request.mimetype, value, links, came_by[IS_WANTED], came_by[RUNS_ALONE])
            return "patch", patch
        return "body", self._typed(value)


def _method(operation: Operation, handlers: Handlers) -> Callable[..., Any]:
    """The handler's own method for the operation, or else its collection's standard one."""
    handler = getattr(handlers.own, HANDLERS[operation.resource])
    name = operation.python_name
    if not hasattr(handler, name):
        handler, name = handlers.collections[operation.resource], operation.standard or name
    method: Callable[..., Any] = getattr(handler, name)
    return method


def _preferred(accept: str | None, offered: list[str]) -> str:
    if accept in (None, JSON, "*/*"):
        return JSON
    return str(parse_accept_header(accept, MIMEAccept).best_match(offered, JSON))


def _attributes(operation: Operation) -> Attribute:
    """The attributes of what the operation shows, one or a list of them."""
    name = (operation.responses[success(operation)].get(JSON) or "").removesuffix("[]")
    if name == "Event":
        return subscriptions.SHORT
    schema = schemas.SCHEMAS.get(name)
    return attributes.of(schema) if schema else Attribute("any")


def _body_plan(operation: Operation) -> Callable[[Any], Any]:
    """What makes typed values of a body that the contract allows."""
    name = operation.request.get(JSON)
    return plan(schemas.SCHEMAS[name]) if name in schemas.SCHEMAS else lambda body: body
