"""Compresses pages of lists for clients that accept it (RFC 9110 section 8.4).

A proxy never compresses a 206, because it might be a range of bytes. Ours has whole resources, so
the server compresses it. The proxy compresses all other responses (deploy/nginx.conf).
"""

import gzip
from collections.abc import Mapping

from werkzeug.datastructures import Accept

GZIP = "gzip"
LEAST_BYTES = 1400
"""A smaller body fits into one packet, so compressing it gains nothing."""

LEVEL = 4
"""zlib's level, of 9: 1,000 bills shrink to a tenth; higher levels hardly gain more."""


def compressed(body: bytes, accepted: Accept) -> tuple[bytes, Mapping[str, str]]:
    """The body, compressed if that is worth it and the client accepts it, and its headers."""
    if len(body) < LEAST_BYTES:
        return body, {}
    varies = {"Vary": "Accept-Encoding"}
    if not accepted.quality(GZIP):
        return body, varies
    return gzip.compress(body, LEVEL, mtime=0), varies | {"Content-Encoding": GZIP}


def plain(body: bytes, headers: Mapping[bytes, bytes]) -> bytes:
    """The body of a response with these headers, decompressed."""
    return gzip.decompress(body) if headers.get(b"content-encoding") == GZIP.encode() else body
