"""Queries answered: a page of the matches, how many there are, or all of them one by one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.errors import ConnectionFailure, CursorNotFound, PyMongoError

from impl.errors import ParameterInvalid
from impl.query.language import Document, Page, Position, Query
from impl.query.project import project
from impl.store.batches import documents
from impl.store.counts import Counts
from impl.store.mongo_query import Filter, to_filter, to_projection
from impl.store.order import Run, position_of, runs
from impl.store.stored import SHOWN, VERSION, Stored, outward, shown

BATCH = 500
"""How many documents are fetched at a time, at the most."""

TOO_LARGE = "such a page, of so many or with such `fields`, would be over"
_CUT_OFF = (ConnectionFailure, CursorNotFound)


@dataclass(frozen=True)
class Bounds:
    """How long counting the matches of a filter may take, and how many bytes a page may hold.

    A document may take `document_bytes`, as BSON, and those that are written here `spare_bytes`
    more.
    """

    count_seconds: float = 0.5
    page_bytes: int = 16 * 1024 * 1024
    document_bytes: int = 4 * 1024 * 1024
    spare_bytes: int = 0


def find(
    collection: Collection[Stored],
    query: Query,
    counts: Counts,
    most_bytes: int,
    session: ClientSession | None = None,
) -> Page:
    """The part of the matches that the query's window shows, in its order.

    Raises ParameterInvalid where that is more than a page may hold. A single document always fits.
    """
    window = query.window
    most = most_bytes if window.limit > 1 else None
    walk = _walk(collection, query, window.limit + 1, session, most)
    rows = list(islice(walk, window.limit + 1))
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
    most: int | None = None,
) -> Iterator[Document]:
    """The matches from the window's place on, run after run of the order.

    Raises ParameterInvalid once they are over that many bytes, as they are stored.
    """
    skip, left, size = query.window.offset, limit, 0
    read = shown if _only_shown(query) else outward
    for run in runs(query.order, query.window.position):
        this = replace(run, filter=_both(to_filter(query.where), run.filter))
        found = 0
        cursor = _cursor(collection, query, this, skip=skip, limit=left, session=session)
        for batch in cursor:
            size += len(batch)
            if most is not None and size > most:
                raise ParameterInvalid("limit", f"{TOO_LARGE} {most} bytes")
            for stored in documents(batch, collection.codec_options):
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
) -> Iterable[bytes]:
    """One run's matches in batches of BSON: the attributes shown, and those the order needs."""
    projection = _projection(query)
    # One more than are wanted: so the last batch is known for it.
    size = BATCH if limit is None else min(limit, BATCH) + 1
    if not run.flags:
        found = collection.find_raw_batches(
            run.filter, projection, skip, limit or 0, session=session
        )
        return _raw(found.sort(run.sort).batch_size(size))
    stages: list[dict[str, Any]] = [
        {"$match": run.filter},
        {"$addFields": run.flags},
        {"$sort": run.sort},
        {"$skip": skip},
        *([{"$limit": limit}] if limit else []),
        {"$unset": list(run.flags)},
        *([{"$project": projection}] if projection else []),
    ]
    return _raw(
        collection.aggregate_raw_batches(stages, session, allowDiskUse=True, batchSize=size)
    )


def _raw(batches: Any) -> Iterable[bytes]:
    """What comes over the wire, which pymongo's annotations take for documents."""
    raw: Iterable[bytes] = batches
    return raw


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
