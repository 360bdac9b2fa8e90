"""A raw query string into a Query, against what the contract says of a resource's attributes.

TMF630 Part 1: attribute filters, `fields`, `offset` and `limit`. The string is parsed as it came
over the wire, so that an encoded `&`, `=` or `,` inside a value is data.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from urllib.parse import unquote_plus

from impl.errors import NotYetImplemented, ParameterInvalid
from impl.query.attributes import Attribute
from impl.query.language import Compare, Condition, Day, Every, Fields, Query, Value, Window

RESERVED = {"fields", "offset", "limit", "sort", "filter", "depth", "expand"}


@dataclass(frozen=True)
class Limits:
    """How long a page is where the client does not say, and at the most."""

    default: int = 100
    most: int = 1000


def parse(text: str, resource: Attribute, limits: Limits) -> Query:
    """What the query string asks for.

    Raises ParameterInvalid, which names the parameter, where it can't be read.
    """
    pairs = [_pair(part) for part in text.split("&") if part]
    reserved = {name: value for name, value in pairs if name in RESERVED}
    for name in ("sort", "filter"):
        if name in reserved:
            raise NotYetImplemented(f"the query parameter {name}")
    return Query(
        where=Every(tuple(_compare(n, v, resource) for n, v in pairs if n not in RESERVED)),
        window=_window(reserved, limits),
        fields=_fields(reserved.get("fields", ""), resource),
    )


def _pair(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return unquote_plus(name).strip(), unquote_plus(value).strip()


def _window(reserved: dict[str, str], limits: Limits) -> Window:
    limit = _count("limit", reserved.get("limit", ""))
    offset = _count("offset", reserved.get("offset", ""))
    return Window(
        offset=offset or 0,
        limit=min(limits.default if limit is None else limit, limits.most),
        asked=limit is not None or offset is not None,
    )


def _count(name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise ParameterInvalid(name, f"{text!r} is not a number of items")
    return min(int(text[:20]), 2**63 - 1)


def _fields(text: str, resource: Attribute) -> Fields:
    names = frozenset(name.strip() for name in text.split(",") if name.strip())
    return names | resource.always if names else "all"


def _compare(name: str, text: str, resource: Attribute) -> Condition:
    if not text:
        raise ParameterInvalid(name, "is a filter without a value")
    path = tuple(name.split("."))
    attribute = resource.find(path)
    return Compare(path, typed(name, text, attribute) if attribute else guesses(text))


def typed(name: str, text: str, attribute: Attribute) -> tuple[Value, ...]:
    """The text as a value of the attribute's kind; ParameterInvalid where it is none."""
    try:
        match attribute.kind:
            case "number":
                return (_number(text),)
            case "boolean":
                return ({"true": True, "false": False}[text],)
            case "instant":
                return (_instant(text),)
            case "any":
                return guesses(text)
    except (KeyError, ValueError, OverflowError):
        raise ParameterInvalid(name, f"{text!r} is not a {attribute.kind}") from None
    return (text,)


def guesses(text: str) -> tuple[Value, ...]:
    """All that a text may mean where the contract does not say: itself, a number, a boolean."""
    found: list[Value] = [text]
    if text in ("true", "false"):
        found.append(text == "true")
    with suppress(ValueError, OverflowError):
        found.append(_number(text))
    return tuple(found)


def _number(text: str) -> int | float:
    if not text.isascii() or "_" in text or len(text) > 40:
        raise ValueError(text)
    number = float(text) if any(c in text for c in ".eE") else int(text)
    if abs(number) >= 2**63:
        raise OverflowError(text)
    return number


def _instant(text: str) -> datetime | Day:
    if len(text) == len("2026-10-01"):
        start = datetime.combine(datetime.fromisoformat(text).date(), time(), UTC)
        return Day(start, start + timedelta(days=1))
    head, _, offset = text.rpartition(" ")  # a plus that the query string decoding took
    moment = datetime.fromisoformat(f"{head}+{offset}" if ":" in offset and head else text)
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
