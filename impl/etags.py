"""ETags: the version of a resource, as clients get it and send it back (RFC 9110 section 8.8.3)."""

import re

from werkzeug.http import parse_etags


def etag(*version: int | str) -> str:
    """The strong ETag of a version, or of one representation of it, such as `7-pdf-de`."""
    return f'"{"-".join(map(str, version))}"'


def is_current(etag: str, if_none_match: str | None) -> bool:
    """Whether the client has this version already (RFC 9110 section 13.1.2)."""
    return if_none_match is not None and parse_etags(if_none_match).contains_weak(etag.strip('"'))


def versions(if_match: str | None) -> frozenset[int] | None:
    """The versions that an `If-Match` header names; None for any (RFC 9110 section 13.1.1).

    A weak tag counts as a strong one: all of ours are strong, and proxies weaken them when they
    compress what they pass on.
    """
    if if_match is None or if_match.strip() == "*":
        return None
    tags = re.findall(r'(?:^|,)\s*(?:W/)?"([1-9][0-9]{0,17})"\s*(?=,|$)', if_match)
    return frozenset(map(int, tags))
