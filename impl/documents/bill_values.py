"""Amounts and texts of a stored bill, which may have anything in their place."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from impl.documents.limits import MAX_TEXT, MAX_UNIT

Json = Mapping[str, Any]
MOST = Decimal(10) ** 15
EMBEDDINGS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
LEFTWARDS = frozenset(("R", "AL"))
"""The classes of Hebrew and Arabic letters in Unicode's bidirectional algorithm (UAX 9)."""

ISOLATE, END_ISOLATE = "\u2068", "\u2069"


@dataclass(frozen=True)
class Money:
    """An exact amount; the unit is blank if it is not known."""

    value: Decimal
    unit: str

    def __neg__(self) -> "Money":
        return Money(-self.value, self.unit)


def money(given: Any) -> Money | None:
    """The amount of a Money of the contract; None if it is no valid one."""
    if not isinstance(given, Mapping):
        return None
    value, unit = number(given.get("value")), given.get("unit")
    if value is None:
        return None
    return Money(value, text(unit[:MAX_UNIT]) if isinstance(unit, str) else "")


def number(given: Any) -> Decimal | None:
    """The number, as exact as it was written; None if it is none, or too large for a bill."""
    if isinstance(given, bool) or not isinstance(given, (int, float, Decimal)):
        return None
    value = Decimal(repr(given)) if isinstance(given, float) else Decimal(given)
    return value if value.is_finite() and abs(value) < MOST else None


def total(amounts: Iterable[Money | None]) -> Money | None:
    """The exact sum; None without amounts, with an unknown one, or in several units."""
    known = list(amounts)
    units = {each.unit for each in known if each}
    if len(units) != 1 or None in known:
        return None
    return Money(sum((each.value for each in known if each), Decimal(0)), units.pop())


def text(given: Any) -> str:
    """A client's text on one short line, without control characters and direction overrides.

    A text with letters that are read from right to left is isolated (UAX 9, FSI and PDI), so that
    numbers and words beside it keep their order, whatever the direction of the document.
    """
    if not isinstance(given, str):
        return ""
    start = given[: 4 * MAX_TEXT]
    line = " ".join((start if start.isprintable() else "".join(map(_harmless, start))).split())
    line = line if len(line) <= MAX_TEXT else line[: MAX_TEXT - 1] + "…"
    leftwards = not line.isascii() and any(unicodedata.bidirectional(c) in LEFTWARDS for c in line)
    return f"{ISOLATE}{line}{END_ISOLATE}" if leftwards else line


def _harmless(character: str) -> str:
    """The character; a space for a control, half a surrogate pair or a noncharacter."""
    if character in EMBEDDINGS:
        return ""
    unread = unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
    return " " if unread or ord(character) & 0xFFFE == 0xFFFE else character


def listed(given: Any) -> list[Json]:
    """The objects of a list."""
    if not isinstance(given, list):
        return []
    return [each for each in given if isinstance(each, Mapping)]


def name(reference: Any) -> str:
    """The name in a reference, or else its id."""
    if not isinstance(reference, Mapping):
        return ""
    return text(reference.get("name")) or text(reference.get("id"))
