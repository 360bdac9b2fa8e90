"""The event of a document's last write, stored in the document until the relay has published it.

The document itself is most of what the event says, so only the rest of the event is stored: its
envelope.
"""

from dataclasses import dataclass
from typing import Any

from bson.timestamp import Timestamp

STAMP, EVENT = "_stamp", "_event"
"""When the document was last written, by MongoDB's logical time, and the envelope of the event."""

AT_THE_WRITE = Timestamp(0, 0)
"""MongoDB replaces this with its logical time as it writes the document."""

HAS_PENDING_EVENT = {STAMP: {"$exists": True}}
HAS_NO_PENDING_EVENT = {STAMP: {"$exists": False}}
"""Conditions for documents."""

REMOVAL: dict[str, Any] = {"$unset": {STAMP: "", EVENT: ""}}
"""The update that removes the event."""


@dataclass(frozen=True)
class PendingEvent:
    """The event of a document's last write, as the document holds it."""

    stamp: Timestamp
    envelope: dict[str, Any]
