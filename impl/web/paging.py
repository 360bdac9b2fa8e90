"""Paging: the part of a list that a client gets, and its headers.

TMF630 Part 1, paging; RFC 8288 for links; RFC 9110 for ranges.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from impl.query.language import Page, Position, Query
from impl.web import cursor

_RANGE = re.compile(r"items=(\d{1,15})-(\d{1,15})?")


def in_range(query: Query, header: str | None, most: int) -> Query:
    """The query with the window of a `Range: items=0-99`; other ranges are ignored."""
    match = _RANGE.fullmatch(header.strip()) if header and not query.window.requested else None
    if match is None:
        return query
    first, last = int(match[1]), int(match[2] or 10**15)
    if last < first:
        return query
    limit = min(last - first + 1, most)
    return replace(query, window=replace(query.window, offset=first, limit=limit, requested=True))


@dataclass(frozen=True)
class Paging:
    """A page of a list, whose URL is `base`, the resource and the query string."""

    page: Page
    query: Query
    base: str
    resource: str
    query_string: str
    list_name: str
    """What its cursors belong to."""

    @property
    def status(self) -> int:
        """206 if the client requested a part and this is one, else 200."""
        return 206 if self.query.window.requested and self._partial else 200

    @property
    def headers(self) -> dict[str, str]:
        """How many match, how many the page has, which they are, and links to other pages."""
        headers = {"X-Result-Count": str(len(self.page.items))}
        if self.page.total is not None:
            headers["X-Total-Count"] = str(self.page.total)
        if self._partial:
            headers["Link"] = ", ".join(
                f'<{url}>; rel="{rel}"' for rel, url in self._links().items()
            )
        if self.status == 206 and self.query.window.position is None and self.page.items:
            first = self.query.window.offset
            last = first + len(self.page.items) - 1
            total = "*" if self.page.total is None else self.page.total
            headers["Content-Range"] = f"items {first}-{last}/{total}"
        return headers

    @property
    def _partial(self) -> bool:
        return not (
            self.page.next is None
            and self.page.previous is None
            and len(self.page.items) == self.page.total
        )

    def _links(self) -> dict[str, str]:
        last = self._at(Position(backwards=True))
        links = {
            "self": self._url(cursor.as_url(self.query_string)),
            "first": self._url(self._shared),
        }
        if self.page.previous is not None:
            links["prev"] = self._at(self.page.previous)
        elif self.query.window.offset:  # past the end
            links["prev"] = last
        if self.page.next is not None:
            links["next"] = self._at(self.page.next)
        return links | {"last": last}

    @cached_property
    def _shared(self) -> str:
        """The query string that all pages share: without a position, but with the limit, which may
        have come as a range.
        """
        shared = cursor.without(cursor.as_url(self.query_string), ("cursor", "offset"))
        window = self.query.window
        if not window.requested or (shared and cursor.without(shared, ("limit",)) != shared):
            return shared
        return f"{shared}&limit={window.limit}".removeprefix("&")

    def _at(self, position: Position) -> str:
        text = cursor.to_text(position, f"{self.list_name}?{self._shared}")
        return self._url(f"{self._shared}&cursor={text}".removeprefix("&"))

    def _url(self, query_string: str) -> str:
        return f"{self.base}/{self.resource}" + (f"?{query_string}" if query_string else "")
