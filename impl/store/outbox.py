"""The transactional outbox: events stored together with their writes, until they are published.

An event is stored within its document, without what the document itself says (pending_events.py);
or, in one transaction with the write, as a row of its own. A row is needed if the document is
removed, is large, or holds an event already: it was written twice before the relay came by. A
transaction of many writes stores its events as batches (event_batches.py).

Each event has the stamp of its write: MongoDB's logical time, or the time that its transaction has
seen. A write sees the earlier writes of the same document, even if that was deleted in between. So
by their stamps the events of one resource are in the order of its writes, whatever the clocks of
the servers say. The relay (relay.py) moves events to the feed in this order.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import pymongo
from bson.timestamp import Timestamp
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.read_concern import ReadConcern

from impl.query.language import Document
from impl.resources import BILLS, BY_NAME, FEED, PUBLISHED
from impl.store import access, transactions
from impl.store.collection_names import OUTBOX
from impl.store.documents import OWNERS, Stored, Whole
from impl.store.encoding import encode
from impl.store.event_batches import BatchedEvent, pack
from impl.store.faults import translated
from impl.store.partitions import LAST_OF, PARTITION, Partitions
from impl.store.pending_events import AT_THE_WRITE, EVENT, STAMP, PendingEvent
from impl.store.rendition import FIELD
from impl.store.timeouts import WRITE_SECONDS

FOR_GOOD = ReadConcern("linearizable")
"""Reads only what survives the loss of a primary."""


class Write(NamedTuple):
    """A document before and after a write, None if it is not there; and as it will be stored."""

    before: Document | None
    after: Document | None
    stored: Stored | None = None

    @property
    def document(self) -> Mapping[str, Any]:
        """The document that the write's event shows."""
        return self.after if self.after is not None else self.before or {}


Record: TypeAlias = Callable[[str, Document | None, Document | None], Mapping[str, Any] | None]
"""Makes the event of a write of a resource; None if the resource has no events."""


