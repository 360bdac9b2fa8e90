"""The keys under which the layers of HTTP hand a request's facts on, in its ASGI scope. Pure.

The last two are in the WSGI environment, which views read.
"""

REQUEST_ID = "tmf678.request_id"
"""The request's id, a text."""

TRACE = "tmf678.traceparent"
"""The request's span, in the form of a `traceparent` header."""

OPERATION = "tmf678.operation"
"""The operation of the contract that the request is for."""

BASE_PATH = "tmf678.base_path"
"""The base path of the operation's API."""

CLIENT = "tmf678.client"
"""The name of the authenticated client."""

IDENTITY = "tmf678.identity"
"""The caller's identity; missing without authentication."""

HEAD = "tmf678.head"
"""Whether the response has no body."""

MEDIA_TYPE = "tmf678.media_type"
"""The media type of the body, one of those that the operation reads."""

RAW_BODY = "tmf678.raw_body"
"""The bytes of the body."""

BODY = "tmf678.body"
"""The body as JSON values, once it is valid."""

ARGUMENTS = "tmf678.arguments"
"""The declared query parameters, by name."""

IS_WANTED = "tmf678.is_wanted"
"""A function: whether the client still waits for the response."""

RUNS_ALONE = "tmf678.runs_alone"
"""Whether no other postponed request runs."""
