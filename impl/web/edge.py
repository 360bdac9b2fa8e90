"""The outermost ASGI layer: every request comes in and every response goes out here.

It gives the request an id, checks it, reads its body, turns every error into the one Error body,
and writes one log line. So Connexion gets only requests that it handles well.
"""

import time
from typing import Protocol

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from impl.api import Operation
from impl.errors import MethodNotAllowed, NotFound
from impl.web import body, errors, negotiation, request_checks
from impl.web.admission import Admission
from impl.web.authentication import Authentication
from impl.web.health import PATHS, Health
from impl.web.request_id import HEADER, request_id
from impl.web.routes import Routes
from impl.web.scope_keys import BASE_PATH, HEAD, MEDIA_TYPE, OPERATION, RAW_BODY, REQUEST_ID, TRACE
from impl.web.security_headers import secured
from impl.web.tracing import trace_id, traceparent

CANCELLED = 499
"""The status in the log and metrics if the client left before there was one."""

log = structlog.get_logger("access")


class Meter(Protocol):
    """Measures requests."""

    def begun(self) -> None:
        """One more request is in progress."""

    def done(self, operation: str, status: int, seconds: float) -> None:
        """A request is over; its response began after so many seconds.

        `operation` is blank outside of the contract.
        """


class Edge:
    """Wraps the Connexion application."""

    def __init__(
        self,
        app: ASGIApp,
        routes: Routes,
        health: Health,
        admission: Admission,
        authentication: Authentication = Authentication(None),
        meter: Meter | None = None,
    ) -> None:
        self._app = app
        self._authentication = authentication
        self._routes = routes
        self._health = health
        self._admission = admission
        self._meter = meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request; other protocols are ignored."""
        if scope["type"] != "http":
            return
        exchange = _Exchange(scope, receive, send)
        if self._meter:
            self._meter.begun()
        try:
            await self._serve(scope, exchange)
        except Exception as error:  # noqa: BLE001 - each becomes a response, or a line in the log
            response = errors.answer(error, self._routes.home)
            if not exchange.status:  # else the response has begun, and ends here
                await exchange.answer(response)
        finally:
            exchange.log()
            if self._meter:
                self._meter.done(exchange.operation, exchange.status or CANCELLED, exchange.seconds)
        await exchange.incoming.discard()

    async def _serve(self, scope: Scope, exchange: "_Exchange") -> None:
        request_checks.normalize_target(scope)
        scope["path"] = request_checks.decoded_path(scope)
        request_checks.check_query(scope)
        request_checks.check_host(scope, linked=scope["path"] not in PATHS)
        match = self._routes.find(scope["path"])
        if match is None:
            await self._serve_other(scope, exchange)
            return
        route, scope["path_params"] = match
        exchange.route = route.template
        scope[BASE_PATH] = route.base_path
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        if method == "OPTIONS":
            await exchange.answer(errors.Answer(204, route.options))
            return
        if method not in route.operations:
            raise MethodNotAllowed(scope["method"], route.allowed)
        scope[HEAD] = scope["method"] == "HEAD"
        scope["method"] = method
        await self._serve_operation(scope, exchange, route.operations[method])

    async def _serve_operation(
        self, scope: Scope, exchange: "_Exchange", operation: Operation
    ) -> None:
        exchange.operation = operation.id
        try:
            await self._authentication.admit(scope, operation)
        finally:
            self._admission.admit(scope)  # an unauthenticated client counts by its address
        negotiation.check_acceptable(scope, operation.responses)
        scope[OPERATION] = operation
        headers = [(k, v) for k, v in scope["headers"] if k not in _BODY_HEADERS]
        if operation.request:
            media_type = scope[MEDIA_TYPE] = request_checks.media_type(scope, operation)
            scope[RAW_BODY] = await exchange.incoming.read(self._admission.max_body_bytes)
            headers.append((b"content-type", media_type.encode()))
        scope["headers"] = headers
        with self._admission.in_flight:
            await self._app(scope, exchange.receive, exchange.send)

    async def _serve_other(self, scope: Scope, exchange: "_Exchange") -> None:
        """Serve a path outside the contract: health, or the documentation that Flask serves."""
        if self._routes.is_nothing(scope["path"]):
            raise NotFound(f"there is nothing at {scope['path']!r}")
        answer = await self._health.answer(scope["method"], scope["path"])
        if answer is not None:
            await exchange.answer(answer)
            return
        self._admission.admit(scope)
        with self._admission.in_flight:
            await self._app(scope, exchange.receive, exchange.send)


_BODY_HEADERS = {b"content-type", b"content-length", b"transfer-encoding"}


class _Exchange:
    """One request and its response: reads the body, sends the response, and logs both."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.receive = receive
        self.incoming = body.Incoming(scope, receive)
        self.route = ""
        self.operation = ""
        self.status = 0
        self.seconds = 0.0
        self._method = scope["method"]
        self._send = send
        self._started = time.perf_counter()
        self._id = request_id(scope)
        scope[REQUEST_ID] = self._id.decode()
        self._trace = scope[TRACE] = traceparent(scope)

    async def send(self, message: Message) -> None:
        """Send a message, with the headers of every response; HEAD gets no body."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.seconds = time.perf_counter() - self._started
            message["headers"] = [*secured(message["headers"]), (HEADER, self._id)]
            if self.incoming.last:
                message["headers"].append((b"connection", b"close"))
        elif self._method == "HEAD":
            message["body"] = b""
        await self._send(message)

    async def answer(self, answer: errors.Answer) -> None:
        """Send a whole response of the edge's own."""
        start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
        await self.send(start)
        await self.send({"type": "http.response.body", "body": answer.body})

    def log(self) -> None:
        """Write one line; it has the template of the path, and never a query or body."""
        tracing = {"trace_id": trace_id(self._trace)} if self._trace else {}
        log.info(
            "request",
            method=self._method,
            path=self.route or "-",
            status=self.status or CANCELLED,
            ms=round((time.perf_counter() - self._started) * 1000, 2),
            request_id=self._id.decode(),
            **tracing,
        )
