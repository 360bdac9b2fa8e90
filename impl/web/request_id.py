"""`X-Request-ID`: the client's name for a request, or else ours, in the log, events and answers."""

import re
from secrets import token_hex

from starlette.types import Scope

from impl.web.request_checks import header_values

HEADER = b"x-request-id"
_REQUEST_ID = re.compile(rb"[!-~]{1,128}")


def request_id(scope: Scope) -> bytes:
    """The id that the client sent, if it is one of up to 128 visible characters; else a new one."""
    given = header_values(scope, HEADER)
    if len(given) == 1 and _REQUEST_ID.fullmatch(given[0]):
        return given[0]
    return token_hex(16).encode()
