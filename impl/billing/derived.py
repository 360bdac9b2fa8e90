"""Which of a cycle's dates its client set, and which follow from those. Pure.

The store remembers the names (`Document.derived`), so that a patch derives again what was derived,
and leaves alone what a client said.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from impl.billing.cycle import DERIVED, dates
from impl.query.language import Document

END = "validFor.endDateTime"
"""In `derived`, where the client gave a period's start alone."""


def derive(
    cycle: Document, specification: Mapping[str, Any], zone: ZoneInfo, terms_days: int
) -> None:
    """Set the dates that the client left out, anew where they were set so before."""
    given = client_said(cycle)
    found = dates(given, specification, zone, terms_days)
    for name in DERIVED:
        cycle.pop(name, None)
    cycle.update({name: given[name] for name in DERIVED if name in given} | found)
    cycle.derived = frozenset(
        END if name == "validFor" and name in given else name for name in found
    )


def client_said(cycle: Document) -> dict[str, Any]:
    """The cycle as its client said it, without what was derived."""
    given = {name: value for name, value in cycle.items() if name not in cycle.derived}
    if END in cycle.derived:
        given["validFor"] = {n: v for n, v in cycle["validFor"].items() if n != "endDateTime"}
    return given


def claim(before: Document, after: Document) -> None:
    """Make what a patch changes the client's; what it repeats as stored stays derived."""
    changed = {name for name in DERIVED if before.get(name) != after.get(name)}
    ended = {"validFor", END} & before.derived and _end(before) == _end(after)
    half = {END} if "validFor" in changed and ended and after.get("validFor") else set()
    dropped = changed | ({END} if "validFor" in changed else set())
    after.derived = (before.derived - dropped) | half


def has_own_period(cycle: Document) -> bool:
    """Whether the server worked out when the cycle's period ends."""
    return not cycle.derived.isdisjoint({"validFor", END})


def _end(cycle: Mapping[str, Any]) -> Any:
    return (cycle.get("validFor") or {}).get("endDateTime")
