"""The feed as single events, for clients and couriers: pages, streams, and events by their place.

MongoDB finds the documents of the feed that may have a match, by what they hold in the clear
(feed_filter.py). This process decodes their events one by one (feed_entries.py) and evaluates the
query on each. A search that decodes much ends within the time of a read, and says how far it came.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from itertools import islice
from math import inf
from typing import TypeAlias

import bson
from pymongo.database import Database

from impl.errors import ParameterInvalid, SearchUnfinished
from impl.query.language import (
    Compare,
    Condition,
    Document,
    Every,
    Exists,
    Page,
    Path,
    Position,
    Query,
    searches,
)
from impl.query.project import project
from impl.resources import FEED
from impl.store import feed_filter
from impl.store.access import Access
from impl.store.counts import Counts
from impl.store.documents import Stored
from impl.store.encoding import encode
from impl.store.faults import bounded, patient, reading, translated
from impl.store.feed_entries import Entry, Found, Search
from impl.store.feed_filter import EVENT_ID
from impl.store.feed_order import ranked
from impl.store.feed_walk import START, FeedWalk, Step
from impl.store.pages import FEW, TOO_LARGE, around
from impl.store.timeouts import READ_SECONDS, SEARCH_SECONDS

SHARE = 0.85
"""The part of a read's time that a search uses, so that it has time left to say how far it came."""

AT_ONCE = 50
"""How many events of a sorted stream are fetched at a time."""

Row: TypeAlias = tuple[Position, Document]
"""An event as it is shown, and its place in the order."""


class FeedReader:
    """Reads the feed of a database; callers see what `Access` lets them."""

    def __init__(
        self, database: Database[Stored], access: Access, counts: Counts, page_bytes: int
    ) -> None:
        self._feed = database[FEED]
        self._walk = FeedWalk(database)
        self._access = access
        self._counts = counts
        self._page_bytes = page_bytes

    def find(self, query: Query) -> Page:
        """The page of the matches that the query's window names, in its order.

        A page in the order of the feed ends early if time runs out; `next` is where to go on.
        Raises SearchUnfinished if no match is found until then, Busy if too many searches run
        already, and ParameterInvalid if the page has too many bytes.
        """
        search = self._search(query.where)
        with reading(), bounded(query, served=self._is_served(query, search)):
            rows, reached = (self._sorted if query.order else self._in_order)(query, search)
            return self._page(query, search, rows, reached)

    def stream(self, query: Query) -> Iterator[Document]:
        """Every match in order, or as many as the query's limit; in the feed's, in constant memory.

        Raises Busy, and SearchUnfinished if the first match, or the order, takes too long to find.
        """
        search, window = self._search(query.where), query.window
        with translated():
            if query.order:
                found = self._streamed_in(query, search)
            else:
                end = window.offset + window.limit if window.requested else None
                found = islice(self._streamed(query, search), window.offset, end)
            for each in found:
                yield project(each.event, query.fields)

    def between(self, query: Query, after: str, end: str) -> Iterator[Sequence[Document]]:
        """The matches after a place up to another, in parts that may be empty.

        The `end` is the place of an entry, such as the feed's end.
        """
        search = self._search(query.where)
        turn = partial(patient, served=self._is_served(query, search))
        with translated():
            for _, found in self._walk.steps(search, Position(id=after), turn=turn, end=end):
                with turn():
                    events = [project(each.event, query.fields) for each in found]
                yield events

    def events(self, places: Iterable[str]) -> dict[str, Document]:
        """The events at these places, whoever owns them; without those that are gone or unreadable.

        Each document of the feed is read once.
        """
        with translated():
            return {each.event["id"]: each.event for each in self._walk.at({*places})}

    def place_of(self, event_id: str) -> str:
        """The place of an event; ParameterInvalid if the caller sees none of this id."""
        search = self._search(Compare(EVENT_ID, (event_id,)))
        with reading():
            for _, found in self._walk.steps(search):
                for each in found:
                    return str(each.event["id"])
        raise ParameterInvalid("", "is not the eventId of an event in the feed")

    def knows(self, path: Path) -> bool:
        """Whether an event that the caller sees has this attribute."""
        query = Query(Exists(path))
        search = self._search(query.where)
        return any(True for _ in _in_time(query, search, self._walk.steps(search)))

    def _search(self, where: Condition) -> Search:
        return Search(where, self._access.owners_seen())

    def _is_served(self, query: Query, search: Search) -> bool:
        """Whether the query costs little: by an index, in the clear, or because of few events."""
        if searches(query.where):
            return False
        of_few = search.owners is not None or feed_filter.names_few(query.where)
        in_the_clear = not query.order and feed_filter.is_clear(query.where)
        return of_few or in_the_clear or self._walk.span() <= FEW

    def _in_order(self, query: Query, search: Search) -> tuple[list[Row], Position | None]:
        """The rows of a page in the order of the feed, and one more if there is one.

        If time runs out, also the place that it reached: there the next page begins.
        """
        window = query.window
        steps = self._walk.steps(search, window.position or START)
        end = window.offset + window.limit + 1
        found = islice(_in_time(query, search, steps), window.offset, end)
        rows: list[Row] = []
        try:
            for each in self._fitting(query, found):
                rows.append((Position((), each["id"]), each))  # noqa: PERF401 - some, if it raises
        except Unfinished as unfinished:
            if not rows:
                raise
            return rows, unfinished.reached
        return rows, None

    def _sorted(self, query: Query, search: Search) -> tuple[list[Row], Position | None]:
        """The rows of a page in another order, and one more if there is one."""
        offset, limit = query.window.offset, query.window.limit
        positions = self._ranked(query, search, offset + limit + 1)[offset:]
        places = [str(each.id) for each in positions[:limit]]
        shown = {each["id"]: each for each in self._fitting(query, self._walk.at(places))}
        rows = [(each, shown.get(str(each.id), Document({}))) for each in positions]
        return [each for each in rows[:limit] if each[1]] + rows[limit:], None

    def _ranked(self, query: Query, search: Search, most: int | None) -> list[Position]:
        """The first matches in the query's order, by their places in it."""
        found = _in_time(query, search, self._walk.steps(search))
        events = (each.event for each in found)
        return ranked(events, query.order, query.window.position or START, most)

    def _fitting(self, query: Query, found: Iterable[Found]) -> Iterator[Document]:
        """The events with what the query shows of them, and their ids.

        Raises ParameterInvalid once they have too many bytes; a single event always fits.
        """
        size = 0
        for each in found:
            shown = project(each.event, query.fields)
            size += each.size if query.fields is None else len(bson.encode(encode(shown)))
            if size > self._page_bytes and query.window.limit > 1:
                raise ParameterInvalid("limit", f"{TOO_LARGE} {self._page_bytes} bytes")
            yield shown

    def _page(
        self, query: Query, search: Search, rows: Sequence[Row], reached: Position | None
    ) -> Page:
        window = query.window
        shown = rows[: window.limit]
        ends = [position for position, _ in (*shown[:1], *shown[-1:])]
        if reached is not None:
            ends[-1] = reached
        following, previous = around(query, ends, more=len(rows) > len(shown) or bool(reached))
        least = window.offset + len(shown)
        total: int | None = least
        if following or window.position or not window.limit or (window.offset and not shown):
            total = self._total(search)
            if total is not None and shown:
                total = max(total, least + bool(following))
        items = [event for _, event in shown]
        if window.position is not None and window.position.backwards:
            items.reverse()
        return Page(items, total, following, previous)

    def _total(self, search: Search) -> int | None:
        """How many events match; None if that takes long, or depends on what is compressed."""
        after, where = feed_filter.split_place(search.where)
        if not feed_filter.is_clear(where):
            return None
        if search.owners is not None:
            return self._counts.recent(search, partial(self._counted, search))
        if where == Every():
            return self._walk.span(after)
        stages = feed_filter.total(where)
        if stages is None:
            return None
        total = self._counts.recent(search, partial(self._summed, search, stages))
        return total - self._walk.before(after, where) if total and after else total

    def _counted(self, search: Search) -> int | None:
        """How many events a restricted caller sees: each has owners of its own."""
        found = _in_time(Query(), search, self._walk.steps(search), self._counts.seconds)
        try:
            return sum(1 for _ in found)
        except Unfinished:
            return None

    def _summed(self, search: Search, stages: Sequence[Stored]) -> int:
        found = self._feed.aggregate([{"$match": search.entries}, *stages])
        return next((int(each["total"]) for each in found), 0)

    def _streamed(self, query: Query, search: Search) -> Iterator[Found]:
        """The matches in the order of the feed, with turns for a search that is not served.

        So that a client who reads slowly keeps no turn, the matches of a step are decoded at once.
        """
        begun, served = False, self._is_served(query, search)

        def turn() -> AbstractContextManager[None]:
            return patient(served=served) if begun else bounded(query, served=served)

        def in_turn() -> Iterator[Step]:
            steps = self._walk.steps(search, query.window.position or START, turn=turn)
            for entry, found in steps:
                if served:
                    yield entry, found
                else:
                    with turn():
                        decoded = [*found]
                    yield entry, iter(decoded)

        for each in _in_time(query, search, in_turn(), first=True):
            begun = True
            yield each

    def _streamed_in(self, query: Query, search: Search) -> Iterator[Found]:
        """The matches in another order, a few in memory at a time."""
        window = query.window
        end = window.offset + window.limit if window.requested else None
        with bounded(query, served=self._is_served(query, search)):
            positions = self._ranked(query, search, end)[window.offset :]
        for begin in range(0, len(positions), AT_ONCE):
            places = [str(each.id) for each in positions[begin : begin + AT_ONCE]]
            found = {each.event["id"]: each for each in self._walk.at(places)}
            yield from (found[each] for each in places if each in found)


