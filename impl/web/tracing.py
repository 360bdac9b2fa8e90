"""Traces that go through us (W3C Trace Context): whose part a request is."""

import re

from starlette.types import Scope

from impl.web.request_checks import values

TRACE = "tmf678.traceparent"
"""Where the request's scope says which span it is, in the form of a `traceparent` header."""

_TRACEPARENT = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?=\Z|-)"
)


def traceparent(scope: Scope) -> str:
    """The request's `traceparent`, of the span that a tracer made of it or as it came; else blank.

    Of a later version of the standard, the part that all versions have is read.
    """
    known: str | None = scope.get(TRACE)
    if known is not None:
        return known
    given = values(scope, b"traceparent")
    found = _TRACEPARENT.match(given[0]) if len(given) == 1 else None
    if found is None or (given[0][:2] == b"00" and len(given[0]) != found.end()):
        return ""
    return found[0].decode()


def trace_id(parent: str) -> str:
    """The id of the whole trace."""
    return parent[3:35]
