"""Browsers' pages from other origins (CORS, by the Fetch standard)."""

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp

from impl.web.security_headers import secured

METHODS = ("GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS")
SENT = (
    "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match",
    "Last-Event-ID", "Range", "X-Request-ID", "traceparent", "tracestate",
)  # fmt: skip
"""Headers of requests that pages may set."""

READ = (
    "Accept-Patch", "Allow", "Content-Disposition", "Content-Range", "ETag", "Idempotency-Replayed",
    "Link", "Location", "Retry-After", "WWW-Authenticate", "X-Request-ID", "X-Result-Count",
    "X-Total-Count",
)  # fmt: skip
"""Headers of answers that pages may read."""


class Cors(CORSMiddleware):
    """Lets pages from these origins use an application; `*` is any. It answers preflights itself.

    Nothing is sent with cookies, so a page can do what its user's token allows and no more.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=METHODS,
            allow_headers=SENT,
            expose_headers=READ,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """204; where the page may not, without the header that would let it."""
        told = super().preflight_response(request_headers)
        answer = Response(status_code=204)
        kept = (b"vary",) if told.status_code >= 400 else (b"vary", b"access-control-")
        answer.raw_headers = secured(each for each in told.raw_headers if each[0].startswith(kept))
        return answer
