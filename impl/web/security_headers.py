"""Headers for browsers and caches, which every response has."""

from collections.abc import Iterable
from typing import TypeAlias

Header: TypeAlias = tuple[bytes, bytes]

ALWAYS: tuple[Header, ...] = (
    (b"server", b"tmf678"),  # else gunicorn sends its own name
    (b"x-content-type-options", b"nosniff"),
)
PAGES: tuple[Header, ...] = (
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
"""For responses that browsers show as a page; not for JSON, because each header takes time."""

CACHING: tuple[Header, ...] = ((b"cache-control", b"private, no-cache"),)
"""The default: only the client may cache a response, and must revalidate it by its ETag."""

POLICY: tuple[Header, ...] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""The default: a page may do nothing at all."""

_JSON = b"application/json"


def secured(headers: Iterable[Header]) -> list[Header]:
    """The headers of a response, with those that every response has."""
    headers = list(headers)
    given = dict(headers)
    case = (
        given.get(b"content-type", _JSON) != _JSON,
        b"cache-control" in given,
        b"content-security-policy" in given,
    )
    return [*headers, *_ADDED[case]]


_ADDED = {
    (page, cached, allowed): (
        *ALWAYS,
        *(PAGES if page else ()),
        *(() if cached else CACHING),
        *(() if allowed else POLICY),
    )
    for page in (True, False)
    for cached in (True, False)
    for allowed in (True, False)
}