class Unfinished(SearchUnfinished):
    """A search ran out of time at a place in the feed."""

    def __init__(self, trouble: str, reached: Position) -> None:
        super().__init__(trouble)
        self.reached = reached


def _in_time(
    query: Query,
    search: Search,
    steps: Iterator[Step],
    seconds: float = inf,
    *,
    first: bool = False,
) -> Iterator[Found]:
    """The matches of the steps; raises Unfinished after the time of a read, a search, or `seconds`.

    With `first`, that holds until the first match.
    """
    limit = SEARCH_SECONDS if searches(query.where) else READ_SECONDS
    until = time.monotonic() + min(SHARE * limit, seconds)
    begun = False
    for entry, found in steps:
        for each in found:
            begun = True
            yield each
        if time.monotonic() > until and not (first and begun):
            raise _unfinished(query, search, entry)


def _unfinished(query: Query, search: Search, entry: Entry) -> Unfinished:
    """The error of a search that has come to the end of an entry.

    It names the last event of it that the caller sees; none if the search can't go on there.
    """
    start = query.window.position or START
    reached = Position((), entry.first if start.backwards else entry.place)
    trouble = "the search takes too long"
    if query.order or query.window.offset or start.backwards:
        why = (
            "filter by eventType, event.<resource>.id or `after`, and leave out `sort` and `offset`"
        )
        return Unfinished(f"{trouble}: {why}", reached)
    seen = Search(owners=search.owners)
    ids = [each.event["eventId"] for each in entry.found(seen, bool)]
    hint = f": no event up to {ids[-1]} matches; go on with after={ids[-1]}" if ids else ""
    return Unfinished(trouble + hint, reached)
