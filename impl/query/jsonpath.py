"""`filter=`: translates JSONPath (TMF630 Part 6) into a condition; nothing is evaluated here.

    filter    := ["$"] ("[?" predicate "]" | "[*]") steps | ["$" ["."]] name steps
    steps     := ( "." name | "['" name "']" | "[*]" | "[?" predicate "]" )*
    predicate := == != > >= < <= =~ ! && || and parentheses, over @ paths and literals

The first form tests the resource itself, the second its members. A path alone holds if it leads to
something. JSONPath that can't be translated (`..`, indexes, slices, functions, paths on both sides)
raises NotTranslated. Any other text raises ParameterInvalid, with the position.
"""

import re
from dataclasses import dataclass
from datetime import tzinfo
from typing import NoReturn, TypeAlias

from impl.errors import NotTranslated, ParameterInvalid
from impl.query.attributes import MAX_LEVELS, Attribute
from impl.query.language import (
    Compare,
    Condition,
    Element,
    Every,
    Exists,
    Not,
    Operator,
    Path,
    Some,
    Value,
)
from impl.query.typed_values import number, values

MAX_LENGTH = 2048
MAX_DEPTH = 32
_NAME = re.compile(r"@?[^\W\d][\w-]*")
_BRACKET = re.compile(r"\[\s*(?:'([^'\\]+)'|\"([^\"\\]+)\")\s*\]")
_EACH = re.compile(r"\[\s*\*\s*\]")
_WHERE = re.compile(r"\[\s*\?")
_CALL = re.compile(r"\(.*\)", re.DOTALL)
_SELECTOR = (
    r"""(?:-?\d*+(?:\s*+:\s*+-?\d*+){1,2}|-?\d++|\*|'(?:[^'\\]|\\.)*+'|"(?:[^"\\]|\\.)*+")"""
)
_UNTRANSLATED = re.compile(
    r"\.\.(?=\s*[\w*@\[])|\.\s*\*|\[\s*\(.*\)\s*\]|\(.*\)"
    rf"|\[\s*+{_SELECTOR}(?:\s*+,\s*+{_SELECTOR})*+\s*+\]",
    re.DOTALL,
)
"""Parts of JSONPath that can't be translated, each whole: a mere beginning of one is an error.

The quantifiers are possessive. Else a blank that two of them can take is tried with both, which
takes time exponential in the number of such blanks.
"""

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"")
_PATTERN = re.compile(r"/((?:[^/\\]|\\.)+)/(i?)")
_COMPARISON = re.compile(r"==|!=|>=|<=|=~|>|<")
_FLIPPED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_RELATIONS: dict[str, Operator] = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=~": "regex"}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True)
class _Text:
    """A string; the attribute that it is compared with says of which type."""

    text: str


Literal: TypeAlias = _Text | int | float | bool | None


@dataclass(frozen=True)
class _Place:
    """A place in a resource, and its attribute in the contract, or None if it has none."""

    path: Path
    attribute: Attribute | None

    def below(self, name: str) -> "_Place":
        """The place of a member."""
        if len(self.path) == MAX_LEVELS:
            raise ParameterInvalid("filter", f"leads deeper than {MAX_LEVELS} levels")
        return _Place((*self.path, name), self.attribute and self.attribute.find((name,)))


@dataclass(frozen=True)
class _Steps:
    """A path as steps: names, and conditions on the elements of the array before them."""

    steps: tuple[str | Condition, ...]
    place: _Place

    def to(self, leaf: Compare | None) -> Condition:
        """The condition that the path leads to a value, and that it compares as `leaf` says."""
        for at, step in enumerate(self.steps):
            if not isinstance(step, str):
                rest = _Steps(self.steps[at + 1 :], self.place).to(leaf)
                names = tuple(s for s in self.steps[:at] if isinstance(s, str))
                found = _both(step, rest)
                return Element(names, Exists(()) if found == Every() else found)
        names = tuple(step for step in self.steps if isinstance(step, str))
        if leaf is not None:
            return Compare(names, leaf.values, leaf.operator)
        return Exists(names) if names else Every()


def condition(
    text: str, resource: Attribute, zone: tzinfo, *, plus: bool = False
) -> tuple[Condition, tuple[Path, ...]]:
    """The condition of a JSONPath filter, and its paths that the contract does not know.

    Dates in it are days of the time zone. With `plus`, a blank in a string may stand
    for a raw plus. Raises ParameterInvalid with the position, or NotTranslated.
    """
    parser = _Parser(text, resource, zone, plus=plus)
    return parser.filter(), tuple(dict.fromkeys(parser.unknown))


