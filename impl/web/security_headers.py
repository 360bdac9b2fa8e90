"""What every answer says to browsers and caches, whoever wrote it."""

from collections.abc import Iterable
from typing import TypeAlias

Header: TypeAlias = tuple[bytes, bytes]

ALWAYS: tuple[Header, ...] = (
    (b"server", b"tmf678"),  # else gunicorn gives its own name
    (b"x-content-type-options", b"nosniff"),
)
SHOWN: tuple[Header, ...] = (
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
"""For what browsers show as a page, and not for JSON, for each header costs time."""

CACHED: tuple[Header, ...] = ((b"cache-control", b"private, no-cache"),)
"""Kept by the client alone, and asked for anew by its ETag; for answers that don't say else."""

ALLOWED: tuple[Header, ...] = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
"""A page may do nothing at all; for answers that don't say else."""

_JSON = b"application/json"


def secured(headers: Iterable[Header]) -> list[Header]:
    """An answer's headers, and those that each answer has."""
    headers = list(headers)
    given = dict(headers)
    about = (
        given.get(b"content-type", _JSON) != _JSON,
        b"cache-control" in given,
        b"content-security-policy" in given,
    )
    return [*headers, *_ADDED[about]]


_ADDED = {
    (page, cached, allowed): (
        *ALWAYS,
        *(SHOWN if page else ()),
        *(() if cached else CACHED),
        *(() if allowed else ALLOWED),
    )
    for page in (True, False)
    for cached in (True, False)
    for allowed in (True, False)
}
