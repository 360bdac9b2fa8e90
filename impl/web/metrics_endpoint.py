"""`/metrics`, for Prometheus, on an address of its own."""

import asyncio
from collections.abc import Callable

from starlette.types import Receive, Scope, Send

from impl.errors import ApiError, MethodNotAllowed, NotFound
from impl.web import errors
from impl.web.request_checks import header_values
from impl.web.security_headers import secured


class MetricsEndpoint:
    """An ASGI application that serves `/metrics` and nothing else."""

    def __init__(self, scrape: Callable[[str], tuple[bytes, str]], base: str) -> None:
        """`base` is the URL of the server, for links in errors."""
        self._scrape = scrape
        self._base = base
        self._lock = asyncio.Lock()

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Serve one request; scrapes run one after the other, so that they never pile up."""
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope)
        except ApiError as error:
            answer = errors.answer(error, self._base)
        headers = secured(answer.headers)
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else answer.body
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope) -> errors.Answer:
        if scope["path"] != "/metrics":
            raise NotFound("there is nothing here but /metrics")
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed(scope["method"], "GET, HEAD")
        accept = b",".join(header_values(scope, b"accept")).decode("latin-1")
        async with self._lock:
            text, media_type = await asyncio.to_thread(self._scrape, accept)
        length = str(len(text)).encode()
        headers = [(b"content-type", media_type.encode()), (b"content-length", length)]
        return errors.Answer(200, headers, text)
