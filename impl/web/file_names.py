"""The names of files that clients may save: short, and safe on every system."""

import re
from unicodedata import normalize
from urllib.parse import quote

from werkzeug.utils import secure_filename

LONGEST = 80
"""Characters before the ending."""

_UNSAFE = re.compile(r"[^\w.-]+")
_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)\d)(\.|\Z)", re.IGNORECASE)
"""What Windows takes for a device, whatever the ending."""


def shown_as(name: str, ending: str) -> str:
    """The `Content-Disposition` of what is to be looked at, and saved by this name (RFC 6266).

    `filename` is plain ASCII; `filename*` has the letters and digits of every script.
    """
    whole = _safe(name)
    plain = _safe(secure_filename(whole))
    encoded = quote(f"{whole}.{ending}", safe="")
    return f"inline; filename=\"{plain}.{ending}\"; filename*=UTF-8''{encoded}"


def _safe(name: str) -> str:
    """The name as letters, digits, `-`, `_` and `.`; it begins and ends with none of the marks.

    A device's name gets a `_` in front. Where nothing is left, it is `document`.
    """
    plain = _UNSAFE.sub("_", normalize("NFKC", name)).strip("._-")
    cut = plain[:LONGEST].rstrip("._-")
    return f"_{cut}" if _DEVICE.match(cut) else cut or "document"
