"""Which dates of a cycle a client set, and which the server derived from those. Pure.

The store remembers the names of derived ones (`Document.derived`). So a patch derives those again,
and leaves alone what a client set.
"""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from impl.billing.cycle import DERIVED, dates
from impl.query.language import Document

START, END = "validFor.startDateTime", "validFor.endDateTime"
"""Names in `derived` if the client gave only the other end of the period."""

_ENDS = {START: "startDateTime", END: "endDateTime"}


def derive(
    cycle: Document, specification: Mapping[str, Any], zone: ZoneInfo, terms_days: int
) -> None:
    """Set the dates that the client left out, also those that were derived before."""
    given = client_given(cycle)
    derived = dates(given, specification, zone, terms_days)
    for name in DERIVED:
        cycle.pop(name, None)
    cycle.update({name: given[name] for name in DERIVED if name in given} | derived)
    names = set(derived)
    own = given.get("validFor") or {}
    if "validFor" in names and not own.keys().isdisjoint(_ENDS.values()):
        names = names - {"validFor"} | {n for n, end in _ENDS.items() if end not in own}
    cycle.derived = frozenset(names)


def client_given(cycle: Document) -> dict[str, Any]:
    """The attributes of the cycle that a client gave, without derived ones."""
    given = {name: value for name, value in cycle.items() if name not in cycle.derived}
    dropped = {end for name, end in _ENDS.items() if name in cycle.derived}
    if dropped and "validFor" in given:
        given["validFor"] = {n: v for n, v in given["validFor"].items() if n not in dropped}
    return given


def note_changes(before: Document, after: Document) -> None:
    """Note that the client sets the dates that a patch changes; unchanged ones stay derived."""
    changed = {name for name in DERIVED if before.get(name) != after.get(name)}
    derived = before.derived - changed
    if "validFor" in changed:
        old, new = before.get("validFor") or {}, after.get("validFor") or {}
        were = set(_ENDS) if "validFor" in before.derived else derived & set(_ENDS)
        same = {n for n in were if _ENDS[n] in new and old.get(_ENDS[n]) == new.get(_ENDS[n])}
        derived = derived - set(_ENDS) | same
    after.derived = derived


def has_derived_end(cycle: Document) -> bool:
    """Whether the server derived the end of the cycle's period."""
    return not cycle.derived.isdisjoint({"validFor", END})
