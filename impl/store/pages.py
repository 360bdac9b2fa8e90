"""Answers to queries: a page of the matches with their number, or all of them one by one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.command_cursor import RawBatchCommandCursor
from pymongo.errors import ConnectionFailure, CursorNotFound, PyMongoError

from impl.errors import ParameterInvalid
from impl.query.language import Document, Page, Path, Position, Query, searches
from impl.query.project import project
from impl.store import index_coverage
from impl.store.counts import Counts
from impl.store.documents import VERSION, Stored, from_mongo
from impl.store.faults import bounded, patient
from impl.store.mongo_query import Filter, to_filter, to_projection
from impl.store.raw_documents import count, documents
from impl.store.rendition import projection, reader
from impl.store.replies import all_of, unless_lost
from impl.store.sort_order import Run, position_of, runs

FEW = 1_000
"""Up to so many documents in a collection, every query of it is cheap."""

BATCH = 500
"""The most documents that are fetched at a time."""

FIRST, STREAM_BYTES = 10, 256 * 1024
"""A stream fetches so many documents first, and then batches of about so many bytes.

A batch stays in memory for as long as its reader takes.
"""

TOO_LARGE = "ask for fewer resources or `fields`: the page would be over"
_CUT_OFF = (ConnectionFailure, CursorNotFound)


@dataclass(frozen=True)
class StoreLimits:
    """The seconds that counting matches may take, and the bytes that a page may hold.

    A document may take `document_bytes` of BSON; this store may write `spare_bytes` more.
    """

    count_seconds: float = 0.5
    page_bytes: int = 16 * 1024 * 1024
    document_bytes: int = 4 * 1024 * 1024
    spare_bytes: int = 0


@dataclass(frozen=True)
class Fetch:
    """How matches are fetched: with `turn` around each batch, and at the most `most` bytes in all.

    `small` batches have about STREAM_BYTES, estimated by the batch before.
    """

    session: ClientSession | None = None
    most: int | None = None
    small: bool = False
    turn: Callable[[], AbstractContextManager[None]] = nullcontext


def find(
    collection: Collection[Stored],
    query: Query,
    counts: Counts,
    most_bytes: int,
    session: ClientSession | None = None,
) -> Page:
    """The page of the matches that the query's window names, in its order.

    Raises ParameterInvalid if it has more bytes than a page may; a single document always fits.
    Raises Busy and TooCostly as `stream` does.
    """
    with bounded(query, served=is_served(collection, query)):
        return _find(collection, query, counts, most_bytes, session)


def _find(
    collection: Collection[Stored],
    query: Query,
    counts: Counts,
    most_bytes: int,
    session: ClientSession | None,
) -> Page:
    window = query.window
    most = most_bytes if window.limit > 1 else None
    rows, total = _rows(collection, query, counts, Fetch(session, most))
    shown = rows[: window.limit]
    ends = [position_of(each, query.order) for each in (shown[:1] + shown[-1:])]
    following, previous = around(query, ends, more=len(rows) > len(shown))
    least = window.offset + len(shown)
    where = to_filter(query.where)
    if not (following or window.position or not window.limit or (window.offset and not shown)):
        total = least
        counts.expect(collection.name, where, window.limit, needed=False)
    elif total is None:
        total = counts.of(collection, where)
        counts.expect(collection.name, where, window.limit, needed=True)
    if total is not None and shown:
        total = max(total, least + bool(following))
    if window.position is not None and window.position.backwards:
        shown.reverse()
    items = [project(each, query.fields) for each in shown]
    return Page(items, total, following, previous)


def _rows(
    collection: Collection[Stored], query: Query, counts: Counts, fetch: Fetch
) -> tuple[list[Document], int | None]:
    """The matches from the window's place on, one more than its limit; their number, if read, too.

    A page that fits into replies takes a round trip a run; any other is read by cursors.
    """
    limit = query.window.limit + 1
    if fetch.session is None and limit <= BATCH:
        with unless_lost():
            rows = _replied(collection, query, counts, fetch.most)
            if rows is not None:
                return rows
    return list(islice(_walk(collection, query, limit, fetch), limit)), None


def _replied(
    collection: Collection[Stored], query: Query, counts: Counts, most: int | None
) -> tuple[list[Document], int | None] | None:
    """As `_rows`; None if a run has more than a reply may, or the offset is beyond it."""
    where, limit, skip = to_filter(query.where), query.window.limit + 1, query.window.offset
    rows: list[Stored] = []
    total: int | None = None
    for number, each in enumerate(runs(query.order, query.window.position)):
        run = replace(each, filter=_both(where, each.filter))
        found: list[Stored] | None = None
        if number == 0 and _needs_total(collection, query, where, counts):
            read = partial(_with_total, collection, query, run, most)
            found, total = counts.beside(collection, where, read) or (None, None)
        if found is None:
            command = _command(collection, query, run, skip, limit - len(rows))
            found = all_of(collection, command, most)
        if found is None or (skip and not found):
            return None
        rows, skip = rows + found, 0
        if len(rows) >= limit:
            break
    return list(map(_reader(collection.name, query), rows)), total


def _needs_total(
    collection: Collection[Stored], query: Query, where: Filter, counts: Counts
) -> bool:
    """Whether the page's total needs a count, as far as that is known before the page is read.

    All documents of a collection are counted by a command of its own, at once.
    """
    window = query.window
    if not where:
        return False
    return window.position is not None or counts.expects(collection.name, where, window.limit)


def _with_total(
    collection: Collection[Stored], query: Query, run: Run, most: int | None
) -> tuple[list[Stored], int] | None:
    """The first run's matches, and the number of all matches, in one round trip."""
    limit = query.window.limit + 1
    count = [{"$match": to_filter(query.where)}, {"$count": "total"}]
    pipeline = [
        *_stages(collection.name, query, run, query.window.offset, limit),
        {"$unionWith": {"coll": collection.name, "pipeline": count}},
    ]
    rows = all_of(collection, _aggregate(collection, pipeline, limit + 1), most)
    if rows is None:
        return None
    total = sum(each["total"] for each in rows if "_id" not in each)  # no row for 0 matches
    return [each for each in rows if "_id" in each], total


