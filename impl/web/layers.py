"""Connexion's layers, each doing once, at the start, what stock ones do for every request.

Stock Connexion matches a path against all routes, builds validators and URI parsers, and wraps a
view in new decorators, request after request: more work than all else that a small read takes. Its
list of middlewares and its `validator_map` are seams; where it has none, a subclass stands here.
"""

from typing import Any

import flask
from connexion.apps.flask import FlaskASGIApp, FlaskOperation
from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from connexion.middleware.request_validation import (
    RequestValidationAPI,
    RequestValidationMiddleware,
    RequestValidationOperation,
)
from connexion.middleware.routing import RoutingMiddleware
from connexion.operations import AbstractOperation
from flask.sessions import NullSession, SessionInterface, SessionMixin
from starlette.types import ASGIApp, Receive, Scope, Send
from werkzeug.routing import Rule

from generated.operations import BASE_PATH
from impl.web.bridge import Bridge
from impl.web.threads import Threads

OPERATION = "tmf678.operation"
"""Where the request's scope holds the row of the operations' table that it is for."""

MEDIA_TYPE = "tmf678.media_type"
"""Where it holds the media type of its body, one of those that the operation reads."""


class Routing(RoutingMiddleware):  # type: ignore[misc]
    """Leads to the operation that the edge found; its start tells of operations without a view."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Say where the request goes, as the layers below want to be told."""
        routed: dict[str, Any] = {}
        if OPERATION in scope:
            routed = {"api_base_path": BASE_PATH, "operation_id": scope[OPERATION].id}
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
    """Checks requests with validators that are there already."""

    api_cls = _ValidationAPI


class Views(SpecMiddleware):  # type: ignore[misc]
    """The innermost layer: Flask over our own bridge, its views the ones that the resolver gave.

    Connexion's decorators around a view read arguments and a body that validation has read already,
    and render what our views have rendered.
    """

    def __init__(self, app: FlaskASGIApp, threads: Threads) -> None:
        self._flask = app.app
        self._rules: dict[str, Rule] = {}
        self._find = self._flask.create_url_adapter  # of this one: Connexion has made it
        self._flask.create_url_adapter = self._found
        self._flask.session_interface = _NoSessions()
        self._bridge = Bridge(self._flask.wsgi_app, threads)

    def add_api(self, *_: Any, **__: Any) -> None:
        """Take the views of the API that was just registered out of their decorators."""
        for endpoint, view in self._flask.view_functions.items():
            if isinstance(view, FlaskOperation):
                self._flask.view_functions[endpoint] = view.__wrapped__
        rules = self._flask.url_map.iter_rules()
        self._rules = {rule.endpoint.rpartition(".")[2]: rule for rule in rules}

    def _found(self, request: flask.Request | None) -> Any:
        """Where a request leads: to the view of its operation, which is known already."""
        scope = request.environ["asgi.scope"] if request else {}
        if OPERATION in scope:
            return _Found(self._rules[scope[OPERATION].id], scope["path_params"])
        return self._find(request)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._bridge(scope, receive, send)


class _Found:
    """What Flask asks for the rule and the arguments of a request, in place of werkzeug's."""

    def __init__(self, rule: Rule, arguments: dict[str, str]) -> None:
        self._both = rule, arguments

    def match(self, **_: Any) -> tuple[Rule, dict[str, str]]:
        return self._both


class _NoSessions(SessionInterface):
    """One session for all, which holds nothing and takes nothing."""

    _none = NullSession()

    def open_session(self, *_: object) -> SessionMixin:
        return self._none
