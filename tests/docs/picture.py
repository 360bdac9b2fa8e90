"""`make picture`: draw docs/bill.png, the picture of a bill of the demo data."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from impl import demo, settings
from impl.documents.document import Documents
from tests.servers import ROOT

PICTURE = ROOT / "docs" / "bill.png"
NUMBER = "00004727"
DAY = datetime(2026, 11, 1, tzinfo=UTC)
"""The day whose demo data the picture shows: only its dates differ from those of another day."""

PAGE = """
#set page(margin: 0pt)
#image("bill.pdf", width: 100%)
"""
PIXELS_PER_INCH = 96


def bill(day: datetime) -> dict[str, Any]:
    """The bill of that number in a day's demo data."""
    made = (each for resource, each in demo.documents(day) if resource == "customerBill")
    return next(each for each in made if each["billNo"] == NUMBER)


def charges(day: datetime) -> list[dict[str, Any]]:
    """The rates of that bill."""
    on_it = bill(day)["id"]
    return [
        document
        for resource, document in demo.documents(day)
        if resource == "appliedCustomerBillingRate" and document.get("bill", {}).get("id") == on_it
    ]


def drawn() -> bytes:
    """The picture as a PNG: the PDF that the server makes with its default settings."""
    pdf = Documents(settings.read({}).style).pdf(bill(DAY), charges(DAY))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bill.pdf").write_bytes(pdf)
        page = folder / "page.typ"
        page.write_text(PAGE, "utf-8")
        return typst.compile(page, root=folder, format="png", ppi=PIXELS_PER_INCH)


if __name__ == "__main__":
    PICTURE.write_bytes(drawn())
