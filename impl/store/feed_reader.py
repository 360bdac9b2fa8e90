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
from impl.store.feed_walk import ALL, FeedWalk, Spans, Step, Turn
from impl.store.pages import FEW, TOO_LARGE, around
from impl.store.partitions import Partitions, Places, later, passed
from impl.store.routing import place
from impl.store.timeouts import READ_SECONDS, SEARCH_SECONDS

SHARE = 0.85
"""The part of a read's time that a search uses, so that it has time left to say how far it came."""

AT_ONCE = 50
"""How many events of a sorted stream are fetched at a time."""

NO_PLACE = (
    "is no place in the feed: it is in several partitions, so a place is the `id` of an event of a"
    " stream, or the `after` of a link, and no eventId"
)
START = Position()
Row: TypeAlias = tuple[Position, Document]
"""An event as it is shown, and its place in the order."""


class Unfinished(SearchUnfinished):
    """A search ran out of time at a place in the feed."""

    def __init__(self, trouble: str, reached: Position) -> None:
        super().__init__(trouble)
        self.reached = reached


class FeedReader:
    """Reads the feed of a database; callers see what `Access` lets them."""

    def __init__(
        self,
        database: Database[Stored],
        access: Access,
        counts: Counts,
        page_bytes: int,
        partitions: Partitions = Partitions(),
    ) -> None:
        self._feed = database[FEED]
        self._partitions = partitions
        self._walk = FeedWalk(database, partitions)
        self._access = access
        self._counts = counts
        self._page_bytes = page_bytes

    def find(self, query: Query) -> Page:
        """The page of the matches that the query's window names, in its order.

        A page in the order of the feed ends early if time runs out; `next` is where to go on.
        Raises SearchUnfinished if no match is found until then, Busy if too many searches run
        already, and ParameterInvalid if the page has too many bytes.
        """
        with reading():
            search, at = self._search(query)
            with bounded(query, served=self._is_served(query, search)):
                in_order = self._sorted if query.order else self._in_order
                rows, reached = in_order(query, search, at)
                return self._page(query, search, at, rows, reached)

    def stream(self, query: Query) -> Iterator[Document]:
        """Every match in order, or as many as the query's limit; in the feed's, in constant memory.

        Raises Busy, and SearchUnfinished if the first match, or the order, takes too long to find.
        """
        with translated():
            for each in (self._streamed_in if query.order else self._streamed)(query):
                yield project(each.event, query.fields)

    def end(self) -> Places:
        """The place of the last event."""
        with reading():
            return self._walk.ends()

    def between(self, query: Query, after: Places, end: Places) -> Iterator[Sequence[Document]]:
        """The matches after a place up to another, in parts that may be empty.

        The `id` of each is the one by which a client names its place (`place_of`).
        """
        search, _ = self._searched(query)
        at = tuple(range(there + 1, last + 1) for there, last in zip(after, end, strict=True))
        turn = partial(patient, served=self._is_served(query, search))
        with translated():
            for step in self._walk.steps(search, at, turn=turn):
                with turn():
                    events = [project(each.event, query.fields) for each in step.found()]
                for each in events:
                    each["id"] = self._name(each, at)
                yield events

    def place_of(self, text: str) -> Places:
        """The place of an event that a client names by its `eventId`.

        With several partitions, by the text that the event came with in a stream, or that a link
        has. ParameterInvalid if the caller sees no such event, or an event behind it has expired.
        """
        if self._partitions.several:
            return self._place_of(text)
        search, _ = self._searched(Query(Compare(EVENT_ID, (text,))))
        with reading():
            for step in self._walk.steps(search):
                for each in step.found():
                    return (int(each.event["id"]),)
        raise ParameterInvalid("", "is not the eventId of an event in the feed")

    def _place_of(self, text: str) -> Places:
        places = self._partitions.read(text)
        if places is None:
            raise ParameterInvalid("", NO_PLACE)
        with reading():
            if not self._walk.has_all_behind(places):
                raise ParameterInvalid("", "is a place before the first event in the feed")
            end = self.end()
            if later(places, end) != end:
                raise ParameterInvalid("", "is a place behind the last event in the feed")
        return places

    def _name(self, event: Document, at: Spans) -> str:
        """How clients name the place of an event of a stream."""
        several = self._partitions.several
        return self.text(passed(int(event["id"]), at)) if several else str(event["eventId"])

    def text(self, places: Places) -> str:
        """A place as a text, for conditions."""
        return self._partitions.text(places)

    def knows(self, path: Path) -> bool:
        """Whether an event that the caller sees has this attribute."""
        query = Query(Exists(path))
        search, at = self._search(query)
        return any(True for _ in self._in_time(query, at, self._walk.steps(search, at)))

    def _searched(self, query: Query) -> tuple[Search, Places | None]:
        """What to look for, and the place behind which, whatever the window."""
        after, where = feed_filter.split_place(query.where, self._partitions)
        return Search(where, self._access.owners_seen()), after

    def _search(self, query: Query) -> tuple[Search, Spans]:
        """What to look for, and the positions where, whatever the window.

        With several partitions these end with the last events of an instant (`CONSISTENT`).
        """
        search, after = self._searched(query)
        begins = [each + 1 for each in after] if after else [0] * self._partitions.count
        if not self._partitions.several:
            return search, (range(begins[0], ALL.stop),)
        ends = self._walk.ends()
        return search, tuple(range(at, end + 1) for at, end in zip(begins, ends, strict=True))

    def _is_served(self, query: Query, search: Search) -> bool:
        """Whether the query costs little: by an index, in the clear, or because of few events."""
        if searches(search.where):
            return False
        of_few = search.owners is not None or feed_filter.names_few(search.where)
        return of_few or (not query.order and search.is_clear) or self._walk.span() <= FEW

    def _in_order(
        self, query: Query, search: Search, at: Spans
    ) -> tuple[list[Row], Position | None]:
        """The rows of a page in the order of the feed, and one more if there is one.

        If time runs out, also the place that it reached: there the next page begins.
        """
        steps = self._steps(query, search, at)
        found = self._in_time(query, at, steps, skip=query.window.offset)
        rows: list[Row] = []
        try:
            for each in self._fitting(query, islice(found, query.window.limit + 1)):
                rows.append((Position((), each["id"]), each))  # noqa: PERF401 - some, if it raises
        except Unfinished as unfinished:
            if not rows:
                raise
            return rows, unfinished.reached
        return rows, None

    def _sorted(self, query: Query, search: Search, at: Spans) -> tuple[list[Row], Position | None]:
        """The rows of a page in another order, and one more if there is one."""
        offset, limit = query.window.offset, query.window.limit
        positions = self._ranked(query, search, at, offset + limit + 1)[offset:]
        places = [str(each.id) for each in positions[:limit]]
        shown = {each["id"]: each for each in self._fitting(query, self._walk.at(places))}
        rows = [(each, shown.get(str(each.id), Document({}))) for each in positions]
        return [each for each in rows[:limit] if each[1]] + rows[limit:], None

    def _steps(
        self, query: Query, search: Search, at: Spans, turn: Turn = nullcontext
    ) -> Iterator[Step]:
        """The steps from the window's place on."""
        start = query.window.position or START
        if start.id is not None:
            at = self._from(start.id, at, backwards=start.backwards)
        return self._walk.steps(search, at, backwards=start.backwards, turn=turn)

    def _from(self, text: str, at: Spans, *, backwards: bool) -> Spans:
        """The positions behind a place, or those before the position of an event."""
        places = (int(text),) * len(at) if backwards and text.isdecimal() else None
        places = places or self._partitions.read(text)
        if places is None:
            raise ParameterInvalid("cursor", "was not made by this server")
        if backwards:
            return tuple(
                range(span.start, min(span.stop, there))
                for span, there in zip(at, places, strict=True)
            )
        return tuple(
            range(max(span.start, there + 1), span.stop)
            for span, there in zip(at, places, strict=True)
        )

    def _ranked(self, query: Query, search: Search, at: Spans, most: int | None) -> list[Position]:
        """The first matches in the query's order, by their places in it."""
        keys = replace(search, attributes=tuple(key.path for key in query.order))
        found = self._in_time(query, at, self._walk.steps(keys, at))
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
        self,
        query: Query,
        search: Search,
        at: Spans,
        rows: Sequence[Row],
        reached: Position | None,
    ) -> Page:
        window = query.window
        shown = rows[: window.limit]
        ends = [position for position, _ in (*shown[:1], *shown[-1:])]
        if reached is not None:
            ends[-1] = reached
        neighbours = around(query, ends, more=len(rows) > len(shown) or bool(reached))
        following, previous = (self._located(query, each, at) for each in neighbours)
        least = window.offset + len(shown)
        total: int | None = least
        if following or window.position or not window.limit or (window.offset and not shown):
            total = self._total(search, at)
            if total is not None and shown:
                total = max(total, least + bool(following))
        items = [event for _, event in shown]
        if window.position is not None and window.position.backwards:
            items.reverse()
        return Page(items, total, following, previous, after=self._after(query, following, at))

    def _located(self, query: Query, position: Position | None, at: Spans) -> Position | None:
        """The position as a cursor has it: one that leads forwards has a place of all partitions.

        So no event that is published later, at a lower position of another partition, is passed.
        """
        if position is None or position.id is None or position.backwards or query.order:
            return position
        return replace(position, id=self.text(self._passed(query, int(position.id), at)))

    def _passed(self, query: Query, position: int, at: Spans) -> Places:
        """The place behind an event that a page has shown."""
        start = query.window.position or START
        if start.id is not None and not start.backwards:
            at = self._from(start.id, at, backwards=False)
        return passed(position, at)

    def _after(self, query: Query, following: Position | None, at: Spans) -> str | None:
        """What a client passes as `after` once it has read the page, if that is no `eventId`."""
        start = query.window.position or START
        if not self._partitions.several or query.order or start.backwards:
            return None
        if following is not None:
            return following.id
        if not query.window.limit:
            return None
        return self.text(self._passed(query, ALL.stop, at))

    def _total(self, search: Search, at: Spans) -> int | None:
        """How many events match; None if that takes long, or depends on what is compressed."""
        if not feed_filter.is_clear(search.where):
            return None
        if not any(at):
            return 0
        begins = tuple(each.start for each in at)
        if search.owners is not None:
            return self._counts.recent((search, begins), partial(self._counted, search, at))
        if search.where == Every() and not self._partitions.several:
            return self._walk.span(at[0].start)
        stages = feed_filter.total(search.where)
        if stages is None:
            return None
        return self._counts.recent((search, begins), partial(self._summed, search, at, stages))

    def _counted(self, search: Search, at: Spans) -> int | None:
        """How many events a restricted caller sees: each has owners of its own."""
        until, total = time.monotonic() + self._counts.seconds, 0
        for step in self._walk.steps(replace(search, attributes=()), at):
            total += sum(1 for _ in step.found())
            if time.monotonic() > until:
                return None
        return total

    def _summed(self, search: Search, at: Spans, stages: Sequence[Stored]) -> int:
        where = {"$and": [self._walk.within(at), search.entries]}
        found = self._feed.aggregate([{"$match": where}, *stages])
        total = next((int(each["total"]) for each in found), 0)
        return total - (self._walk.before(at, search) if total else 0)

    def _in_time(
        self,
        query: Query,
        at: Spans,
        steps: Iterator[Step],
        skip: int = 0,
        turn: Turn | None = None,
        *,
        first: bool = False,
    ) -> Iterator[Found]:
        """The matches of the steps; raises Unfinished after the time of a read, or of a search.

        With `first`, that holds until the first match. With a `turn`, the matches of a step are
        decoded at once: so a client who reads slowly keeps no turn.
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
                raise self._unfinished(query, at, step)

    def _unfinished(self, query: Query, at: Spans, step: Step) -> Unfinished:
        """The error of a search that ends after a step.

        It names the last event there that the caller sees, unless the search can't go on behind it.
        """
        positions = step.entry.positions
        reached = Position((), place(positions.start if step.backwards else positions.stop - 1))
        trouble = "the search takes too long"
        if query.order or query.window.offset or step.backwards:
            why = (
                "filter by eventType, event.<resource>.id or `after`, and leave out `sort` and"
                " `offset`"
            )
            return Unfinished(f"{trouble}: {why}", reached)
        if self._partitions.several:
            there = self.text(self._passed(query, positions.stop - 1, at))
            hint = f": no event up to there matches; go on with after={there}"
            return Unfinished(trouble + hint, reached)
        seen = Search(owners=step.search.owners)
        ids = [each.event["eventId"] for each in step.entry.found(seen, ALL)]
        hint = f": no event up to {ids[-1]} matches; go on with after={ids[-1]}" if ids else ""
        return Unfinished(trouble + hint, reached)

    def _streamed(self, query: Query) -> Iterator[Found]:
        """The matches in the order of the feed, with turns for a search that is not served."""
        search, at = self._search(query)
        begun, served, window = False, self._is_served(query, search), query.window

        def turn() -> AbstractContextManager[None]:
            return patient(served=served) if begun else bounded(query, served=served)

        steps = self._steps(query, search, at, turn)
        each_turn = None if served else turn
        found = self._in_time(query, at, steps, window.offset, each_turn, first=True)
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


def _decoded(step: Step, turn: Turn | None) -> Iterable[Found]:
    if turn is None:
        return step.found()
    with turn():
        return [*step.found()]
