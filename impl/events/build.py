"""The event that a write publishes (TMF630 Part 1, notifications; the envelope of v4). Pure."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from random import getrandbits
from threading import Lock
from time import time_ns
from typing import Any, Literal, TypeAlias

from impl.plugin import PLUGIN
from impl.query.language import Document
from impl.resources import BY_NAME, PUBLISHED

Json = dict[str, Any]
Kind: TypeAlias = Literal["Create", "AttributeValueChange", "StateChange", "Delete"]

_TITLES: dict[Kind, str] = {
    "Create": "created",
    "AttributeValueChange": "changed",
    "StateChange": "in another state",
    "Delete": "deleted",
}
_ENDS = f"(?:{'|'.join(_TITLES.values())})"
correlation: ContextVar[str] = ContextVar("correlation")
"""The id of the request or job that the writes of this context belong to."""

trace: ContextVar[str] = ContextVar("trace", default="")
"""The span of these writes, as in a `traceparent` header; blank for none."""


def build(resource: str, before: Document | None, after: Document | None) -> Json | None:
    """The event of a write, with the whole resource; None if the resource publishes no events."""
    document = after if after is not None else before
    if resource not in PUBLISHED or document is None:
        return None
    kind = _kind(resource, before, after)
    now = datetime.now(UTC)
    event_id = IDS.next()
    parent = trace.get()
    return {
        "eventId": event_id,
        "eventTime": now,
        "eventType": event_type(resource, kind),
        **({"@type": event_type(resource, kind)} if PLUGIN.typed_events else {}),
        "timeOcurred": now,
        "correlationId": correlation.get(event_id),
        "domain": "Commercial",
        "title": f"{_class(resource)} {_TITLES[kind]}",
        "description": f"{_class(resource)} {document['id']} is {_TITLES[kind]}.",
        "priority": "1",
        **({"traceparent": parent} if parent else {}),
        "event": {resource: dict(document)},
    }


class EventIds:
    """Makes ids of events that ascend, even if the clock is set back.

    So the ids of a transaction's events are in the order of its writes. The step between two ids is
    random, so that processes which were forked from one make different ids.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def next(self) -> str:
        """A new ULID: milliseconds and 80 random bits, in Crockford's base32."""
        now = time_ns() // 1_000_000 << 80 | getrandbits(80)
        with self._lock:
            last = self._last = max(now, self._last + 1 + getrandbits(64))
        return "".join([_PAIRS[last >> bits & 1023] for bits in range(120, -1, -10)])


_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PAIRS = [first + second for first in _CROCKFORD for second in _CROCKFORD]
"""Two digits at a time: base64.b32encode takes twice as long."""

IDS = EventIds()


@contextmanager
def correlated(id_: str) -> Iterator[None]:
    """Give the writes in this block this correlation id."""
    token = correlation.set(id_)
    try:
        yield
    finally:
        correlation.reset(token)


@cache
def event_type(resource: str, kind: Kind) -> str:
    """The type of an event, such as `CustomerBillCreateEvent`."""
    return f"{_class(resource)}{kind}Event"


def event_types(resources: Iterable[str]) -> tuple[str, ...]:
    """All types of the events of these resources."""
    return tuple(
        event_type(resource, kind)
        for resource in resources
        for kind in _TITLES
        if kind != "StateChange" or BY_NAME[resource].state
    )


def subject(event: Json) -> str:
    """The resource and id that an event is about; events of one subject keep their order."""
    resource, document = next(iter(event["event"].items()))
    return f"{resource}/{document['id']}"


def subject_by_words(event: Any) -> tuple[str, str]:
    """The resource and id in an event's type and description; blank if they name none.

    For events whose content can't be read.
    """
    texts = [str(event.get(name)) for name in ("eventType", "description")] if event else ["", ""]
    for resource in PUBLISHED:
        found = re.fullmatch(rf"{_class(resource)} (.+) is {_ENDS}\.", texts[1], re.DOTALL)
        if found and texts[0].startswith(_class(resource)):
            return resource, found[1]
    return "", ""


def _kind(resource: str, before: Document | None, after: Document | None) -> Kind:
    if before is None or after is None:
        return "Create" if before is None else "Delete"
    row = BY_NAME[resource]
    if row.state is None:
        return "AttributeValueChange"
    changed = {name for name in {*before, *after} if _differs(before, after, name)}
    is_state = row.state in changed and changed <= {row.state, *row.with_state}
    return "StateChange" if is_state else "AttributeValueChange"


def _differs(before: Document, after: Document, name: str) -> bool:
    return name not in before or name not in after or before[name] != after[name]


def _class(resource: str) -> str:
    return BY_NAME[resource].schema
