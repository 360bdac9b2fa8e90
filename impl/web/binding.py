"""Operations bound to handlers: their views.

Each operation has one view. It reads the request into the arguments of the handler's method, and
renders the result. Nothing here is about one operation alone.
"""

from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import partial
from typing import TYPE_CHECKING, Any

import flask
import orjson
from connexion.resolver import Resolver

from impl.api import Api, Handlers, Operation
from impl.auth.identity import set_identity
from impl.errors import NotYetImplemented
from impl.events.build import correlation, trace
from impl.handlers.idempotency import Idempotency, StoredResponse
from impl.instants import plan
from impl.links import Links
from impl.patch.apply import Patch
from impl.query import attributes, parse
from impl.query.attributes import Attribute
from impl.query.language import Query, Selection
from impl.query.project import selection
from impl.web import cursor, paging
from impl.web.negotiation import preferred
from impl.web.responses import EVENT_STREAM, JSON, NDJSON, Responder, Response, Streams, success
from impl.web.scope_keys import ARGUMENTS, BODY, IDENTITY, IS_WANTED, REQUEST_ID, RUNS_ALONE, TRACE

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LISTS = (JSON, NDJSON, EVENT_STREAM)


@dataclass(frozen=True)
class ViewContext:
    """What the views of all APIs share."""

    public_url: str
    limits: parse.Limits
    zone: tzinfo
    """Dates in queries are days of this time zone."""

    idempotency: Idempotency
    streams: Streams
    require_database: Callable[[], None]
    """Raises Unavailable until the database is there and of the right form."""

    def home(self, request: flask.Request) -> str:
        """The URL of the server: PUBLIC_URL, or else by the request's scheme and `Host`."""
        environ = request.environ  # the edge has checked the host
        return self.public_url or f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}"


def resolver(api: Api, handlers: Handlers, context: ViewContext) -> Resolver:
    """A Connexion resolver that finds the view of each operation of the API by its id."""
    views = {each.id: _View(api, each, handlers, context) for each in api.operations}
    return Resolver(lambda operation_id: views[operation_id].serve)


