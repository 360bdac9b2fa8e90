"""Attribute filters (TMF630 Part 1, query resources): a raw query string as a condition.

    filters := group (";" group)*                            or
    group   := filter ("&" filter)*                          and
    filter  := path ["." suffix] "=" values | path symbol values
    values  := value ("," value)*                            or

The string is read as it came over the wire: an encoded `&`, `;`, `,`, `=` or `<` in a value is
data, and so are a `,` and a `;` after a backslash or in a quoted value. Within a group, filters
with the same attribute and operator mean "or", all others "and". Filters on members of one array of
objects must hold for the same element of it.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import tzinfo
from functools import lru_cache
from itertools import chain, pairwise
from urllib.parse import unquote, unquote_plus

from impl.errors import ParameterInvalid
from impl.query.attributes import MAX_LEVELS, Attribute
from impl.query.language import (
    Compare,
    Condition,
    Element,
    Every,
    Not,
    Operator,
    Path,
    Some,
    Span,
    Value,
)
from impl.query.typed_values import values

IGNORED = "_"
"""A parameter that clients send with a new value each time, so that no cache answers."""

LONGEST_CACHED = 64
"""Characters of a piece that the cache takes."""

RESERVED = {"fields", "offset", "limit", "sort", "filter", "cursor", "depth", "expand"}
SUFFIXES = ("gt", "gte", "lt", "lte", "eq", "ne", "regex")
_SYMBOLS = {
    "=": "", "==": "eq", "!=": "ne", ">": "gt", ">=": "gte", "<": "lt", "<=": "lte",
    "=~": "regex", "*=": "regex",
}  # fmt: skip
# A symbol is raw or encoded as a whole, but for `!` and `*`, which some encoders leave alone.
# Clients that know parameters only as names and values put another `=` behind a symbol of two.
_SYMBOL = re.compile(
    r"(==|=~|>=|<=|(?:!|\*|%21|%2[Aa])(?:=|%3[Dd])|%3[C-Ec-e](?:=|%3[Dd])|%3[Dd](?:~|%7[Ee]))=?"
    r"|([=<>]|%3[C-Ec-e])"
)
WHITE_SPACE = " \t\n\v\f\r\xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""The white space of the contract's patterns (ECMA-262); Python's has U+001C to U+001F, too."""

_BLANKS = r"(?:[ +]|%20)*"
_QUOTED = rf'(?:"|%22)(?:(?!"|%22).)*(?:"|%22)(?={_BLANKS}(?:[,;]|\Z))'
_ESCAPED = r"(?:\\|%5[Cc])(?:%[0-9A-Fa-f]{2}|.)"
# A `,` or `;` in these is data: after a backslash, and in a quoted value, which begins as a value.
_DATA = re.compile(
    rf"{_ESCAPED}|(?:\A|(?<=[=~<>,;])|(?<=%3[C-Ec-e])|(?<=%7[Ee])){_BLANKS}{_QUOTED}", re.DOTALL
)
_COMMA = re.compile("%2[Cc]")
_ESCAPED_MARK = re.compile(r"(?:\\|%5[Cc])([,;]|%2[Cc]|%3[Bb])")


@dataclass(frozen=True)
class Filter:
    """One filter, not yet checked against the contract; `symbol` is empty for a plain `=`."""

    name: str
    symbol: str
    value: str

    @classmethod
    def read(cls, raw: str) -> "Filter":
        """Parse a raw piece of a query string; without a symbol, all of it is the name."""
        return _read(raw) if len(raw) > LONGEST_CACHED else _cached(raw)

    @classmethod
    def parsed(cls, raw: str) -> "Filter":
        """As `read`, without its cache."""
        found = _SYMBOL.search(raw)
        if found is None:
            return cls(unquote_plus(raw).strip(), "", "")
        name, symbol = unquote_plus(raw[: found.start()]).strip(), found[1] or found[2]
        if name in RESERVED and symbol.startswith("=~"):  # an `=`, and a value that begins with `~`
            return cls(name, "", raw[found.start() + 1 :])
        return cls(name, _SYMBOLS[unquote(symbol)], raw[found.end() :])


_read = Filter.parsed
_cached = lru_cache(1024)(_read)
"""One request reads each piece several times: for its filters, its cursors and its links."""


def groups(text: str) -> list[list[Filter]]:
    """The filters of a raw query string, by groups.

    A bare value after `;` continues the value list before it. In `filter=`, a `;` is part of the
    JSONPath.
    """
    found: list[list[Filter]] = [[]]
    for part in text.split("&"):
        whole = Filter.read(part)
        pieces = [part] if whole.name == "filter" and not whole.symbol else _split(part, ";")
        for index, piece in enumerate(pieces):
            if index and found[-1] and _is_value(piece):
                last = found[-1][-1]
                found[-1][-1] = replace(last, value=f"{last.value};{piece}")
                continue
            if index:
                found.append([])
            if piece.strip():
                found[-1].append(Filter.read(piece))
    return found


def unquoted(text: str) -> str:
    """The text without the blanks around it and one pair of double quotes."""
    text = text.strip(WHITE_SPACE)
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


