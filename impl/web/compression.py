"""Pages of lists, packed for clients that take them so (RFC 9110 section 8.4).

A proxy that compresses passes a 206 on as it is, for it might hold a part of some bytes. Ours holds
whole resources, so it is packed here; what else is worth it the proxy packs (deploy/nginx.conf).
"""

import gzip
from collections.abc import Mapping

from werkzeug.datastructures import Accept

GZIP = "gzip"
LEAST_BYTES = 1400
"""What goes over a network in one packet is not worth the work."""

LEVEL = 4
"""zlib's, of 9: 1,000 bills shrink to a tenth of their size, and hardly further at a higher one."""


def packed(body: bytes, takes: Accept) -> tuple[bytes, Mapping[str, str]]:
    """The body, packed if that is worth it and the client takes it so, and the headers to tell."""
    if len(body) < LEAST_BYTES:
        return body, {}
    varies = {"Vary": "Accept-Encoding"}
    if not takes.quality(GZIP):
        return body, varies
    return gzip.compress(body, LEVEL, mtime=0), varies | {"Content-Encoding": GZIP}


def plain(body: bytes, headers: Mapping[bytes, bytes]) -> bytes:
    """The body that these headers came with, as it was before it was packed."""
    return gzip.decompress(body) if headers.get(b"content-encoding") == GZIP.encode() else body
