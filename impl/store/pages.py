"""Queries answered: a page of the matches, how many there are, or all of them one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import ConnectionFailure, CursorNotFound, PyMongoError

from impl.query.language import Document, Page, Position, Query
from impl.query.project import project
from impl.store.counts import Counts
from impl.store.mongo_query import Filter, to_filter, to_projection
from impl.store.order import Run, position_of, runs
from impl.store.stored import SHOWN, VERSION, Stored, outward, shown

BATCH = 500
"""How many documents are fetched at a time, at the most."""

_CUT_OFF = (ConnectionFailure, CursorNotFound)


def find(
    collection: Collection[Stored],
    query: Query,
    counts: Counts,
    session: ClientSession | None = None,
) -> Page:
    """The part of the matches that the query's window shows, in its order."""
    window = query.window
    rows = list(islice(_walk(collection, query, window.limit + 1, session), window.limit + 1))
    shown = rows[: window.limit]
    following, previous = _around(query, shown, more=len(rows) > len(shown))
    least = window.offset + len(shown)
    total: int | None = least
    if following or window.position or not window.limit or (window.offset and not shown):
        total = counts.of(collection, to_filter(query.where))
        if total is not None and shown:
            total = max(total, least + bool(following))
    if window.position is not None and window.position.backwards:
        shown.reverse()
    items = [project(each, query.fields) for each in shown]
    return Page(items, total, following, previous)


def stream(collection: Collection[Stored], query: Query) -> Iterator[Document]:
    """Every match in order, or as many as were asked for, a batch in memory at a time.

    MongoDB ends a query that works for too long in all, and a new primary knows of none: then the
    stream goes on behind its last document, as long as it gets on at all.
    """
    left = query.window.limit if query.window.asked else None
    while left != 0:
        last: Document | None = None
        try:
            for document in _walk(collection, query, left):
                last = document
                left = left if left is None else left - 1
                yield project(document, query.fields)
        except PyMongoError as error:
            if last is None or not (error.timeout or isinstance(error, _CUT_OFF)):
                raise
            query = _behind(last, query)
        else:
            return


def _behind(last: Document, query: Query) -> Query:
    """The same query for what comes after a document."""
    position = query.window.position
    there = position_of(last, query.order, backwards=position is not None and position.backwards)
    return replace(query, window=replace(query.window, offset=0, position=there))


def _walk(
    collection: Collection[Stored],
    query: Query,
    limit: int | None,
    session: ClientSession | None = None,
) -> Iterator[Document]:
    """The matches from the window's place on, run after run of the order."""
    skip, left = query.window.offset, limit
    read = shown if _only_shown(query) else outward
    for run in runs(query.order, query.window.position):
        this = replace(run, filter=_both(to_filter(query.where), run.filter))
        found = 0
        cursor = _cursor(collection, query, this, skip=skip, limit=left, session=session)
        for stored in cursor:
            found += 1
            yield read(stored)
        if left is not None:
            left -= found
            if left <= 0:
                return
        if skip:
            skip = 0 if found else max(0, skip - collection.count_documents(this.filter))


def _cursor(
    collection: Collection[Stored],
    query: Query,
    run: Run,
    *,
    skip: int,
    limit: int | None,
    session: ClientSession | None,
) -> Iterable[Stored]:
    """One run's matches, with the attributes that are shown and those that the order needs."""
    projection = _projection(query)
    # One more than are wanted: so the last batch is known for it.
    size = BATCH if limit is None else min(limit, BATCH) + 1
    if not run.flags:
        found = collection.find(run.filter, projection, skip, limit or 0, session=session)
        return found.sort(run.sort).batch_size(size)
    stages: list[dict[str, Any]] = [
        {"$match": run.filter},
        {"$addFields": run.flags},
        {"$sort": run.sort},
        {"$skip": skip},
        *([{"$limit": limit}] if limit else []),
        {"$unset": list(run.flags)},
        *([{"$project": projection}] if projection else []),
    ]
    return collection.aggregate(stages, allowDiskUse=True, batchSize=size, session=session)


def _only_shown(query: Query) -> bool:
    return query.ready and query.fields is None


def _projection(query: Query) -> dict[str, Any] | None:
    """What is fetched: the attributes that are shown, and those that the order needs."""
    ordered = tuple(key.path for key in query.order)
    if _only_shown(query):
        return SHOWN | to_projection({}, ordered)
    if query.fields is None:
        return None
    return to_projection(query.fields, ordered) | {"id": 1, VERSION: 1}


def _around(
    query: Query, walked: list[Document], *, more: bool
) -> tuple[Position | None, Position | None]:
    """Where the parts after and before these rows begin; the rows are as they were walked."""
    position = query.window.position
    backwards = position is not None and position.backwards
    if not walked:
        return None, None
    far = position_of(walked[-1], query.order, backwards=backwards) if more else None
    near = position_of(walked[0], query.order, backwards=not backwards)
    at_edge = position.id is None if position else not query.window.offset
    beyond = None if at_edge else near
    return (beyond, far) if backwards else (far, beyond)


def _both(first: Filter, second: Filter) -> Filter:
    return {"$and": [first, second]} if first and second else first or second
