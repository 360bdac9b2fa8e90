"""Rows of deliveries: one for each subscription and entry of the feed, or one for a single event.

The relay writes one row for all events of an entry that a subscription gets, however many. A
courier takes them one by one, and shortens the row as they are delivered. An event that fails, or
waits for an earlier one of its subject, gets a row of its own. Only such a row has a `subject`.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, repeat
from typing import Any

from pymongo import DeleteMany, InsertOne, UpdateOne

from impl.store.documents import EXPIRES, Stored
from impl.store.routing import Routing, place

PENDING, DEAD = "pending", "dead"
SKIPPED = "the subscription's query took too long"
"""The error of a delivery that is given up from the beginning."""


@dataclass(frozen=True)
class Row:
    """A row as it was read, and the positions of its events, in order."""

    stored: Mapping[str, Any]
    positions: Sequence[int]

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Row":
        """The row in a document, also one of an earlier release."""
        first = int(stored["position"])
        if "subject" in stored:
            return cls(stored, [first])
        return cls(stored, stored.get("places") or range(first, int(stored["entry"]) + 1))

    @property
    def entry(self) -> str:
        """The `_id` of the feed's entry that holds the events."""
        entry: str = self.stored.get("entry", self.stored["position"])
        return entry

    @property
    def is_single(self) -> bool:
        """Whether the row is one event's own."""
        return "subject" in self.stored


@dataclass(frozen=True)
class Delivery:
    """One event on its way to one subscriber."""

    id: str
    subject: str
    position: str
    tries: int
    since: datetime
    row: Row | None = None
    """The row that it is one of several events of; None if it has a row of its own."""

    entry: str = ""
    """The `_id` of the feed's entry that holds the event."""


def new_rows(
    entry: str, events: Iterable[tuple[str, Routing]], now: datetime, expires: datetime
) -> list[Stored]:
    """The rows of an entry's events, each with its place; in the order of their places."""
    pending: dict[str, list[tuple[int, str]]] = {}
    skipped: dict[str, list[tuple[int, str]]] = {}
    for position, routing in events:
        for rows, subscriptions in (pending, routing.subscriptions), (skipped, routing.unasked):
            for each in subscriptions:
                rows.setdefault(each, []).append((int(position), routing.subject))
    common: Stored = {"tries": 0, "since": now, EXPIRES: expires}
    return [
        {"subscription": subscription, **state, **_events(subscription, entry, these), **common}
        for state, rows in (
            ({"state": PENDING}, pending),
            ({"state": DEAD, "error": SKIPPED}, skipped),
        )
        for subscription, these in rows.items()
    ]


def first_events(rows: Iterable[Row], limit: int) -> list[tuple[int, Row]]:
    """The first events of rows in the order of the feed, each with its position.

    The first `limit` events are in the `limit` rows that begin first.
    """
    events = (zip(row.positions, repeat(row)) for row in rows)
    return list(islice(heapq.merge(*events, key=lambda each: each[0]), limit))


def delivery(position: int, row: Row, subjects: Mapping[int, str]) -> Delivery:
    """The delivery of one event of a row."""
    at, stored = place(position), row.stored
    own, tries, since = f"{stored['subscription']}/{at}", stored["tries"], stored["since"]
    if row.is_single:
        return Delivery(stored["_id"], stored["subject"], at, tries, since, None, row.entry)
    # An event that has expired has no subject any more: then it waits for no other.
    return Delivery(own, subjects.get(position, own), at, tries, since, row, row.entry)


def shortened(deliveries: Iterable[Delivery]) -> Iterator[UpdateOne | DeleteMany]:
    """Writes that remove these deliveries from their rows, and rows without further events."""
    rows: dict[str, tuple[Row, set[int]]] = {}
    gone: list[str] = []
    for each in deliveries:
        if each.row is None:
            gone.append(each.id)
        else:
            rows.setdefault(each.row.stored["_id"], (each.row, set()))[1].add(int(each.position))
    for id_, (row, done) in rows.items():
        if rest := [position for position in row.positions if position not in done]:
            yield UpdateOne({"_id": id_}, {"$set": _places(row.entry, rest)})
        else:
            gone.append(id_)
    if gone:
        yield DeleteMany({"_id": {"$in": gone}})


def single(each: Delivery, values: Mapping[str, Any]) -> InsertOne[Stored]:
    """The write of a row of its own for one event of a row, with these values."""
    row = each.row.stored if each.row else {}
    shared = {name: row[name] for name in ("subscription", "state", "tries", "since", EXPIRES)}
    own = {"_id": each.id, "position": each.position, "entry": each.entry, "subject": each.subject}
    return InsertOne({**own, **shared, **values})


def _events(subscription: str, entry: str, events: Sequence[tuple[int, str]]) -> Stored:
    (first, subject), last = events[0], place(events[-1][0])
    if len(events) > 1:
        id_ = f"{subscription}/{place(first)}-{last}"
        return {"_id": id_, "entry": entry, **_places(entry, [each for each, _ in events])}
    return {"_id": f"{subscription}/{last}", "position": last, "entry": entry, "subject": subject}


def _places(entry: str, positions: Sequence[int]) -> Stored:
    """Which events of an entry are meant: `places`, or all from `position` on if that is None."""
    first, last = positions[0], int(entry)
    is_rest = last - first + 1 == len(positions)
    places = None if is_rest else [*positions]
    return {"position": place(first), "count": len(positions), "places": places}
