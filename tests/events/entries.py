"""Documents of the feed as the relay makes them, and as earlier releases did."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from impl.store import access
from impl.store.documents import EXPIRES, OWNERS, Stored
from impl.store.encoding import encode
from impl.store.event_batches import BatchedEvent, pack
from impl.store.routing import place

NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def batched(event: Mapping[str, Any]) -> BatchedEvent:
    """The event as a batch holds it."""
    ((resource, document),) = event["event"].items()
    owners = sorted(access.owners(resource, document))
    return BatchedEvent(encode(event), f"{resource}/{document['id']}", owners)


def entries(events: Iterable[Mapping[str, Any]], begin: int = 1) -> Iterator[Stored]:
    """The events in entries as large as they may be, the first event at this position."""
    for batch in pack(map(batched, events)):
        begin += len(batch["eventId"])
        yield {"_id": place(begin - 1), EXPIRES: NEVER, **batch}


def row(event: Mapping[str, Any], position: int) -> Stored:
    """An event as earlier releases stored it."""
    each, at = batched(event), place(position)
    hidden = {EXPIRES: NEVER, OWNERS: [*each.owners], "_rev": 1}
    return {"_id": at, "id": at, **hidden, **each.event}