class Reader:
    """Reads filters on a resource, and collects the paths that the contract does not know.

    Dates in filters are days of the time zone.
    """

    def __init__(self, resource: Attribute, zone: tzinfo) -> None:
        self._resource = resource
        self._zone = zone
        self.unknown: list[Path] = []

    def condition(self, grouped: list[list[Filter]]) -> Condition:
        """The condition that the groups mean together.

        Raises ParameterInvalid, which names the attribute or the operator that can't be read.
        """
        parts = tuple(self._every(group) for group in grouped if group)
        return parts[0] if len(parts) == 1 else Some(parts) if parts else Every()

    def _every(self, group: list[Filter]) -> Condition:
        raw_values: dict[tuple[Path, str], list[str]] = {}
        for each in group:
            raw_values.setdefault(self._operator(each), []).append(each.value)
        leaves = [self._leaf(path, operator, raws) for (path, operator), raws in raw_values.items()]
        return _together(leaves, self._resource)

    def _operator(self, each: Filter) -> tuple[Path, str]:
        path = tuple(part.strip() for part in each.name.split("."))
        operator = each.symbol or "eq"
        suffixed = not each.symbol and len(path) > 1 and path[-1] in SUFFIXES
        if suffixed and self._resource.find(path) is None:
            path, operator = path[:-1], path[-1]
        if len(path) > MAX_LEVELS:
            raise ParameterInvalid(each.name[:80], f"leads deeper than {MAX_LEVELS} levels")
        self._refuse_below_scalar(each.name, path)
        return path, operator

    def _refuse_below_scalar(self, name: str, path: Path) -> None:
        """Raise ParameterInvalid for a name below a single value: it is meant as an operator."""
        for end in range(1, len(path)):
            owner = self._resource.find(path[:end])
            if owner is not None and owner.kind not in ("object", "any"):
                raise ParameterInvalid(
                    name, f"{path[end]!r} is not an operator; {', '.join(SUFFIXES)} are"
                )

    def _leaf(self, path: Path, operator: str, raws: list[str]) -> "_Leaf":
        name = ".".join(path)
        attribute = self._resource.find(path)
        if attribute is None:
            self.unknown.append(path)
        relation: Operator = "eq" if operator == "ne" else operator  # type: ignore[assignment]
        marks = ";" if relation == "regex" else ",;"
        if attribute and attribute.has_no_comma and relation != "regex":
            raws = [_COMMA.sub(",", raw) for raw in raws]
        parts = [part for raw in raws for part in _split(raw, marks)]
        if path == ("href",):  # is not stored, but its last segment is the id
            path, parts = ("id",), [unquoted(unquote(part)).rsplit("/", 1)[-1] for part in parts]
        found = (_meant(name, part, attribute, relation, self._zone) for part in parts)
        values_ = tuple(chain.from_iterable(found))
        return _Leaf(path, values_, relation, negated=operator == "ne")


@dataclass(frozen=True)
class _Leaf:
    """A comparison; its path may still be cut to begin at an element of an array."""

    path: Path
    values: tuple[Value, ...]
    operator: Operator
    negated: bool

    def condition(self) -> Condition:
        compare = Compare(self.path, self.values, self.operator)
        return Not(compare) if self.negated else compare


def _together(leaves: list[_Leaf], owner: Attribute) -> Condition:
    """All of the leaves hold; those below one array of objects hold for the same element."""
    parts: list[Condition] = []
    arrays: dict[Path, list[_Leaf]] = {}
    for leaf in leaves:
        arrays.setdefault(owner.array_on(leaf.path), []).append(leaf)
    for array, inside in arrays.items():
        element = owner.find(array)
        if not array or element is None:
            parts += [leaf.condition() for leaf in inside]
        elif len(inside) == 1:
            parts.append(_alone(inside[0], array, element))
        else:
            parts.append(_in_element(inside, array, element))
    return parts[0] if len(parts) == 1 else Every(tuple(parts))


def _alone(leaf: _Leaf, array: Path, element: Attribute) -> Condition:
    """The condition of the only leaf below an array; if negated, it holds for no element."""
    if not any(isinstance(value, Span) for value in leaf.values):
        return leaf.condition()
    # Else MongoDB could take the two ends of a span from two elements.
    found = _in_element([replace(leaf, negated=False)], array, element)
    return Not(found) if leaf.negated else found


def _in_element(inside: list[_Leaf], array: Path, element: Attribute) -> Condition:
    below = [replace(leaf, path=leaf.path[len(array) :]) for leaf in inside]
    return Element(array, _together(below, element))


def _meant(
    name: str, raw: str, attribute: Attribute | None, operator: Operator, zone: tzinfo
) -> list[Value]:
    """The values that a raw text may mean: a raw plus is a space, or meant as a plus."""
    raw = raw if operator == "regex" else _ESCAPED_MARK.sub(r"\1", raw)
    text, with_plus = unquoted(unquote_plus(raw)), unquoted(unquote(raw))
    if not text and '"' not in unquote(raw):
        raise ParameterInvalid(name, "is a filter without a value")
    if text == with_plus or operator not in ("eq", "regex"):
        return list(values(name, text, attribute, operator, zone))
    found: list[Value] = []
    with suppress(ParameterInvalid):
        found += values(name, text, attribute, operator, zone)
    try:
        found += (v for v in values(name, with_plus, attribute, operator, zone) if v not in found)
    except ParameterInvalid:
        if not found or operator == "regex":
            raise
    return found


def _split(raw: str, marks: str) -> list[str]:
    """The raw text, split at the marks that are not data."""
    plain = _DATA.sub(lambda found: "_" * len(found[0]), raw)
    cuts = [-1, *(at for at, each in enumerate(plain) if each in marks), len(raw)]
    return [raw[start + 1 : end] for start, end in pairwise(cuts)]


def _is_value(raw: str) -> bool:
    """Whether a piece after `;` is a value and not a filter."""
    plain = _DATA.sub("", raw)
    return bool(raw.strip()) and not _SYMBOL.search(plain)
