"""Operations bound to handlers: what Connexion's resolver gives it to call.

For each row of the operations table one view function, which reads the request into a handler's
arguments and writes what the handler returns. Nothing here knows any one operation.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flask
from connexion.resolver import Resolver
from marshmallow import Schema, ValidationError

from generated import schemas
from generated.api import HANDLERS
from generated.operations import OPERATIONS, Operation
from impl.errors import FieldInvalid
from impl.handlers import Handlers
from impl.patch.apply import Patch
from impl.query import attributes, parse
from impl.query.attributes import Attribute
from impl.query.language import Document, Page, Query
from impl.web import paging, render
from impl.web.validation import BODY

JSON = "application/json"


@dataclass(frozen=True)
class Server:
    """Where the API is served, and how long its pages are."""

    base_path: str
    public_url: str
    limits: parse.Limits

    def base(self, request: flask.Request) -> str:
        """What every `href` begins with: PUBLIC_URL, or else the URL that the client came by."""
        return (self.public_url or request.host_url.rstrip("/")) + self.base_path


def resolver(handlers: Handlers, server: Server) -> Resolver:
    """A Connexion resolver that finds the view of each operation by its id."""
    views = {operation.id: _View(operation, handlers, server) for operation in OPERATIONS}
    return Resolver(lambda operation_id: views[operation_id].function())


class _View:
    """One operation as Connexion calls it."""

    def __init__(self, operation: Operation, handlers: Handlers, server: Server) -> None:
        self._operation = operation
        self._server = server
        handler = getattr(handlers, HANDLERS[operation.resource])
        self._method: Callable[..., Any] = getattr(handler, operation.python_name)
        self._path_names = [py for _, place, py in operation.arguments if place == "path"]
        self._known = _attributes(operation)
        self._body = _body_schema(operation)

    def function(self) -> Callable[..., flask.Response]:
        """A function with the path's parameters, under the names that Connexion gives them."""

        def view(**path: str) -> flask.Response:
            return self._serve(flask.request, path)

        kind = inspect.Parameter.KEYWORD_ONLY
        parameters = [inspect.Parameter(name, kind) for name in self._path_names]
        view.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return view

    def _serve(self, request: flask.Request, path: dict[str, str]) -> flask.Response:
        arguments: dict[str, Any] = {**path, **self._headers(request)}
        query = Query()
        if self._operation.takes_query:
            text = request.environ["QUERY_STRING"]
            query = arguments["query"] = parse.parse(text, self._known, self._server.limits)
        if self._operation.request:
            name, value = self._read(request, path)
            arguments[name] = value
        return self._answer(self._method(**arguments), query, self._server.base(request))

    def _headers(self, request: flask.Request) -> dict[str, Any]:
        return {
            python_name: request.headers.get(name)
            for name, place, python_name in self._operation.arguments
            if place == "header"
        }

    def _read(self, request: flask.Request, path: dict[str, str]) -> tuple[str, Any]:
        value = request.environ["asgi.scope"][BODY]
        if self._operation.method == "PATCH":
            resource = self._operation.resource
            own = render.href(self._server.base(request), resource, *path.values())
            return "patch", Patch(request.mimetype, value, own)
        if self._body is None:
            return "body", value
        try:
            return "body", self._body.load(value)
        except ValidationError as error:
            name, trouble = next(iter(error.messages_dict.items()))
            raise FieldInvalid(name, str(trouble)) from None

    def _answer(self, result: Any, query: Query, base: str) -> flask.Response:
        resource = self._operation.resource
        if result is None:
            empty = flask.Response(status=204)
            del empty.headers["Content-Type"]
            return empty
        if isinstance(result, Page):
            return flask.Response(
                render.many(result, base, resource),
                paging.status(result, query.window),
                paging.headers(result),
                content_type=JSON,
            )
        status = _success(self._operation)
        headers = {}
        if isinstance(result, Document):
            headers["ETag"] = f'"{result.version}"'
            if status == 201:
                headers["Location"] = render.href(base, resource, result["id"])
        return flask.Response(
            render.single(result, base, resource), status, headers, content_type=JSON
        )


def _success(operation: Operation) -> int:
    """The status that says that the operation was done."""
    return min(status for status in operation.responses if 200 <= status < 300)


def _attributes(operation: Operation) -> Attribute:
    """The attributes of what the operation shows, one or a list of them."""
    name = next(iter(operation.responses[_success(operation)].values()), None)
    schema = schemas.SCHEMAS.get((name or "").removesuffix("[]"))
    return attributes.of(schema) if schema else Attribute("any")


def _body_schema(operation: Operation) -> Schema | None:
    name = next(iter(operation.request.values()), None)
    return schemas.SCHEMAS[name]() if name in schemas.SCHEMAS else None
