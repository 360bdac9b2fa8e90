"""How a page of a list is answered: its status and its counts (TMF630 Part 1, paging)."""

from impl.query.language import Page, Window


def status(page: Page, window: Window) -> int:
    """206 where the client asked for a part and this is one, else 200."""
    return 206 if window.asked and len(page.items) < page.total else 200


def headers(page: Page) -> dict[str, str]:
    """How many resources match, and how many of them are here."""
    return {"X-Total-Count": str(page.total), "X-Result-Count": str(len(page.items))}
