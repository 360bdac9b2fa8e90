"""Texts of a query as typed values; the contract says which type, so nothing is guessed."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo

from impl.errors import ParameterInvalid
from impl.instants import LATEST, first_instant
from impl.query.attributes import Attribute, Kind
from impl.query.language import Operator, Prefix, Span, Value
from impl.query.regex import checked

_NOUNS: dict[Kind, str] = {
    "boolean": "true or false",
    "instant": "a date or a date-time",
    "number": "a number",
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DATE_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)"
    r"([Zz]| ?[+-]\d\d(?::?\d\d)?| \d\d(?::?\d\d)?)?",
    re.ASCII,
)


def values(
    name: str, text: str, attribute: Attribute | None, operator: Operator, zone: tzinfo
) -> tuple[Value, ...]:
    """The values that the text may mean, compared with this attribute by this operator.

    An attribute that the contract does not know (None) may hold a string, a number, a boolean or a
    date, so the text means each of these that it can. A date, and a time without an offset, is read
    in the time zone. Raises ParameterInvalid, which names `name`.
    """
    kind = attribute.kind if attribute else "any"
    if attribute is not None and kind == "object":
        members = ("id", "value", *attribute.members)
        member = next((name for name in members if name in attribute.members), "id")
        raise ParameterInvalid(name, f"is an object; you can filter on {name}.{member}")
    if operator == "regex":
        if kind in _NOUNS:
            raise ParameterInvalid(name, f"is {_NOUNS[kind]}, and has no text to search")
        return (checked(name, text),)
    if attribute and attribute.choices and operator == "eq" and text not in attribute.choices:
        raise ParameterInvalid(name, f"{text!r} is none of {', '.join(attribute.choices)}")
    try:
        return _values(text, kind, operator, zone)
    except (KeyError, ValueError, OverflowError) as error:
        if kind == "number" and isinstance(error, OverflowError):
            raise ParameterInvalid(name, f"{text!r} is too large") from None
        raise ParameterInvalid(name, f"{text!r} is not {_NOUNS[kind]}") from None


def _values(text: str, kind: Kind, operator: Operator, zone: tzinfo) -> tuple[Value, ...]:
    match kind:
        case "number":
            return (number(text),)
        case "boolean":
            return ({"true": True, "false": False}[text],)
        case "instant":
            return (_instant(text, operator, zone),)
        case "string":
            return (text,)
    return _meanings(text, operator)


def _meanings(text: str, operator: Operator) -> tuple[Value, ...]:
    """The values that a text may mean if the contract does not know the attribute.

    For `gt` and the like, a number means a number only: as a text, "50" comes after "100".
    """
    moment = _DATE_TIME.fullmatch(text)
    meanings: list[Value] = [_rfc3339(moment) if moment and " " in text[16:] else text]
    with suppress(ValueError, OverflowError):
        meanings.append(number(text))
    if operator != "eq":
        return (meanings[-1],)
    if text in ("true", "false"):
        meanings.append(text == "true")
    if _DATE.fullmatch(text):
        meanings.append(Prefix(f"{text}T"))
    return tuple(meanings)


def number(text: str) -> int | float:
    """A decimal number within what can be stored. Raises ValueError or OverflowError."""
    if not text.isascii() or "_" in text or len(text) > 40 or text != text.strip():
        raise ValueError(text)
    value = float(text) if any(c in text for c in ".eE") else int(text)
    if abs(value) >= 2**63:
        raise OverflowError(text)
    return value


def _instant(text: str, operator: Operator, zone: tzinfo) -> datetime | Span:
    """An RFC 3339 instant, in the zone if it has no offset.

    A bare date is the whole day in the zone; for `gt` and the like, its first instant.
    """
    if _DATE.fullmatch(text):
        day = date.fromisoformat(text)
        start = first_instant(day, zone)
        if operator != "eq":
            return start
        last = day == date.max
        return Span(start, LATEST if last else first_instant(day + timedelta(days=1), zone))
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    moment = datetime.fromisoformat(_rfc3339(found))
    moment = moment.replace(tzinfo=moment.tzinfo or zone).astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _rfc3339(found: re.Match[str]) -> str:
    """The date-time as RFC 3339 writes it; a blank before the zone was a raw plus."""
    zone = (found[3] or "").strip().upper()
    return f"{found[1]}T{found[2]}{'+' if zone[:1].isdigit() else ''}{zone}"