def is_served(collection: Collection[Stored], query: Query) -> bool:
    """Whether the query is cheap for MongoDB: by an index, or because there are few documents.

    A search by pattern never is, because its cost depends on the texts.
    """
    if searches(query.where):
        return False
    by_index = index_coverage.is_served(collection.name, query.where, query.order)
    return by_index or collection.estimated_document_count() <= FEW


def stream(collection: Collection[Stored], query: Query) -> Iterator[Document]:
    """Every match in order, or as many as the query's limit, a batch in memory at a time.

    Raises Busy if a search gets no turn, and TooCostly if a search by pattern takes too long to
    find its first match.

    MongoDB ends a query that works for too long in all, and a new primary knows none of the old
    one's. Then a new query continues behind the last document, as long as each query finds one.
    """
    left, begun = query.window.limit if query.window.requested else None, False
    cheap = is_served(collection, query)

    def turn() -> AbstractContextManager[None]:
        return patient(served=cheap) if begun else bounded(query, served=cheap)

    fetch = Fetch(small=True, turn=turn)
    while left != 0:
        last: Document | None = None
        try:
            for document in _walk(collection, query, left, fetch):
                last, begun = document, True
                left = left if left is None else left - 1
                yield project(document, query.fields)
        except PyMongoError as error:
            if last is None or not (error.timeout or isinstance(error, _CUT_OFF)):
                raise
            query = _behind(last, query)
        else:
            return


def _behind(last: Document, query: Query) -> Query:
    """The same query for the matches behind a document."""
    position = query.window.position
    there = position_of(last, query.order, backwards=position is not None and position.backwards)
    return replace(query, window=replace(query.window, offset=0, position=there))


def _walk(
    collection: Collection[Stored],
    query: Query,
    limit: int | None,
    fetch: Fetch,
) -> Iterator[Document]:
    """The matches from the window's place on, run after run of the order.

    Raises ParameterInvalid once they have too many bytes, as they are stored.
    """
    skip, left, size = query.window.offset, limit, 0
    read = _reader(collection.name, query)
    for run in runs(query.order, query.window.position):
        this = replace(run, filter=_both(to_filter(query.where), run.filter))
        found = 0
        cursor = _cursor(collection, query, this, fetch, skip=skip, limit=left)
        for batch in _each(cursor, fetch):
            size += len(batch)
            if fetch.most is not None and size > fetch.most:
                raise ParameterInvalid("limit", f"{TOO_LARGE} {fetch.most} bytes")
            for stored in documents(batch, collection.codec_options):
                found += 1
                yield read(stored)
        if left is not None:
            left -= found
            if left <= 0:
                return
        if skip:
            skip = 0 if found else max(0, skip - collection.count_documents(this.filter))