class Outbox:
    """The outbox of a database. Without `record`, writes make no events."""

    def __init__(
        self,
        client: pymongo.MongoClient[Stored],
        database: Database[Stored],
        record: Record | None = None,
        partitions: Partitions = Partitions(),
    ) -> None:
        self._client = client
        self._database = database
        self.partitions = partitions
        self._record = record
        self.records = record is not None

    def with_events(
        self, resource: str, writes: Sequence[Write], write: Callable[[], bool]
    ) -> bool:
        """Do some writes and store their events with them; False if nothing was written.

        `write` may be called more than once, as in a transaction.
        """
        with pymongo.timeout(WRITE_SECONDS):
            return self.with_rows(self.rows(resource, writes), write)

    def with_rows(self, rows: Sequence[Stored], write: Callable[[], bool]) -> bool:
        """Do a write and store its `rows` with it; as `with_events`."""
        if not rows:
            with translated(), pymongo.timeout(WRITE_SECONDS):
                return write()

        def both() -> bool:
            written = write()
            if written:
                self.put(rows)
            return written

        return transactions.within(self._client, both)

    def rows(self, resource: str, writes: Sequence[Write]) -> list[Stored]:
        """The outbox's rows for some writes; each event that its document can hold is put there."""
        owners = self._owners_of_bills(resource, writes) if self._record else {}
        return [row for each in writes for row in self._rows(resource, each, owners)]

    def put(self, rows: Sequence[Stored]) -> None:
        """Store rows, in the transaction of their writes and after these."""
        if not rows:
            return
        session = transactions.session()
        now = _stamp(session)
        stamped = [row if row["stamp"] else row | {"stamp": now} for row in rows]
        outbox = self._database[OUTBOX]
        if len(stamped) == 1:  # which takes less
            outbox.insert_one(stamped[0], session=session)
        else:
            outbox.insert_many(stamped, session=session)

    def batches(self, writes: Sequence[tuple[str, Write]]) -> list[Stored]:
        """The outbox's rows for the writes of one transaction, their events in batches.

        A batch holds events of one partition. An event that a document holds already gets a row of
        its own: the caller has the write remove it from the document.
        """
        single: list[Stored] = []
        events: dict[int, list[BatchedEvent]] = {}
        owners = self._owners_by_resource(writes)
        for resource, write in writes:
            if write.before and isinstance(write.before.pending_event, PendingEvent):
                single.append(
                    self._row_of_pending(resource, write.before, write.before.pending_event)
                )
            event = self._record(resource, write.before, write.after) if self._record else None
            if event is None:
                continue
            mark = self.partitions.mark_of_event(resource, write.before, write.after)
            if LAST_OF in mark:
                single.append(_row(event, _owners_of_bill(resource, write, owners)) | mark)
            else:
                batched = _batched(resource, write, event, owners)
                events.setdefault(mark.get(PARTITION, 0), []).append(batched)
        rows = [
            {"_id": batch["eventId"][0], "stamp": None, **self.partitions.mark(partition), **batch}
            for partition, own in events.items()
            for batch in pack(own)
        ]
        return [*single, *rows]

    def envelope(self, resource: str, before: Document, after: Document) -> Stored | None:
        """The event of a change of these attributes, as the changed document can hold it."""
        event = self._record(resource, before, after) if self._record else None
        return _envelope(event) if event else None

    def knows(self, event_id: str, resource: str, id_: str) -> bool:
        """Whether an event of this id was stored for good with a write of the document.

        An event goes from its document to the outbox and the feed, and never back. So these are
        searched in that order.
        """
        places: list[tuple[str, Stored]] = [
            (resource, {"_id": id_, f"{EVENT}.eventId": event_id}),
            (OUTBOX, {"_id": event_id}),
            (FEED, {"eventId": event_id}),
        ]
        with translated():
            return any(
                self._database[name].with_options(read_concern=FOR_GOOD).find_one(where, {"_id": 1})
                for name, where in places
            )

    def _rows(
        self, resource: str, write: Write, owners: Mapping[str, Sequence[str]]
    ) -> Iterator[Stored]:
        before = write.before
        pending = before.pending_event if before else None
        if before is not None and isinstance(pending, PendingEvent):
            yield self._row_of_pending(resource, before, pending)
        event = self._record(resource, before, write.after) if self._record else None
        if event is None:
            return
        owners_of_bill = _owners_of_bill(resource, write, owners)
        mark = self.partitions.mark_of_event(resource, before, write.after)
        is_short = write.stored is not None and FIELD in write.stored
        if write.stored is not None and is_short and not pending and LAST_OF not in mark:
            write.stored.update({STAMP: AT_THE_WRITE, EVENT: _envelope(event, owners_of_bill)})
        else:
            yield _row(event, owners_of_bill) | mark

    def _row_of_pending(self, resource: str, document: Document, pending: PendingEvent) -> Stored:
        """The row of an event that its document has held."""
        event = {**pending.envelope, "event": {resource: encode(document)}}
        owners = event.pop(OWNERS, [])
        row = {"_id": event["eventId"], "stamp": pending.stamp, "event": event, "owners": owners}
        return row | self.partitions.mark_of(resource, document)

    def _owners_of_bills(
        self, resource: str, writes: Sequence[Write]
    ) -> Mapping[str, Sequence[str]]:
        """The owners, as of now, of each bill that one of the documents belongs to."""
        ids = {bill for each in writes for bill in access.bills(resource, each.document)}
        if resource not in PUBLISHED or not ids:
            return {}
        bills, paths = self._database[BILLS], BY_NAME[BILLS].owners.values()
        projection = {".".join(path): 1 for path in paths}
        with translated():
            where = {"_id": {"$in": [*ids]}}
            found = bills.find(where, projection, session=transactions.session())
            return {each["_id"]: sorted(access.owners(BILLS, each)) for each in found}

    def _owners_by_resource(
        self, writes: Sequence[tuple[str, Write]]
    ) -> Mapping[str, Sequence[str]]:
        if not self._record:
            return {}
        by_resource: dict[str, list[Write]] = {}
        for resource, write in writes:
            by_resource.setdefault(resource, []).append(write)
        found: dict[str, Sequence[str]] = {}
        for resource, own in by_resource.items():
            found |= self._owners_of_bills(resource, own)
        return found


def _batched(
    resource: str, write: Write, event: Mapping[str, Any], owners: Mapping[str, Sequence[str]]
) -> BatchedEvent:
    """The event of a write as a batch holds it."""
    own = access.owners(resource, write.document)
    everyone = sorted(own.union(_owners_of_bill(resource, write, owners)))
    stored = {**event, "event": {resource: _encoded(write.document)}}
    return BatchedEvent(stored, f"{resource}/{write.document['id']}", everyone)


def _encoded(document: Mapping[str, Any]) -> Stored:
    """The document as it is stored, which a `Whole` one knows."""
    return document.stored if isinstance(document, Whole) else encode(document)


def _row(event: Mapping[str, Any], owners: Sequence[str]) -> Stored:
    """The row of an event that has one of its own from the beginning."""
    return {"_id": event["eventId"], "stamp": None, "event": encode(event), "owners": owners}


def _owners_of_bill(resource: str, write: Write, owners: Mapping[str, Sequence[str]]) -> list[str]:
    """The owners of the event of a write by the bill that its document belongs to."""
    bills = access.bills(resource, write.document)
    return [each for bill in bills for each in owners.get(bill, ())]


def _envelope(event: Mapping[str, Any], owners_of_bill: Sequence[str] = ()) -> Stored:
    """The event without its document: names and values that are stored as they are."""
    envelope = {name: value for name, value in event.items() if name != "event"}
    return envelope | ({OWNERS: owners_of_bill} if owners_of_bill else {})


def _stamp(session: ClientSession | None) -> Timestamp:
    """MongoDB's logical time as of the transaction's last answer."""
    if session is None or session.cluster_time is None:
        raise RuntimeError("an event is kept only with its write, in a transaction")
    stamp: Timestamp = session.cluster_time["clusterTime"]
    return stamp
