"""File names in `Content-Disposition`: short, and safe on every system."""

import re
from unicodedata import normalize
from urllib.parse import quote

from werkzeug.utils import secure_filename

MAX_LENGTH = 80
"""Characters before the ending."""

_UNSAFE = re.compile(r"[^\w.-]+")
_DEVICE = re.compile(r"(con|prn|aux|nul|(com|lpt)\d)(\.|\Z)", re.IGNORECASE)
"""Names of devices on Windows, with any ending."""


def content_disposition(name: str, ending: str) -> str:
    """The header for a document that browsers show, and save by this name (RFC 6266).

    `filename` is plain ASCII; `filename*` has the letters and digits of every script.
    """
    whole = _safe(name)
    plain = _safe(secure_filename(whole))
    encoded = quote(f"{whole}.{ending}", safe="")
    return f"inline; filename=\"{plain}.{ending}\"; filename*=UTF-8''{encoded}"


def _safe(name: str) -> str:
    """The name as letters, digits, `-`, `_` and `.`; it begins and ends with a letter or digit.

    The name of a device gets a `_` in front. If nothing is left, the name is `document`.
    """
    plain = _UNSAFE.sub("_", normalize("NFKC", name)).strip("._-")
    cut = plain[:MAX_LENGTH].rstrip("._-")
    return f"_{cut}" if _DEVICE.match(cut) else cut or "document"
