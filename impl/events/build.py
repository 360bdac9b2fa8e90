"""The event that a write makes (TMF630 Part 1, notifications; the envelope of v4). Pure."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from typing import Any, Literal, TypeAlias

from ulid import ULID

from impl.query.language import Document

Json = dict[str, Any]
Kind: TypeAlias = Literal["Create", "AttributeValueChange", "StateChange", "Delete"]

RESOURCES = (
    "customerBill",
    "customerBillOnDemand",
    "appliedCustomerBillingRate",
    "billCycle",
    "billCycleSpecification",
)
"""What events tell of."""

STATEFUL: dict[str, frozenset[str]] = {
    "customerBill": frozenset({"state", "lastUpdate", "stateBeforeHold", "holdReason"}),
    "customerBillOnDemand": frozenset({"state", "lastUpdate", "statusReason", "customerBill"}),
}
"""Which resources have a state, and what the server may set together with it."""

_TITLES: dict[Kind, str] = {
    "Create": "created",
    "AttributeValueChange": "changed",
    "StateChange": "in another state",
    "Delete": "deleted",
}
_ENDS = f"(?:{'|'.join(_TITLES.values())})"
correlation: ContextVar[str] = ContextVar("correlation")
"""What the writes of this context belong to: a request's id, or a job's."""

trace: ContextVar[str] = ContextVar("trace", default="")
"""The span that they are part of, as a `traceparent` header names it; blank for none."""


def build(resource: str, before: Document | None, after: Document | None) -> Json | None:
    """The event of a write, with the whole resource; None where nobody is told of it."""
    told = after if after is not None else before
    if resource not in RESOURCES or told is None:
        return None
    kind = _kind(resource, before, after)
    now = datetime.now(UTC)
    event_id = str(ULID())
    parent = trace.get()
    return {
        "eventId": event_id,
        "eventTime": now,
        "eventType": event_type(resource, kind),
        "timeOcurred": now,
        "correlationId": correlation.get(event_id),
        "domain": "Commercial",
        "title": f"{_class(resource)} {_TITLES[kind]}",
        "description": f"{_class(resource)} {told['id']} is {_TITLES[kind]}.",
        "priority": "1",
        **({"traceparent": parent} if parent else {}),
        "event": {resource: dict(told)},
    }


@contextmanager
def correlated(id_: str) -> Iterator[None]:
    """Write within this for the sake of something that has this id."""
    token = correlation.set(id_)
    try:
        yield
    finally:
        correlation.reset(token)


@cache
def event_type(resource: str, kind: Kind) -> str:
    """The name of an event, such as `CustomerBillCreateEvent`."""
    return f"{_class(resource)}{kind}Event"


def event_types() -> tuple[str, ...]:
    """The names of all events that there are."""
    return tuple(
        event_type(resource, kind)
        for resource in RESOURCES
        for kind in _TITLES
        if kind != "StateChange" or resource in STATEFUL
    )


def subject(event: Json) -> str:
    """What an event is about; two that are about the same keep their order."""
    resource, told = next(iter(event["event"].items()))
    return f"{resource}/{told['id']}"


def subject_by_words(event: Any) -> tuple[str, str]:
    """The resource and its id, by an event's type and description; blank where they don't say."""
    texts = [str(event.get(name)) for name in ("eventType", "description")] if event else ["", ""]
    for resource in RESOURCES:
        found = re.fullmatch(rf"{_class(resource)} (.+) is {_ENDS}\.", texts[1], re.DOTALL)
        if found and texts[0].startswith(_class(resource)):
            return resource, found[1]
    return "", ""


def _kind(resource: str, before: Document | None, after: Document | None) -> Kind:
    if before is None or after is None:
        return "Create" if before is None else "Delete"
    changed = {name for name in {*before, *after} if _differs(before, after, name)}
    alone = "state" in changed and changed <= STATEFUL.get(resource, frozenset())
    return "StateChange" if alone else "AttributeValueChange"


def _differs(before: Document, after: Document, name: str) -> bool:
    return name not in before or name not in after or before[name] != after[name]


@cache
def _class(resource: str) -> str:
    return resource[0].upper() + resource[1:]
