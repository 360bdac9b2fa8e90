"""Values that are put into a document in one step, whatever else it holds.

So that the driver can ask for a lost answer again, MongoDB would write each document once more, as
it was. So the driver does not ask again here; where an answer is lost, `Store.change` finds out by
the event whether the write was done.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import bson
from pymongo.database import Database
from pymongo.errors import WriteConcernError

from impl import links
from impl.query.language import Rendered
from impl.store.documents import EVENT, STAMP, TEXT, VERSION, Stored
from impl.store.encoding import decode, encode
from impl.store.outbox import NO_PENDING_EVENT


@dataclass(frozen=True)
class Assignment:
    """Values for attributes, none of them an object, and what is `touched` with a change.

    A document that has one of the values in `apart` has to be looked at.
    """

    values: Mapping[str, Any]
    touched: Mapping[str, Any]
    apart: Mapping[str, Any] = field(default_factory=dict)

    @property
    def after(self) -> dict[str, Any]:
        """All that the document gets."""
        return {**self.values, **self.touched}


def expected(assignment: Assignment, versions: frozenset[int] | None, most_bytes: int) -> Stored:
    """The condition that a document has one of these versions, and room for the values."""
    room = most_bytes - len(bson.encode(encode(assignment.after)))
    fits: Stored = {"$expr": {"$lte": [{"$bsonSize": "$$ROOT"}, room]}}
    return fits if versions is None else fits | {VERSION: {"$in": [*versions]}}


def assign(
    database: Database[Stored],
    resource: str,
    id_: str,
    assignment: Assignment,
    event: Stored,
    which: Stored,
) -> Rendered | None:
    """Make the assignment, and have the document hold its event; the document after that.

    None where nothing was done, for the document has to be looked at: it is not there or not
    `which`, has one of the values already or one that is apart, or its last event is still to be
    told.
    """
    all_ = encode(assignment.after)
    that = {"_id": id_, **NO_PENDING_EVENT, **_others(assignment), **which}
    update = {
        "$set": {**all_, EVENT: event},
        "$inc": {VERSION: 1},
        "$currentDate": {STAMP: {"$type": "timestamp"}},
        "$unset": {TEXT: ""},
    }
    reply = database.command(
        {
            "findAndModify": resource,
            "query": that,
            "update": update,
            "fields": {VERSION: 1, TEXT: 1},
            "hint": "_id_",
            "writeConcern": database.write_concern.document,
        }
    )
    if trouble := reply.get("writeConcernError"):
        raise WriteConcernError(trouble["errmsg"], trouble["code"])
    before = reply["value"]
    if before is None:
        return None
    text = links.assigned(before[TEXT], decode(all_))
    return Rendered({"id": id_}, before[VERSION] + 1, text)


def _others(assignment: Assignment) -> Stored:
    """The condition that a document has other values, and none that is apart."""
    given, kept = encode(assignment.values), encode(assignment.apart)
    return {
        name: {"$nin": [given[name], *([kept[name]] if name in kept else [])]} for name in given
    }
