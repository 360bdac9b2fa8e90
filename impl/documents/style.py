"""The operator's choices for the look of documents."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Style:
    r"""The look of documents; a newline, a literal `\n` or a `;` ends a line of the address.

    A bill of more lines than `itemised` shows one line for each product, and the URL of all its
    rates: `rates` with a query.
    """

    locale: str = "en_GB"
    time_zone: str = "UTC"
    seller_name: str = ""
    seller_address: str = ""
    seller_logo: Path | None = None
    templates: Path | None = None
    fonts: Path | None = None
    itemised: int = 2000
    rates: str = "appliedCustomerBillingRate"
