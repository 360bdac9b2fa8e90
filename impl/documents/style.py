"""How an operator wants documents to look."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Style:
    r"""How documents look; an address's lines end with a newline, a literal `\n`, or a `;`."""

    locale: str = "en_GB"
    time_zone: str = "UTC"
    seller_name: str = ""
    seller_address: str = ""
    seller_logo: Path | None = None
    templates: Path | None = None
    fonts: Path | None = None
