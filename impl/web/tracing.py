"""The trace that a request is part of (W3C Trace Context)."""

import re

from starlette.types import Scope

from impl.web.request_checks import header_values
from impl.web.scope_keys import TRACE

_TRACEPARENT = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?=\Z|-)"
)


def traceparent(scope: Scope) -> str:
    """The request's `traceparent`: of the span that a tracer made for it, or as it came, or blank.

    Of later versions of the standard, only the part that all versions share is read.
    """
    traced: str | None = scope.get(TRACE)
    if traced is not None:
        return traced
    given = header_values(scope, b"traceparent")
    match = _TRACEPARENT.match(given[0]) if len(given) == 1 else None
    if match is None or (given[0][:2] == b"00" and len(given[0]) != match.end()):
        return ""
    return match[0].decode()


def trace_id(parent: str) -> str:
    """The id of the trace in a `traceparent`."""
    return parent[3:35]
