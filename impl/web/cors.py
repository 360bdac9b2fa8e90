"""Lets web pages from other origins use the API (CORS, by the Fetch standard)."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from impl.web.security_headers import secured

METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS")
REQUEST_HEADERS = (
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match",
    "Last-Event-ID", "Range", "X-Request-ID", "traceparent", "tracestate",
)  # fmt: skip
"""Headers that pages may set in requests."""

RESPONSE_HEADERS = (
    "Accept-Patch", "Allow", "Content-Disposition", "Content-Range", "ETag", "Idempotency-Replayed",
    "Link", "Location", "Retry-After", "WWW-Authenticate", "X-Request-ID", "X-Result-Count",
    "X-Total-Count",
)  # fmt: skip
"""Headers that pages may read in responses."""


class Cors(CORSMiddleware):
    """Lets pages from these origins use an application; `*` is any. It answers preflights itself.

    The API takes no cookies, so a page can do no more than its user's token allows.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=REQUEST_HEADERS,
            expose_headers=RESPONSE_HEADERS,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """204 in any case; a page that may not use the API gets no `Access-Control` headers."""
        stock = super().preflight_response(request_headers)
        response = Response(status_code=204)
        names = (b"vary",) if stock.status_code >= 400 else (b"vary", b"access-control-")
        headers = (header for header in stock.raw_headers if header[0].startswith(names))
        response.raw_headers = secured(headers)
        return response