def steps(text: str, resource: Attribute, zone: tzinfo) -> tuple[str | Condition, ...]:
    """The steps of a JSONPath from a resource: names, and conditions on the elements of an array.

    Raises as `condition` does.
    """
    return _Parser(text, resource, zone).path().steps


class _Parser:
    """Reads one expression from left to right."""

    def __init__(self, text: str, resource: Attribute, zone: tzinfo, *, plus: bool = False) -> None:
        if len(text) > MAX_LENGTH:
            raise ParameterInvalid("filter", f"is over {MAX_LENGTH} characters")
        self.unknown: list[Path] = []
        self._text = text
        self._root = _Place((), resource)
        self._zone = zone
        self._plus = plus
        self._at = 0
        self._depth = 0

    def filter(self) -> Condition:
        self._take("$")
        if self._match(_WHERE):
            whole = self._where(self._root)
            whole = _both(whole, self._steps(self._root).to(None))
        else:
            self._match(_EACH)
            whole = self._from_root().to(None)
        self._end()
        return whole

    def path(self) -> _Steps:
        """A path from the resource to the end of the text."""
        self._take("$")
        found = self._from_root()
        self._end()
        return found

    def _from_root(self) -> _Steps:
        """A path from the resource, whose first name needs no dot."""
        if self._matches(_NAME):
            name = self._name()
            return self._steps(self._root.below(name), (name,))
        return self._steps(self._root)

    def _end(self) -> None:
        if self._rest():
            self._refuse("the end is expected")

    def _where(self, owner: _Place) -> Condition:
        """The predicate between `[?` and its bracket; parentheses around all of it add no level."""
        grouped = self._rest().startswith("(")
        self._deeper(0 if grouped else 1)
        found = self._predicate(owner, "]")
        self._depth -= 0 if grouped else 1
        return found

    def _deeper(self, levels: int = 1) -> None:
        self._depth += levels
        if self._depth > MAX_DEPTH:
            raise ParameterInvalid("filter", f"nests deeper than {MAX_DEPTH} levels")

    def _predicate(self, owner: _Place, end: str) -> Condition:
        parts = [self._conjunction(owner)]
        while self._take("||"):
            parts.append(self._conjunction(owner))
        self._expect(end)
        return parts[0] if len(parts) == 1 else Some(tuple(parts))

    def _conjunction(self, owner: _Place) -> Condition:
        parts = [self._term(owner)]
        while self._take("&&"):
            parts.append(self._term(owner))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _term(self, owner: _Place) -> Condition:
        negations = 0
        while not self._rest().startswith("!=") and self._take("!"):
            negations += 1
        term = self._group(owner) if self._take("(") else self._comparison(owner)
        return Not(term) if negations % 2 else term

    def _group(self, owner: _Place) -> Condition:
        self._deeper()
        found = self._predicate(owner, ")")
        self._depth -= 1
        return found

    def _comparison(self, owner: _Place) -> Condition:
        left = self._operand(owner)
        found = self._match(_COMPARISON)
        if found is None:
            if isinstance(left, _Steps):
                return left.to(None)
            self._refuse("a comparison is expected")
        right = self._operand(owner)
        if isinstance(left, _Steps) and not isinstance(right, _Steps):
            return self._compared(left, found[0], right)
        if isinstance(right, _Steps) and not isinstance(left, _Steps):
            return self._compared(right, _FLIPPED.get(found[0], found[0]), left)
        raise NotTranslated("a comparison of two paths, or of two values", attribute="filter")

    def _compared(self, steps: _Steps, symbol: str, literal: Literal) -> Condition:
        if not steps.steps:
            raise NotTranslated("a comparison of @ itself", attribute="filter")
        relation: Operator = _RELATIONS.get(symbol, "eq")
        meant = self._meant(steps.place, literal, relation)
        compare = Compare((), meant, relation)
        if None in meant:
            missing = Some((Not(steps.to(None)), steps.to(compare)))
            return Not(missing) if symbol == "!=" else missing
        return Not(steps.to(compare)) if symbol == "!=" else steps.to(compare)

    def _meant(self, place: _Place, literal: Literal, relation: Operator) -> tuple[Value, ...]:
        if not isinstance(literal, _Text):
            if relation == "regex":
                self._refuse("a pattern is expected")
            return (literal,)
        text = literal.text.rsplit("/", 1)[-1] if place.path == ("href",) else literal.text
        found = self._values(place, text, relation)
        if self._plus and " " in text and relation in ("eq", "regex"):
            try:
                found += self._values(place, text.replace(" ", "+"), relation)
            except ParameterInvalid:
                if relation == "regex":
                    raise
        return found

    def _values(self, place: _Place, text: str, relation: Operator) -> tuple[Value, ...]:
        try:
            name = ".".join(place.path)
            return values(name, text, place.attribute, relation, self._zone)
        except ParameterInvalid as error:
            raise ParameterInvalid("filter", str(error)) from None

    def _operand(self, owner: _Place) -> _Steps | Literal:
        if self._take("@"):
            return self._steps(owner)
        if self._take("$"):
            raise NotTranslated("$ inside a predicate", attribute="filter")
        if found := self._match(_STRING):
            return _Text(re.sub(r"\\(.)", r"\1", found[1] if found[1] is not None else found[2]))
        if found := self._match(_PATTERN):
            return _Text(("(?i)" if found[2] else "") + found[1].replace("\\/", "/"))
        if found := self._match(_NUMBER):
            return self._number(found[0])
        return self._word()

    def _word(self) -> Literal:
        at, name = self._at, self._name()
        if name not in _WORDS:
            if self._matches(_CALL):
                raise NotTranslated(f"the function {name}", attribute="filter")
            self._at = at
            self._refuse(
                f"{name} is neither quoted, as a text is, nor a path, which begins with @,"
            )
        return _WORDS[name]

    def _number(self, text: str) -> int | float:
        try:
            return number(text)
        except (ValueError, OverflowError):
            self._refuse("a number too large to compare with")

    def _steps(self, place: _Place, first: tuple[str, ...] = ()) -> _Steps:
        steps: list[str | Condition] = list(first)
        if not steps and self._rest().startswith("("):
            self._refuse("a name or a bracket is expected")
        depth = self._depth
        while (step := self._step(place)) is not None:
            if not isinstance(step, str) and (not steps or not isinstance(steps[-1], str)):
                raise NotTranslated("an element of what is no attribute", attribute="filter")
            steps.append(step)
            place = place.below(step) if isinstance(step, str) else place
        self._depth = depth
        if place.path == ("href",):  # is not stored: it is always there, and ends with the id
            steps = ["id"]
        elif place.path and place.attribute is None:
            self.unknown.append(place.path)
        return _Steps(tuple(steps), place)

    def _step(self, place: _Place) -> str | Condition | None:
        """The next step of a path: a name, or a condition on elements; None at the path's end.

        All steps behind a condition are a level deeper.
        """
        if self._match(_WHERE):
            found = self._where(place)
            self._deeper()
            return found
        if self._match(_EACH):
            self._deeper()
            return Every()
        if name := self._match(_BRACKET):
            return name[1] or name[2]
        if self._matches(_UNTRANSLATED):
            raise NotTranslated(f"{self._rest()[:2]!r} at position {self._at}", attribute="filter")
        if self._rest().startswith("["):
            self._refuse("a name, a predicate or an index is expected in brackets")
        return self._name() if self._take(".") else None

    def _name(self) -> str:
        found = self._match(_NAME)
        if found is None:
            self._refuse("a name is expected")
        return found[0]

    def _rest(self) -> str:
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        return self._text[self._at :]

    def _matches(self, pattern: re.Pattern[str]) -> bool:
        self._rest()
        return pattern.match(self._text, self._at) is not None

    def _match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        self._rest()
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def _take(self, mark: str) -> bool:
        if self._rest().startswith(mark):
            self._at += len(mark)
            return True
        return False

    def _expect(self, mark: str) -> None:
        if not self._take(mark):
            self._refuse(f"{mark} is expected")

    def _refuse(self, trouble: str) -> NoReturn:
        cut = self._at and not self._rest()
        hint = ", where it ends: an & in it is written %26" if cut else ""
        raise ParameterInvalid("filter", f"{trouble} at position {self._at}{hint}")


def _both(first: Condition, second: Condition) -> Condition:
    if second == Every():
        return first
    return second if first == Every() else Every((first, second))
