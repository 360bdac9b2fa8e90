"""The feed as single events: pages and streams of it, in its order or another.

MongoDB finds the documents of the feed that may have a match, by what they hold in the clear
(feed_filter.py). This process decodes their events one by one (feed_entries.py) and evaluates the
query on each. A search that decodes much ends within the time of a read, and says how far it came.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TypeAlias

import bson
from pymongo.database import Database

from impl.errors import ParameterInvalid, SearchUnfinished
from impl.query.language import (
    Compare,
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
from impl.store.feed_entries import Found, Search
from impl.store.feed_filter import EVENT_ID
from impl.store.feed_order import ranked
from impl.store.feed_walk import ALL, FeedWalk, Step, Turn
from impl.store.pages import FEW, TOO_LARGE, around
from impl.store.routing import place
from impl.store.timeouts import READ_SECONDS, SEARCH_SECONDS

SHARE = 0.85
"""The part of a read's time that a search uses, so that it has time left to say how far it came."""

AT_ONCE = 50
"""How many events of a sorted stream are fetched at a time."""

START = Position()
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
        search, at = self._search(query)
        with reading(), bounded(query, served=self._is_served(query, search)):
            in_order = self._sorted if query.order else self._in_order
            rows, reached = in_order(query, search, at)
            return self._page(query, rows, reached)

    def stream(self, query: Query) -> Iterator[Document]:
        """Every match in order, or as many as the query's limit; in the feed's, in constant memory.

        Raises Busy, and SearchUnfinished if the first match, or the order, takes too long to find.
        """
        with translated():
            for each in (self._streamed_in if query.order else self._streamed)(query):
                yield project(each.event, query.fields)

    def between(self, query: Query, after: str, end: str) -> Iterator[Sequence[Document]]:
        """The matches after a place up to another, in parts that may be empty."""
        search, _ = self._search(query)
        turn = partial(patient, served=self._is_served(query, search))
        with translated():
            for step in self._walk.steps(search, range(int(after) + 1, int(end) + 1), turn=turn):
                with turn():
                    events = [project(each.event, query.fields) for each in step.found()]
                yield events

    def place_of(self, event_id: str) -> str:
        """The place of an event; ParameterInvalid if the caller sees none of this id."""
        search, _ = self._search(Query(Compare(EVENT_ID, (event_id,))))
        with reading():
            for step in self._walk.steps(search):
                for each in step.found():
                    return str(each.event["id"])
        raise ParameterInvalid("", "is not the eventId of an event in the feed")

    def knows(self, path: Path) -> bool:
        """Whether an event that the caller sees has this attribute."""
        query = Query(Exists(path))
        search, at = self._search(query)
        return any(True for _ in _in_time(query, self._walk.steps(search, at)))

    def _search(self, query: Query) -> tuple[Search, range]:
        """What to look for, and the positions where, whatever the window."""
        begin, where = feed_filter.split_place(query.where)
        return Search(where, self._access.owners_seen()), range(begin, ALL.stop)

    def _is_served(self, query: Query, search: Search) -> bool:
        """Whether the query costs little: by an index, in the clear, or because of few events."""
        if searches(search.where):
            return False
        of_few = search.owners is not None or feed_filter.names_few(search.where)
        return of_few or (not query.order and search.is_clear) or self._walk.span() <= FEW

    def _in_order(
        self, query: Query, search: Search, at: range
    ) -> tuple[list[Row], Position | None]:
        """The rows of a page in the order of the feed, and one more if there is one.

        If time runs out, also the place that it reached: there the next page begins.
        """
        found = _in_time(query, self._steps(query, search, at), skip=query.window.offset)
        rows: list[Row] = []
        try:
            for each in self._fitting(query, islice(found, query.window.limit + 1)):
                rows.append((Position((), each["id"]), each))  # noqa: PERF401 - some, if it raises
        except Unfinished as unfinished:
            if not rows:
                raise
            return rows, unfinished.reached
        return rows, None

    def _sorted(self, query: Query, search: Search, at: range) -> tuple[list[Row], Position | None]:
        """The rows of a page in another order, and one more if there is one."""
        offset, limit = query.window.offset, query.window.limit
        positions = self._ranked(query, search, at, offset + limit + 1)[offset:]
        places = [str(each.id) for each in positions[:limit]]
        shown = {each["id"]: each for each in self._fitting(query, self._walk.at(places))}
        rows = [(each, shown.get(str(each.id), Document({}))) for each in positions]
        return [each for each in rows[:limit] if each[1]] + rows[limit:], None

    def _steps(
        self, query: Query, search: Search, at: range, turn: Turn = nullcontext
    ) -> Iterator[Step]:
        """The steps from the window's place on."""
        start = query.window.position or START
        if start.id is not None:
            if not start.id.isdecimal():
                raise ParameterInvalid("cursor", "was not made by this server")
            there = int(start.id)
            at = range(at.start, there) if start.backwards else range(there + 1, at.stop)
        return self._walk.steps(search, at, backwards=start.backwards, turn=turn)

    def _ranked(self, query: Query, search: Search, at: range, most: int | None) -> list[Position]:
        """The first matches in the query's order, by their places in it."""
        keys = replace(search, attributes=tuple(key.path for key in query.order))
        found = _in_time(query, self._walk.steps(keys, at))
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

    def _page(self, query: Query, rows: Sequence[Row], reached: Position | None) -> Page:
        window = query.window
        shown = rows[: window.limit]
        ends = [position for position, _ in (*shown[:1], *shown[-1:])]
        if reached is not None:
            ends[-1] = reached
        following, previous = around(query, ends, more=len(rows) > len(shown) or bool(reached))
        least = window.offset + len(shown)
        total: int | None = least
        if following or window.position or not window.limit or (window.offset and not shown):
            total = self._total(query)
            if total is not None and shown:
                total = max(total, least + bool(following))
        items = [event for _, event in shown]
        if window.position is not None and window.position.backwards:
            items.reverse()
        return Page(items, total, following, previous)

    def _total(self, query: Query) -> int | None:
        """How many events match; None if that takes long, or depends on what is compressed."""
        search, at = self._search(query)
        if not feed_filter.is_clear(search.where):
            return None
        if search.owners is not None:
            return self._counts.recent((search, at), partial(self._counted, search, at))
        if search.where == Every():
            return self._walk.span(at.start)
        stages = feed_filter.total(search.where)
        if stages is None:
            return None
        return self._counts.recent((search, at), partial(self._summed, search, at, stages))

    def _counted(self, search: Search, at: range) -> int | None:
        """How many events a restricted caller sees: each has owners of its own."""
        until, total = time.monotonic() + self._counts.seconds, 0
        for step in self._walk.steps(replace(search, attributes=()), at):
            total += sum(1 for _ in step.found())
            if time.monotonic() > until:
                return None
        return total

    def _summed(self, search: Search, at: range, stages: Sequence[Stored]) -> int:
        where = {"$and": [{"_id": {"$gte": place(at.start)}}, search.entries]}
        found = self._feed.aggregate([{"$match": where}, *stages])
        total = next((int(each["total"]) for each in found), 0)
        return total - (self._walk.before(at.start, search) if total and at.start else 0)

    def _streamed(self, query: Query) -> Iterator[Found]:
        """The matches in the order of the feed, with turns for a search that is not served."""
        search, at = self._search(query)
        begun, served, window = False, self._is_served(query, search), query.window

        def turn() -> AbstractContextManager[None]:
            return patient(served=served) if begun else bounded(query, served=served)

        steps = self._steps(query, search, at, turn)
        each_turn = None if served else turn
        found = _in_time(query, steps, skip=window.offset, turn=each_turn, first=True)
        for each in islice(found, window.limit if window.requested else None):
            begun = True
            yield each

    def _streamed_in(self, query: Query) -> Iterator[Found]:
        """The matches in another order, a few in memory at a time."""
        (search, at), window = self._search(query), query.window
        end = window.offset + window.limit if window.requested else None
        with bounded(query, served=self._is_served(query, search)):
            positions = self._ranked(query, search, at, end)[window.offset :]
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
    steps: Iterator[Step],
    *,
    skip: int = 0,
    turn: Turn | None = None,
    first: bool = False,
) -> Iterator[Found]:
    """The matches of the steps; raises Unfinished after the time of a read, or of a search.

    With `first`, that holds until the first match. With a `turn`, the matches of a step are decoded
    at once: so a client who reads slowly keeps no turn.
    """
    limit = SEARCH_SECONDS if searches(query.where) else READ_SECONDS
    until = time.monotonic() + SHARE * limit
    begun = False
    for step in steps:
        if skip and step.search.is_clear and step.count() <= skip:
            skip -= step.count()
            continue
        for each in _decoded(step, turn):
            if skip:
                skip -= 1
            else:
                begun = True
                yield each
        if time.monotonic() > until and not (first and begun):
            raise _unfinished(query, step)


def _decoded(step: Step, turn: Turn | None) -> Iterable[Found]:
    if turn is None:
        return step.found()
    with turn():
        return [*step.found()]


def _unfinished(query: Query, step: Step) -> Unfinished:
    """The error of a search that ends after a step.

    It names the last event there that the caller sees, unless the search can't go on behind it.
    """
    positions = step.entry.positions
    reached = Position((), place(positions.start if step.backwards else positions.stop - 1))
    trouble = "the search takes too long"
    if query.order or query.window.offset or step.backwards:
        why = (
            "filter by eventType, event.<resource>.id or `after`, and leave out `sort` and `offset`"
        )
        return Unfinished(f"{trouble}: {why}", reached)
    seen = Search(owners=step.search.owners)
    ids = [each.event["eventId"] for each in step.entry.found(seen, ALL)]
    hint = f": no event up to {ids[-1]} matches; go on with after={ids[-1]}" if ids else ""
    return Unfinished(trouble + hint, reached)
