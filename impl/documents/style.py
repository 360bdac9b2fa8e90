"""How an operator wants documents to look."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Style:
    r"""How documents look; an address's lines end with a newline, a literal `\n`, or a `;`.

    A bill of more lines than `itemised` has a line for each product, and the address where its own
    lines are: that is `rates`, with a query behind it.
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
