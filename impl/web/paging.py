"""How a part of a list is asked for and answered (TMF630 Part 1, paging; RFC 8288; RFC 9110)."""

import re
from dataclasses import dataclass, replace
from functools import cached_property

from impl.query.language import Page, Position, Query
from impl.web import cursor

_RANGE = re.compile(r"items=(\d{1,15})-(\d{1,15})?")


def in_range(query: Query, header: str | None, most: int) -> Query:
    """The query with the window that a `Range: items=0-99` asks for; other ranges ask nothing."""
    found = _RANGE.fullmatch(header.strip()) if header and not query.window.requested else None
    if found is None:
        return query
    first, last = int(found[1]), int(found[2] or 10**15)
    if last < first:
        return query
    limit = min(last - first + 1, most)
    return replace(query, window=replace(query.window, offset=first, limit=limit, requested=True))


@dataclass(frozen=True)
class Paging:
    """A page of a list, as it is asked for by URL: the API's, and the list's below it."""

    page: Page
    query: Query
    base: str
    resource: str
    query_string: str

    @property
    def status(self) -> int:
        """206 where the client asked for a part and this is one, else 200."""
        return 206 if self.query.window.requested and self._partial else 200

    @property
    def headers(self) -> dict[str, str]:
        """How many match, how many are here, which they are, and where the others are."""
        found = {"X-Result-Count": str(len(self.page.items))}
        if self.page.total is not None:
            found["X-Total-Count"] = str(self.page.total)
        if self._partial:
            found["Link"] = ", ".join(f'<{url}>; rel="{rel}"' for rel, url in self._links().items())
        if self.status == 206 and self.query.window.position is None and self.page.items:
            first = self.query.window.offset
            last = first + len(self.page.items) - 1
            total = "*" if self.page.total is None else self.page.total
            found["Content-Range"] = f"items {first}-{last}/{total}"
        return found

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
            "first": self._url(self._kept),
        }
        if self.page.previous is not None:
            links["prev"] = self._at(self.page.previous)
        elif self.query.window.offset:  # past the end
            links["prev"] = last
        if self.page.next is not None:
            links["next"] = self._at(self.page.next)
        return links | {"last": last}

    @cached_property
    def _kept(self) -> str:
        """What is the same for every page: the query string without its place, and with its limit,
        which may have come as a range.
        """
        kept = cursor.without(cursor.as_url(self.query_string), ("cursor", "offset"))
        window = self.query.window
        if not window.requested or (kept and cursor.without(kept, ("limit",)) != kept):
            return kept
        return f"{kept}&limit={window.limit}".removeprefix("&")

    def _at(self, position: Position) -> str:
        text = cursor.to_text(position, f"{self.resource}?{self._kept}")
        return self._url(f"{self._kept}&cursor={text}".removeprefix("&"))

    def _url(self, query_string: str) -> str:
        return f"{self.base}/{self.resource}" + (f"?{query_string}" if query_string else "")
