"""Content negotiation: which media type and which language a client gets (RFC 9110 section 12)."""

import re
from collections.abc import Iterable, Mapping

from starlette.types import Scope
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from impl.errors import NotAcceptable
from impl.web.request_checks import header_values

JSON = "application/json"
LAST_RESORT = 0.0001
"""Less than any `q` that a client can give."""

MAX_LANGUAGES = 1000
"""Characters of an `Accept-Language` header."""

_RANGE = re.compile(r"[\w!#$%&'*+.^`|~-]+/[\w!#$%&'*+.^`|~-]+", re.ASCII)


def check_acceptable(scope: Scope, responses: Mapping[int, Iterable[str]]) -> None:
    """Raise NotAcceptable if the client takes no media type of the operation's good responses.

    A client that sends no `Accept`, or one that can't be read, gets JSON. Every operation writes
    its errors in JSON. So a client that takes JSON alone gets the result in another media type
    if there is none in JSON, as if it had sent no `Accept` (RFC 9110 section 12.5.1).
    """
    text = b",".join(header_values(scope, b"accept")).decode("latin-1")
    offered = {media for status, body in responses.items() if status < 300 for media in body}
    qualities = _qualities(text)
    if qualities and offered and not any(_quality(each, qualities) for each in offered):
        raise NotAcceptable(
            f"this operation writes {', '.join(sorted(offered))}", attribute="Accept"
        )


def preferred(text: str | None, offered: list[str]) -> str:
    """The media type that an `Accept` header likes best; of several, the first that is offered."""
    if text in (None, offered[0], "*/*"):
        return offered[0]
    qualities = _qualities(text)
    return max(offered, key=lambda media: _quality(media, qualities)) if qualities else offered[0]


def languages(text: str) -> list[tuple[str, float]]:
    """The language ranges of an `Accept-Language` header, each with its `q`.

    An overlong header counts as none.
    """
    if len(text) > MAX_LANGUAGES:
        return []
    return list(parse_accept_header(text, Accept))


def _qualities(text: str) -> dict[str, float]:
    """The media ranges of an `Accept` header without their parameters, each with its `q`.

    A parameter such as `charset` narrows nothing here: JSON is UTF-8 in any case.
    """
    accepted = parse_accept_header(text, Accept)
    ranges = [(value.partition(";")[0].strip().lower(), quality) for value, quality in accepted]
    return {media: quality for media, quality in reversed(ranges) if _RANGE.fullmatch(media)}


def _quality(media: str, qualities: dict[str, float]) -> float:
    """The `q` of a media type.

    A client that takes JSON gets another media type in the last resort, unless it refuses that one
    by name.
    """
    stated = _stated(media, qualities)
    if stated or media in qualities:
        return stated or 0
    return LAST_RESORT if _stated(JSON, qualities) else 0


def _stated(media: str, qualities: dict[str, float]) -> float | None:
    """The `q` of a media type, by the most specific range (RFC 9110 section 12.5.1), if any."""
    ranges = (media, f"{media.partition('/')[0]}/*", "*/*")
    return next((qualities[each] for each in ranges if each in qualities), None)
