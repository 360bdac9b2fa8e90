"""Which of a cycle's dates its client set, and which follow from those. Pure.

The store remembers the names (`Document.derived`), so that a patch derives again what was derived,
and leaves alone what a client said.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from impl.billing.cycle import DERIVED, dates
from impl.query.language import Document

START, END = "validFor.startDateTime", "validFor.endDateTime"
"""In `derived`, where the client gave the other end of a period alone."""

_ENDS = {START: "startDateTime", END: "endDateTime"}


def derive(
    cycle: Document, specification: Mapping[str, Any], zone: ZoneInfo, terms_days: int
) -> None:
    """Set the dates that the client left out, anew where they were set so before."""
    given = client_said(cycle)
    found = dates(given, specification, zone, terms_days)
    for name in DERIVED:
        cycle.pop(name, None)
    cycle.update({name: given[name] for name in DERIVED if name in given} | found)
    names = set(found)
    own = given.get("validFor") or {}
    if "validFor" in names and not own.keys().isdisjoint(_ENDS.values()):
        names = names - {"validFor"} | {n for n, end in _ENDS.items() if end not in own}
    cycle.derived = frozenset(names)


def client_said(cycle: Document) -> dict[str, Any]:
    """The cycle as its client said it, without what was derived."""
    given = {name: value for name, value in cycle.items() if name not in cycle.derived}
    dropped = {end for name, end in _ENDS.items() if name in cycle.derived}
    if dropped and "validFor" in given:
        given["validFor"] = {n: v for n, v in given["validFor"].items() if n not in dropped}
    return given


def claim(before: Document, after: Document) -> None:
    """Make what a patch changes the client's; what it repeats as stored stays derived."""
    changed = {name for name in DERIVED if before.get(name) != after.get(name)}
    derived = before.derived - changed
    if "validFor" in changed:
        old, new = before.get("validFor") or {}, after.get("validFor") or {}
        were = set(_ENDS) if "validFor" in before.derived else derived & set(_ENDS)
        same = {n for n in were if _ENDS[n] in new and old.get(_ENDS[n]) == new.get(_ENDS[n])}
        derived = derived - set(_ENDS) | same
    after.derived = derived


def has_own_period(cycle: Document) -> bool:
    """Whether the server worked out when the cycle's period ends."""
    return not cycle.derived.isdisjoint({"validFor", END})