def _each(batches: Iterable[bytes], fetch: Fetch) -> Iterator[bytes]:
    """The batches, each fetched in a turn of its own."""
    remaining = iter(batches)
    while True:
        with fetch.turn():
            batch = next(remaining, None)
        if batch is None:
            return
        yield batch
        if fetch.small and isinstance(batches, RawBatchCommandCursor) and batch:
            fitting = STREAM_BYTES * count(batch) // len(batch)
            batches.batch_size(max(1, min(fitting, BATCH)))


def _cursor(
    collection: Collection[Stored],
    query: Query,
    run: Run,
    fetch: Fetch,
    *,
    skip: int,
    limit: int | None,
) -> Iterable[bytes]:
    """One run's matches in batches of BSON: the attributes shown, and those the order needs."""
    fields = _projection(collection.name, query)
    # One more than is wanted: so the driver knows that the batch is the last one.
    size = FIRST if fetch.small else BATCH if limit is None else min(limit, BATCH) + 1
    if not run.flags and not fetch.small:
        cursor = collection.find_raw_batches(
            run.filter, fields, skip, limit or 0, session=fetch.session
        )
        return _raw(cursor.sort(run.sort).batch_size(size))
    stages = _stages(collection.name, query, run, skip, limit)
    return _raw(
        collection.aggregate_raw_batches(stages, fetch.session, allowDiskUse=True, batchSize=size)
    )


def _stages(
    name: str, query: Query, run: Run, skip: int, limit: int | None
) -> list[dict[str, Any]]:
    """One run's matches as an aggregation."""
    fields = _projection(name, query)
    return [
        {"$match": run.filter},
        *([{"$addFields": run.flags}] if run.flags else []),
        {"$sort": dict(run.sort)},
        *([{"$skip": skip}] if skip else []),
        *([{"$limit": limit}] if limit else []),
        *([{"$unset": list(run.flags)}] if run.flags else []),
        *([{"$project": fields}] if fields else []),
    ]


def _command(
    collection: Collection[Stored], query: Query, run: Run, skip: int, limit: int
) -> dict[str, Any]:
    """One run's matches as a command."""
    if run.flags:
        return _aggregate(collection, _stages(collection.name, query, run, skip, limit), limit)
    return {
        "find": collection.name,
        "filter": run.filter,
        "projection": _projection(collection.name, query) or {},
        "sort": dict(run.sort),
        "skip": skip,
        "limit": limit,
        "batchSize": limit + 1,  # so MongoDB knows that the batch is the last one
    }


def _aggregate(
    collection: Collection[Stored], pipeline: list[dict[str, Any]], rows: int
) -> dict[str, Any]:
    """An aggregation of at most so many rows as a command."""
    return {
        "aggregate": collection.name,
        "pipeline": pipeline,
        "cursor": {"batchSize": rows + 1},
        "allowDiskUse": True,
    }


def _raw(batches: Any) -> Iterable[bytes]:
    """The batches: bytes, though pymongo's annotations say documents."""
    raw: Iterable[bytes] = batches
    return raw


def _ordered(query: Query) -> tuple[Path, ...]:
    return tuple(key.path for key in query.order)


def _reader(resource: str, query: Query) -> Callable[[Stored], Document]:
    """Reads the documents that `_projection` fetched."""
    return reader(resource, _ordered(query)) if _only_shown(query) else from_mongo


def _only_shown(query: Query) -> bool:
    return query.ready and query.fields is None


def _projection(resource: str, query: Query) -> Mapping[str, Any] | None:
    """The attributes to fetch: those that are shown, and those that the order needs."""
    ordered = _ordered(query)
    if _only_shown(query):
        return projection(resource, ordered)
    if query.fields is None:
        return None
    return to_projection(query.fields, ordered) | {"id": 1, VERSION: 1}


def around(
    query: Query, ends: Sequence[Position], *, more: bool
) -> tuple[Position | None, Position | None]:
    """Where the pages after and before this one begin.

    `ends` are the places of its first and its last row in the order of the walk, if it has any.
    """
    position = query.window.position
    backwards = position is not None and position.backwards
    if not ends:
        return None, None
    far = replace(ends[-1], backwards=backwards) if more else None
    near = replace(ends[0], backwards=not backwards)
    at_edge = position.id is None if position else not query.window.offset
    beyond = None if at_edge else near
    return (beyond, far) if backwards else (far, beyond)


def _both(first: Filter, second: Filter) -> Filter:
    return {"$and": [first, second]} if first and second else first or second
