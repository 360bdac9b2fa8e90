"""Connexion's layers, which do at the start what the stock ones do for every request.

For each request, stock Connexion matches the path against all routes, builds validators and URI
parsers, and wraps the view in new decorators: more work than all else in a small read. Its list of
middlewares and its `validator_map` are made for replacements; the rest are subclasses here.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from connexion.apps.flask import FlaskASGIApp
from connexion.frameworks.flask import flaskify_endpoint
from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from connexion.middleware.request_validation import (
    RequestValidationAPI,
    RequestValidationMiddleware,
    RequestValidationOperation,
)
from connexion.middleware.routing import RoutingMiddleware
from connexion.operations import AbstractOperation
from starlette.types import ASGIApp, Receive, Scope, Send

from impl.web.bridge import Bridge, WsgiApp
from impl.web.scope_keys import BASE_PATH, MEDIA_TYPE, OPERATION
from impl.web.threads import Threads

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Routing(RoutingMiddleware):  # type: ignore[misc]
    """Passes on the operation that the edge found; the start fails if one has no view."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the operation for the layers below."""
        routed: dict[str, Any] = {}
        if OPERATION in scope:
            routed = {"api_base_path": scope[BASE_PATH], "operation_id": scope[OPERATION].id}
        scope["extensions"] = {**(scope.get("extensions") or {}), ROUTING_CONTEXT: routed}
        await self.app(scope, receive, send)


class _Validation(RequestValidationOperation):  # type: ignore[misc]
    """One operation's validators, made once."""

    def __init__(self, next_app: ASGIApp, *, operation: AbstractOperation, **options: Any) -> None:
        super().__init__(next_app, operation=operation, **options)
        self._parameters = self._validator_map["parameter"](operation.parameters)
        self._bodies = {
            media: self._validator_map["body"][media](schema=operation.body_schema(media))
            for media in operation.consumes
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check the parameters, then the body, and go on."""
        self._parameters.validate(scope)
        if self._bodies:
            body = self._bodies[scope[MEDIA_TYPE]]
            receive, scope = await body.wrap_receive(receive, scope=scope)
        await self.next_app(scope, receive, send)


class _ValidationAPI(RequestValidationAPI):  # type: ignore[misc]
    def make_operation(self, operation: AbstractOperation) -> _Validation:
        return _Validation(
            self.next_app,
            operation=operation,
            strict_validation=self.strict_validation,
            validator_map=self.validator_map,
        )


class Validation(RequestValidationMiddleware):  # type: ignore[misc]
    """Checks requests with validators made at the start."""

    api_cls = _ValidationAPI


class Views(SpecMiddleware):  # type: ignore[misc]
    """The innermost layer: the views of operations over our own bridge, and Flask's other pages.

    A view is a WSGI application. Connexion's decorators would read the arguments and the body
    again, and render what our views have rendered. Flask would match the path again, and make
    contexts and signals that no view reads: a seventh of a small read.
    """

    def __init__(self, app: FlaskASGIApp, threads: Threads) -> None:
        self._flask = app.app
        self._views: dict[tuple[str, str], WsgiApp] = {}
        self._bridge = Bridge(self._application, threads)

    def add_api(self, *_: Any, base_path: str, **__: Any) -> None:
        """Take the views of an API, a blueprint of Flask's, out of Connexion's decorators."""
        name = flaskify_endpoint(base_path) or "/"  # as Connexion calls the blueprint
        for endpoint, view in self._flask.view_functions.items():
            blueprint, _, operation_id = endpoint.rpartition(".")
            if blueprint == name:
                self._views[base_path, operation_id] = view.__wrapped__

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._bridge(scope, receive, send)

    def _application(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        scope = environ["asgi.scope"]
        app: WsgiApp = self._flask.wsgi_app
        if OPERATION in scope:
            app = self._views[scope[BASE_PATH], scope[OPERATION].id]
        return app(environ, start_response)