class _View:
    """One operation as Connexion calls it."""

    def __init__(
        self, api: Api, operation: Operation, handlers: Handlers, context: ViewContext
    ) -> None:
        self._api = api
        self._operation = operation
        self._context = context
        self._method = _method(api, operation, handlers)
        self._arguments = operation.arguments
        self._known = _attributes(api, operation)
        self._typed_body = _body_plan(api, operation)
        self._list_name = api.links("", operation.resource).list_name
        self._media = [each for each in LISTS if each in operation.responses[success(operation)]]
        self._own_parameters = [name for name, place, _ in operation.arguments if place == "query"]
        self._listed = (operation.responses[success(operation)].get(JSON) or "").endswith("[]")
        self._plain = parse.parse("", self._known, context.limits, context.zone)

    def serve(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request, as a WSGI application."""
        return self._answer(flask.Request(environ))(environ, start_response)

    def _answer(self, request: flask.Request) -> Response:
        scope = request.environ["asgi.scope"]
        correlation.set(scope[REQUEST_ID])
        trace.set(scope[TRACE])
        set_identity(scope.get(IDENTITY))
        self._context.require_database()
        changes = request.method in ("POST", "PATCH")
        key = request.headers.get("Idempotency-Key") if changes else None
        return self._respond(request) if key is None else self._once(request, key)

    def _once(self, request: flask.Request, key: str) -> Response:
        def produce() -> StoredResponse:
            response = self._respond(request)
            return StoredResponse(response.status, dict(response.headers), b"".join(response.body))

        content = orjson.dumps(self._content(request), option=orjson.OPT_SORT_KEYS)
        if request.method == "PATCH":  # the same body is another patch in another media type
            content = request.mimetype.encode() + b"\0" + content
        answer, replayed = self._context.idempotency.once(
            f"{request.method} {request.path}", key, content, produce
        )
        headers = answer.headers | ({"Idempotency-Replayed": "true"} if replayed else {})
        return Response(answer.status, headers, (answer.body,))

    def _respond(self, request: flask.Request) -> Response:
        url = self._api.url(self._context.home(request))
        links = self._api.links(url, self._operation.resource)
        arguments = self._arguments_of(request)
        if arguments.get("if_match"):
            arguments["if_match"] = links.if_match(arguments["if_match"])
        if self._operation.takes_query:
            query, shown = self._query(request), None
        else:
            query = Query(fields=self._shown(request))
            shown = query.fields
        if self._api.form is not None:
            query, links = self._api.form.query(query, links)
            shown = None if shown is None else query.fields
        if self._operation.takes_query:
            arguments["query"] = query
        streams = self._context.streams
        responder = Responder(request, self._operation, links, query, streams, shown)
        form, resource = self._api.form, self._operation.resource
        with nullcontext() if form is None else form.errors(resource):
            if self._operation.request:
                name, value = self._read(request, links)
                arguments[name] = value
            result = self._method(**arguments)
        return responder.answer(result)

    def _query(self, request: flask.Request) -> Query:
        text: str = request.environ["QUERY_STRING"]
        if not text and not self._listed:
            return self._plain

        def place(cursor_text: str, keys: int) -> Any:
            return cursor.from_text(cursor_text, f"{self._list_name}?{text}", keys)

        listed = cursor.without(text, self._own_parameters) if self._own_parameters else text
        query = parse.parse(listed, self._known, self._context.limits, self._context.zone, place)
        if not self._listed:
            return query
        query = paging.in_range(query, request.headers.get("Range"), self._context.limits.most)
        media = preferred(request.headers.get("Accept"), self._media)
        window = replace(query.window, stream=media == NDJSON, live=media == EVENT_STREAM)
        return replace(query, window=window)

    def _shown(self, request: flask.Request) -> Selection | None:
        """The attributes that a create or a patch returns."""
        parameters = parse.Parameters.read(request.environ["QUERY_STRING"])
        return selection(parameters.reserved.get("fields", ""), self._known)

    def _arguments_of(self, request: flask.Request) -> dict[str, Any]:
        """The operation's arguments by Python name; None for a header that the request lacks."""
        places: dict[str, Any] = {
            "path": request.environ["asgi.scope"]["path_params"],
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
            make = Patch if self._api.form is None else self._api.form.patch
            wanted, alone = came_by[IS_WANTED], came_by[RUNS_ALONE]
            return "patch", make(request.mimetype, value, links, wanted, alone=alone)
        return "body", self._typed_body(value)


def _method(api: Api, operation: Operation, handlers: Handlers) -> Callable[..., Any]:
    """The handler's own method for the operation, or else its collection's standard one."""
    own = getattr(handlers.own, api.handlers[operation.resource], None)
    other = handlers.collections.get(operation.resource)
    method: Callable[..., Any] | None = getattr(own, operation.python_name, None)
    return method or getattr(other, operation.standard or "", None) or _unserved(operation)


def _unserved(operation: Operation) -> Callable[..., Any]:
    """A method that answers 501."""

    def refuse(**_: Any) -> Any:
        raise NotYetImplemented(operation.id)

    return refuse


def _attributes(api: Api, operation: Operation) -> Attribute:
    """The attributes of the operation's result, or of each element if that is a list."""
    if api.form is not None:
        return api.form.attributes(operation.resource)
    name = (operation.responses[success(operation)].get(JSON) or "").removesuffix("[]")
    if name == "Event":
        return api.event
    schema = api.schemas.get(name)
    return attributes.of(schema) if schema else Attribute("any")


def _body_plan(api: Api, operation: Operation) -> Callable[[Any], Any]:
    """The function that makes typed values of a valid body."""
    if api.form is not None:
        return partial(api.form.body, operation.resource)
    name = operation.request.get(JSON) or ""
    return plan(api.schemas[name]) if name in api.schemas else lambda body: body
